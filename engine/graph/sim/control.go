package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// control answers /sim/…, which tests and demonstrations steer the world with.
func (s *Server) control(x *exchange) {
	name := strings.TrimPrefix(strings.TrimSuffix(x.r.URL.Path, "/"), "/sim/")
	reply, err := s.controlCall(x.r, x.r.Method+" "+name)
	if err != nil {
		status := http.StatusBadRequest
		if errors.Is(err, ErrNotFound) {
			status = http.StatusNotFound
		}
		x.sendJSON(status, map[string]string{"error": err.Error()})
		return
	}
	if reply == nil {
		reply = map[string]any{}
	}
	x.sendJSON(http.StatusOK, reply)
}

func (s *Server) controlCall(r *http.Request, what string) (any, error) {
	switch what {
	case "GET clock":
		return map[string]any{"now": s.now.Now().Format(time.RFC3339)}, nil
	case "POST clock":
		return s.controlClock(r)
	case "POST faults":
		return nil, s.controlFaults(r)
	case "GET calls":
		return map[string]any{"calls": s.Calls()}, nil
	case "DELETE calls":
		s.ResetCalls()
		return nil, nil
	case "GET mutations":
		mails, count := s.world.Notices()
		return map[string]any{"mutations": s.Mutations(), "mails": mails, "mail_count": count}, nil
	case "POST device/approve":
		var q struct {
			UserCode string `json:"user_code"`
			User     string `json:"user"`
			Decline  bool   `json:"decline"`
		}
		if err := readControl(r, &q); err != nil {
			return nil, err
		}
		return nil, s.ApproveDevice(q.UserCode, q.User, q.Decline)
	}
	return s.controlWorld(r, what)
}

func (s *Server) controlClock(r *http.Request) (any, error) {
	var q struct {
		Advance string `json:"advance"`
	}
	if err := readControl(r, &q); err != nil {
		return nil, err
	}
	d, err := time.ParseDuration(q.Advance)
	if err != nil || d < 0 {
		return nil, fmt.Errorf("advance clock by %q: not a span of time", q.Advance)
	}
	c, ok := s.now.(advancer)
	if !ok {
		return nil, errors.New("advance clock: this world's clock cannot be moved")
	}
	c.Advance(d)
	return map[string]any{"now": s.now.Now().Format(time.RFC3339)}, nil
}

func (s *Server) controlFaults(r *http.Request) error {
	values := map[string]string{}
	if err := readControl(r, &values); err != nil {
		return err
	}
	plan, err := parseFaultValues(values)
	if err != nil {
		return err
	}
	s.SetFaults(plan)
	return nil
}

// controlLimit is the largest control request read.
const controlLimit = 1 << 20

func readControl(r *http.Request, v any) error {
	body, err := io.ReadAll(io.LimitReader(r.Body, controlLimit))
	if err != nil {
		return fmt.Errorf("read control request: %w", err)
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fmt.Errorf("read control request: %w", err)
	}
	return nil
}

package sim_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
)

func (s *stage) faults(plan string) {
	s.t.Helper()
	p, err := sim.ParseFaults(plan)
	require.NoError(s.t, err)
	s.server.SetFaults(p)
}

func TestPlannedRefusals(t *testing.T) {
	s := newStage(t, sim.Options{})
	for _, c := range []struct {
		fault  string
		status int
		code   string
		wait   string
	}{
		{"429", 429, "TooManyRequests", "1"}, {"503", 503, "serviceNotAvailable", "1"}, {"503empty", 503, "", ""},
		{"500", 500, "InternalServerError", ""}, {"502", 502, "BadGateway", ""}, {"504", 504, "UnknownError", ""},
		{"509", 509, "bandwidthLimitExceeded", ""}, {"401", 401, "InvalidAuthenticationToken", ""}, {"404empty", 404, "", ""},
	} {
		s.faults(c.fault + "=1x")
		r := s.get("/v1.0/users")
		require.Equal(t, c.status, r.StatusCode, c.fault)
		require.Equal(t, c.code, r.code(), c.fault)
		require.Equal(t, c.wait, r.Header.Get("Retry-After"), c.fault)
		require.Equal(t, strings.HasSuffix(c.fault, "empty"), r.Text == "", c.fault)
		require.Equal(t, 200, s.get("/v1.0/users").StatusCode, "%s: once, and the token is still good", c.fault)
	}
}

func TestGoAwayClosesTheConnection(t *testing.T) {
	s := newStage(t, sim.Options{})
	s.faults("goaway@/organization=1x")
	_, err := s.try("GET", "/v1.0/organization", "", "Accept-Encoding", "identity")
	require.ErrorContains(t, err, "GOAWAY")
	require.ErrorContains(t, err, "ErrCode=NO_ERROR")
	require.Equal(t, 200, s.get("/v1.0/organization").StatusCode, "on another connection")
}

// TestGoAwayTakesAllOfAConnectionAlong: whoever shares the connection loses
// their answer too.
func TestGoAwayTakesAllOfAConnectionAlong(t *testing.T) {
	s := newStage(t, sim.Options{})
	s.get("/v1.0/organization")
	s.faults("slow@/users=1x,goaway@/organization=1x")
	other := make(chan error, 1)
	q, err := http.NewRequest(http.MethodGet, s.server.URL()+"/v1.0/users", nil)
	require.NoError(t, err)
	q.Header.Set("Authorization", "Bearer "+s.token)
	q.Header.Set("Accept-Encoding", "identity")
	resp, err := s.client.Do(q)
	require.NoError(t, err)
	go func() {
		_, err := io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		other <- err
	}()
	_, err = s.try("GET", "/v1.0/organization", "", "Accept-Encoding", "identity")
	require.Error(t, err)
	require.ErrorContains(t, <-other, "GOAWAY")
}

func TestSlowBodyComesInPieces(t *testing.T) {
	s := newStage(t, sim.Options{})
	whole := s.get("/v1.0/users", "Accept-Encoding", "identity").Text
	s.faults("slow=1x")
	q, err := http.NewRequest(http.MethodGet, s.server.URL()+"/v1.0/users", nil)
	require.NoError(t, err)
	q.Header.Set("Authorization", "Bearer "+s.token)
	q.Header.Set("Accept-Encoding", "identity")
	resp, err := s.client.Do(q)
	require.NoError(t, err)
	defer resp.Body.Close()
	first := make([]byte, len(whole)/10)
	_, err = io.ReadFull(resp.Body, first)
	require.NoError(t, err, "a tenth comes while the clock stands")
	rest := make(chan string, 1)
	go func() {
		b, _ := io.ReadAll(resp.Body)
		rest <- string(b)
	}()
	for range 200 { // the server sleeps by the world's clock
		select {
		case got := <-rest:
			require.Equal(t, whole, string(first)+got)
			return
		case <-time.After(10 * time.Millisecond):
			s.clock.Advance(time.Second)
		}
	}
	t.Fatal("the body never ended")
}

// TestPagesComeTwice: every list that pages can give a page again under another
// link, and the round still ends with everything in it.
func TestPagesComeTwice(t *testing.T) {
	s := newStage(t, sim.Options{})
	_, err := s.world.LoadSeed(seedFolder(t, seedFiles))
	require.NoError(t, err)
	s.token = s.signIn(s.tenant)
	drive := s.get("/v1.0/users/anna@contoso.example/drive").JSON["id"].(string)
	box := s.mailboxID("anna@contoso.example")
	for _, list := range []string{
		"/v1.0/users?$top=2&$select=id", "/v1.0/users/delta", "/v1.0/users/anna@contoso.example/mailFolders?$top=3",
		"/v1.0/users/anna@contoso.example/mailFolders/inbox/messages/delta?$select=subject", "/v1.0/drives/" + drive + "/root/delta?$top=2",
		"/v1.0/admin/exchange/mailboxes/" + box + "/folders?$top=3",
	} {
		walk := func() (ids []string, links map[string]bool) {
			links = map[string]bool{}
			for next := s.server.URL() + list; next != ""; {
				require.False(t, links[next], "%s comes back", next)
				links[next] = true
				page := s.get(next, "Prefer", "odata.maxpagesize=1")
				require.Equal(t, 200, page.StatusCode, page.Text)
				for _, v := range page.value() {
					ids = append(ids, v["id"].(string))
				}
				next, _ = page.JSON["@odata.nextLink"].(string)
			}
			return ids, links
		}
		s.server.SetFaults(nil)
		plain, _ := walk()
		s.faults("pages=100%")
		doubled, _ := walk()
		require.Greater(t, len(doubled), len(plain), list)
		require.ElementsMatch(t, unique(plain), unique(doubled), list)
		s.faults("pages=1x")
		once, links := walk()
		require.Greater(t, len(once), len(plain), list)
		require.Less(t, len(links), 2*len(plain)+2, list)
	}
}

func unique(list []string) []string {
	seen, out := map[string]bool{}, []string(nil)
	for _, s := range list {
		if !seen[s] {
			out = append(out, s)
		}
		seen[s] = true
	}
	return out
}

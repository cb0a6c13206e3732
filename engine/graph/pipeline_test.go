package graph_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"vangnet/engine/graph"
)

const orgRoute = "GET /v1.0/organization"

func goodOrg(w http.ResponseWriter, _ *http.Request) {
	reply(w, map[string]any{"value": []any{map[string]any{"id": "T-1", "displayName": "Contoso", "verifiedDomains": []any{
		map[string]any{"name": "contoso.onmicrosoft.example", "isDefault": false}, map[string]any{"name": "contoso.example", "isDefault": true},
	}}}})
}

func TestPassingFailuresAreOvercome(t *testing.T) {
	for name, c := range map[string]struct {
		fail http.HandlerFunc
		wait time.Duration // at least
	}{
		"429 seconds": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "17")
			refusal(w, 429, "TooManyRequests", "")
		}, 17 * time.Second},
		"429 date": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "Sun, 22 Nov 2026 10:01:00 GMT")
			refusal(w, 429, "TooManyRequests", "")
		}, time.Minute},
		"429 silent":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, time.Second / 4},
		"503 html":      {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503); io.WriteString(w, "<html>") }, 0},
		"500":           {func(w http.ResponseWriter, _ *http.Request) { refusal(w, 500, "generalException", "x") }, 0},
		"502":           {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }, 0},
		"504":           {func(w http.ResponseWriter, _ *http.Request) { refusal(w, 504, "UnknownError", "") }, 0},
		"509":           {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(509) }, 0},
		"reset":         {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0},
		"cut off":       {func(w http.ResponseWriter, _ *http.Request) { breakOff(w, `{"value":[{"id":`) }, 0},
		"short json":    {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"value":[{"id":"a`) }, 0},
		"token expired": {func(w http.ResponseWriter, _ *http.Request) { refusal(w, 401, "InvalidAuthenticationToken", "expired") }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			times := 3
			if name == "token expired" {
				times = 1
			}
			s.on(orgRoute, first(times, c.fail, goodOrg))
			clock := &quickClock{now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
			var meter graph.Meter
			org, err := s.client(func(o *graph.Options) { o.Clock = clock }).Organization(graph.WithMeter(t.Context(), &meter))
			if err != nil || org.Name != "Contoso" || org.Domain != "contoso.example" || org.ID != "t-1" {
				t.Fatalf("%+v, %v", org, err)
			}
			if clock.total() < c.wait {
				t.Errorf("waited %v, want at least %v", clock.total(), c.wait)
			}
			if got := s.count(orgRoute); got != times+1 {
				t.Errorf("%d requests, want %d", got, times+1)
			}
			if meter.Requests() < int64(times+1) || meter.BytesIn() == 0 {
				t.Errorf("meter: %d requests, %d bytes", meter.Requests(), meter.BytesIn())
			}
		})
	}
}

func TestLastingFailures(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		body    string
		want    error
		code    string
		atMost  int
		headers map[string]string
	}{
		"forbidden":    {403, `{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges"}}`, graph.ErrForbidden, "Authorization_RequestDenied", 1, nil},
		"not found":    {404, `{"error":{"code":"Request_ResourceNotFound","message":"x"}}`, graph.ErrNotFound, "Request_ResourceNotFound", 1, nil},
		"inner code":   {404, `{"error":{"code":"x","message":"m","innererror":{"code":"y","innerError":{"code":"z","request-id":"r"}}}}`, graph.ErrNotFound, "z", 1, nil},
		"gone":         {410, `{"error":{"code":"SyncStateNotFound","message":"The sync state"}}`, graph.ErrGone, "SyncStateNotFound", 1, nil},
		"gone by code": {400, `{"error":{"code":"syncStateNotFound","message":"m"}}`, graph.ErrGone, "syncStateNotFound", 1, nil},
		"virus":        {403, ``, graph.ErrMalware, "malwareDetected", 1, map[string]string{"X-Virus-Infected": "EICAR"}},
		"locked":       {423, `{"error":{"code":"resourceLocked"}}`, graph.ErrLocked, "resourceLocked", 1, nil},
		"quota":        {507, ``, graph.ErrQuota, "InsufficientStorage", 1, nil},
		"corrupt":      {500, `{"error":{"code":"ErrorCorruptData","message":"Data is corrupt."}}`, graph.ErrItem, "ErrorCorruptData", 1, nil},
		"odd shape":    {400, `["what"]`, nil, "BadRequest", 1, nil},
		"control":      {400, "{\"error\":{\"code\":\"a\x01b\",\"message\":\"c\"}}", nil, "a b", 1, nil},
		"for ever 503": {503, ``, graph.ErrUnavailable, "ServiceUnavailable", 10, nil},
		"for ever 429": {429, ``, graph.ErrThrottled, "TooManyRequests", 40, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			s.on(orgRoute, func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range c.headers {
					w.Header().Set(k, v)
				}
				w.WriteHeader(c.status)
				io.WriteString(w, c.body)
			})
			_, err := s.client().Organization(t.Context())
			var e *graph.Error
			if !errors.As(err, &e) || e.Status != c.status || e.Code != c.code {
				t.Fatalf("%v (%+v)", err, e)
			}
			if c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%v is not %v", err, c.want)
			}
			if n := s.count(orgRoute); n != c.atMost {
				t.Errorf("%d requests, want %d", n, c.atMost)
			}
			if _, err = s.client().Organization(graph.Hasty(t.Context())); err == nil {
				t.Error("no error in haste")
			}
		})
	}
}

func TestSignInErrors(t *testing.T) {
	for text, want := range map[string]error{
		"AADSTS7000215: Invalid client secret provided.": graph.ErrWrongSecret, "AADSTS7000222: The provided client secret keys are expired.": graph.ErrExpiredSecret,
		"AADSTS700027: Client assertion contains an invalid signature.":                       graph.ErrBadCertificate,
		"AADSTS700027: The certificate with identifier used to sign the assertion is expired": graph.ErrExpiredCert,
		"AADSTS90002: Tenant 'x' not found.":                                                  graph.ErrUnknownTenant, "AADSTS700016: Application with identifier 'x' was not found": graph.ErrUnknownApp,
		"AADSTS65001: no consent": graph.ErrNoConsent, "AADSTS53003: blocked": graph.ErrSignIn,
	} {
		s := newService(t)
		s.signin = func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(401)
			reply(w, map[string]any{"error": "invalid_client", "error_description": text + " Trace ID: 1", "error_codes": []int{1}})
		}
		err := s.client().SignIn(t.Context())
		if !errors.Is(err, want) || !errors.Is(err, graph.ErrSignIn) {
			t.Errorf("%s: %v", text, err)
		}
		var e *graph.Error
		if !errors.As(err, &e) || !strings.HasPrefix(e.Code, "AADSTS") {
			t.Errorf("%s: code %+v", text, e)
		}
	}
	_, err := graph.ParseCloud("ftp://x", nil)
	if !errors.Is(err, graph.ErrCloud) {
		t.Error(err)
	}
}

func TestOneSignInForManyCalls(t *testing.T) {
	s := newService(t)
	s.on(orgRoute, goodOrg)
	c := s.client()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := c.Organization(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if s.tokens != 1 {
		t.Errorf("%d tokens fetched", s.tokens)
	}
}

func TestClaimsChallenge(t *testing.T) {
	s := newService(t)
	want := `{"access_token":{"nbf":{"essential":true,"value":"1"}}}`
	var asked string
	s.signin = func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		s.tokens++
		if s.tokens == 2 {
			asked = r.Form.Get("claims")
		}
		reply(w, map[string]any{"token_type": "Bearer", "expires_in": 3599, "access_token": testToken(s.tokens)})
	}
	s.on(orgRoute, first(1, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="", error="insufficient_claims", claims="`+base64.StdEncoding.EncodeToString([]byte(want))+`"`)
		refusal(w, 401, "InvalidAuthenticationToken", "continuous access evaluation")
	}, goodOrg))
	if _, err := s.client().Organization(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(asked, `"nbf"`) {
		t.Errorf("second token was asked with claims %q", asked)
	}
}

func TestUncertainOnlyWhereNotRepeatable(t *testing.T) {
	const route = "POST /v1.0/admin/exchange/mailboxes/MBX%3Ax/folders"
	s := newService(t)
	s.on(route, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	_, err := s.client().CreateMailFolder(t.Context(), graph.Mailbox{ID: "MBX:x"}, "", "Nieuw", "IPF.Note")
	if !errors.Is(err, graph.ErrUncertain) || !errors.Is(err, graph.ErrNetwork) {
		t.Fatal(err)
	}
	if n := s.count(route); n != 1 {
		t.Errorf("sent %d times", n)
	}
	s.on(route, first(2, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1")
		refusal(w, 503, "serviceNotAvailable", "")
	}, func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"id": "f1", "displayName": "Nieuw"})
	}))
	f, err := s.client().CreateMailFolder(t.Context(), graph.Mailbox{ID: "MBX:x"}, "", "Nieuw", "IPF.Note")
	if err != nil || f.ID != "f1" {
		t.Fatal(f, err)
	}
}

func TestNetworkFailures(t *testing.T) {
	s := newService(t)
	c := s.client()
	s.Close()
	_, err := c.Organization(t.Context())
	if !errors.Is(err, graph.ErrNetwork) || errors.Is(err, graph.ErrSignIn) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	because := errors.New("technician pressed cancel")
	cancel(because)
	if _, err := c.Organization(ctx); !errors.Is(err, because) && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestThrottledMailboxStopsAllItsCallers(t *testing.T) {
	s := newService(t)
	var mu sync.Mutex
	refused, clock := 0, &quickClock{now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	var early []time.Time
	var until time.Time
	s.on("GET /v1.0/users/u/messages/m", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		now := clock.Now()
		if refused == 0 {
			refused++
			until = now.Add(30 * time.Second)
			w.Header().Set("Retry-After", "30")
			refusal(w, 429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.")
			return
		}
		if now.Before(until) {
			early = append(early, now)
		}
		reply(w, map[string]any{"id": "m"})
	})
	var told []graph.Waiting
	c := s.client(func(o *graph.Options) {
		o.Clock = clock
		o.Waiting = func(w graph.Waiting) { mu.Lock(); told = append(told, w); mu.Unlock() }
	})
	if _, err := c.Message(t.Context(), "u", "m"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Message(t.Context(), "u", "m"); err != nil {
		t.Fatal(err)
	}
	if len(early) > 0 {
		t.Errorf("calls before the time: %v", early)
	}
	if len(told) != 2 || told[0].Pool != "mailbox" || !told[0].Until.Equal(until) || !told[1].Until.IsZero() {
		t.Errorf("reported %+v, want until %v", told, until)
	}
}

func TestMailboxConcurrency(t *testing.T) {
	s := newService(t)
	var mu sync.Mutex
	inFlight, most := 0, 0
	s.on("GET /v1.0/users/u/messages/m", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		inFlight++
		most = max(most, inFlight)
		mu.Unlock()
		time.Sleep(2 * time.Millisecond)
		mu.Lock()
		inFlight--
		mu.Unlock()
		reply(w, map[string]any{"id": "m"})
	})
	c := s.client()
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if _, err := c.Message(t.Context(), "u", "m"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most > 4 || most < 2 {
		t.Errorf("%d at once", most)
	}
}

func TestBudgetIsKept(t *testing.T) {
	s := newService(t)
	s.on("GET /v1.0/users/u/messages/m", func(w http.ResponseWriter, _ *http.Request) { reply(w, map[string]any{"id": "m"}) })
	clock := &quickClock{now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	c := s.client(func(o *graph.Options) { o.Clock, o.Budgets = clock, graph.Budgets{Scale: 0.01} }) // 100 in 10 minutes
	for range 100 {
		if _, err := c.Message(t.Context(), "u", "m"); err != nil {
			t.Fatal(err)
		}
	}
	if got := clock.total(); got < 9*time.Minute || got > 10*time.Minute+time.Second {
		t.Errorf("100 calls of a budget of 100 in 10 minutes took %v", got)
	}
}

func TestNoSecretIsEverLogged(t *testing.T) {
	s := newService(t)
	secrets := []string{"s3cret-value", "tok-delta", "tok-skip", "tok-auth", "tok-temp", "tok-import", testToken(1, "User.Read.All", "Mail.ReadWrite")}
	s.on("GET /v1.0/admin/exchange/mailboxes/MBX%3Ax/folders/delta", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("$deltatoken") != "" {
			refusal(w, 500, "x", "see https://graph.example/v1.0/x?$skiptoken=tok-skip")
			return
		}
		reply(w, map[string]any{"value": []any{}, "@odata.deltaLink": s.URL + r.URL.Path + "?$deltatoken=tok-delta"})
	})
	s.on("POST /v1.0/admin/exchange/mailboxes/MBX%3Ax/createImportSession", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"importUrl": "https://" + strings.TrimPrefix(s.URL, "https://") + "/import?authtoken=tok-import", "expirationDateTime": "2026-11-22T12:00:00Z"})
	})
	s.on("POST /import", func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) })
	var log bytes.Buffer
	c := s.client(func(o *graph.Options) { o.Log = debugLog(&log) })
	mbx := graph.Mailbox{ID: "MBX:x", User: "u"}
	p, err := c.FoldersDelta(t.Context(), mbx, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err1 := c.FoldersDelta(t.Context(), mbx, p.Cursor)
	_, err2 := c.Importer(mbx).Import(t.Context(), graph.ImportItem{Folder: "f", Content: source("x")})
	s.signin = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(400)
		reply(w, map[string]any{"error": "invalid_request", "error_description": "AADSTS90002: no"})
	}
	err3 := s.client(func(o *graph.Options) { o.Log = debugLog(&log) }).SignIn(t.Context())
	for _, err := range []error{err1, err2, err3} {
		if err == nil {
			t.Fatal("a call that should fail did not")
		}
		log.WriteString(err.Error())
	}
	for _, secret := range secrets {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is in the log:\n%s", secret, log.String())
		}
	}
	if !strings.Contains(log.String(), "createImportSession") {
		t.Error("nothing was logged at all")
	}
}

func source(s string) graph.Source {
	return graph.Source{Size: int64(len(s)), Open: func(offset int64) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(s[offset:])), nil
	}}
}

package sim_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
)

func TestHeadersOnEveryAnswer(t *testing.T) {
	s := newStage(t, sim.Options{})
	for _, path := range []string{"/v1.0/users", "/v1.0/users/nobody", "/v1.0/nonsense"} {
		r := s.get(path, "client-request-id", "11111111-2222-4333-8444-555555555555")
		for _, h := range []string{"request-id", "Date", "Cache-Control", "x-ms-ags-diagnostic", "Strict-Transport-Security", "Vary"} {
			require.NotEmpty(t, r.Header.Get(h), h)
		}
		require.Equal(t, "11111111-2222-4333-8444-555555555555", r.Header.Get("client-request-id"))
	}
	ok := s.get("/v1.0/users")
	require.Equal(t, "4.0", ok.Header.Get("OData-Version"))
	require.Equal(t, "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8", ok.Header.Get("Content-Type"))
}

func TestErrorForm(t *testing.T) {
	s := newStage(t, sim.Options{})
	for _, c := range []struct {
		method, path  string
		status        int
		code, message string
	}{
		{"GET", "/v1.0/users/nobody", 404, "Request_ResourceNotFound", "Resource 'nobody' does not exist"},
		{"GET", "/v1.0/usrs", 400, "BadRequest", "Resource not found for the segment 'usrs'."},
		{"GET", "/v1.0/users/anna@contoso.example/nonsense", 400, "BadRequest", "Resource not found for the segment 'nonsense'."},
		{"DELETE", "/v1.0/users", 405, "Request_BadRequest", "method"},
		{"GET", "/v2.0/users", 400, "BadRequest", "Invalid version: v2.0"},
	} {
		r := s.do(c.method, c.path, "", "client-request-id", "abc")
		require.Equal(t, c.status, r.StatusCode, r.Text)
		require.Equal(t, c.code, r.code())
		e := r.JSON["error"].(map[string]any)
		require.Contains(t, e["message"], c.message)
		inner := e["innerError"].(map[string]any)
		require.Equal(t, r.Header.Get("request-id"), inner["request-id"])
		require.Equal(t, "abc", inner["client-request-id"])
		require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$`, inner["date"])
	}
}

func TestTokens(t *testing.T) {
	s := newStage(t, sim.Options{})
	for _, header := range []string{"", "Basic x", "Bearer", "Bearer " + s.token[:len(s.token)-4] + "AAAA"} {
		r := s.get("/v1.0/users", "Authorization", header)
		require.Equal(t, 401, r.StatusCode, header)
		require.Equal(t, "InvalidAuthenticationToken", r.code())
		require.Contains(t, r.Header.Get("WWW-Authenticate"), "Bearer")
	}
	s.clock.Advance(3598 * time.Second)
	require.Equal(t, 200, s.get("/v1.0/users").StatusCode)
	s.clock.Advance(2 * time.Second)
	r := s.get("/v1.0/users")
	require.Equal(t, 401, r.StatusCode)
	require.Contains(t, r.Text, "Lifetime validation failed, the token is expired.")
	require.Equal(t, 400, fresh(s).get("/v1.0/me").StatusCode, "an app is nobody")
}

func TestRolesPerRoute(t *testing.T) {
	s := newStage(t, sim.Options{})
	s.tenant.DefaultApp().SetRoles("User.Read.All")
	s.token = s.signIn(s.tenant)
	require.Equal(t, 200, s.get("/v1.0/users").StatusCode)
	groups, settings := s.get("/v1.0/groups"), s.get("/v1.0/users/anna@contoso.example/mailboxSettings")
	require.Equal(t, 403, groups.StatusCode)
	require.Equal(t, "Authorization_RequestDenied", groups.code())
	require.Equal(t, 403, settings.StatusCode)
	require.Equal(t, "ErrorAccessDenied", settings.code())
}

func zipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, s)
	_ = z.Close()
	return b.String()
}

const oneRequest = `{"requests":[{"id":"1","method":"GET","url":"/organization"}]}`

func TestBodies(t *testing.T) {
	s := newStage(t, sim.Options{})
	post := func(body string, headers ...string) reply { return s.do("POST", "/v1.0/$batch", body, headers...) }
	require.Equal(t, 200, post(oneRequest).StatusCode)
	require.Equal(t, 200, post(zipped(oneRequest), "Content-Encoding", "gzip").StatusCode)
	require.Equal(t, 400, post(oneRequest, "Content-Encoding", "gzip").StatusCode, "says gzip, is none")
	require.Equal(t, 415, post(oneRequest, "Content-Type", "application/xml").StatusCode)
	require.Equal(t, 413, post(`{"x":"`+strings.Repeat("a", 5<<20)+`"}`).StatusCode)

	chunked, err := http.NewRequest("POST", s.server.URL()+"/v1.0/$batch", io.MultiReader(strings.NewReader(oneRequest)))
	require.NoError(t, err)
	chunked.Header.Set("Authorization", "Bearer "+s.token)
	chunked.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(chunked)
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, 200, resp.StatusCode)
}

func TestLengthRequired(t *testing.T) {
	s := newStage(t, sim.Options{})
	raw, err := dialTLS(s)
	require.NoError(t, err)
	defer raw.Close()
	_, err = fmt.Fprintf(raw, "POST /v1.0/$batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n\r\n", s.token)
	require.NoError(t, err)
	line := make([]byte, 12)
	_, err = io.ReadFull(raw, line)
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 411", string(line))
}

func dialTLS(s *stage) (net.Conn, error) {
	return tlsDial(strings.TrimPrefix(s.server.URL(), "https://"), s.client.Transport.(*http.Transport).TLSClientConfig)
}

func TestGzipAnswers(t *testing.T) {
	s := newStage(t, sim.Options{})
	r := s.get("/v1.0/users", "Accept-Encoding", "gzip")
	require.Equal(t, "gzip", r.Header.Get("Content-Encoding"))
	z, err := gzip.NewReader(strings.NewReader(r.Text))
	require.NoError(t, err)
	require.True(t, json.Valid(must(io.ReadAll(z))))
	require.Empty(t, s.get("/v1.0/users", "Accept-Encoding", "identity").Header.Get("Content-Encoding"))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestBatch(t *testing.T) {
	s := newStage(t, sim.Options{})
	entry := func(i int, url, more string) string {
		return fmt.Sprintf(`{"id":"%d","method":"GET","url":"%s"%s}`, i, url, more)
	}
	send := func(entries ...string) reply {
		return s.do("POST", "/v1.0/$batch", `{"requests":[`+strings.Join(entries, ",")+`]}`)
	}
	r := send(entry(1, "/users/anna@contoso.example", ""), entry(2, "users/nobody", ""), entry(3, "/organization", `,"dependsOn":["2"]`),
		entry(4, "/organization", `,"dependsOn":["1"]`), entry(5, "/users?$top=1", ""), entry(6, "https://evil.example/x", ""))
	require.Equal(t, 200, r.StatusCode, r.Text)
	byID, order := map[string]map[string]any{}, ""
	for _, v := range r.JSON["responses"].([]any) {
		m := v.(map[string]any)
		byID[m["id"].(string)] = m
		order += m["id"].(string)
	}
	require.NotEqual(t, "123456", order, "answers come in another order")
	for id, want := range map[string]float64{"1": 200, "2": 404, "3": 424, "4": 200, "5": 200, "6": 400} {
		require.Equal(t, want, byID[id]["status"], id)
	}
	require.Contains(t, byID["5"]["body"], "@odata.nextLink")
	require.NotContains(t, byID["5"]["body"].(map[string]any)["@odata.nextLink"], "$batch")

	many := make([]string, 21)
	for i := range many {
		many[i] = entry(i, "/organization", "")
	}
	require.Equal(t, 400, send(many...).StatusCode)
	require.Equal(t, 200, send(many[:20]...).StatusCode)
	require.Equal(t, 400, send(many[0], many[0]).StatusCode, "ids must differ")
	require.Equal(t, 400, send().StatusCode)
	require.Equal(t, 400, s.do("POST", "/v1.0/$batch", `{"requests":`).StatusCode)
}

func TestFaultsAreRepeatable(t *testing.T) {
	run := func() string {
		s := newStage(t, sim.Options{Faults: sim.FaultPlan{"429": {Share: 0.3}, "503": {Share: 0.1}, "504": {Share: 0.1}}})
		var codes []string
		for range 60 {
			r := s.get("/v1.0/users")
			codes = append(codes, r.Status[:3])
			if r.StatusCode == 429 || r.StatusCode == 503 {
				require.NotEmpty(t, r.Header.Get("Retry-After"))
			}
		}
		return strings.Join(codes, " ")
	}
	first := run()
	require.Equal(t, first, run())
	for _, code := range []string{"200", "429", "503", "504"} {
		require.Contains(t, first, code)
	}
}

func TestBrokenAnswers(t *testing.T) {
	s := newStage(t, sim.Options{})
	faults := func(body string) { require.Equal(t, 200, s.do("POST", "/sim/faults", body).StatusCode) }
	faults(`{"reset":"1x"}`)
	_, err := s.try("GET", "/v1.0/users", "", "Accept-Encoding", "identity")
	require.Error(t, err)
	faults(`{"truncate":"1x"}`)
	r, err := s.try("GET", "/v1.0/users", "")
	require.NoError(t, err, "nothing on the network tells")
	require.False(t, json.Valid([]byte(r.Text)))
	faults(`{"expire":"1x"}`)
	refused := s.get("/v1.0/users")
	require.Equal(t, 401, refused.StatusCode)
	require.Contains(t, refused.Header.Get("WWW-Authenticate"), "insufficient_claims")
	require.Equal(t, 401, s.get("/v1.0/users").StatusCode, "the token is gone for good")
	s.token = s.signIn(s.tenant)
	require.Equal(t, 200, s.get("/v1.0/users").StatusCode)
	faults(`{"504@/organization":"100%"}`)
	require.Equal(t, 200, s.get("/v1.0/users").StatusCode)
	require.Equal(t, 504, s.get("/v1.0/organization").StatusCode)
	for _, bad := range []string{`{"nonsense":"1%"}`, `{"429":"200%"}`, `{"item":"3x"}`, `[]`} {
		require.Equal(t, 400, s.do("POST", "/sim/faults", bad).StatusCode)
	}
}

func TestBatchEntriesFailByThemselves(t *testing.T) {
	s := newStage(t, sim.Options{Faults: sim.FaultPlan{"429@mailboxSettings": {Times: 1}}})
	r := s.do("POST", "/v1.0/$batch", `{"requests":[{"id":"1","method":"GET","url":"/users/anna@contoso.example/mailboxSettings"},{"id":"2","method":"GET","url":"/users/bram@contoso.example/mailboxSettings"}]}`)
	require.Equal(t, 200, r.StatusCode)
	status := map[string]float64{}
	for _, v := range r.JSON["responses"].([]any) {
		m := v.(map[string]any)
		status[m["id"].(string)] = m["status"].(float64)
		if m["status"].(float64) == 429 {
			require.Equal(t, "1", m["headers"].(map[string]any)["Retry-After"])
		}
	}
	require.Equal(t, map[string]float64{"1": 429, "2": 200}, status)
}

func TestBudgets(t *testing.T) {
	s := newStage(t, sim.Options{Budgets: &sim.Budgets{OutlookRequests: 3, OutlookWindow: 10 * time.Minute, DirectoryUnits: 10}})
	settings := func(local string) reply { return s.get("/v1.0/users/" + local + "@contoso.example/mailboxSettings") }
	for range 3 {
		require.Equal(t, 200, settings("anna").StatusCode)
	}
	over := settings("anna")
	require.Equal(t, 429, over.StatusCode)
	require.Equal(t, "ApplicationThrottled", over.code())
	require.Equal(t, "600", over.Header.Get("Retry-After"))
	require.Equal(t, 200, settings("bram").StatusCode, "each mailbox by itself")
	s.clock.Advance(10 * time.Minute)
	require.Equal(t, 200, settings("anna").StatusCode)

	for range 5 { // two units each
		r := s.get("/v1.0/users")
		require.Equal(t, 200, r.StatusCode)
		require.Equal(t, "2", r.Header.Get("x-ms-resource-unit"))
	}
	over = s.get("/v1.0/users")
	require.Equal(t, 429, over.StatusCode)
	require.Equal(t, "TooManyRequests", over.code())
	require.Equal(t, "1.2", over.Header.Get("x-ms-throttle-limit-percentage"))
}

func TestDirectoryCosts(t *testing.T) {
	s := newStage(t, sim.Options{})
	for path, units := range map[string]string{"/users": "2", "/users?$select=id": "1", "/users?$top=5": "1", "/subscribedSkus": "3", "/users?$expand=manager&$top=50": "3"} {
		require.Equal(t, units, s.get("/v1.0"+path).Header.Get("x-ms-resource-unit"), path)
	}
}

func TestUploadBudget(t *testing.T) {
	s := newStage(t, sim.Options{Budgets: &sim.Budgets{OutlookUpload: 1000, OutlookUploadWindow: 5 * time.Minute}})
	post := func() reply {
		return s.do("POST", "/v1.0/users/anna@contoso.example/messages", `{"subject":"`+strings.Repeat("x", 600)+`"}`)
	}
	require.Equal(t, 201, post().StatusCode)
	over := post()
	require.Equal(t, 429, over.StatusCode)
	require.Equal(t, "300", over.Header.Get("Retry-After"))
	require.Equal(t, 200, s.get("/v1.0/users/bram@contoso.example/messages").StatusCode)
}

func TestControlIsHiddenUnderMicrosoftsNames(t *testing.T) {
	s := newStage(t, sim.Options{})
	q, err := http.NewRequest("GET", s.server.URL()+"/sim/calls", nil)
	require.NoError(t, err)
	q.Host = "graph.microsoft.com"
	resp, err := s.client.Do(q)
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, 400, resp.StatusCode)
	require.Equal(t, 200, s.get("/sim/calls").StatusCode)
}

func TestCallsAndMutations(t *testing.T) {
	s := newStage(t, sim.Options{})
	require.Equal(t, 200, s.do("DELETE", "/sim/calls", "").StatusCode)
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() { _, _ = s.try("GET", "/v1.0/users/anna@contoso.example", "") })
	}
	wg.Wait()
	s.get("/v1.0/users/nobody")
	var found bool
	for _, c := range s.server.Calls() {
		if c.Template == "/users/{user}" && c.Status == 200 {
			found = true
			require.EqualValues(t, 5, c.Count)
			require.Positive(t, c.BytesOut)
		}
	}
	require.True(t, found)
	require.Contains(t, s.get("/sim/calls").Text, `"template":"/users/{user}","status":404,"count":1`)
}

func TestClockControl(t *testing.T) {
	s := newStage(t, sim.Options{})
	before := s.clock.Now()
	require.Equal(t, 200, s.do("POST", "/sim/clock", `{"advance":"24h"}`).StatusCode)
	require.Equal(t, 24*time.Hour, s.clock.Now().Sub(before))
	require.Equal(t, 400, s.do("POST", "/sim/clock", `{"advance":"soon"}`).StatusCode)
	require.Equal(t, 404, s.do("POST", "/sim/nonsense", `{}`).StatusCode)
}

// fresh signs in anew.
func fresh(s *stage) *stage {
	s.token = s.signIn(s.tenant)
	return s
}

// TestIgnoringRetryAfterMakesItWorse: who does not wait waits longer, and in
// the end gets nothing but 503.
func TestIgnoringRetryAfterMakesItWorse(t *testing.T) {
	s := newStage(t, sim.Options{Budgets: &sim.Budgets{DriveUnitsMinute: 3, BlockAfter: 3, BlockFor: time.Hour}})
	ask := func() reply { return s.get("/v1.0/users/anna@contoso.example/drive") }
	for range 3 {
		require.Equal(t, 200, ask().StatusCode)
	}
	for range 3 { // under way when the first was refused
		r := ask()
		require.Equal(t, 429, r.StatusCode)
		require.Equal(t, "60", r.Header.Get("Retry-After"))
	}
	s.clock.Advance(10 * time.Second)
	require.Equal(t, "56", ask().Header.Get("Retry-After"), "50 are left, and 6 come on top")
	require.Equal(t, "62", ask().Header.Get("Retry-After"))
	s.clock.Advance(62 * time.Second)
	require.Equal(t, 200, ask().StatusCode, "waiting helps")

	for range 3 {
		ask()
	}
	s.clock.Advance(5 * time.Second)
	for range 3 {
		require.Equal(t, 429, ask().StatusCode)
	}
	for range 5 {
		r := ask()
		require.Equal(t, 503, r.StatusCode)
		require.Equal(t, "serviceNotAvailable", r.code())
	}
	s.clock.Advance(59 * time.Minute)
	require.Equal(t, 503, fresh(s).get("/v1.0/users/anna@contoso.example/drive").StatusCode, "whatever the minute's units are")
	s.clock.Advance(time.Minute)
	require.Equal(t, 200, fresh(s).get("/v1.0/users/anna@contoso.example/drive").StatusCode)
}

func TestFurtherBudgets(t *testing.T) {
	s := newStage(t, sim.Options{Budgets: &sim.Budgets{DriveUnitsTenant: 2, DirectoryWrites: 1}})
	require.Equal(t, 204, s.do("DELETE", "/v1.0/users/gast_elders.example%23EXT%23@contoso.onmicrosoft.com", "").StatusCode)
	over := s.do("DELETE", "/v1.0/users/dienst@contoso.example", "")
	require.Equal(t, 429, over.StatusCode)
	require.Equal(t, "150", over.Header.Get("Retry-After"))
	require.Equal(t, "Tenant_Application/Write/"+s.tenant.DefaultApp().ClientID+"/"+s.tenant.ID(), over.Header.Get("x-ms-throttle-scope"))
	require.Equal(t, "WriteLimitExceeded", over.Header.Get("x-ms-throttle-information"))
	require.Equal(t, 200, s.get("/v1.0/users").StatusCode, "reading goes on")

	drive := func() reply { return s.get("/v1.0/users/anna@contoso.example/drive") }
	drive()
	require.Equal(t, 200, drive().StatusCode)
	second := s.tenant.AddApp("Ander programma")
	s.token, _ = s.signInAs(second.ClientID, second.Secret())
	r := drive()
	require.Equal(t, 429, r.StatusCode, "all apps of a tenant share this one")
	require.Equal(t, "300", r.Header.Get("Retry-After"))
}

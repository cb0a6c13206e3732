package sim_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
)

// askToken posts a client credentials request.
func (s *stage) askToken(more url.Values) reply {
	s.t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {s.tenant.DefaultApp().ClientID}}
	for k, v := range more {
		form[k] = v
	}
	return s.do(http.MethodPost, "/"+s.tenant.ID()+"/oauth2/v2.0/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

// TestScopeForms: a bare .default is what rclone asks for.
func TestScopeForms(t *testing.T) {
	s := newStage(t, sim.Options{})
	for scope, status := range map[string]int{
		".default": 200, "https://graph.microsoft.com/.default": 200, "https://graph.microsoft.com/.default openid offline_access profile": 200,
		"": 400, "User.Read": 400, "https://graph.microsoft.com/User.Read.All": 400, "x.default": 400,
	} {
		r := s.askToken(url.Values{"client_secret": {s.tenant.DefaultApp().Secret()}, "scope": {scope}})
		require.Equal(t, status, r.StatusCode, "%q: %s", scope, r.Text)
	}
}

// TestThumbprintForms: MSAL for Go writes standard base64, MSAL for Node.js
// base64url; old programs send the SHA-1 and sign with RS256.
func TestThumbprintForms(t *testing.T) {
	s := newStage(t, sim.Options{})
	cert, key := certificate(t, time.Now().AddDate(1, 0, 0))
	require.NoError(t, s.tenant.DefaultApp().AddCertificate(cert.Raw))
	long, short := sha256.Sum256(cert.Raw), sha1.Sum(cert.Raw)
	app := s.tenant.DefaultApp().ClientID
	path := "/" + s.tenant.ID() + "/oauth2/v2.0/token"
	ask := func(method jwt.SigningMethod, id string, header map[string]any) int {
		now := time.Now()
		a := jwt.NewWithClaims(method, jwt.MapClaims{"aud": s.server.URL() + path, "iss": app, "sub": app, "jti": id,
			"nbf": now.Unix(), "exp": now.Add(10 * time.Minute).Unix()})
		for k, v := range header {
			a.Header[k] = v
		}
		text, err := a.SignedString(key)
		require.NoError(t, err)
		return s.askToken(url.Values{"scope": {graphScope[0]}, "client_assertion": {text},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}}).StatusCode
	}
	std, raw := base64.StdEncoding.EncodeToString, base64.RawURLEncoding.EncodeToString
	require.Equal(t, 200, ask(jwt.SigningMethodPS256, "1", map[string]any{"x5t#S256": std(long[:])}))
	require.Equal(t, 200, ask(jwt.SigningMethodPS256, "2", map[string]any{"x5t#S256": raw(long[:])}))
	require.Equal(t, 200, ask(jwt.SigningMethodRS256, "3", map[string]any{"x5t": raw(short[:])}))
	require.Equal(t, 401, ask(jwt.SigningMethodPS256, "4", map[string]any{"x5t#S256": raw(short[:])}))
	require.Equal(t, 401, ask(jwt.SigningMethodPS256, "5", map[string]any{"x5t#S256": raw(make([]byte, 32)), "x5t": raw(short[:])}))
	require.Equal(t, 401, ask(jwt.SigningMethodPS256, "6", map[string]any{"x5t#S256": 7, "x5t": "%"}))
	require.Equal(t, 401, ask(jwt.SigningMethodPS256, "7", nil))
}

// TestFileHost: links to files stand on the tenant's file host where a client
// that came by Microsoft's name can reach it, and else where the client came.
func TestFileHost(t *testing.T) {
	const fileHost = "contoso-my.sharepoint.com"
	for _, c := range []struct {
		hosts          []string
		called, linked string
	}{
		{[]string{fileHost}, "graph.microsoft.com", fileHost},
		{[]string{fileHost}, "", ""},
		{nil, "graph.microsoft.com", "graph.microsoft.com"},
	} {
		s := newStage(t, sim.Options{Hosts: c.hosts})
		own := strings.TrimPrefix(s.server.URL(), "https://")
		call := func(method, path, body string) reply {
			q, err := http.NewRequest(method, s.server.URL()+"/v1.0/users/anna@contoso.example/drive/root:/a.txt:/"+path, strings.NewReader(body))
			require.NoError(t, err)
			q.Host = c.called
			q.Header.Set("Authorization", "Bearer "+s.token)
			q.Header.Set("Content-Type", "application/json")
			resp, err := s.client.Do(q)
			require.NoError(t, err)
			r := reply{Response: resp}
			if resp.StatusCode < 300 {
				decode(t, resp, &r.JSON)
			}
			require.NoError(t, resp.Body.Close())
			return r
		}
		want := c.linked
		if want == "" {
			want = own
		}
		upload, _ := call(http.MethodPost, "createUploadSession", "{}").JSON["uploadUrl"].(string)
		require.True(t, strings.HasPrefix(upload, "https://"+want+"/personal/"), upload)
		require.Equal(t, 201, call(http.MethodPut, "content", "hallo").StatusCode)
		content := call(http.MethodGet, "content", "")
		require.Equal(t, 302, content.StatusCode)
		require.True(t, strings.HasPrefix(content.Header.Get("Location"), "https://"+want+"/personal/"), content.Header)
	}
}

// TestThingsOfAUserGoWithIt: drives and mailboxes are found by their ids as
// long as their user is there.
func TestThingsOfAUserGoWithIt(t *testing.T) {
	s := newStage(t, sim.Options{})
	bram := s.tenant.User("bram@contoso.example")
	paths := []string{
		"/v1.0/drives/" + bram.Drive().ID(),
		"/v1.0/admin/exchange/mailboxes/" + url.PathEscape(bram.Mailbox().ID()) + "/folders",
		"/v1.0/admin/exchange/mailboxes/" + url.PathEscape(bram.Mailbox().Archive().ID()) + "/folders",
	}
	for _, p := range paths {
		require.Equal(t, 200, s.get(p).StatusCode, p)
	}
	_, err := s.tenant.AddUser(sim.UserSpec{LocalPart: "bram", DisplayName: "Bram Visser", Licences: []string{"SPB"}})
	require.NoError(t, err)
	owner := s.get(paths[0]).JSON["owner"].(map[string]any)["user"].(map[string]any)
	require.NotEmpty(t, owner["displayName"])
	for _, p := range paths {
		require.Equal(t, 200, s.get(p).StatusCode, "%s after other facts", p)
	}
	require.NoError(t, s.tenant.RemoveUser("bram@contoso.example"))
	for _, p := range paths {
		require.Equal(t, 404, s.get(p).StatusCode, "%s after the user", p)
	}
}

// TestSkippedStepTellsItsRequest: also an error of a step that was not done
// names the request it belongs to.
func TestSkippedStepTellsItsRequest(t *testing.T) {
	s := newStage(t, sim.Options{})
	r := s.do(http.MethodPost, "/v1.0/$batch", `{"requests":[{"id":"1","method":"GET","url":"/users/nobody"},{"id":"2","method":"GET","url":"/users","dependsOn":["1"]}]}`)
	var body struct {
		Responses []struct {
			ID     string
			Status int
			Body   struct {
				Error struct{ InnerError map[string]any }
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(r.Text), &body))
	require.Len(t, body.Responses, 2)
	for _, step := range body.Responses {
		require.Equal(t, map[string]int{"1": 404, "2": 424}[step.ID], step.Status)
		for _, field := range []string{"date", "request-id", "client-request-id"} {
			require.NotEmpty(t, step.Body.Error.InnerError[field], field)
		}
	}
}

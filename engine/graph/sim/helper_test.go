package sim_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim"
)

// stage is a server with one small tenant for a test.
type stage struct {
	t      *testing.T
	clock  *clock.Manual
	world  *sim.World
	tenant *sim.Tenant
	server *sim.Server
	client *http.Client
	token  string
}

func newStage(t *testing.T, o sim.Options) *stage {
	t.Helper()
	c := clock.NewManual(time.Now())
	w := sim.NewWorld(7, c)
	tenant := w.AddTenant("contoso.example", "Contoso")
	for _, u := range []sim.UserSpec{
		{LocalPart: "anna", DisplayName: "Anna de Vries", Licences: []string{"SPB"}},
		{LocalPart: "bram", DisplayName: "Bram Bakker", Licences: []string{"SPB"}, Archive: true},
		{LocalPart: "info", Kind: sim.KindShared},
		{LocalPart: "zaal1", Kind: sim.KindRoom},
		{LocalPart: "oud", Disabled: true, Licences: []string{"EXCHANGESTANDARD"}, NoDrive: true},
		{LocalPart: "dienst", NoMailbox: true, NoDrive: true},
		{LocalPart: "gast_elders.example", Kind: sim.KindGuest},
	} {
		_, err := tenant.AddUser(u)
		require.NoError(t, err)
	}
	if o.Record == nil {
		o.Record = io.Discard // these tests ask on purpose what no client should
	}
	s, err := sim.Start(context.Background(), w, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	st := &stage{t: t, clock: c, world: w, tenant: tenant, server: s, client: s.Client()}
	t.Cleanup(st.client.CloseIdleConnections)
	st.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	st.token = st.signIn(tenant)
	return st
}

// signIn gets a token with the tenant's client secret.
func (s *stage) signIn(t *sim.Tenant) string {
	s.t.Helper()
	app := t.DefaultApp()
	resp, err := s.client.PostForm(s.server.URL()+"/"+t.ID()+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {app.ClientID}, "client_secret": {app.Secret()},
		"scope": {"https://graph.microsoft.com/.default"},
	})
	require.NoError(s.t, err)
	var body struct {
		AccessToken string `json:"access_token"`
	}
	decode(s.t, resp, &body)
	require.NotEmpty(s.t, body.AccessToken)
	return body.AccessToken
}

// reply is an answer with its body read.
type reply struct {
	*http.Response
	Text string
	JSON map[string]any
}

// value is the array of a collection.
func (r reply) value() []map[string]any {
	list, _ := r.JSON["value"].([]any)
	out := make([]map[string]any, 0, len(list))
	for _, v := range list {
		out = append(out, v.(map[string]any))
	}
	return out
}

func (r reply) code() string {
	e, _ := r.JSON["error"].(map[string]any)
	s, _ := e["code"].(string)
	return s
}

// do sends a request; target is a path below the service root, or a URL.
// headers come in pairs.
func (s *stage) do(method, target, body string, headers ...string) reply {
	s.t.Helper()
	r, err := s.try(method, target, body, headers...)
	require.NoError(s.t, err)
	return r
}

func (s *stage) try(method, target, body string, headers ...string) (reply, error) {
	if !strings.HasPrefix(target, "https://") {
		target = s.server.URL() + target
	}
	q, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	q.Header.Set("Authorization", "Bearer "+s.token)
	if body != "" {
		q.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if q.Header.Set(headers[i], headers[i+1]); headers[i+1] == "" {
			q.Header.Del(headers[i])
		}
	}
	resp, err := s.client.Do(q)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	r := reply{Response: resp, Text: string(text)}
	if strings.Contains(resp.Header.Get("Content-Type"), "json") {
		_ = json.NewDecoder(bytes.NewReader(text)).Decode(&r.JSON)
	}
	return r, err
}

func (s *stage) get(target string, headers ...string) reply {
	s.t.Helper()
	return s.do(http.MethodGet, target, "", headers...)
}

func decode(t *testing.T, resp *http.Response, v any) {
	t.Helper()
	defer resp.Body.Close()
	require.NoError(t, json.NewDecoder(resp.Body).Decode(v))
}

func tlsDial(address string, config *tls.Config) (net.Conn, error) {
	own := config.Clone()
	own.ServerName, own.NextProtos = "localhost", []string{"http/1.1"}
	return tls.Dial("tcp", address, own)
}

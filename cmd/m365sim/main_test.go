package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// start runs the program and returns its first line and a way to end it.
func start(t *testing.T, args ...string) (ready, func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- run(ctx, args, in, io.Discard) }()
	line, err := bufio.NewReader(out).ReadBytes('\n')
	require.NoError(t, err)
	var r ready
	require.NoError(t, json.Unmarshal(line, &r))
	return r, func() error { cancel(); return <-done }
}

func client(t *testing.T, r ready) *http.Client {
	t.Helper()
	ca, err := os.ReadFile(r.CAFile)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(ca))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "graph.test"}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestReadyLineSignInAndEnd(t *testing.T) {
	dir := t.TempDir()
	inbox := filepath.Join(dir, "contoso.example", "users", "anna", "mail", "Inbox")
	require.NoError(t, os.MkdirAll(inbox, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(inbox, "a.eml"), []byte("Subject: Hallo\r\n\r\nDag"), 0o644))
	record := filepath.Join(t.TempDir(), "calls.jsonl")
	r, end := start(t, "--seed", dir, "--record", record, "--host", "graph.test", "--rand-seed", "3")
	require.True(t, strings.HasPrefix(r.URL, "https://localhost:"))
	require.Len(t, r.Tenants, 1)
	tenant := r.Tenants[0]
	require.Equal(t, "contoso.example", tenant.Domain)

	c := client(t, r)
	resp, err := c.PostForm(r.URL+"/"+tenant.Domain+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {tenant.ClientID}, "client_secret": {tenant.ClientSecret}, "scope": {"https://graph.microsoft.com/.default"},
	})
	require.NoError(t, err)
	var token struct {
		AccessToken string `json:"access_token"`
	}
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&token))
	resp.Body.Close()
	q, err := http.NewRequest(http.MethodGet, r.URL+"/v1.0/users/anna@contoso.example/messages?$select=subject", nil)
	require.NoError(t, err)
	q.Header.Set("Authorization", "Bearer "+token.AccessToken)
	resp, err = c.Do(q)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	require.NoError(t, err)
	require.Contains(t, string(body), `"subject":"Hallo"`)

	clock, err := c.Post(r.URL+"/sim/clock", "application/json", strings.NewReader(`{"advance":"24h"}`))
	require.NoError(t, err)
	var moved struct{ Now time.Time }
	require.NoError(t, json.NewDecoder(clock.Body).Decode(&moved))
	clock.Body.Close()
	require.InDelta(t, 24, time.Until(moved.Now).Hours(), 0.1)

	require.NoError(t, end())
	require.NoFileExists(t, r.CAFile, "nothing is left behind")
	lines, err := os.ReadFile(record)
	require.NoError(t, err)
	require.Contains(t, string(lines), "/v1.0/users/anna@contoso.example/messages")
}

func TestSameSeedSameTenant(t *testing.T) {
	a, endA := start(t, "--scale", "users=1,mails=3,files=2", "--rand-seed", "9")
	b, endB := start(t, "--scale", "users=1,mails=3,files=2", "--rand-seed", "9", "--faults", "429=5%,reset=1%", "--latency", "1ms", "--budgets")
	require.Equal(t, a.Tenants, b.Tenants)
	require.NoError(t, endA())
	require.NoError(t, endB())
}

func TestWrongUse(t *testing.T) {
	for _, args := range [][]string{{}, {"--demo", "--scale", "users=1"}, {"--nonsense"}, {"--demo", "extra"}} {
		require.ErrorIs(t, run(context.Background(), args, io.Discard, io.Discard), errUsage, args)
	}
	for _, args := range [][]string{{"--scale", "cats=1"}, {"--scale", "users=1", "--faults", "429=x"}, {"--seed", "/no/such/folder"}, {"--scale", "users=1", "--listen", "nonsense"}} {
		err := run(context.Background(), args, io.Discard, io.Discard)
		require.Error(t, err, args)
		require.NotErrorIs(t, err, errUsage)
	}
}

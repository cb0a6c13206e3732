package outside_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func base64Text(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// inside is the running simulator and what clients need to know of it.
type inside struct {
	facts
	dir    string
	ca     string
	tenant struct {
		TenantID     string `json:"tenant_id"`
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
}

// TestInside is what TestOutsideClients runs in the private network.
func TestInside(t *testing.T) {
	dir := os.Getenv(insideEnv)
	if dir == "" {
		t.Skip("runs within TestOutsideClients")
	}
	in := &inside{dir: dir}
	text, err := os.ReadFile(filepath.Join(dir, "facts.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &in.facts))
	in.start(t)
	t.Run("rclone", in.rclone)
	t.Run("npm", func(t *testing.T) {
		if in.Node == "" {
			t.Skip("node or npm is not installed")
		}
		t.Run("graph", in.graph)
		t.Run("m365", in.m365)
	})
}

// start runs m365sim until the test ends.
func (in *inside) start(t *testing.T) {
	t.Helper()
	args := []string{"--listen", "127.0.0.1:443", "--seed", filepath.Join(in.dir, "seed"), "--record", filepath.Join(in.dir, "traffic.jsonl")}
	for _, h := range hosts {
		args = append(args, "--host", h)
	}
	cmd := exec.Command(filepath.Join(in.dir, "m365sim"), args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
		require.NoError(t, cmd.Wait())
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	require.NoError(t, err)
	var ready struct {
		CAFile  string `json:"ca_file"`
		Tenants []json.RawMessage
	}
	require.NoError(t, json.Unmarshal(line, &ready))
	require.Len(t, ready.Tenants, 1)
	require.NoError(t, json.Unmarshal(ready.Tenants[0], &in.tenant))
	in.ca = ready.CAFile
}

// program runs an outside program that trusts the simulator's certificate; its
// home is a folder of the stage.
func (in *inside) program(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	out, said, err := in.try(name, args...)
	require.NoError(t, err, "%s %q: %s%s", name, args, out, said)
	return out
}

func (in *inside) try(name string, args ...string) (out, said []byte, err error) {
	home := filepath.Join(in.dir, "home")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return nil, nil, err
	}
	cmd := exec.Command(name, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = clean("HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, ".config"), "SSL_CERT_FILE="+in.ca, "NODE_EXTRA_CA_CERTS="+in.ca,
		"CLIMICROSOFT365_NOUPDATE=1", "NO_UPDATE_NOTIFIER=1", "NO_COLOR=1")
	err = cmd.Run()
	return stdout.Bytes(), stderr.Bytes(), err
}

// askGraph is a plain GET below https://graph.microsoft.com.
func (in *inside) askGraph(t *testing.T, path string) []byte {
	t.Helper()
	ca, err := os.ReadFile(in.ca)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(ca))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	read := func(resp *http.Response, err error) []byte {
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, resp.StatusCode, "%s", body)
		return body
	}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	answer := read(client.PostForm("https://login.microsoftonline.com/"+in.tenant.TenantID+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {in.tenant.ClientID}, "client_secret": {in.tenant.ClientSecret},
		"scope": {"https://graph.microsoft.com/.default"},
	}))
	require.NoError(t, json.Unmarshal(answer, &token))
	q, err := http.NewRequest(http.MethodGet, "https://graph.microsoft.com"+path, nil)
	require.NoError(t, err)
	q.Header.Set("Authorization", "Bearer "+token.AccessToken)
	return read(client.Do(q))
}

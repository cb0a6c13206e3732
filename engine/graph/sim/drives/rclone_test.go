package drives_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
	"vangnet/engine/graph/sim/drives"
)

// tunnel is an HTTP proxy that leads every connection to one place, so that a
// program that calls graph.microsoft.com talks to the simulator.
func tunnel(t *testing.T, to string) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "only CONNECT", http.StatusBadRequest)
			return
		}
		far, err := net.Dial("tcp", to)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer far.Close()
		near, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer near.Close()
		_, _ = io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
		var both sync.WaitGroup
		both.Go(func() { _, _ = io.Copy(far, buffered); far.Close() })
		both.Go(func() { _, _ = io.Copy(near, far); near.Close() })
		both.Wait()
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestRclone has the unmodified rclone program (of the path, or VANGNET_RCLONE)
// list, download, check, upload, move and delete. It signs in by itself with
// client credentials where it can. Its own check fails on a wrong quickXorHash.
func TestRclone(t *testing.T) {
	name := os.Getenv("VANGNET_RCLONE")
	if name == "" {
		name = "rclone"
	}
	program, err := exec.LookPath(name)
	if err != nil || testing.Short() {
		t.Skip("rclone is not installed, or tests are to be short")
	}
	n := newNetwork(t, sim.Options{})
	help, err := exec.Command(program, "help", "backend", "onedrive").Output()
	require.NoError(t, err)
	signIn := fmt.Sprintf("token = {\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"refresh_token\":\"none\",\"expiry\":\"2099-01-01T00:00:00Z\"}\n", n.token)
	if strings.Contains(string(help), "--onedrive-client-credentials") {
		app := n.tenant.DefaultApp()
		signIn = fmt.Sprintf("client_credentials = true\nclient_id = %s\nclient_secret = %s\ntenant = %s\n", app.ClientID, app.Secret(), n.tenant.ID())
	} else {
		n.drive.SetQuirks(drives.Quirks{BearTokens: true}) // versions of that time send their token everywhere
	}
	day := time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)
	for name, size := range map[string]int64{"Documenten/plan #1 50%.docx": 1234, "Documenten/leeg.txt": 0, "groot.bin": 3_000_000, "Föto's/🎉.jpg": 77_777} {
		require.NoError(t, n.drive.Put(name, drives.Generated(uint64(size), size), drives.Times{Created: day, Modified: day}))
	}
	require.NoError(t, n.drive.Mkdir("Leeg", drives.Times{}))

	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	config := write("rclone.conf", fmt.Sprintf("[sim]\ntype = onedrive\nregion = global\ndrive_type = business\ndrive_id = %s\n%s", n.drive.ID(), signIn))
	authority := write("ca.pem", string(n.sim.CA()))
	proxy := tunnel(t, strings.TrimPrefix(n.sim.URL(), "https://"))
	rclone := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(program, append(args, "--config", config, "--retries", "1", "--low-level-retries", "2", "--onedrive-chunk-size", "320k")...)
		cmd.Env = append(os.Environ(), "HTTPS_PROXY="+proxy, "SSL_CERT_FILE="+authority)
		var said strings.Builder
		cmd.Stderr = &said
		out, err := cmd.Output()
		require.NoError(t, err, "rclone %v: %s", args, &said)
		return string(out)
	}

	want := []string{"Documenten/", "Documenten/plan #1 50%.docx", "Documenten/leeg.txt", "groot.bin", "Föto's/", "Föto's/🎉.jpg", "Leeg/"}
	require.ElementsMatch(t, want, strings.Split(strings.TrimSpace(rclone("lsf", "-R", "sim:")), "\n"))
	if strings.Contains(string(help), "--onedrive-delta") {
		require.ElementsMatch(t, want, strings.Split(strings.TrimSpace(rclone("lsf", "-R", "--fast-list", "--onedrive-delta", "sim:")), "\n"))
	}
	local := filepath.Join(dir, "local")
	rclone("copy", "sim:", local)
	st, err := os.Stat(filepath.Join(local, "groot.bin"))
	require.NoError(t, err)
	require.True(t, st.ModTime().Equal(day), "%v", st.ModTime())
	rclone("check", "sim:", local) // compares sizes and hashes

	require.NoError(t, os.WriteFile(filepath.Join(local, "Documenten", "nieuw.bin"), generate(t, 5*unit+17), 0o600))
	rclone("copy", local, "sim:Terug")
	rclone("check", local, "sim:Terug")
	rclone("moveto", "sim:Terug/groot.bin", "sim:Terug/Documenten/klein.bin")
	rclone("purge", "sim:Documenten")
	require.Contains(t, rclone("size", "sim:Terug"), "Total objects: 5")
	before, err := n.drive.Tree("groot.bin")
	require.NoError(t, err)
	after, err := n.drive.Tree("Terug/Documenten/klein.bin")
	require.NoError(t, err)
	require.Equal(t, before[0].Hash, after[0].Hash)
	require.Equal(t, day, after[0].Modified, "rclone sets the date after the upload")
	_, err = n.drive.Tree("Documenten")
	require.Error(t, err)
}

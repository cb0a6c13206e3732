package outside_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	domain = "contoso.example"
	// insideEnv holds the folder of the stage when the tests run where the hosts
	// file leads Microsoft's names to this computer.
	insideEnv = "VANGNET_OUTSIDE"
)

// hosts are the names that the private hosts file leads to the simulator.
var hosts = []string{
	"graph.microsoft.com", "login.microsoftonline.com", "login.windows.net", "login.microsoft.com",
	"contoso-my.sharepoint.com", "contoso.sharepoint.com",
}

// TestOutsideClients has unmodified Graph clients, written by others for the
// real Microsoft 365, work with m365sim. They run in namespaces of their own, in
// which the names of Microsoft's hosts lead to the simulator on port 443 and no
// other network is to be reached. All traffic is judged by Microsoft's metadata
// in the end.
func TestOutsideClients(t *testing.T) {
	if os.Getenv("VANGNET_LONG") == "" {
		t.Skip("outside clients are built and run only with VANGNET_LONG=1")
	}
	if os.Getenv(insideEnv) != "" {
		t.Skip("inside")
	}
	enter := privateNetwork(t)
	s := newStage(t)
	s.prepare()
	self, err := os.Executable()
	require.NoError(t, err)
	args := append(enter, "sh", "-c", `ip link set lo up && mount --bind "$0" /etc/hosts && exec "$@"`,
		filepath.Join(s.dir, "hosts"), self, "-test.run=^TestInside$", "-test.v", "-test.timeout=30m")
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), insideEnv+"="+s.dir)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	failed := cmd.Run()
	graphcheck(t, filepath.Join(s.dir, "traffic.jsonl"))
	require.NoError(t, failed, "clients inside the private network")
}

// privateNetwork is the command that gives a program a network and a view of
// the file system of its own.
func privateNetwork(t *testing.T) []string {
	t.Helper()
	for _, tool := range []string{"unshare", "ip", "mount"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no private network: %s is not installed", tool)
		}
	}
	var said []byte
	for _, flags := range []string{"-mn", "-rmn"} { // as root, or as root of a user namespace
		var err error
		if said, err = exec.Command("unshare", flags, "ip", "link", "set", "lo", "up").CombinedOutput(); err == nil {
			return []string{"unshare", flags}
		}
	}
	t.Skipf("no private network: it needs root or user namespaces: %s", bytes.TrimSpace(said))
	return nil
}

// graphcheck judges recorded traffic by Microsoft's metadata, where the checker
// is at hand: beside the repository or in VANGNET_SHARED.
func graphcheck(t *testing.T, recording string) {
	t.Helper()
	shared := os.Getenv("VANGNET_SHARED")
	if shared == "" {
		shared = filepath.Join(repository(t), "..", "shared")
	}
	tool := filepath.Join(shared, "graphcheck", "graphcheck")
	if _, err := os.Stat(tool); err != nil {
		t.Log("traffic not checked against the metadata: no graphcheck at", tool)
		return
	}
	out, err := exec.Command(tool, "--coverage", recording).CombinedOutput()
	t.Logf("%s", out)
	if kept := os.Getenv("VANGNET_OUTSIDE_KEEP"); kept != "" { // to look into what was said
		if data, readErr := os.ReadFile(recording); readErr == nil {
			_ = os.WriteFile(kept, data, 0o600)
		}
	}
	require.NoError(t, err, "the metadata checker found faults in the traffic")
}

// repository is the root of the source tree.
func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", "..", "..", ".."))
	require.NoError(t, err)
	_, err = os.Stat(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	return root
}

// clean is the environment without what would lead clients past the hosts file.
func clean(extra ...string) []string {
	var env []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		switch up := strings.ToUpper(name); {
		case strings.HasSuffix(up, "_PROXY"), strings.HasPrefix(up, "RCLONE_"), strings.HasPrefix(up, "CLIMICROSOFT365_"),
			up == "NODE_OPTIONS", up == "NODE_EXTRA_CA_CERTS", up == "SSL_CERT_FILE", up == "SSL_CERT_DIR", up == "HOME":
		default:
			env = append(env, v)
		}
	}
	return append(env, extra...)
}

package sim_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// graphcheck judges recorded traffic by Microsoft's metadata, where the
// checker is at hand: beside the repository or in VANGNET_SHARED.
func graphcheck(t *testing.T, recording string) {
	t.Helper()
	shared := os.Getenv("VANGNET_SHARED")
	if shared == "" {
		shared = "../../../../shared"
	}
	tool, err := filepath.Abs(filepath.Join(shared, "graphcheck", "graphcheck"))
	require.NoError(t, err)
	if _, err := os.Stat(tool); err != nil {
		t.Skip("graphcheck is not at hand")
	}
	out, err := exec.Command(tool, recording).CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Logf("%s", out)
}

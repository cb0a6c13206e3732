package read

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// must is the variable that makes a missing program a failure.
const must = "VANGNET_TOOLS"

// Tool finds a program: one that the project builds for its tests, else one of
// this computer. Where it is missing the test is skipped, or fails when every
// program has to be there.
func Tool(t testing.TB, name string) string {
	t.Helper()
	if wd, err := os.Getwd(); err == nil {
		for dir := wd; ; dir = filepath.Dir(dir) {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				if path := filepath.Join(dir, "build", "tools", name); fits(path) {
					return path
				}
				break
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path
	case os.Getenv(must) != "":
		t.Fatalf("%s is not on this computer", name)
	}
	t.Skipf("not compared: %s is not on this computer", name)
	return ""
}

func fits(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// Python finds a Python that has a module.
func Python(t testing.TB, module string) string {
	t.Helper()
	for _, path := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(path, "-c", "import "+module).Run() == nil {
			return path
		}
	}
	if os.Getenv(must) != "" {
		t.Fatalf("no Python with %s on this computer", module)
	}
	t.Skipf("not compared: no Python with %s on this computer", module)
	return ""
}

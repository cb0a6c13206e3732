package engine_test

import (
	"bufio"
	"bytes"
	"os/exec"
	"path"
	"strings"
	"testing"
)

// rule says that packages below from must not depend, directly or not, on
// packages that match any of not; unless they stand below except.
type rule struct {
	from   string
	not    []string
	except []string
	direct bool // only direct imports count
}

// The arrows of the house point one way: cmd → ui → engine → store → model, clock.
var rules = []rule{
	{from: "assets", not: []string{"vangnet/"}, except: []string{"vangnet/assets"}},
	{from: "engine/model", not: []string{"vangnet/", "github.com/", "golang.org/"}},
	{from: "engine/clock", not: []string{"vangnet/", "github.com/", "golang.org/"}},
	{from: "store", not: []string{"vangnet/engine", "vangnet/ui", "vangnet/cmd", "fyne.io/", "github.com/microsoftgraph/"},
		except: []string{"vangnet/engine/model", "vangnet/engine/clock"}},
	{from: "engine", not: []string{"vangnet/ui", "vangnet/cmd", "fyne.io/"}},
	{from: "ui", not: []string{"vangnet/store", "vangnet/cmd", "vangnet/engine"}, direct: true,
		except: []string{"vangnet/engine/model", "vangnet/engine/event", "vangnet/engine/fault", "vangnet/engine/clock"}},
	{from: "", not: []string{"database/sql", "modernc.org/sqlite"}, direct: true, except: []string{"from vangnet/store/catalog"}},
	{from: "", not: []string{"github.com/kopia/"}, direct: true, except: []string{"from vangnet/store/vault"}},
	{from: "", not: []string{"github.com/microsoftgraph/", "github.com/microsoft/kiota"}, direct: true,
		except: []string{"from vangnet/engine/graph", "from vangnet/engine/workload"}},
	{from: "", not: []string{"fyne.io/"}, direct: true, except: []string{"from vangnet/ui", "from vangnet/cmd/vangnet"}},
}

func TestHouse(t *testing.T) {
	direct := goList(t, "{{.ImportPath}}{{range .Imports}} {{.}}{{end}}")
	all := goList(t, "{{.ImportPath}}{{range .Deps}} {{.}}{{end}}")
	if len(direct) < 5 {
		t.Fatalf("only %d packages found: the rules would hold of nothing", len(direct))
	}
	for _, r := range rules {
		imports := all
		if r.direct {
			imports = direct
		}
		for pkg, deps := range imports {
			if !below(pkg, path.Join("vangnet", r.from)) {
				continue
			}
			for _, dep := range deps {
				if r.broken(pkg, dep) {
					t.Errorf("%s must not import %s", pkg, dep)
				}
			}
		}
	}
}

func (r rule) broken(pkg, dep string) bool {
	for _, e := range r.except {
		if from, ok := strings.CutPrefix(e, "from "); ok && below(pkg, from) {
			return false
		}
		if below(dep, e) {
			return false
		}
	}
	for _, n := range r.not {
		if strings.HasPrefix(dep, n) {
			return true
		}
	}
	return false
}

// below reports whether pkg is root or lies under it.
func below(pkg, root string) bool { return pkg == root || strings.HasPrefix(pkg, root+"/") }

// goList asks the go command for one line a package: the package, then others.
func goList(t *testing.T, format string) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", format, "vangnet/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	packages := map[string][]string{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) > 0 {
			packages[fields[0]] = fields[1:]
		}
	}
	return packages
}

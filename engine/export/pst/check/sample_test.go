package check_test

import (
	"bytes"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vangnet/engine/export/pst/check"
)

// sample is the path of a file that came with a module of .ci/tools, as Outlook
// or a server wrote it. It may not lie in this repository.
func sample(t *testing.T, name string) string {
	t.Helper()
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/mooijtech/go-pst/v6")
	cmd.Dir = filepath.Join("..", "..", "..", "..", ".ci", "tools")
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	out, err := cmd.Output()
	dir := strings.TrimSpace(string(out))
	if err == nil && dir != "" {
		path := filepath.Join(dir, "data", name)
		if _, err = os.Stat(path); err == nil {
			return path
		}
	}
	if os.Getenv("VANGNET_TOOLS") == "must" {
		t.Fatalf("the sample stores are not to be had: %v", err)
	}
	t.Skip("the sample stores of github.com/mooijtech/go-pst are not to be had")
	return ""
}

func kinds(r check.Report) map[check.Kind]int {
	m := map[check.Kind]int{}
	for _, f := range r.Findings {
		m[f.Kind]++
	}
	return m
}

// A store of 2,178 messages that Outlook kept for years: nothing but effects of
// age.
func TestOutlook(t *testing.T) {
	r, err := check.File(context.Background(), sample(t, "enron.pst"), check.Options{Aged: true, Deep: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Error(f)
	}
	if r.Messages != 2178 || r.Attachments != 168 || r.Recipients != 4029 || r.Folders != 22 || r.Blocks != 7486 {
		t.Errorf("counts: %+v", r)
	}
	for _, e := range []check.Effect{
		check.StaleBytes, check.StaleMaps, check.StaleLevels, check.Reserved, check.LooseIDs, check.SharedBlocks, check.OldColumns,
		check.OldNodes, check.OldRecipients, check.OldSizes, check.RowCells, check.OutOfHeap, check.Indexes,
	} {
		if r.Tolerated[e] == 0 {
			t.Errorf("effect %q was not met: no need to tolerate it", e)
		}
	}
	strict, err := check.File(context.Background(), sample(t, "enron.pst"), check.Options{})
	if err != nil || len(strict.Findings) != 1000 || strict.More == 0 || strict.Tolerated != nil {
		t.Errorf("without Aged: %d findings, %d more, %v", len(strict.Findings), strict.More, err)
	}
}

// What the writer does not make is damaged in Outlook's store.
func TestOutlookDamages(t *testing.T) {
	b, err := os.ReadFile(sample(t, "enron.pst"))
	if err != nil {
		t.Fatal(err)
	}
	const search = 0x2223
	for _, d := range []damage{
		{"count of a search folder", func(f *file) { f.number(f.node(search), 0x3602, 99) }, found{check.FolderCount: 1, check.FolderRow: 1}, "folder 0x2223", false},
		{"a search folder without queue", func(f *file) {
			f.editNode(search&^0x1F|6, func(e []byte) { e[0] = 0x21 })
		}, found{check.FolderTable: 1}, "node 0x2226", true},
		{"list of search folders", func(f *file) {
			f.block(f.node(0x201).data, func(d []byte) { le.PutUint32(d, 0x122) })
		}, found{check.NodeContent: 1}, "node 0x201", true},
	} {
		t.Run(d.name, func(t *testing.T) { d.runAs(&file{t, bytes.Clone(b)}, check.Options{Aged: true}) })
	}
}

// A store that a server wrote by rules of its own. Its form is sound; the rest is
// what that server leaves out: counters, sizes, counts of folders, the paddings
// of names, and texts that are empty.
func TestServer(t *testing.T) {
	r, err := check.File(context.Background(), sample(t, "support.pst"), check.Options{Aged: true, Deep: true, Max: 10000})
	if err != nil {
		t.Fatal(err)
	}
	want := map[check.Kind]int{
		check.AttachSize: 2, check.Counter: 2, check.HeapFill: 2, check.MapFree: 1, check.MessageRow: 38, check.NameMap: 8,
		check.PropMissing: 58, check.PropStray: 33, check.Recipient: 7, check.RowVersion: 1120,
	}
	if got := kinds(r); !maps.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

// Files that are no Unicode PST are refused.
func TestRefused(t *testing.T) {
	if _, err := check.File(context.Background(), sample(t, "32-bit.pst"), check.Options{}); err == nil {
		t.Error("a 32-bit store was taken")
	}
}

package read

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Pst is what readpst (libpst) makes of a PST file.
type Pst struct {
	Mails   []Item
	Raw     map[string][]byte // the mails, by path
	Events  map[string][]byte // iCalendar, by path
	People  map[string][]byte // vCard, by path
	Done    map[string]int    // items that it says it read, by folder
	Skipped int
}

// readpstSays is what readpst prints of a folder.
var readpstSays = regexp.MustCompile(`"(.*)" - (\d+) items done, (\d+) items skipped`)

// ReadPST reads a PST file with readpst, deleted items too; one job at a time,
// for with more it loses items.
func ReadPST(t testing.TB, path string) Pst {
	t.Helper()
	dir := t.TempDir()
	said, err := exec.Command(Tool(t, "readpst"), "-j", "0", "-D", "-M", "-e", "-o", dir, path).CombinedOutput()
	if err != nil {
		t.Fatalf("readpst: %v\n%s", err, said)
	}
	p := Pst{Raw: map[string][]byte{}, Events: map[string][]byte{}, People: map[string][]byte{}, Done: map[string]int{}}
	for _, m := range readpstSays.FindAllStringSubmatch(string(said), -1) {
		done, _ := strconv.Atoi(m[2])
		skipped, _ := strconv.Atoi(m[3])
		p.Done[m[1]] += done
		p.Skipped += skipped
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch filepath.Ext(path) {
		case ".ics":
			p.Events[rel] = b
		case ".vcf":
			p.People[rel] = b
		case ".eml":
			p.Raw[rel] = b
			_, folder, _ := strings.Cut(filepath.ToSlash(filepath.Dir(rel)), "/")
			i, err := Mail(folder, b)
			if err != nil {
				return err
			}
			p.Mails = append(p.Mails, i)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

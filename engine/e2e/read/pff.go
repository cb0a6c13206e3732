package read

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// PFF reads a PST file with pffexport (libpff). What it shows of an item depends
// on the class.
func PFF(t testing.TB, path string) []Item {
	t.Helper()
	var items []Item
	if err := pffFolder(pffExport(t, path), "", &items); err != nil {
		t.Fatal(err)
	}
	return items
}

// pffExport lets pffexport write out a PST file, and is the folder of the top
// one there.
func pffExport(t testing.TB, path string) string {
	t.Helper()
	target := filepath.Join(t.TempDir(), "x")
	if out, err := exec.Command(Tool(t, "pffexport"), "-q", "-f", "all", "-m", "all", "-t", target, path).CombinedOutput(); err != nil {
		t.Fatalf("pffexport: %v\n%s", err, out)
	}
	for _, end := range []string{".orphans", ".recovered"} {
		if entries, err := os.ReadDir(target + end); err == nil && len(entries) > 0 {
			t.Errorf("pffexport found orphans or had to recover: %v", entries)
		}
	}
	return filepath.Join(target+".export", "Top of Outlook data file")
}

// pffItem is the name of the folder that pffexport makes for an item.
var pffItem = regexp.MustCompile(`^([A-Z][A-Za-z]+)(\d{5})$`)

func pffFolder(dir, name string, items *[]Item) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	slices.SortStableFunc(entries, func(a, b os.DirEntry) int { return cmp.Compare(pffNumber(a.Name()), pffNumber(b.Name())) })
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case !e.IsDir():
		case pffItem.MatchString(e.Name()):
			i, err := pffOne(path)
			if err != nil {
				return err
			}
			i.Folder = name
			*items = append(*items, i)
		default:
			if err := pffFolder(path, strings.TrimPrefix(name+"/"+e.Name(), "/"), items); err != nil {
				return err
			}
		}
	}
	return nil
}

// pffNumber is an item's place in its folder.
func pffNumber(name string) string {
	if m := pffItem.FindStringSubmatch(name); m != nil {
		return m[2]
	}
	return ""
}

const pffTime = "Jan 02, 2006 15:04:05.000000000 MST"

func pffOne(dir string) (Item, error) {
	var i Item
	entries, err := os.ReadDir(dir)
	if err != nil {
		return i, err
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil && !e.IsDir() {
			return i, err
		}
		switch name := e.Name(); name {
		case "OutlookHeaders.txt", "Meeting.txt", "Appointment.txt", "Task.txt", "Contact.txt", "Note.txt", "Activity.txt":
			i.pffHead(b)
		case "Recipients.txt":
			i.pffPeople(b)
		case "Message.txt":
			i.Text = Plain(string(b))
		case "Message.html":
			i.HTML = Sum(b)
		case "Attachments":
			if err := i.pffAttachments(filepath.Join(dir, name)); err != nil {
				return i, err
			}
		}
	}
	i.sort()
	return i, nil
}

// fields reads "name: value" lines up to the first empty one after some.
func pffFields(b []byte) map[string]string {
	m := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok {
			m[name] = cmp.Or(m[name], strings.TrimSpace(value))
		}
	}
	return m
}

func (i *Item) pffHead(b []byte) {
	f := pffFields(b)
	i.Subject, i.From, i.FromName = f["Subject"], f["Sent representing email address"], f["Sent representing name"]
	i.Sent, _ = time.Parse(pffTime, f["Client submit time"])
	i.Received, _ = time.Parse(pffTime, f["Delivery time"])
	i.Read = strings.Contains(f["Flags"], "(Read")
	i.High = map[string]int{"Low": -1, "High": 1}[f["Importance"]]
}

func (i *Item) pffPeople(b []byte) {
	for _, one := range strings.Split(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n\n") {
		f := pffFields([]byte(one))
		address := cmp.Or(f["Email address"], f["Display name"])
		switch f["Recipient type"] {
		case "To":
			i.To = append(i.To, address)
		case "CC":
			i.Cc = append(i.Cc, address)
		case "BCC":
			i.Bcc = append(i.Bcc, address)
		}
	}
}

// numbered is the number that pffexport puts before a file's name.
var numbered = regexp.MustCompile(`^\d+_`)

func (i *Item) pffAttachments(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case e.Name() == "ItemValues.txt":
		case e.IsDir():
			var in []Item
			if err := pffFolder(path, "", &in); err != nil {
				return fmt.Errorf("attached item: %w", err)
			}
			i.Items = append(i.Items, in...)
		default:
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			i.Files = append(i.Files, File{Name: numbered.ReplaceAllString(e.Name(), ""), SHA256: Sum(b)})
		}
	}
	return nil
}

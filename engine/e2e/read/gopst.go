package read

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// goLine is what pstdump prints of a folder or an item.
type goLine struct {
	Folder      []string
	Items       int
	Class       string
	Subject     string
	From        string
	FromAddress string `json:"from_address"`
	To, Cc, Bcc string
	Sent        time.Time
	Received    time.Time
	Flags       int32
	Importance  int32
	Body        string
	HTML        string
	Attachments []struct {
		Name   string
		Method int32
		SHA256 string
		Props  []goProp
		Item   *goLine
	}
	Props      []goProp
	Recipients [][]goProp
}

// Folders are the folders of a PST file, empty ones too.
func Folders(t testing.TB, path string) []string {
	t.Helper()
	var list []string
	for _, l := range dump(t, path) {
		if l.Class == "" && len(l.Folder) > 0 {
			list = append(list, strings.Join(l.Folder[1:], "/"))
		}
	}
	return list
}

// GoPST reads a PST file with go-pst. Of recipients it has their names only.
func GoPST(t testing.TB, path string) []Item {
	t.Helper()
	var items []Item
	for _, l := range dump(t, path) {
		if l.Class != "" {
			items = append(items, l.item())
		}
	}
	return items
}

// Wholes reads all items of a PST file, with every property, with go-pst.
func Wholes(t testing.TB, path string) []Whole {
	t.Helper()
	var items []Whole
	lines := dump(t, path)
	for i := range lines {
		if lines[i].Class != "" {
			items = append(items, lines[i].whole())
		}
	}
	return items
}

// dump is all that go-pst finds.
func dump(t testing.TB, path string) []goLine {
	t.Helper()
	cmd := exec.Command(Tool(t, "pstdump"), path)
	var remarks bytes.Buffer
	cmd.Stderr = &remarks
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pstdump: %v\n%s", err, remarks.String())
	}
	var list []goLine
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var l goLine
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatalf("pstdump: %v", err)
		}
		list = append(list, l)
	}
	return list
}

func (l *goLine) item() Item {
	i := Item{
		Folder: strings.Join(l.Folder[1:], "/"), Class: l.Class, Subject: bare(l.Subject), From: l.FromAddress, FromName: l.From,
		To: names(l.To), Cc: names(l.Cc), Bcc: names(l.Bcc), Sent: l.Sent, Received: l.Received,
		Read: l.Flags&1 != 0, High: int(l.Importance) - 1, Text: Plain(l.Body), HTML: l.HTML,
	}
	for _, a := range l.Attachments {
		if a.Method == 1 {
			i.Files = append(i.Files, File{Name: a.Name, SHA256: a.SHA256})
		}
	}
	i.sort()
	return i
}

// bare drops the two characters that tell how long the prefix is.
func bare(subject string) string {
	if len(subject) >= 2 && subject[0] == 1 {
		_, rest, _ := strings.Cut(subject, "\x01")
		if runes := []rune(rest); len(runes) > 0 {
			return string(runes[1:])
		}
	}
	return subject
}

func names(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, "; ")
}

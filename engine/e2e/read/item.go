// Package read opens what was handed over with programs that others wrote, and
// says what is in it in one form, so that it can be compared with the source.
package read

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// Item is one item as a reader shows it.
type Item struct {
	Folder   string // names joined with "/"
	Class    string
	Subject  string
	From     string // address
	FromName string
	To       []string // addresses in order
	Cc       []string
	Bcc      []string
	Sent     time.Time
	Received time.Time
	Read     bool
	High     int    // importance: -1, 0, 1
	Text     string // with plain line ends, without white space at the end of lines
	HTML     string // SHA-256 of the bytes
	Files    []File // in order of name
	Items    []Item // attached ones
}

// File is an attachment.
type File struct {
	Name   string
	SHA256 string
}

// Sum is the SHA-256 of bytes in hex.
func Sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// Of is a message as its source knows it.
func Of(folder string, m *mapi.Message) (Item, error) {
	from := mapi.From(m)
	i := Item{
		Folder: folder, Class: m.Class(), Subject: mapi.SubjectOf(m), From: from.Any(), FromName: from.Name,
		Sent: m.Props.Time(mapi.ClientSubmitTime), Received: m.Props.Time(mapi.DeliveryTime),
	}
	flags, _ := m.Props.Int(mapi.MessageFlags)
	i.Read = flags&mapi.FlagRead != 0 || m.Props.Bool(mapi.Read)
	if v, ok := m.Props.Int(mapi.Importance); ok {
		i.High = int(v) - 1
	}
	for _, r := range m.Recipients {
		kind, _ := r.Int(mapi.RecipientType)
		a := mapi.RecipientAddress(r)
		switch address := cmp.Or(a.Any(), a.Name); kind & 0xF {
		case mapi.RecipientTo:
			i.To = append(i.To, address)
		case mapi.RecipientCc:
			i.Cc = append(i.Cc, address)
		case mapi.RecipientBcc:
			i.Bcc = append(i.Bcc, address)
		}
	}
	if err := i.bodies(m); err != nil {
		return i, err
	}
	for n := range m.Attachments {
		if err := i.attachment(&m.Attachments[n]); err != nil {
			return i, err
		}
	}
	i.sort()
	return i, nil
}

func (i *Item) bodies(m *mapi.Message) error {
	p, _ := m.Props.Get(mapi.Body)
	switch v := p.Value.(type) {
	case string:
		i.Text = Plain(v)
	case mapi.Blob:
		b, err := all(v)
		if err != nil {
			return err
		}
		i.Text = Plain(charset.DecodeUTF16(b))
	}
	p, _ = m.Props.Get(mapi.BodyHTML)
	switch v := p.Value.(type) {
	case string:
		i.HTML = Sum([]byte(v))
	case []byte:
		i.HTML = Sum(v)
	case mapi.Blob:
		b, err := all(v)
		if err != nil {
			return err
		}
		i.HTML = Sum(b)
	}
	return nil
}

func (i *Item) attachment(a *mapi.Attachment) error {
	if a.Embedded != nil {
		in, err := Of("", a.Embedded)
		i.Items = append(i.Items, in)
		return err
	}
	data, ok := a.Data()
	if !ok {
		i.Files = append(i.Files, File{Name: a.FileName(), SHA256: Sum(nil)})
		return nil
	}
	b, err := all(data)
	i.Files = append(i.Files, File{Name: a.FileName(), SHA256: Sum(b)})
	return err
}

func (i *Item) sort() {
	slices.SortFunc(i.Files, func(a, b File) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.SHA256, b.SHA256)) })
	slices.SortFunc(i.Items, func(a, b Item) int { return cmp.Compare(a.Line(Everything), b.Line(Everything)) })
}

func all(b mapi.Blob) ([]byte, error) {
	r, err := b.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(r)
}

// Plain is text with plain line ends, without white space at the end of lines
// and of the whole, and without what no text has.
func Plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == 0 || r == 0xFEFF {
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	lines := strings.Split(s, "\n")
	for n, l := range lines {
		lines[n] = strings.TrimRight(l, " \t\r")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// Field is a part of an item that is compared.
type Field string

// The fields.
const (
	Folder   Field = "folder"
	Class    Field = "class"
	Subject  Field = "subject"
	From     Field = "from"
	FromName Field = "from name"
	To       Field = "to"
	Cc       Field = "cc"
	Bcc      Field = "bcc"
	Sent     Field = "sent"
	Received Field = "received"
	Read     Field = "read"
	High     Field = "importance"
	Text     Field = "text"
	HTML     Field = "html"
	Files    Field = "files"
	Sums     Field = "sums" // of the files, whatever they are called
	Items    Field = "items"
)

// Everything is all fields.
var Everything = []Field{Folder, Class, Subject, From, FromName, To, Cc, Bcc, Sent, Received, Read, High, Text, HTML, Files, Sums, Items}

// But is everything without some.
func But(not ...Field) []Field {
	var list []Field
	for _, f := range Everything {
		if !slices.Contains(not, f) {
			list = append(list, f)
		}
	}
	return list
}

// Line is an item in one line, its fields in the order given.
func (i *Item) Line(fields []Field) string {
	var b strings.Builder
	for _, f := range fields {
		fmt.Fprintf(&b, "%s=%q ", f, i.value(f, fields))
	}
	return b.String()
}

func (i *Item) value(f Field, fields []Field) any {
	switch f {
	case Folder:
		return i.Folder
	case Class:
		return i.Class
	case Subject:
		return strings.TrimSpace(i.Subject)
	case From:
		return strings.ToLower(i.From)
	case FromName:
		return i.FromName
	case To:
		return i.To
	case Cc:
		return i.Cc
	case Bcc:
		return i.Bcc
	case Sent:
		return second(i.Sent)
	case Received:
		return second(i.Received)
	case Read:
		return fmt.Sprint(i.Read)
	case High:
		return fmt.Sprint(i.High)
	case Text:
		return i.Text
	case HTML:
		return i.HTML
	case Files:
		return fmt.Sprint(i.Files)
	}
	if f == Sums {
		sums := make([]string, len(i.Files))
		for n := range i.Files {
			sums[n] = i.Files[n].SHA256
		}
		slices.Sort(sums)
		return sums
	}
	lines := make([]string, len(i.Items))
	for n := range i.Items {
		lines[n] = i.Items[n].Line(fields)
	}
	slices.Sort(lines)
	return lines
}

func second(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Truncate(time.Second).Format(time.RFC3339)
}

// Diff compares items without regard to their order, and says what is missing
// (-) and what is too much (+).
func Diff(want, got []Item, fields []Field) []string {
	left := map[string]int{}
	for n := range want {
		left[want[n].Line(fields)]++
	}
	var more []string
	for n := range got {
		if l := got[n].Line(fields); left[l] > 0 {
			left[l]--
		} else {
			more = append(more, l)
		}
	}
	var missing []string
	for l, n := range left {
		for range n {
			missing = append(missing, l)
		}
	}
	slices.Sort(missing)
	slices.Sort(more)
	var out []string
	for _, l := range missing {
		out = append(out, "- "+l)
	}
	for _, l := range more {
		out = append(out, "+ "+l)
	}
	return out
}

// Command pstdump prints what go-pst, a reader that others wrote, finds in a PST
// file: one JSON document a line, for each folder and each item.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/emersion/go-message/charset"
	pst "github.com/mooijtech/go-pst/v6/pkg"
	"github.com/rotisserie/eris"
	"golang.org/x/text/encoding"
)

// line is a folder (Folder set, Class empty) or an item.
type line struct {
	Folder      []string     `json:"folder"` // names from the root on
	Items       int          `json:"items"`
	Class       string       `json:"class,omitempty"`
	Subject     string       `json:"subject,omitempty"`
	From        string       `json:"from,omitempty"`
	FromAddress string       `json:"from_address,omitempty"`
	To          string       `json:"to,omitempty"`
	Cc          string       `json:"cc,omitempty"`
	Bcc         string       `json:"bcc,omitempty"`
	Sent        time.Time    `json:"sent,omitzero"`
	Received    time.Time    `json:"received,omitzero"`
	Flags       int32        `json:"flags,omitempty"`
	Importance  int32        `json:"importance,omitempty"`
	Body        string       `json:"body,omitempty"`
	HTML        string       `json:"html,omitempty"` // SHA-256
	Headers     string       `json:"headers,omitempty"`
	Attachments []attachment `json:"attachments,omitempty"`
	Props       []prop       `json:"props,omitempty"`
	Recipients  [][]prop     `json:"recipients,omitempty"`
}

type attachment struct {
	Name   string `json:"name"`
	Method int32  `json:"method"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Props  []prop `json:"props"`
	Item   *line  `json:"item,omitempty"` // an attached message
}

func main() {
	out := json.NewEncoder(os.Stdout)
	os.Stdout = os.Stderr // where the library prints its remarks
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: pstdump FILE.pst")
		os.Exit(2)
	}
	if err := dump(os.Args[1], out); err != nil {
		fmt.Fprintf(os.Stderr, "%+v\n", err)
		os.Exit(1)
	}
}

func dump(path string, out *json.Encoder) error {
	pst.ExtendCharsets(func(name string, enc encoding.Encoding) { charset.RegisterEncoding(name, enc) })
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	file, err := pst.New(f)
	if err != nil {
		return err
	}
	defer file.Cleanup()
	root, err := file.GetRootFolder()
	if err != nil {
		return err
	}
	d := dumper{out: out}
	if d.names, err = names(file); err != nil {
		return fmt.Errorf("names of properties: %w", err)
	}
	return d.folders(&root, nil)
}

type dumper struct {
	names map[uint16]string // of named properties
	out   *json.Encoder
}

func (d dumper) folders(f *pst.Folder, path []string) error {
	if err := d.items(f, path); err != nil {
		return fmt.Errorf("folder %q: %w", path, err)
	}
	below, err := f.GetSubFolders()
	if err != nil {
		return fmt.Errorf("folders of %q: %w", path, err)
	}
	for i := range below {
		if err := d.folders(&below[i], append(path[:len(path):len(path)], below[i].Name)); err != nil {
			return err
		}
	}
	return nil
}

func (d dumper) items(f *pst.Folder, path []string) error {
	it, err := f.GetMessageIterator()
	if eris.Is(err, pst.ErrMessagesNotFound) {
		return d.out.Encode(line{Folder: path})
	}
	if err != nil {
		return err
	}
	if err := d.out.Encode(line{Folder: path, Items: it.Size()}); err != nil {
		return err
	}
	for it.Next() {
		l, err := d.read(it.Value())
		if err != nil {
			return err
		}
		l.Folder = path
		if err := d.out.Encode(l); err != nil {
			return err
		}
	}
	return it.Err()
}

func (d dumper) read(m *pst.Message) (l line, err error) {
	p := props{m.PropertyContext, m.LocalDescriptors}
	l = line{
		Class: p.text(0x001A), Subject: p.text(0x0037), From: p.text(0x0042), FromAddress: p.text(0x0065), To: p.text(0x0E04), Cc: p.text(0x0E03),
		Bcc: p.text(0x0E02), Sent: p.time(0x0039), Received: p.time(0x0E06), Flags: p.number(0x0E07), Importance: p.number(0x0017),
		Body: p.text(0x1000), HTML: p.sum(0x1013), Headers: p.text(0x007D),
	}
	if l.Props, err = list(m.PropertyContext.Properties, m.PropertyContext.HeapOnNode, m.File, m.LocalDescriptors, d.names); err != nil {
		return l, err
	}
	if l.Recipients, err = recipients(m, d.names); err != nil {
		return l, err
	}
	it, err := m.GetAttachmentIterator()
	if eris.Is(err, pst.ErrAttachmentsNotFound) {
		return l, nil
	}
	if err != nil {
		return l, err
	}
	for it.Next() {
		a, err := d.attachment(it.Value(), m.File)
		if err != nil {
			return l, err
		}
		l.Attachments = append(l.Attachments, a)
	}
	return l, it.Err()
}

func (d dumper) attachment(a *pst.Attachment, f *pst.File) (attachment, error) {
	p := props{a.PropertyContext, a.LocalDescriptors}
	out := attachment{Name: p.text(0x3707), Method: p.number(0x3705)}
	h := sha256.New()
	n, err := a.WriteTo(h)
	if err != nil && !errors.Is(err, pst.ErrPropertyNotFound) && !eris.Is(err, pst.ErrPropertyNotFound) {
		return out, err
	}
	out.Size, out.SHA256 = n, hex.EncodeToString(h.Sum(nil))
	if out.Props, err = list(a.PropertyContext.Properties, a.PropertyContext.HeapOnNode, f, a.LocalDescriptors, d.names); err != nil {
		return out, err
	}
	m, err := embedded(a, f)
	if err != nil || m == nil {
		return out, err
	}
	in, err := d.read(m)
	out.Item = &in
	return out, err
}

// props reads single properties; what is absent is empty.
type props struct {
	context *pst.PropertyContext
	local   []pst.LocalDescriptor
}

func (p props) text(id uint16) string {
	r, err := p.context.GetPropertyReader(id, p.local)
	if err != nil {
		return ""
	}
	s, err := r.GetString()
	if err != nil {
		return "unreadable: " + err.Error()
	}
	return s
}

func (p props) number(id uint16) int32 {
	r, err := p.context.GetPropertyReader(id, p.local)
	if err != nil {
		return 0
	}
	n, err := r.GetInteger32()
	if err != nil {
		return -1
	}
	return n
}

func (p props) time(id uint16) time.Time {
	r, err := p.context.GetPropertyReader(id, p.local)
	if err != nil {
		return time.Time{}
	}
	t, err := r.GetDate()
	if err != nil {
		return time.Time{}
	}
	return time.Unix(0, t).UTC()
}

func (p props) sum(id uint16) string {
	r, err := p.context.GetPropertyReader(id, p.local)
	if err != nil {
		return ""
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(&r, 0, r.Size())); err != nil {
		return "unreadable: " + err.Error()
	}
	return hex.EncodeToString(h.Sum(nil))
}

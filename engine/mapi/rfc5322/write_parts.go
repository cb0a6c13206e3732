package rfc5322

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime/quotedprintable"
	"strings"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
	"vangnet/engine/mapi/ical"
	"vangnet/engine/mapi/rtf"
)

// maxText is the longest text that is looked at to choose its encoding.
const maxText = 1 << 20

func (w *writer) plainPart(m *mapi.Message) error {
	p, _ := m.Props.Get(mapi.Body)
	var r io.Reader
	switch v := p.Value.(type) {
	case string:
		r = strings.NewReader(lines(v))
	case mapi.Blob:
		rc, err := v.Open()
		if err != nil {
			return fmt.Errorf("text: %w", err)
		}
		defer func() { _ = rc.Close() }()
		r, _ = charset.NewReader(charset.UTF16LE, rc)
	default:
		r = strings.NewReader("")
	}
	if err := w.line("Content-Type: text/plain; charset=utf-8"); err != nil {
		return err
	}
	return w.text(r)
}

func (w *writer) htmlPart(m *mapi.Message) error {
	p, _ := m.Props.Get(mapi.BodyHTML)
	name := charset.NameOf(m.HTMLCodePage())
	var r io.Reader
	if s, ok := p.Value.(string); ok {
		r, name = strings.NewReader(s), "utf-8"
	} else if blob, ok := m.Props.Blob(mapi.BodyHTML); ok {
		rc, err := blob.Open()
		if err != nil {
			return fmt.Errorf("HTML: %w", err)
		}
		defer func() { _ = rc.Close() }()
		r = rc
	} else {
		r = strings.NewReader("")
	}
	if err := w.line("Content-Type: text/html; charset=%s", name); err != nil {
		return err
	}
	return w.text(r)
}

// richParts writes what rich text holds: the HTML it was made of, else its
// plain text where there is no other, else itself.
func (w *writer) richParts(m *mapi.Message, plain bool) []part {
	blob, _ := m.Props.Blob(mapi.RTFCompressed)
	r, err := blob.Open()
	if err != nil {
		return []part{func() error { return fmt.Errorf("rich text: %w", err) }}
	}
	defer func() { _ = r.Close() }()
	const limit = 32 << 20
	packed, err := io.ReadAll(io.LimitReader(r, limit))
	if err != nil {
		return []part{func() error { return fmt.Errorf("rich text: %w", err) }}
	}
	rich, err := rtf.Decompress(packed, limit)
	if err != nil {
		rich = nil
	}
	var parts []part
	html, isHTML := rtf.HTML(rich, limit)
	if !plain && !isHTML {
		parts = append(parts, w.textPart("text/plain", []byte(lines(rtf.Text(rich, limit)))))
	}
	if isHTML {
		return append(parts, w.textPart("text/html", []byte(html)))
	}
	return append(parts, w.textPart("text/rtf", rich))
}

func (w *writer) textPart(media string, data []byte) part {
	return func() error {
		if err := w.line("Content-Type: %s; charset=utf-8", media); err != nil {
			return err
		}
		return w.text(bytes.NewReader(data))
	}
}

// invitation is the part that programs read of a message about a meeting: as it
// came, else made of the item. Other messages have none.
func (w *writer) invitation(m *mapi.Message, stored *mapi.Attachment) (part, error) {
	if stored != nil {
		data, ok := stored.Data()
		if !ok {
			return nil, fmt.Errorf("invitation: %w", mapi.ErrNotLoaded)
		}
		return func() error { return w.calendarPart(methodOf(m.Class()), data) }, nil
	}
	method := ical.Method(m)
	if !m.IsClass("IPM.Schedule.Meeting") || method == ical.MethodPublish {
		return nil, nil
	}
	var b bytes.Buffer
	if err := ical.Write(&b, m, ical.Options{Method: true, Resolve: w.opt.Resolve, Files: -1}); err != nil {
		return nil, fmt.Errorf("invitation: %w", err)
	}
	return func() error { return w.calendarPart(method, mapi.BytesBlob(b.Bytes())) }, nil
}

func (w *writer) calendarPart(method string, data mapi.Blob) error {
	r, err := data.Open()
	if err != nil {
		return fmt.Errorf("invitation: %w", err)
	}
	defer func() { _ = r.Close() }()
	if err := w.line("Content-Type: text/calendar; charset=utf-8; method=%s", method); err != nil {
		return err
	}
	return w.text(r)
}

// text writes the encoding and the content of a text, byte for byte.
func (w *writer) text(r io.Reader) error {
	head, err := io.ReadAll(io.LimitReader(r, maxText))
	if err != nil {
		return err
	}
	switch {
	case len(head) == maxText:
		return w.base64(io.MultiReader(bytes.NewReader(head), r))
	case safeBytes(head):
		if err := w.line("Content-Transfer-Encoding: 7bit\r\n"); err != nil {
			return err
		}
		_, err = w.w.Write(head)
		return err
	case !mostlyASCII(head) || !endsLines(head):
		return w.base64(bytes.NewReader(head))
	}
	if err := w.line("Content-Transfer-Encoding: quoted-printable\r\n"); err != nil {
		return err
	}
	q := quotedprintable.NewWriter(w.w)
	if _, err := q.Write(head); err != nil {
		return err
	}
	return q.Close()
}

func mostlyASCII(b []byte) bool {
	odd := 0
	for _, c := range b {
		if c >= 0x7F || c < ' ' && c != '\r' && c != '\n' && c != '\t' {
			odd++
		}
	}
	return odd*4 < len(b)
}

// endsLines reports whether all line ends are CR and LF: quoted-printable would
// change others.
func endsLines(b []byte) bool {
	n := bytes.Count(b, []byte("\r\n"))
	return bytes.Count(b, []byte("\n")) == n && bytes.Count(b, []byte("\r")) == n
}

// base64 writes the encoding and the content in lines.
func (w *writer) base64(r io.Reader) error {
	if err := w.line("Content-Transfer-Encoding: base64\r\n"); err != nil {
		return err
	}
	wrap := &wrapper{w: w.w}
	enc := base64.NewEncoder(base64.StdEncoding, wrap)
	if _, err := io.Copy(enc, r); err != nil {
		return err
	}
	if err := enc.Close(); err != nil {
		return err
	}
	if wrap.col == 0 {
		return nil
	}
	return w.line("")
}

const base64Line = 76

// wrapper breaks lines.
type wrapper struct {
	w   io.Writer
	col int
}

func (w *wrapper) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		k := min(len(p), base64Line-w.col)
		if _, err := w.w.Write(p[:k]); err != nil {
			return 0, err
		}
		p, w.col = p[k:], w.col+k
		if w.col == base64Line {
			if _, err := io.WriteString(w.w, "\r\n"); err != nil {
				return 0, err
			}
			w.col = 0
		}
	}
	return n, nil
}

func (w *writer) attachments(list []*mapi.Attachment, inline bool, depth int) []part {
	parts := make([]part, 0, len(list))
	for _, a := range list {
		parts = append(parts, func() error {
			if err := w.attachment(a, inline, depth); err != nil {
				return fmt.Errorf("attachment %q: %w", a.FileName(), err)
			}
			return nil
		})
	}
	return parts
}

func (w *writer) attachment(a *mapi.Attachment, inline bool, depth int) error {
	if a.Embedded != nil {
		return w.embedded(a, depth)
	}
	name := collapse(a.FileName())
	media := cleanMedia(a.Props.String(mapi.AttachMimeTag), name)
	data, ok := a.Data()
	if method, _ := a.Props.Int(mapi.AttachMethod); method == mapi.MethodCloud && (!ok || data.Size == 0) {
		data, media, name = cloudLink(a), "application/octet-stream", name+".url"
	}
	if strings.HasPrefix(media, "multipart/") || media == "message/rfc822" {
		media = "application/octet-stream" // its data are encoded, which these may not be
	}
	if err := w.describe(a, media, name, inline); err != nil {
		return err
	}
	if data.Size == 0 {
		return w.line("Content-Transfer-Encoding: base64\r\n")
	}
	r, err := data.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	if strings.HasPrefix(media, "message/") {
		return w.text(r)
	}
	return w.base64(r)
}

func (w *writer) describe(a *mapi.Attachment, media, name string, inline bool) error {
	if err := w.line("Content-Type: %s%s", media, param("name", name)); err != nil {
		return err
	}
	disposition := "attachment"
	if inline {
		disposition = "inline"
	}
	if err := w.line("Content-Disposition: %s%s", disposition, param("filename", name)); err != nil {
		return err
	}
	if id := collapse(a.Props.String(mapi.AttachContentID)); id != "" {
		if err := w.line("Content-ID: <%s>", strings.Trim(id, "<>")); err != nil {
			return err
		}
	}
	if loc := collapse(a.Props.String(mapi.AttachContentLocation)); loc != "" {
		return w.line("Content-Location: %s", encodeWords(loc))
	}
	return nil
}

func (w *writer) embedded(a *mapi.Attachment, depth int) error {
	name := collapse(a.Props.String(mapi.AttachLongFilename))
	if err := w.line("Content-Type: message/rfc822%s", param("name", name)); err != nil {
		return err
	}
	if err := w.line("Content-Disposition: attachment%s\r\n", param("filename", name)); err != nil {
		return err
	}
	return w.message(a.Embedded, depth+1)
}

// cloudLink makes a file of the address where the content is.
func cloudLink(a *mapi.Attachment) mapi.Blob {
	address := a.Props.NamedString(mapi.CloudAddress)
	if address == "" {
		address = a.Props.String(mapi.AttachLongPathname)
	}
	return mapi.BytesBlob([]byte("[InternetShortcut]\r\nURL=" + collapse(address) + "\r\n"))
}

// param writes a parameter, long or foreign ones in pieces as RFC 2231 says.
func param(name, value string) string {
	if value == "" {
		return ""
	}
	if isPlain(value) && len(value) <= 60 {
		return fmt.Sprintf(";\r\n %s=\"%s\"", name, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value))
	}
	var pieces []string
	piece := "utf-8''"
	for _, c := range []byte(value) {
		s := string(rune(c))
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_') {
			s = fmt.Sprintf("%%%02X", c)
		}
		if len(piece)+len(s) > 60 {
			pieces, piece = append(pieces, piece), ""
		}
		piece += s
	}
	pieces = append(pieces, piece)
	if len(pieces) == 1 {
		return fmt.Sprintf(";\r\n %s*=%s", name, pieces[0])
	}
	var b strings.Builder
	for i, p := range pieces {
		fmt.Fprintf(&b, ";\r\n %s*%d*=%s", name, i, p)
	}
	return b.String()
}

package sim

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"html"
	"mime"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"
)

// letter is a message to be written in RFC 5322.
type letter struct {
	id, from, to, subject, text string
	when                        time.Time
	html                        bool
	parts                       []attachment
}

type attachment struct {
	name, kind string
	data       []byte
}

func (l *letter) attach(name, kind string, data []byte) {
	l.parts = append(l.parts, attachment{strings.ReplaceAll(name, "/", "-"), kind, data})
}

func encodedWord(s string) string { return mime.QEncoding.Encode("utf-8", s) }

// bytes writes the message. Boundaries derive from its id, so that the same
// letter is always the same bytes.
func (l *letter) bytes() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s@mail.example>\r\nMIME-Version: 1.0\r\n",
		l.from, l.to, encodedWord(l.subject), l.when.Add(-20*time.Second).Format(time.RFC1123Z), l.id)
	if len(l.parts) == 0 {
		l.body(&b)
		return b.Bytes()
	}
	fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=\"m_%s\"\r\n\r\n--m_%s\r\n", l.id, l.id)
	l.body(&b)
	for _, p := range l.parts {
		fmt.Fprintf(&b, "\r\n--m_%s\r\nContent-Type: %s\r\nContent-Disposition: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n",
			l.id, p.kind, mime.FormatMediaType("attachment", map[string]string{"filename": p.name}))
		writeBase64(&b, p.data)
	}
	fmt.Fprintf(&b, "--m_%s--\r\n", l.id)
	return b.Bytes()
}

func (l *letter) body(b *bytes.Buffer) {
	plain := "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + l.text + "\r\n"
	if !l.html {
		b.WriteString(plain)
		return
	}
	lines := strings.ReplaceAll(html.EscapeString(l.text), "\r\n", "<br>\r\n")
	fmt.Fprintf(b, "Content-Type: multipart/alternative; boundary=\"a_%s\"\r\n\r\n--a_%s\r\n%s\r\n--a_%s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<html><body><p>%s</p></body></html>\r\n--a_%s--\r\n",
		l.id, l.id, plain, l.id, lines, l.id)
}

func writeBase64(b *bytes.Buffer, data []byte) {
	for len(data) > 0 {
		n := min(madeLine, len(data))
		b.WriteString(base64.StdEncoding.EncodeToString(data[:n]) + "\r\n")
		data = data[n:]
	}
}

// pdfPage makes a PDF of one page with a title and a text.
func pdfPage(title, text string) []byte {
	escape := strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`)
	var page strings.Builder
	fmt.Fprintf(&page, "BT /F1 16 Tf 60 780 Td (%s) Tj /F1 11 Tf 0 -30 Td ", escape.Replace(latin(title)))
	for line := range strings.SplitSeq(text, "\r\n") {
		fmt.Fprintf(&page, "(%s) Tj 0 -16 Td ", escape.Replace(latin(line)))
	}
	page.WriteString("ET")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", page.Len(), page.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// latin is text in the encoding that the PDF's font has.
func latin(s string) string {
	var b strings.Builder
	for _, r := range s {
		c, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			c = '?'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// wordDocument makes a small docx with a title and a text.
func wordDocument(title, text string) []byte {
	var body strings.Builder
	for _, line := range append([]string{title, ""}, strings.Split(text, "\r\n")...) {
		body.WriteString("<w:p><w:r><w:t>")
		_ = xml.EscapeText(&body, []byte(line))
		body.WriteString("</w:t></w:r></w:p>")
	}
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	files := [][2]string{
		{"[Content_Types].xml", head + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", head + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body.String() + `</w:body></w:document>`},
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f[0])
		if err == nil {
			_, err = w.Write([]byte(f[1]))
		}
		if err != nil {
			return nil // a buffer does not fail
		}
	}
	if z.Close() != nil {
		return nil
	}
	return b.Bytes()
}

package vcard

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"vangnet/engine/mapi"
)

// pictures are the types that a contact's picture has.
var pictures = map[string]struct{ name, ext string }{
	"image/jpeg": {"JPEG", ".jpg"}, "image/png": {"PNG", ".png"}, "image/gif": {"GIF", ".gif"}, "image/bmp": {"BMP", ".bmp"},
	"image/webp": {"WEBP", ".webp"},
}

const sniffed = 512 // bytes that tell the type

// bytesOf are the bytes that a field holds, in one of the ways of the versions.
func (c *builder) bytesOf(f *field) ([]byte, bool) {
	if f.isBinary() {
		data, clean := decodeBase64(f.Value)
		if !clean {
			c.warn.add(WarnEncoding)
		}
		return data, len(data) > 0
	}
	v := unescape(f.Value)
	if len(v) < 5 || !strings.EqualFold(v[:5], "data:") {
		return nil, false
	}
	kind, text, ok := strings.Cut(v, ",")
	if !ok {
		return nil, false
	}
	if strings.HasSuffix(strings.ToLower(kind), ";base64") {
		data, clean := decodeBase64(text)
		if !clean {
			c.warn.add(WarnEncoding)
		}
		return data, len(data) > 0
	}
	plain, err := url.PathUnescape(text)
	return []byte(plain), err == nil && plain != ""
}

// photo makes the first picture the attachment that Outlook shows. Addresses of
// pictures are kept: nothing is fetched.
func (c *builder) photo(f *field) bool {
	data, ok := c.bytesOf(f)
	if !ok || len(c.m.Attachments) > 0 {
		return false
	}
	media := http.DetectContentType(data)
	kind, known := pictures[media]
	if !known {
		c.warn.add(WarnPicture)
		return false
	}
	a := mapi.Attachment{}
	p := &a.Props
	name := "ContactPicture" + kind.ext
	p.SetInt(mapi.AttachNumber, 0)
	p.SetInt(mapi.AttachMethod, mapi.MethodByValue)
	p.SetString(mapi.AttachLongFilename, name)
	p.SetString(mapi.AttachFilename, name)
	p.SetString(mapi.AttachExtension, kind.ext)
	p.SetString(mapi.AttachMimeTag, media)
	p.SetInt(mapi.AttachRenderingPosition, -1)
	p.SetInt(mapi.AttachSize, int64(len(data)))
	p.SetString(mapi.DisplayName, name)
	p.SetBool(mapi.AttachmentHidden, true)
	p.SetBool(mapi.AttachmentContactPhoto, true)
	a.SetData(mapi.BytesBlob(data))
	c.m.Attachments = append(c.m.Attachments, a)
	c.m.Props.SetNamed(mapi.HasPicture, mapi.TypeBool, true)
	return true
}

// picture finds the picture of a contact.
func picture(m *mapi.Message) *mapi.Attachment {
	for i := range m.Attachments {
		a := &m.Attachments[i]
		_, has := a.Data()
		name := strings.ToLower(a.FileName())
		named := strings.HasPrefix(name, "contactpicture.") || strings.HasPrefix(name, "contactphoto.")
		if has && a.Embedded == nil && (a.Props.Bool(mapi.AttachmentContactPhoto) || named) {
			return a
		}
	}
	return nil
}

// writePhoto streams the picture into the card.
func writePhoto(out *folder, a *mapi.Attachment, version Version) error {
	blob, _ := a.Data()
	if blob.Size == 0 {
		return nil
	}
	rc, err := blob.Open()
	if err != nil {
		return fmt.Errorf("picture: %w", err)
	}
	defer func() { _ = rc.Close() }()
	r := bufio.NewReaderSize(rc, sniffed)
	head, err := r.Peek(sniffed)
	if err != nil && err != io.EOF { //nolint:errorlint // bufio returns it bare
		return fmt.Errorf("picture: %w", err)
	}
	media := http.DetectContentType(head)
	kind, known := pictures[media]
	switch {
	case !known:
		return nil // nobody could show it
	case version == Version4:
		out.put("PHOTO:data:" + media + ";base64,")
	default:
		out.put("PHOTO;ENCODING=b;TYPE=" + kind.name + ":")
	}
	enc := base64.NewEncoder(base64.StdEncoding, out)
	if _, err := io.Copy(enc, r); err != nil {
		return fmt.Errorf("picture: %w", err)
	}
	if err := enc.Close(); err != nil {
		return fmt.Errorf("picture: %w", err)
	}
	out.end()
	return nil
}

const derSequence = 0x30 // the first byte of a certificate

// key stores an X.509 certificate; keys of another kind are kept as they are.
func (c *builder) key(f *field) bool {
	data, ok := c.bytesOf(f)
	if !ok || data[0] != derSequence || f.is("pgp") {
		return false
	}
	p, _ := c.m.Props.Get(mapi.UserX509Certificate)
	all, _ := p.Value.([][]byte)
	c.m.Props.Set(mapi.UserX509Certificate, mapi.TypeBinary|mapi.Multi, append(all, data))
	return true
}

const outlookCertificate = 3 // the tag of the certificate among what Outlook stores with it

// certificate finds the certificate in what Outlook stores: a row of values,
// each after its tag and its length with these four bytes (MS-OXOABK
// 2.2.4.36), or the certificate itself.
func certificate(b []byte) []byte {
	if len(b) > 0 && b[0] == derSequence {
		return b
	}
	for len(b) >= 4 {
		kind, n := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		if n < 4 || n > len(b) {
			return nil
		}
		if kind == outlookCertificate {
			return bytes.Clone(b[4:n])
		}
		b = b[n:]
	}
	return nil
}

func (w *composer) keys() {
	p, _ := w.m.Props.Get(mapi.UserX509Certificate)
	all, _ := p.Value.([][]byte)
	for _, one := range all {
		der := certificate(one)
		if len(der) == 0 {
			continue
		}
		text := base64.StdEncoding.EncodeToString(der)
		if w.opt.Version == Version4 {
			w.add(outLine{name: "KEY", value: "data:application/pkix-cert;base64," + text})
		} else {
			w.add(outLine{name: "KEY", params: []param{{"ENCODING", "b"}, {"TYPE", "X509"}}, value: text})
		}
	}
}

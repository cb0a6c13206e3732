package rfc5322

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// content maps the parts of a mail to bodies and attachments.
func (b *builder) content(root *entity) error {
	p := &b.m.Props
	switch {
	case root.is("application/pkcs7-mime"), root.is("application/x-pkcs7-mime"):
		p.SetString(mapi.MessageClass, "IPM.Note.SMIME")
		root.media = "application/pkcs7-mime"
		return b.file(root, "smime.p7m")
	case root.is("multipart/signed") && len(root.children) > 0:
		return b.signed(root)
	case root.is("multipart/report"):
		p.SetString(mapi.MessageClass, b.reportClass(root))
	}
	if err := b.walk(root, nil); err != nil {
		return err
	}
	b.complete(&root.header)
	if c := find(root, "text/calendar"); c != nil && b.m.Class() == "IPM.Note" {
		p.SetString(mapi.MessageClass, meetingClass(c.params["method"]))
	}
	return nil
}

// signed keeps the whole entity in one attachment, so that its signature stays
// valid (MS-OXOSMIME 2.1.1). Its text is read beside, for previews and search.
func (b *builder) signed(root *entity) error {
	if err := b.walk(root.children[0], root); err != nil {
		return err
	}
	b.m.Attachments = nil
	b.m.Props.SetString(mapi.MessageClass, "IPM.Note.SMIME.MultipartSigned")
	b.attach(b.whole(root), "smime.p7m", "multipart/signed")
	return nil
}

// unread keeps a part that is not looked into, with its header, as a file.
func (b *builder) unread(e *entity, name string) error {
	b.attach(b.whole(e), name, "application/octet-stream")
	return nil
}

// whole is a part as it lies in the source, its lines about content before it.
func (b *builder) whole(e *entity) mapi.Blob {
	var head []byte
	for i := range e.header.fields {
		if strings.HasPrefix(e.header.fields[i].name, "content-") {
			head = append(head, e.header.fields[i].raw...)
		}
	}
	head = append(head, "\r\n"...)
	body := b.section(e)
	return mapi.NewBlob(int64(len(head))+body.Size(), func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(bytes.NewReader(head), io.NewSectionReader(body, 0, body.Size()))), nil
	})
}

func (b *builder) attach(data mapi.Blob, name, media string) *mapi.Attachment {
	a := mapi.Attachment{}
	b.describe(&a, name, media, data.Size)
	a.SetData(data)
	b.m.Attachments = append(b.m.Attachments, a)
	return &b.m.Attachments[len(b.m.Attachments)-1]
}

// walk goes through the parts. parent is the multipart around, if any.
func (b *builder) walk(e, parent *entity) error {
	switch {
	case e.rest:
		return b.file(e, "rest.eml")
	case len(e.children) > 0:
		for _, c := range e.children {
			if err := b.walk(c, e); err != nil {
				return err
			}
		}
		return nil
	case e.multipart() && parent != nil && e.to > e.from: // too deep: kept as it is
		return b.unread(e, "parts.eml")
	case e.is("message/rfc822"), e.is("message/global"):
		return b.embedded(e)
	case b.isBody(e, parent):
		return b.body(e)
	case isTNEF(e):
		if whole, err := b.unpack(e); whole || err != nil {
			return err
		}
	}
	return b.file(e, "")
}

// isBody decides whether a text is the body: the first of its kind that is not
// meant as a file. Two kinds make one body only as alternatives.
func (b *builder) isBody(e, parent *entity) bool {
	if e.disp == "attachment" || fileName(e) != "" && parent != nil {
		return false
	}
	alternative := parent != nil && (parent.is("multipart/alternative") || parent.is("multipart/related"))
	switch {
	case e.is("text/plain"), e.multipart():
		return !b.plain && (!b.html || alternative)
	case e.is("text/html"):
		return !b.html && (!b.plain || alternative)
	}
	return false
}

func (b *builder) body(e *entity) error {
	data, err := io.ReadAll(io.LimitReader(b.decoded(e), b.p.lim.Body+1))
	if err != nil {
		return err
	}
	if int64(len(data)) > b.p.lim.Body {
		b.p.warn.add(WarnTooLong)
		data = data[:b.p.lim.Body]
		if err := b.file(e, "body.txt"); err != nil {
			return err
		}
	}
	if e.is("text/html") {
		b.htmlBody(e, data)
		return nil
	}
	b.plain = true
	text, known := charset.DecodeName(e.params["charset"], data)
	if !known && e.params["charset"] != "" {
		b.p.warn.add(WarnCharset)
	}
	if strings.Contains(text, "\x00") {
		b.p.warn.add(WarnControl)
		text = strings.ReplaceAll(text, "\x00", "")
	}
	b.m.Props.SetString(mapi.Body, lines(text))
	if b.codePage == 0 {
		b.codePage = charset.PageOf(e.params["charset"])
	}
	return nil
}

// htmlBody keeps HTML in its own character set, or in UTF-8 where that is none
// with a code page.
func (b *builder) htmlBody(e *entity, data []byte) {
	b.html = true
	name := e.params["charset"]
	page := charset.PageOf(name)
	switch page {
	case 0, charset.ASCII, charset.UTF7, charset.UTF16LE, charset.UTF16BE:
		text, known := charset.DecodeName(name, data)
		if !known && name != "" {
			b.p.warn.add(WarnCharset)
		}
		data, page = []byte(text), charset.UTF8
	}
	b.codePage = page
	b.m.Props.SetBytes(mapi.BodyHTML, data)
}

// lines gives every line of a text the same end.
func lines(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.ReplaceAll(s, "\n", "\r\n")
}

// file keeps a part as an attachment. standard is its name where it has none.
func (b *builder) file(e *entity, standard string) error {
	blob, err := b.blob(e)
	if err != nil {
		return err
	}
	name := fileName(e)
	if name == "" {
		name = standard
	}
	if name == "" {
		b.unnamed++
		name = fmt.Sprintf("ATT%05d%s", b.unnamed, extension(e.media))
	}
	a := b.attach(blob, name, e.media)
	if id := strings.Trim(strings.TrimSpace(printable(e.header.raw("content-id"))), "<>"); id != "" {
		a.Props.SetString(mapi.AttachContentID, id)
	}
	if loc := e.header.text("content-location"); loc != "" {
		a.Props.SetString(mapi.AttachContentLocation, loc)
	}
	return nil
}

// describe sets what every attachment has, in the order that Exchange writes.
func (b *builder) describe(a *mapi.Attachment, name, media string, size int64) {
	p := &a.Props
	p.SetInt(mapi.AttachNumber, int64(len(b.m.Attachments)))
	p.SetInt(mapi.AttachMethod, mapi.MethodByValue)
	p.SetString(mapi.AttachLongFilename, name)
	p.SetString(mapi.AttachFilename, shortName(name))
	if ext := path.Ext(name); ext != "" && len(ext) < 20 {
		p.SetString(mapi.AttachExtension, ext)
	}
	p.SetString(mapi.AttachMimeTag, media)
	p.SetInt(mapi.AttachRenderingPosition, -1)
	p.SetInt(mapi.AttachSize, size)
	p.SetString(mapi.DisplayName, name)
}

// maxEmbedded bounds a mail in a mail that is encoded, and so must be in memory.
const maxEmbedded = 16 << 20

// embedded keeps a mail in a mail as a message of its own.
func (b *builder) embedded(e *entity) error {
	if b.depth+1 >= b.p.lim.Depth {
		b.p.warn.add(WarnTooDeep)
		return b.unread(e, "message.eml")
	}
	src, from, to := b.src, e.from, e.to
	if r, _ := decoder(e.encoding, b.section(e)); e.encoding == "base64" || e.encoding == "quoted-printable" {
		data, err := io.ReadAll(io.LimitReader(r, maxEmbedded+1))
		if err != nil {
			return err
		}
		if len(data) > maxEmbedded {
			b.p.warn.add(WarnTooLong)
			return b.unread(e, "message.eml")
		}
		src, from, to = bytes.NewReader(data), 0, int64(len(data))
	}
	b.p.parts++
	inner, err := b.p.message(src, from, to, b.depth+1)
	if err != nil {
		return err
	}
	name := mapi.SubjectOf(inner)
	a := mapi.Attachment{Embedded: inner}
	b.describe(&a, name, "message/rfc822", to-from)
	a.Props.SetInt(mapi.AttachMethod, mapi.MethodEmbedded)
	a.Props.Delete(mapi.AttachLongFilename)
	a.Props.Delete(mapi.AttachFilename)
	a.Props.Delete(mapi.AttachExtension)
	if own := fileName(e); own != "" {
		a.Props.SetString(mapi.AttachLongFilename, own)
	}
	b.m.Attachments = append(b.m.Attachments, a)
	return nil
}

// finish sets what depends on the whole.
func (b *builder) finish(root *entity) {
	p := &b.m.Props
	flags, _ := p.Int(mapi.MessageFlags)
	if len(b.m.Attachments) > 0 {
		flags |= mapi.FlagHasAttach
	}
	p.SetInt(mapi.MessageFlags, flags)
	if b.codePage == 0 {
		b.codePage = charset.UTF8
	}
	p.SetInt(mapi.InternetCodepage, int64(b.codePage))
	p.SetInt(mapi.MessageCodepage, charset.UTF8)
	if !p.Has(mapi.MessageLocaleID) {
		p.SetInt(mapi.MessageLocaleID, 0x0413)
	}
	switch {
	case b.html:
		p.SetInt(mapi.NativeBody, 3)
		b.inline()
	case b.rich:
		p.SetInt(mapi.NativeBody, 2)
	case b.plain:
		p.SetInt(mapi.NativeBody, 1)
	}
	key := sha256.Sum256(root.header.block)
	p.SetBytes(mapi.SearchKey, key[:16])
}

// inline marks the pictures that the HTML shows.
func (b *builder) inline() {
	shown := references(b.m.Props.Bytes(mapi.BodyHTML))
	for i := range b.m.Attachments {
		p := &b.m.Attachments[i].Props
		if id := p.String(mapi.AttachContentID); id != "" && shown[id] {
			p.SetInt(mapi.AttachFlags, 4)
			p.SetBool(mapi.AttachmentHidden, true)
		}
	}
}

const maxReferences = 10_000

// references are the content ids that HTML names, percent signs resolved.
func references(html []byte) map[string]bool {
	out := map[string]bool{}
	for len(out) < maxReferences {
		_, rest, ok := bytes.Cut(html, []byte("cid:"))
		if !ok {
			break
		}
		html = rest
		id := rest[:min(len(rest), 1000)]
		if end := bytes.IndexAny(id, "\"'<> \t\r\n)"); end >= 0 {
			id = id[:end]
		}
		out[string(id)] = true
		if plain, err := url.PathUnescape(string(id)); err == nil {
			out[plain] = true
		}
	}
	return out
}

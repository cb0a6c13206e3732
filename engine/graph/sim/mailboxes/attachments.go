package mailboxes

import (
	"io"
	"net/http"
	"strings"

	"vangnet/engine/graph/sim/wire"
	"vangnet/engine/mapi"
)

// maxDirect is the size from which an attachment needs an upload session.
const maxDirect = 3 << 20

// attachmentView says how much of an attachment is shown.
type attachmentView struct {
	bytes bool // contentBytes
	item  bool // the item of an item attachment
}

func viewOf(r *wire.Request) attachmentView {
	return attachmentView{
		bytes: chosen(r.Select, "contentBytes"),
		item:  strings.Contains(lower(r.Query.Get("expand")), "itemattachment/item"),
	}
}

func (m *Mailbox) attachmentKey(s *state, immutable bool, n int) string {
	item := m.ids.placeBytes(s.folderNumber, s.place)
	if immutable {
		item = m.ids.placeBytes(0, s.number)
	}
	return m.ids.attachmentID(item, s.number, n)
}

func (m *Mailbox) attachmentsJSON(r *wire.Request, s *state, msg *mapi.Message, v attachmentView) ([]object, error) {
	out := []object{}
	for i := range msg.Attachments {
		if msg.Attachments[i].IsException() {
			continue
		}
		o, err := m.attachmentJSON(r, s, msg, i, v)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func (m *Mailbox) attachmentJSON(r *wire.Request, s *state, msg *mapi.Message, i int, v attachmentView) (object, error) {
	a := &msg.Attachments[i]
	method, _ := a.Props.Int(mapi.AttachMethod)
	data, _ := a.Data()
	size, ok := a.Props.Int(mapi.AttachSize)
	if !ok {
		size = data.Size
	}
	o := object{
		"id": m.attachmentKey(s, r.ImmutableID(), i), "name": a.FileName(), "contentType": orNull(a.Props.String(mapi.AttachMimeTag)),
		"size": size, "isInline": isInline(a), "lastModifiedDateTime": graphTime(s.modified),
	}
	switch {
	case a.Embedded != nil:
		o["@odata.type"] = "#microsoft.graph.itemAttachment"
		if v.item {
			o["item"] = m.embeddedJSON(r, s, a.Embedded)
		}
	case method == mapi.MethodCloud:
		o["@odata.type"] = "#microsoft.graph.referenceAttachment"
	default:
		return o, fileJSON(o, a, data, v)
	}
	return o, nil
}

func fileJSON(o object, a *mapi.Attachment, data mapi.Blob, v attachmentView) error {
	o["@odata.type"] = "#microsoft.graph.fileAttachment"
	o["@odata.mediaContentType"] = o["contentType"]
	if o["contentType"] == nil {
		delete(o, "@odata.mediaContentType")
	}
	o["contentId"] = orNull(a.Props.String(mapi.AttachContentID))
	o["contentLocation"] = orNull(a.Props.String(mapi.AttachContentLocation))
	if !v.bytes {
		return nil
	}
	r, err := data.Open()
	if err != nil {
		return wire.Errorf(http.StatusInternalServerError, "ErrorCannotOpenFileAttachment", "OLE conversion failed for an attachment.")
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	o["contentBytes"] = b
	return err
}

// embeddedJSON shows an attached item as far as a message can be shown.
func (m *Mailbox) embeddedJSON(r *wire.Request, s *state, inner *mapi.Message) object {
	it := item{number: s.number, place: s.place, content: s.content, seq: s.seq}
	it.learn(inner)
	it.modified = s.modified
	e := state{item: it, folderNumber: s.folderNumber}
	o := m.stateJSON(&e, r.ImmutableID())
	m.contentJSON(r, o, &e, inner, nil)
	o = selectFrom(o, messageDefault)
	for _, k := range []string{"@odata.etag", "parentFolderId", "changeKey"} {
		delete(o, k)
	}
	o["id"] = ""
	if o["@odata.type"] == nil {
		o["@odata.type"] = "#microsoft.graph.message"
	}
	return o
}

// opened finds a message and assembles it.
func (m *Mailbox) opened(r *wire.Request) (state, *mapi.Message, func(), error) {
	s, err := m.itemOf(r, r.Params["message"])
	if err == nil {
		err = m.struck(&s, r.Faults)
	}
	if err != nil {
		return s, nil, nil, err
	}
	msg, release, err := m.assemble(&s)
	if err != nil {
		return s, nil, nil, corrupt()
	}
	return s, msg, release, nil
}

// attachmentAt finds the attachment that a request names.
func (m *Mailbox) attachmentAt(r *wire.Request, s *state, msg *mapi.Message) (int, error) {
	id := r.Params["attachment"]
	for i := range msg.Attachments {
		if id == m.attachmentKey(s, false, i) || id == m.attachmentKey(s, true, i) {
			return i, nil
		}
	}
	return 0, ErrNotFound
}

func attachmentContext(r *wire.Request) string {
	return "users" + key(r.Params["user"]) + "/messages" + key(r.Params["message"]) + "/attachments"
}

func listAttachments(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	s, msg, release, err := m.opened(r)
	if err != nil {
		return nil, err
	}
	defer release()
	list, err := m.attachmentsJSON(r, &s, msg, viewOf(r))
	if err != nil {
		return nil, err
	}
	return &wire.Response{JSON: object{"value": list}, Context: attachmentContext(r)}, nil
}

func getAttachment(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	s, msg, release, err := m.opened(r)
	if err != nil {
		return nil, err
	}
	defer release()
	i, err := m.attachmentAt(r, &s, msg)
	if err != nil {
		return nil, err
	}
	o, err := m.attachmentJSON(r, &s, msg, i, viewOf(r))
	if err != nil {
		return nil, err
	}
	return &wire.Response{JSON: o, Context: attachmentContext(r) + "/$entity"}, nil
}

// getAttachmentBytes answers with a file's bytes, or an attached item as MIME.
func getAttachmentBytes(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	s, msg, release, err := m.opened(r)
	if err != nil {
		return nil, err
	}
	i, err := m.attachmentAt(r, &s, msg)
	if err != nil {
		release()
		return nil, err
	}
	a := &msg.Attachments[i]
	if a.Embedded != nil {
		body := streamed(func(w io.Writer) error {
			defer release()
			return writeMIME(w, a.Embedded)
		})
		return &wire.Response{Stream: body, Length: -1, Header: map[string]string{"Content-Type": "text/plain"}}, nil
	}
	data, _ := a.Data()
	content, err := data.Open()
	if err != nil {
		release()
		return nil, wire.Errorf(http.StatusInternalServerError, "ErrorCannotOpenFileAttachment", "OLE conversion failed for an attachment.")
	}
	kind := a.Props.String(mapi.AttachMimeTag)
	if kind == "" {
		kind = "application/octet-stream"
	}
	return &wire.Response{Stream: &released{content, release}, Length: data.Size, Header: map[string]string{"Content-Type": kind}}, nil
}

// released calls a function once it is closed.
type released struct {
	io.ReadCloser
	release func()
}

func (r *released) Close() error {
	err := r.ReadCloser.Close()
	r.release()
	return err
}

// attachmentBody is an attachment as a client sends it.
type attachmentBody struct {
	Type         string `json:"@odata.type"`
	Name         string `json:"name"`
	ContentType  string `json:"contentType"`
	ContentID    string `json:"contentId"`
	IsInline     bool   `json:"isInline"`
	ContentBytes []byte `json:"contentBytes"`
	SourceURL    string `json:"sourceUrl"` // of a reference attachment, beta only
}

func (b attachmentBody) attachment() (mapi.Attachment, error) {
	if strings.EqualFold(b.Type, "#microsoft.graph.referenceAttachment") {
		return b.reference(), nil
	}
	if !strings.EqualFold(b.Type, "#microsoft.graph.fileAttachment") {
		return mapi.Attachment{}, wire.Errorf(http.StatusBadRequest, "ErrorInvalidRequest", "Attachments of type '%s' cannot be created here.", b.Type)
	}
	if len(b.ContentBytes) >= maxDirect {
		return mapi.Attachment{}, wire.Errorf(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "The attachment is too large; use an upload session.")
	}
	return newAttachment(b, mapi.BytesBlob(b.ContentBytes)), nil
}

// reference is a link to a file elsewhere, without content of its own.
func (b attachmentBody) reference() mapi.Attachment {
	a := newAttachment(b, mapi.BytesBlob(nil))
	a.Props.SetInt(mapi.AttachMethod, mapi.MethodCloud)
	a.Props.SetString(mapi.AttachLongPathname, b.SourceURL)
	return a
}

func newAttachment(b attachmentBody, data mapi.Blob) mapi.Attachment {
	var a mapi.Attachment
	p := &a.Props
	p.SetInt(mapi.AttachMethod, mapi.MethodByValue)
	a.SetData(data)
	p.SetString(mapi.AttachLongFilename, b.Name)
	p.SetString(mapi.DisplayName, b.Name)
	if i := strings.LastIndexByte(b.Name, '.'); i >= 0 {
		p.SetString(mapi.AttachExtension, b.Name[i:])
	}
	if b.ContentType == "" {
		b.ContentType = "application/octet-stream"
	}
	p.SetString(mapi.AttachMimeTag, b.ContentType)
	if b.ContentID != "" {
		p.SetString(mapi.AttachContentID, b.ContentID)
	}
	flags := int64(0)
	if b.IsInline {
		flags = 4
	}
	p.SetInt(mapi.AttachFlags, flags)
	p.SetBool(mapi.AttachmentHidden, b.IsInline)
	p.SetInt(mapi.AttachRenderingPosition, -1)
	p.SetInt(mapi.AttachSize, data.Size)
	return a
}

func addAttachment(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	var b attachmentBody
	if err := readJSON(r, &b); err != nil {
		return nil, err
	}
	a, err := b.attachment()
	if err != nil {
		return nil, err
	}
	s, n, err := m.attach(r, a)
	if err != nil {
		return nil, err
	}
	msg, release, err := m.assemble(&s)
	if err != nil {
		return nil, corrupt()
	}
	defer release()
	o, err := m.attachmentJSON(r, &s, msg, n, attachmentView{bytes: true})
	if err != nil {
		return nil, err
	}
	return &wire.Response{Status: http.StatusCreated, JSON: o, Context: attachmentContext(r) + "/$entity"}, nil
}

// attach adds an attachment to the message a request names.
func (m *Mailbox) attach(r *wire.Request, a mapi.Attachment) (s state, n int, err error) {
	s, err = m.withItem(r, func(it *item) error {
		return m.rewrite(it, func(msg *mapi.Message) {
			n = len(msg.Attachments)
			a.Props.SetInt(mapi.AttachNumber, int64(n))
			msg.Attachments = append(msg.Attachments, a)
			flags, _ := msg.Props.Int(mapi.MessageFlags)
			msg.Props.SetInt(mapi.MessageFlags, flags|mapi.FlagHasAttach)
		})
	})
	return s, n, err
}

func deleteAttachment(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	s, msg, release, err := m.opened(r)
	if err != nil {
		return nil, err
	}
	n, err := m.attachmentAt(r, &s, msg)
	release()
	if err != nil {
		return nil, err
	}
	_, err = m.withItem(r, func(it *item) error {
		return m.rewrite(it, func(msg *mapi.Message) {
			if n < len(msg.Attachments) {
				msg.Attachments = append(msg.Attachments[:n], msg.Attachments[n+1:]...)
			}
		})
	})
	return &wire.Response{}, err
}

package mailboxes

import (
	"encoding/base64"
	"io"
	"mime"
	"net/http"
	"strings"

	"vangnet/engine/graph/sim/wire"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// personBody, messageBody and the rest are what clients send as JSON.
type personBody struct {
	EmailAddress struct {
		Name    string `json:"name"`
		Address string `json:"address"`
	} `json:"emailAddress"`
}

type messageBody struct {
	Subject *string `json:"subject"`
	Body    *struct {
		ContentType string `json:"contentType"`
		Content     string `json:"content"`
	} `json:"body"`
	From          *personBody  `json:"from"`
	Sender        *personBody  `json:"sender"`
	ToRecipients  []personBody `json:"toRecipients"`
	CcRecipients  []personBody `json:"ccRecipients"`
	BccRecipients []personBody `json:"bccRecipients"`
	Importance    string       `json:"importance"`
	Categories    *[]string    `json:"categories"`
	IsRead        *bool        `json:"isRead"`
	Flag          *struct {
		FlagStatus string `json:"flagStatus"`
	} `json:"flag"`
	InternetMessageID      string `json:"internetMessageId"`
	InternetMessageHeaders []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"internetMessageHeaders"`
	Attachments                   []attachmentBody `json:"attachments"`
	SingleValueExtendedProperties []extBody        `json:"singleValueExtendedProperties"`
}

// createMessage makes a message from JSON or from MIME in base64.
func createMessage(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		kind = "application/json"
	}
	var it *item
	if kind == "text/plain" {
		it, err = m.fromMIME(r)
	} else {
		it, err = m.fromJSON(r)
	}
	if err != nil {
		return nil, err
	}
	s, err := m.add(r, it)
	if err != nil {
		it.content.drop()
		return nil, err
	}
	return m.messageAnswer(r, &s, http.StatusCreated)
}

// add puts a new item where the path says, Drafts without a folder.
func (m *Mailbox) add(r *wire.Request, it *item) (state, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	name := r.Params["folder"]
	if name == "" {
		name = "drafts"
	}
	f, err := m.folderBy(name)
	if err != nil {
		return state{}, err
	}
	it.created = mapi.FileTimeOf(m.now())
	it.modified = it.created
	if err := m.insert(f, it); err != nil {
		return state{}, err
	}
	return m.snapshot(it), nil
}

func (m *Mailbox) messageAnswer(r *wire.Request, s *state, status int) (*wire.Response, error) {
	o, err := m.messageJSON(r, s, nil, "")
	if err != nil {
		return nil, err
	}
	return &wire.Response{Status: status, JSON: o, Context: "users" + key(r.Params["user"]) + "/messages/$entity", Selected: true}, nil
}

// fromMIME takes MIME text in base64. The result is always a draft.
func (m *Mailbox) fromMIME(r *wire.Request) (*item, error) {
	content, err := spool(base64.NewDecoder(base64.StdEncoding, stripBlanks{r.Body}), m.opt.SpoolDir)
	if err != nil {
		return nil, wire.Errorf(http.StatusBadRequest, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content")
	}
	it := &item{content: source{Content: content, form: formMIME}}
	msg, release, err := m.load(it.content)
	if err != nil || content.Size() == 0 {
		it.content.drop()
		return nil, wire.Errorf(http.StatusBadRequest, "ErrorMimeContentInvalid", "The MIME content is invalid.")
	}
	defer release()
	it.learn(msg)
	it.draft, it.read, it.received = true, true, 0
	return it, nil
}

// stripBlanks leaves white space out of what is read.
type stripBlanks struct{ r io.Reader }

func (s stripBlanks) Read(p []byte) (int, error) {
	for {
		n, err := s.r.Read(p)
		kept := p[:0]
		for _, c := range p[:n] {
			if c > ' ' {
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 || err != nil || len(p) == 0 {
			return len(kept), err
		}
	}
}

// fromJSON takes a message resource: a draft, unless PidTagMessageFlags says
// otherwise. Dates outside extended properties are ignored, as the service does.
func (m *Mailbox) fromJSON(r *wire.Request) (*item, error) {
	var b messageBody
	if err := readJSON(r, &b); err != nil {
		return nil, err
	}
	msg, err := b.message()
	if err != nil {
		return nil, err
	}
	if !msg.Props.Has(mapi.MessageFlags) {
		flags := int64(mapi.FlagUnsent | mapi.FlagRead)
		if b.IsRead != nil && !*b.IsRead {
			flags = mapi.FlagUnsent
		}
		msg.Props.SetInt(mapi.MessageFlags, flags)
	} else if b.IsRead != nil {
		flags, _ := msg.Props.Int(mapi.MessageFlags)
		flags &^= mapi.FlagRead
		if *b.IsRead {
			flags |= mapi.FlagRead
		}
		msg.Props.SetInt(mapi.MessageFlags, flags)
	}
	content, err := m.packed(msg)
	if err != nil {
		return nil, err
	}
	it := &item{content: content}
	it.learn(msg)
	return it, nil
}

func (b *messageBody) message() (*mapi.Message, error) {
	msg := &mapi.Message{}
	p := &msg.Props
	p.SetString(mapi.MessageClass, "IPM.Note")
	p.SetInt(mapi.InternetCodepage, charset.UTF8)
	p.SetInt(mapi.MessageCodepage, 1252)
	p.SetInt(mapi.MessageLocaleID, 1033)
	if b.Subject != nil {
		setSubject(p, *b.Subject)
	} else {
		setSubject(p, "")
	}
	if b.InternetMessageID != "" {
		p.SetString(mapi.InternetMessageID, b.InternetMessageID)
	}
	if err := b.apply(msg); err != nil {
		return nil, err
	}
	if len(b.InternetMessageHeaders) > 5 {
		return nil, wire.Errorf(http.StatusBadRequest, "MaximumNumberOfInternetMessageHeadersExceeded", "At most 5 headers can be given.")
	}
	for _, h := range b.InternetMessageHeaders {
		if !strings.HasPrefix(lower(h.Name), "x-") {
			return nil, wire.Errorf(http.StatusBadRequest, "InvalidInternetMessageHeader", "The internet message header name '%s' should start with 'x-' or 'X-'.", h.Name)
		}
		p.SetNamed(mapi.HeaderName(h.Name), mapi.TypeString, h.Value)
	}
	for _, a := range b.Attachments {
		x, err := a.attachment()
		if err != nil {
			return nil, err
		}
		msg.Attachments = append(msg.Attachments, x)
	}
	return msg, applyExt(p, b.SingleValueExtendedProperties)
}

// apply writes what a message resource says, both for new messages and for
// changes of drafts. State (read, flag, categories) is written too.
func (b *messageBody) apply(msg *mapi.Message) error {
	p := &msg.Props
	if b.Body != nil {
		p.Delete(mapi.Body)
		p.Delete(mapi.BodyHTML)
		p.Delete(mapi.RTFCompressed)
		if strings.EqualFold(b.Body.ContentType, "html") {
			p.SetBytes(mapi.BodyHTML, []byte(b.Body.Content))
			p.SetInt(mapi.NativeBody, 3)
			p.SetInt(mapi.InternetCodepage, charset.UTF8)
		} else {
			p.SetString(mapi.Body, b.Body.Content)
			p.SetInt(mapi.NativeBody, 1)
		}
	}
	if b.From != nil {
		setPerson(p, *b.From, mapi.SentRepresentingName, mapi.SentRepresentingSMTP, mapi.SentRepresentingAddrType, mapi.SentRepresentingAddress)
	}
	if by := b.Sender; by != nil || b.From != nil {
		if by == nil {
			by = b.From
		}
		setPerson(p, *by, mapi.SenderName, mapi.SenderSMTPAddress, mapi.SenderAddrType, mapi.SenderAddress)
	}
	for kind, list := range map[int][]personBody{mapi.RecipientTo: b.ToRecipients, mapi.RecipientCc: b.CcRecipients, mapi.RecipientBcc: b.BccRecipients} {
		if list != nil {
			setRecipients(msg, kind, list)
		}
	}
	switch lower(b.Importance) {
	case "low", "normal", "high":
		p.SetInt(mapi.Importance, map[string]int64{"low": 0, "normal": 1, "high": 2}[lower(b.Importance)])
	case "":
	default:
		return wire.Errorf(http.StatusBadRequest, "RequestBodyRead", "The value '%s' of importance is not valid.", b.Importance)
	}
	if b.Categories != nil {
		setNamed(p, mapi.Keywords, *b.Categories)
	}
	if b.Flag != nil {
		f, ok := parseFlag(b.Flag.FlagStatus)
		if !ok {
			return wire.Errorf(http.StatusBadRequest, "RequestBodyRead", "The value '%s' of flagStatus is not valid.", b.Flag.FlagStatus)
		}
		p.SetInt(mapi.FlagStatus, int64(f))
	}
	return nil
}

func parseFlag(text string) (flagState, bool) {
	for f := notFlagged; f <= flagged; f++ {
		if strings.EqualFold(flagText(f), text) {
			return f, true
		}
	}
	return 0, false
}

func setPerson(p *mapi.Bag, b personBody, name, smtp, kind, address mapi.PropID) {
	shown := b.EmailAddress.Name
	if shown == "" {
		shown = b.EmailAddress.Address
	}
	p.SetString(name, shown)
	p.SetString(smtp, b.EmailAddress.Address)
	p.SetString(kind, "SMTP")
	p.SetString(address, b.EmailAddress.Address)
}

func setRecipients(msg *mapi.Message, kind int, list []personBody) {
	var kept []mapi.Bag
	for _, r := range msg.Recipients {
		if have, _ := r.Int(mapi.RecipientType); have&0x0F != int64(kind) {
			kept = append(kept, r)
		}
	}
	for _, b := range list {
		name, address := b.EmailAddress.Name, b.EmailAddress.Address
		if name == "" {
			name = address
		}
		var r mapi.Bag
		r.SetInt(mapi.RowID, int64(len(kept)))
		r.SetInt(mapi.RecipientType, int64(kind))
		r.SetString(mapi.DisplayName, name)
		r.SetString(mapi.AddrType, "SMTP")
		r.SetString(mapi.EmailAddress, address)
		r.SetBytes(mapi.EntryID, mapi.NewOneOff(name, address))
		r.SetString(mapi.SMTPAddress, address)
		r.SetInt(mapi.DisplayType, 0)
		r.SetInt(mapi.ObjectType, 6)
		kept = append(kept, r)
	}
	msg.Recipients = kept
}

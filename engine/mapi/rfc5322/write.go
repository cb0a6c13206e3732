package rfc5322

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"vangnet/engine/mapi"
)

// Options change how Write makes a mail of a message.
type Options struct {
	// Resolve finds the SMTP address of a person inside the organisation; may be nil.
	Resolve func(ex string) string
	// Domain ends the encapsulated form of addresses that cannot be resolved.
	Domain string
}

const maxWriteDepth = 40

// Write writes a message as a mail. The result depends on the message alone:
// boundaries are derived from it, and there is no time of day. Attachments are
// streamed; one that was not loaded fails with mapi.ErrNotLoaded.
func Write(w io.Writer, m *mapi.Message, opt Options) error {
	if opt.Domain == "" {
		opt.Domain = "exchange.invalid"
	}
	buf := bufio.NewWriterSize(w, 64<<10)
	wr := &writer{w: buf, opt: opt, seed: fingerprint(m)}
	if err := wr.message(m, 0); err != nil {
		return fmt.Errorf("write mail: %w", err)
	}
	return buf.Flush()
}

type writer struct {
	w      *bufio.Writer
	opt    Options
	seed   string
	bounds int
}

// boundary makes the next one.
func (w *writer) boundary() string {
	w.bounds++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", w.seed, w.bounds))
	return "=_" + hex.EncodeToString(sum[:14])
}

// fingerprint tells messages apart, so that no text can hold its own boundary.
func fingerprint(m *mapi.Message) string {
	h := sha256.New()
	digest(h, m, 0)
	return hex.EncodeToString(h.Sum(nil))
}

func digest(h io.Writer, m *mapi.Message, depth int) {
	for _, id := range []mapi.PropID{mapi.InternetMessageID, mapi.Subject, mapi.MessageClass} {
		_, _ = fmt.Fprintf(h, "%q\n", m.Props.String(id))
	}
	_, _ = fmt.Fprintf(h, "%q\n", m.Props.Text(mapi.TransportHeaders, 8192))
	text, _ := mapi.BodyText(m, 4096)
	_, _ = fmt.Fprintf(h, "%q\n", text)
	for i := range m.Attachments {
		a := &m.Attachments[i]
		data, _ := a.Data()
		_, _ = fmt.Fprintf(h, "%q %d\n", a.FileName(), data.Size)
		if a.Embedded != nil && depth < maxWriteDepth {
			digest(h, a.Embedded, depth+1)
		}
	}
}

// line writes a line of a header. It must hold no line ends but those of folds.
func (w *writer) line(format string, args ...any) error {
	_, err := fmt.Fprintf(w.w, format+"\r\n", args...)
	return err
}

// message writes header and content.
func (w *writer) message(m *mapi.Message, depth int) error {
	if depth > maxWriteDepth {
		return fmt.Errorf("more than %d messages in each other", maxWriteDepth)
	}
	if err := w.headers(m); err != nil {
		return err
	}
	if err := w.line("MIME-Version: 1.0"); err != nil {
		return err
	}
	return w.content(m, depth)
}

// content writes the body parts and attachments with their own header lines.
func (w *writer) content(m *mapi.Message, depth int) error {
	if a := securedPart(m); a != nil {
		return w.secured(m, a)
	}
	var inline, files []*mapi.Attachment
	var meeting *mapi.Attachment
	for i := range m.Attachments {
		switch a := &m.Attachments[i]; {
		case a.IsException():
		case meeting == nil && methodOf(m.Class()) != "" && a.Props.String(mapi.AttachMimeTag) == "text/calendar":
			meeting = a
		case isInline(a):
			inline = append(inline, a)
		default:
			files = append(files, a)
		}
	}
	invitation, err := w.invitation(m, meeting)
	if err != nil {
		return err
	}
	body := w.bodies(m, invitation)
	if len(inline) > 0 {
		body = w.multi("related", "", append([]part{body}, w.attachments(inline, true, depth)...))
	}
	report := reportType(m.Class())
	switch {
	case report != "":
		body = w.multi("report", "; report-type="+report, append([]part{body}, w.attachments(files, false, depth)...))
	case len(files) > 0:
		body = w.multi("mixed", "", append([]part{body}, w.attachments(files, false, depth)...))
	}
	return body()
}

// part writes one part, its header lines first.
type part func() error

// multi writes parts as one multipart.
func (w *writer) multi(kind, params string, parts []part) part {
	return func() error {
		b := w.boundary()
		if err := w.line("Content-Type: multipart/%s%s;\r\n boundary=\"%s\"\r\n", kind, params, b); err != nil {
			return err
		}
		for _, p := range parts {
			if err := w.line("--%s", b); err != nil {
				return err
			}
			if err := p(); err != nil {
				return err
			}
			if err := w.line(""); err != nil {
				return err
			}
		}
		return w.line("--%s--", b)
	}
}

// bodies writes text, HTML and an invitation, which may be nil, as alternatives
// where there are several.
func (w *writer) bodies(m *mapi.Message, invitation part) part {
	var parts []part
	plain, html := hasText(m), m.Props.Has(mapi.BodyHTML)
	rich := !html && m.Props.Has(mapi.RTFCompressed)
	if plain || !html && !rich {
		parts = append(parts, func() error { return w.plainPart(m) })
	}
	if html {
		parts = append(parts, func() error { return w.htmlPart(m) })
	}
	if rich {
		parts = append(parts, w.richParts(m, plain)...)
	}
	if invitation != nil {
		parts = append(parts, invitation)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return w.multi("alternative", "", parts)
}

func hasText(m *mapi.Message) bool {
	p, ok := m.Props.Get(mapi.Body)
	s, isText := p.Value.(string)
	return ok && (!isText || s != "")
}

// securedPart is the one attachment of a signed or encrypted mail.
func securedPart(m *mapi.Message) *mapi.Attachment {
	if !m.IsClass("IPM.Note.SMIME") || len(m.Attachments) != 1 {
		return nil
	}
	if _, ok := m.Attachments[0].Data(); !ok {
		return nil
	}
	return &m.Attachments[0]
}

// secured writes the data of the attachment as the content of the mail.
func (w *writer) secured(m *mapi.Message, a *mapi.Attachment) error {
	data, _ := a.Data()
	r, err := data.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	if m.IsClass("IPM.Note.SMIME.MultipartSigned") {
		_, err := io.Copy(w.w, r)
		return err
	}
	kind := "enveloped-data"
	if _, params := originalHeader(m).media("content-type"); params["smime-type"] != "" && isToken(params["smime-type"]) {
		kind = params["smime-type"]
	}
	if err := w.line("Content-Type: application/pkcs7-mime; smime-type=%s;\r\n name=\"smime.p7m\"", kind); err != nil {
		return err
	}
	if err := w.line("Content-Disposition: attachment; filename=\"smime.p7m\""); err != nil {
		return err
	}
	return w.base64(r)
}

func reportType(class string) string {
	upper := strings.ToUpper(class)
	switch {
	case !strings.HasPrefix(upper, "REPORT."):
		return ""
	case strings.HasSuffix(upper, ".IPNRN"), strings.HasSuffix(upper, ".IPNNRN"):
		return "disposition-notification"
	}
	return "delivery-status"
}

func isInline(a *mapi.Attachment) bool {
	if a.Embedded != nil || !a.Props.Has(mapi.AttachContentID) && !a.Props.Has(mapi.AttachContentLocation) {
		return false
	}
	flags, _ := a.Props.Int(mapi.AttachFlags)
	return flags&4 != 0 || a.Props.Bool(mapi.AttachmentHidden)
}

func isToken(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-.+_!#$&^") == ""
}

package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/ical"
	"vangnet/engine/mapi/rfc5322"
	"vangnet/engine/mapi/vcard"
	"vangnet/engine/model"
	"vangnet/engine/workload"
)

// Form is a form that people's programs read mailbox items in.
type Form string

// The forms.
const (
	FormEML  Form = "eml" // RFC 5322: mail
	FormICS  Form = "ics" // iCalendar: appointments and tasks
	FormVCF  Form = "vcf" // vCard: people and groups of them
	FormText Form = "txt" // notes
)

// Ext is the form's file name extension, with its dot.
func (f Form) Ext() string { return "." + string(f) }

// FormOf is the form that suits a kind of item.
func FormOf(kind model.ItemKind) Form {
	switch kind {
	case model.KindEvent, model.KindTask:
		return FormICS
	case model.KindContact:
		return FormVCF
	case model.KindNote:
		return FormText
	}
	return FormEML
}

// ErrForm says that an item has no such form: a mail is no vCard.
var ErrForm = errors.New("the item has no such form")

// IsMIME reports a mail whose own MIME is in the vault: WriteEML copies it.
func IsMIME(e model.Entry) bool { return mimeOf(e) != "" && FormOf(e.Kind) == FormEML }

// WriteItem writes a mailbox item out of the vault in a form.
func WriteItem(ctx context.Context, w io.Writer, e model.Entry, form Form, content workload.Content) error {
	if form == FormEML && IsMIME(e) {
		return WriteEML(ctx, w, e, content)
	}
	m, done, err := Load(ctx, e, content)
	if err != nil {
		return err
	}
	return errors.Join(WriteMessage(w, m, form, nil), done())
}

// WriteMessage writes a message in a form. leftOut, which may be nil, hears that
// attachments are too large to stand in a calendar.
func WriteMessage(w io.Writer, m *mapi.Message, form Form, leftOut func()) error {
	switch form {
	case FormEML:
		return rfc5322.Write(w, m, rfc5322.Options{})
	case FormICS:
		if ical.Can(m.Class()) {
			return ical.Write(w, m, ical.Options{Warn: func(warn ical.Warning, _ string) {
				if warn == ical.WarnFile && leftOut != nil {
					leftOut()
				}
			}})
		}
	case FormVCF:
		if vcard.Can(m.Class()) {
			return vcard.Write(w, m, vcard.Options{})
		}
	case FormText:
		text, _ := mapi.BodyText(m, maxNote)
		_, err := io.WriteString(w, strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n"))
		return err
	}
	return fmt.Errorf("write %s as %s: %w", m.Class(), form, ErrForm)
}

// maxNote bounds the text of a note, in bytes.
const maxNote = 16 << 20

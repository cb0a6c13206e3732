package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"vangnet/engine/cause"
	"vangnet/engine/fault"
	"vangnet/engine/mapi"
	"vangnet/engine/model"
	"vangnet/engine/workload/mailbox"
	"vangnet/store/vault"
)

// Format is a form in which one item is read.
type Format string

// The formats.
const (
	FormatAuto Format = ""
	FormatRaw  Format = "raw"  // the stored bytes: a file, or the exported stream
	FormatEML  Format = "eml"  // RFC 5322
	FormatICS  Format = "ics"  // iCalendar
	FormatVCF  Format = "vcf"  // vCard
	FormatJSON Format = "json" // what is known of the item
)

// Formats are those that a person can ask for.
func Formats() []Format {
	return []Format{FormatAuto, FormatRaw, FormatEML, FormatICS, FormatVCF, FormatJSON}
}

// content is a vault as a source of objects.
type content struct{ *vault.Vault }

// Open opens an object.
func (c content) Open(ctx context.Context, id model.ObjectID) (io.ReadSeekCloser, error) {
	return c.Vault.Open(ctx, id)
}

// Cat writes the item at a path to w.
func (e *Engine) Cat(ctx context.Context, id model.TenantID, path string, at time.Time, as Format, w io.Writer) error {
	row, err := e.Item(ctx, id, path, at)
	if err != nil {
		return err
	}
	found, err := e.index.Lookup(ctx, row.Ref)
	if err != nil {
		return notFound(err, path)
	}
	v, err := e.vault(ctx, id)
	if err != nil {
		return err
	}
	return cause.Mark(e.write(ctx, *found.Entry, found.Row, as, content{v}, w), "path", path, "object", path)
}

func (e *Engine) write(ctx context.Context, entry model.Entry, row model.Row, as Format, c content, w io.Writer) error {
	switch {
	case as == FormatJSON:
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(row)
	case entry.Object == "":
		return fault.New(entry.Warning, errors.New("the item's content is not in the copy"), "path", row.Path)
	case as == FormatRaw, as == FormatAuto && entry.Mail == nil:
		return writeRaw(ctx, entry, c, w)
	case as == FormatAuto:
		return mailbox.WriteItem(ctx, w, entry, mailbox.FormOf(entry.Kind), c)
	case entry.Mail == nil:
		return notReadable(row, as, mailbox.ErrForm)
	}
	err := mailbox.WriteItem(ctx, w, entry, mailbox.Form(as), c)
	if errors.Is(err, mailbox.ErrForm) {
		return notReadable(row, as, err)
	}
	return err
}

func notReadable(row model.Row, as Format, err error) error {
	return fault.New(fault.NotReadable, fmt.Errorf("read %s as %q: %w", row.Path, as, err), "path", row.Path, "form", string(as))
}

func writeRaw(ctx context.Context, entry model.Entry, c content, w io.Writer) error {
	object, err := c.Open(ctx, entry.Object)
	if err != nil {
		return err
	}
	raw, err := mailbox.Raw(entry.Form, object)
	if err == nil {
		_, err = io.Copy(w, raw)
	}
	return errors.Join(err, object.Close())
}

// Bounds of a preview.
const (
	previewText  = 200 << 10
	previewFacts = 200
)

// Preview is an item made safe to look at.
func (e *Engine) Preview(ctx context.Context, ref model.Ref) (model.Preview, error) {
	found, err := e.index.Lookup(ctx, ref)
	if err != nil {
		return model.Preview{}, notFound(err, ref.Item)
	}
	if found.Entry == nil {
		return model.Preview{Row: found.Row}, nil
	}
	p := model.Preview{Row: found.Row, Warning: found.Entry.Warning, Facts: factsOf(*found.Entry)}
	if found.Entry.Mail == nil || found.Entry.Object == "" {
		return p, nil
	}
	v, err := e.vault(ctx, ref.Tenant)
	if err != nil {
		return model.Preview{}, err
	}
	m, done, err := mailbox.Load(ctx, *found.Entry, content{v})
	if err != nil {
		return model.Preview{}, cause.Mark(err, "object", found.Row.Path)
	}
	readMail(&p, m, *found.Entry)
	return p, done()
}

// readMail takes headers, text and attachments of a message into a preview.
func readMail(p *model.Preview, m *mapi.Message, e model.Entry) {
	add := func(label, value string) {
		if value != "" {
			p.Headers = append(p.Headers, model.Fact{Label: label, Value: value})
		}
	}
	add("from", mapi.From(m).String())
	add("to", people(m, mapi.RecipientTo))
	add("cc", people(m, mapi.RecipientCc))
	add("bcc", people(m, mapi.RecipientBcc))
	if e.Mail != nil {
		add("sent", rfc3339(e.Mail.Sent))
		add("received", rfc3339(e.Mail.Received))
	}
	p.Text, p.Truncated = mapi.BodyText(m, previewText)
	for i := range m.Attachments {
		a := &m.Attachments[i]
		if len(p.Attachments) == previewFacts || a.IsException() {
			continue
		}
		size := int64(-1)
		if data, ok := a.Data(); ok {
			size = data.Size
		}
		p.Attachments = append(p.Attachments, model.Fact{Label: a.FileName(), Value: strconv.FormatInt(size, 10)})
	}
}

// maxPeople bounds how many recipients a preview names.
const maxPeople = 200

// people lists the recipients of one kind.
func people(m *mapi.Message, kind int64) string {
	var names []string
	for _, r := range m.Recipients {
		if k, _ := r.Int(mapi.RecipientType); int64(k)&0xF == kind {
			if len(names) == maxPeople {
				names = append(names, "…")
				break
			}
			names = append(names, mapi.RecipientAddress(r).String())
		}
	}
	return strings.Join(names, "; ")
}

// factsOf are the plain facts of an item: label codes and values.
func factsOf(e model.Entry) []model.Fact {
	facts := []model.Fact{{Label: "created", Value: rfc3339(e.Created)}, {Label: "modified", Value: rfc3339(e.Modified)}, {Label: "size", Value: strconv.FormatInt(e.Size, 10)}}
	if e.Title != "" {
		facts = append(facts, model.Fact{Label: "title", Value: e.Title})
	}
	if hash, ok := strings.CutPrefix(e.Hash, "qx:"); ok {
		facts = append(facts, model.Fact{Label: "quickxor", Value: hash})
	} else if hash, ok := strings.CutPrefix(e.Hash, "s256:"); ok {
		facts = append(facts, model.Fact{Label: "sha256", Value: hash})
	}
	return facts
}

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

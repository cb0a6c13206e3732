package mailbox

import (
	"context"
	"io"
	"strings"
	"sync"
	"time"

	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/rfc5322"
	"vangnet/engine/model"
)

// Trust is what a tenant's runs know of the stream parser: it proves itself on
// a sample of items that are also read through the plain endpoints. Once they
// disagree, MIME is stored beside every stream of the tenant.
type Trust struct {
	mu      sync.Mutex
	lost    bool
	seen    int64 // items that could have been checked
	checked int64
	example string // address of an item on which they disagree, and how
}

// NewTrust returns what earlier runs left: an example of a disagreement means
// that trust is lost and MIME is stored.
func NewTrust(example string) *Trust { return &Trust{lost: example != "", example: example} }

// Lost reports whether MIME must be stored beside streams.
func (t *Trust) Lost() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lost
}

// Checked tells how many items were compared, and the first disagreement.
func (t *Trust) Checked() (n int64, example string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.checked, t.example
}

// sampleEvery is how many items one comparison stands for. It costs two requests.
const sampleEvery = 1000

// due reports whether this item is one of the sample: the first of a run, and
// then each sampleEvery-th.
func (t *Trust) due() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen++
	return t.seen%sampleEvery == 1
}

func (t *Trust) note(address, difference string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.checked++
	if difference != "" {
		t.lost = true
		if t.example == "" {
			t.example = address + ": " + difference
		}
	}
}

// check compares an item with what the plain endpoints say of it. It never
// fails a run: an item that cannot be read plainly is not compared, and neither
// is one whose stream the parser itself did not understand to its end.
func (r *Reader) check(ctx context.Context, p *part, e model.Entry, k kept) {
	if p.top == archiveTop || e.Mail == nil || e.Warning != "" || !classIs(e.Mail.Class, "IPM.Note") || e.Mail.Draft || !r.Trust.due() {
		return
	}
	plain, err := r.Source.Message(ctx, r.Task.Resource.UserID, e.ID)
	if err != nil {
		return
	}
	difference := differs(plain, *e.Mail, k.recipients)
	if difference == "" {
		difference = r.differsMIME(ctx, e, k)
	}
	address := model.JoinAddress(r.Task.Resource.Address, "…", model.SafeName(e.Mail.Subject))
	r.Trust.note(address, difference)
	if difference != "" {
		r.Log.WarnContext(ctx, "stream and plain reading disagree", "code", fault.StreamNotTrusted, "difference", difference)
	}
}

// differs names the first thing on which the two readings disagree. Read state
// and categories are left out: people change them any moment.
func differs(plain graph.Message, m model.MailFact, recipients int) string {
	switch {
	case squash(plain.Subject) != squash(m.Subject):
		return "subject"
	case plain.MessageID != "" && strings.Trim(plain.MessageID, "<> ") != m.MessageID:
		return "message id"
	case !strings.Contains(strings.ToLower(m.From), strings.ToLower(addressOf(plain.From))):
		return "sender"
	case len(plain.To)+len(plain.Cc)+len(plain.Bcc) != recipients:
		return "recipients"
	case !sameSecond(plain.Sent, m.Sent):
		return "sent"
	case !sameSecond(plain.Received, m.Received):
		return "received"
	}
	return ""
}

// addressOf is the address of "Name <address>".
func addressOf(person string) string {
	if i := strings.LastIndexByte(person, '<'); i >= 0 {
		return strings.TrimSuffix(person[i+1:], ">")
	}
	return person
}

// squash makes two subjects comparable that differ in white space only.
func squash(s string) string { return strings.Join(strings.Fields(s), " ") }

func sameSecond(a, b time.Time) bool {
	return a.IsZero() || b.IsZero() || a.Truncate(time.Second).Equal(b.Truncate(time.Second))
}

// differsMIME compares with the item's MIME: the attachments it carries.
func (r *Reader) differsMIME(ctx context.Context, e model.Entry, k kept) string {
	var m *mapi.Message
	err := r.Source.MIME(ctx, r.Task.Resource.UserID, e.ID, func(data io.Reader) (err error) {
		m, _, err = rfc5322.Parse(data, rfc5322.Limits{})
		return err
	})
	if err != nil {
		return ""
	}
	if len(m.Attachments) != k.attachments {
		return "attachments"
	}
	return ""
}

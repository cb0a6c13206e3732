package catalog

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"vangnet/engine/model"
)

// Bits of item.flags; importance+1 lies above them.
const (
	flagRead = 1 << iota
	flagFlagged
	flagDraft
	flagAttachment
	flagMail
	importanceShift = 8
)

var errListing = errors.New("listing is not as it should be")

// record is one entry made ready for the item table and the word index.
type record struct {
	entry      model.Entry
	rest       []byte // of the entry, as encode gives it
	blob       []byte // rest as it is stored; nil: not yet
	mark       int64
	print      int64
	moment     int64
	flags      int64
	fold       string
	subject    string
	sender     string
	recipients string
}

// prepare turns a listing's entry into a record. It fails on an entry that no
// run of this program can have written.
func prepare(e model.Entry, resource int64) (*record, error) {
	if bad := badName(e.Name); bad != "" {
		return nil, fmt.Errorf("%w: a name %s", errListing, bad)
	}
	r := &record{entry: trim(e), mark: markOf(resource, e.ID), fold: model.FoldName(e.Name), moment: micros(e.Modified)}
	if m := r.entry.Mail; m != nil {
		r.subject, r.sender, r.recipients = m.Subject, m.From, m.To
		r.flags = mailFlags(m)
		for _, t := range []time.Time{m.Received, m.Sent} {
			if !t.IsZero() {
				r.moment = micros(t)
				break
			}
		}
	}
	if r.print, r.rest = encode(&r.entry); len(r.rest) > maxBlob {
		return nil, fmt.Errorf("%w: an entry of %d bytes", errListing, len(r.rest))
	}
	return r, nil
}

// pack compresses the entry, once.
func (r *record) pack(enc *zstd.Encoder) {
	if r.blob == nil {
		r.blob = pack(enc, r.rest)
		r.rest = nil
	}
}

// badName says what is wrong with a name, or "".
func badName(name string) string {
	switch {
	case name == "", name == ".", name == "..":
		return "that is none"
	case len(name) > maxName:
		return "that is too long"
	case strings.ContainsAny(name, "/\\\x00"):
		return "with a separator"
	}
	return ""
}

// trim cuts an entry to what the catalog keeps.
func trim(e model.Entry) model.Entry {
	e.Title = clean(e.Title, maxField)
	e.Warning = clean(e.Warning, maxField)
	if e.Mail == nil {
		return e
	}
	m := *e.Mail
	m.Class = clean(m.Class, 255)
	m.Subject = clean(m.Subject, maxField)
	m.From = clean(m.From, maxField)
	m.To = clean(m.To, maxList)
	m.MessageID = clean(m.MessageID, maxField)
	m.Text = clean(m.Text, maxText)
	m.Categories = cleanList(m.Categories)
	m.Attachments = cleanList(m.Attachments)
	e.Mail = &m
	return e
}

// markOf is a short stand-in for an item's id within a resource; equal marks
// are still compared by id.
func markOf(resource int64, id string) int64 {
	text := binary.LittleEndian.AppendUint64(make([]byte, 0, 256), uint64(resource))
	sum := sha256.Sum256(append(text, id...))
	return int64(binary.LittleEndian.Uint64(sum[:]))
}

func mailFlags(m *model.MailFact) int64 {
	bit := func(on bool, b int64) int64 {
		if on {
			return b
		}
		return 0
	}
	return flagMail | bit(m.Read, flagRead) | bit(m.Flagged, flagFlagged) | bit(m.Draft, flagDraft) |
		bit(len(m.Attachments) > 0, flagAttachment) | int64(min(max(m.Importance, -1), 1)+1)<<importanceShift
}

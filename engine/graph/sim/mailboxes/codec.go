package mailboxes

import (
	"bytes"
	"fmt"
	"io"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/rfc5322"
)

// limits of what the simulator decodes: its own items may be as large as the
// service takes them.
var streamLimits = fts.Limits{Memory: 512 << 20}

// load reads content into properties. Large values stay where they are; they
// can be read until release is called.
func (m *Mailbox) load(src source) (msg *mapi.Message, release func(), err error) {
	r, err := src.Open()
	if err != nil {
		return nil, nil, err
	}
	at, random := r.(io.ReaderAt)
	switch {
	case src.form == formStream:
		msg, err = decode(r, src.size())
	case random: // attachments stay where they are
		msg, _, err = rfc5322.ParseAt(at, src.size(), rfc5322.Limits{})
	default:
		msg, _, err = rfc5322.Parse(r, rfc5322.Limits{})
	}
	if err != nil {
		_ = r.Close()
		return nil, nil, err
	}
	return msg, func() { _ = r.Close() }, nil
}

func decode(r io.Reader, size int64) (*mapi.Message, error) {
	at, ok := r.(io.ReaderAt)
	if !ok { // content of a seed, which is small
		b, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		at = bytes.NewReader(b)
	}
	msg, outcome, err := fts.DecodeAt(at, size, streamLimits)
	if err == nil && outcome.State != fts.Complete {
		err = fmt.Errorf("stream is %s (%s at %d)", outcome.State, outcome.Reason, outcome.Offset)
	}
	return msg, err
}

// Damage is the way in which exported streams are odd: a name for one of
// fts.Options' switches.
type Damage string

// The ways.
const (
	DamageNone     Damage = ""
	DamageElements Damage = "unknown-elements" // properties of a type nobody knows
	DamageOpcodes  Damage = "unknown-opcodes"  // records of a kind nobody knows
	DamagePages    Damage = "page-sizes"       // records of another size
	DamageTruncate Damage = "truncated"        // the end is missing
	DamageNesting  Damage = "wrong-nesting"    // an end marker too many
	DamageHeader   Damage = "no-header"        // without the records before the data
	DamageOld      Damage = "old-exchange"     // address prefix, lists announced in embedded items
)

// Damages lists all ways.
func Damages() []Damage {
	return []Damage{DamageNone, DamageElements, DamageOpcodes, DamagePages, DamageTruncate, DamageNesting, DamageHeader, DamageOld}
}

// SetDamage makes the mailbox and its archive export streams that are odd in
// the given way. Importing one that the mailbox wrote gives the item back as
// Exchange would; one that was truncated is refused.
func (m *Mailbox) SetDamage(d Damage) error {
	if _, err := d.options(); err != nil {
		return err
	}
	m.mu.Lock()
	m.damage = d
	archive := m.inPlace
	m.mu.Unlock()
	if archive != nil {
		return archive.SetDamage(d)
	}
	return nil
}

func (d Damage) options() (fts.Options, error) {
	var o fts.Options
	switch d {
	case DamageNone:
	case DamageElements:
		o.Damage.UnknownElement = true
	case DamageOpcodes:
		o.Damage.UnknownOpcode = true
	case DamagePages:
		o.PageSize = 4099
	case DamageTruncate:
		o.Damage.Truncate = true
	case DamageNesting:
		o.Damage.WrongNesting = true
	case DamageHeader:
		o.Damage.NoHeader = true
	case DamageOld:
		o.Damage.DnPrefix, o.Damage.EmbeddedDelProp = true, true
		o.Version = [4]uint16{14, 1, 139, 0}
	default:
		return o, fmt.Errorf("export streams: no damage is called %q", string(d))
	}
	return o, nil
}

// encode writes an item as a whole stream.
func encode(w io.Writer, msg *mapi.Message) error { return fts.Encode(w, msg, fts.Options{}) }

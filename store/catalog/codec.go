package catalog

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"

	"vangnet/engine/model"
)

// What the table entry keeps of an entry is its fields one after another in a
// fixed order, numbers as varints, texts after their length. It leaves out
// what the item's row has anyway. Comparing and reading entries is most of
// what a sync does, and this takes a tenth of the time that JSON does.

// How a blob is stored; its first byte.
const (
	formPlain = 1 // as it is
	formZstd  = 2 // compressed
)

// packFrom is the number of bytes from which compressing is worth its time.
const packFrom = 1 << 10

// pen writes fields.
type pen []byte

func (p *pen) number(n int64) { *p = binary.AppendVarint(*p, n) }

func (p *pen) text(s string) {
	*p = binary.AppendUvarint(*p, uint64(len(s)))
	*p = append(*p, s...)
}

func (p *pen) texts(list []string) {
	*p = binary.AppendUvarint(*p, uint64(len(list)))
	for _, s := range list {
		p.text(s)
	}
}

func (p *pen) moment(t time.Time) {
	p.number(t.Unix())
	p.number(int64(t.Nanosecond()))
}

func (p *pen) yes(on bool) {
	if on {
		*p = append(*p, 1)
	} else {
		*p = append(*p, 0)
	}
}

// names writes the fields that the item's row has too.
func (p *pen) names(e *model.Entry) {
	p.text(e.ID)
	p.text(e.Name)
	p.text(string(e.Object))
	p.text(e.Hash)
	if e.Mail != nil {
		p.text(e.Mail.Subject)
		p.text(e.Mail.From)
	}
}

// rest writes all other fields.
func (p *pen) rest(e *model.Entry) {
	p.text(e.Title)
	p.text(string(e.Kind))
	p.number(e.Size)
	p.moment(e.Created)
	p.moment(e.Modified)
	p.text(e.Tag)
	p.text(e.Meta)
	p.text(string(e.Form))
	p.text(string(e.MIME))
	p.text(e.Warning)
	p.yes(e.Mail != nil)
	if e.Mail != nil {
		p.mail(e.Mail)
	}
}

func (p *pen) mail(m *model.MailFact) {
	p.text(m.Class)
	p.text(m.To)
	p.moment(m.Received)
	p.moment(m.Sent)
	p.yes(m.Read)
	p.yes(m.Draft)
	p.yes(m.Flagged)
	p.number(int64(m.Importance))
	p.texts(m.Categories)
	p.texts(m.Attachments)
	p.text(m.MessageID)
	p.text(m.Text)
}

// encode writes an entry: its print, which differs when anything about the
// entry does, and what the table entry keeps of it, not yet compressed.
func encode(e *model.Entry) (print int64, rest []byte) {
	p := make(pen, 0, 512)
	p.names(e)
	names := len(p)
	p = append(p, formPlain)
	p.rest(e)
	sum := sha256.Sum256(p)
	return int64(binary.LittleEndian.Uint64(sum[:])), p[names:]
}

// pack compresses what encode gave where that is worth it.
func pack(enc *zstd.Encoder, rest []byte) []byte {
	if len(rest) < packFrom {
		return rest
	}
	return enc.EncodeAll(rest[1:], append(make([]byte, 0, len(rest)*3/4), formZstd))
}

// unpack reads an entry back from its row and its blob.
func unpack(dec *zstd.Decoder, it *item, blob []byte) (model.Entry, error) {
	p, err := unwrap(dec, blob)
	if err != nil {
		return model.Entry{}, err
	}
	p.blob = string(p.bytes) // one copy, of which the texts are parts
	e := model.Entry{ID: it.id, Name: it.name, Object: model.ObjectID(it.object), Hash: it.hash}
	e.Title = p.text()
	e.Kind = model.ItemKind(p.text())
	e.Size = p.number()
	e.Created, e.Modified = p.moment(), p.moment()
	e.Tag, e.Meta = p.text(), p.text()
	e.Form = model.Form(p.text())
	e.MIME = model.ObjectID(p.text())
	e.Warning = p.text()
	if p.yes() {
		e.Mail = p.mail()
		e.Mail.Subject, e.Mail.From = it.subject, it.sender
	}
	if p.bad || len(p.bytes) > 0 {
		return model.Entry{}, fmt.Errorf("%w: a stored entry", ErrDamaged)
	}
	return e, nil
}

// unwrap gives a reader of a blob's fields.
func unwrap(dec *zstd.Decoder, blob []byte) (*glass, error) {
	if len(blob) > 0 && blob[0] == formPlain {
		return &glass{bytes: blob[1:]}, nil
	}
	if len(blob) == 0 || blob[0] != formZstd {
		return nil, fmt.Errorf("%w: a stored entry of an unknown form", ErrDamaged)
	}
	text, err := dec.DecodeAll(blob[1:], nil)
	if err != nil {
		return nil, fmt.Errorf("%w: a stored entry: %w", ErrDamaged, err)
	}
	return &glass{bytes: text}, nil
}

// glass reads what pen wrote. Once something is wrong it is bad, and gives
// nothing more.
type glass struct {
	blob  string // all of it
	bytes []byte // what is not yet read, the end of blob
	bad   bool
}

func (g *glass) number() int64 {
	n, size := binary.Varint(g.bytes)
	return n * int64(g.skip(size))
}

func (g *glass) count() uint64 {
	n, size := binary.Uvarint(g.bytes)
	return n * uint64(g.skip(size))
}

// skip goes on by size bytes, the outcome of reading a number. It returns 0 if
// that could not be read, else 1.
func (g *glass) skip(size int) int {
	if size <= 0 {
		g.bad, g.bytes = true, nil
		return 0
	}
	g.bytes = g.bytes[size:]
	return 1
}

func (g *glass) text() string {
	n := g.count()
	if n > uint64(len(g.bytes)) {
		g.bad, g.bytes = true, nil
		return ""
	}
	at := len(g.blob) - len(g.bytes)
	g.bytes = g.bytes[n:]
	return g.blob[at : at+int(n)]
}

func (g *glass) texts() []string {
	n := g.count()
	if n == 0 || n > uint64(len(g.bytes)) {
		g.bad = g.bad || n > 0
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = g.text()
	}
	return list
}

func (g *glass) moment() time.Time {
	secs, nanos := g.number(), g.number()
	return time.Unix(secs, nanos).UTC()
}

func (g *glass) yes() bool {
	if len(g.bytes) == 0 {
		g.bad = true
		return false
	}
	on := g.bytes[0] != 0
	g.bytes = g.bytes[1:]
	return on
}

func (g *glass) mail() *model.MailFact {
	m := &model.MailFact{Class: g.text(), To: g.text(), Received: g.moment(), Sent: g.moment()}
	m.Read, m.Draft, m.Flagged = g.yes(), g.yes(), g.yes()
	m.Importance = int(g.number())
	m.Categories, m.Attachments = g.texts(), g.texts()
	m.MessageID, m.Text = g.text(), g.text()
	return m
}

package mailbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/model"
	"vangnet/engine/workload"
)

// largeValue is the size from which a binary value of a stream (an attachment)
// becomes an object of its own, and the size up to which a whole stream is kept
// as it is.
const largeValue = 256 << 10

// piecesMagic begins an object of form FormPieces. Then come the length of the
// framing table (4 bytes, little-endian), the table, and the payload of the
// stream's transfer records; see fts.Join.
const piecesMagic = "VNPIECE1"

// maxFraming bounds a framing table when it is read; one of a 150 MB item has
// some hundred bytes.
const maxFraming = 64 << 20

// kept is an item's stream in the vault, with what it said.
type kept struct {
	form    model.Form
	object  model.ObjectID
	size    int64
	hash    string
	outcome fts.Outcome

	facts       model.MailFact
	kind        model.ItemKind
	recipients  int
	attachments int
	changeKey   string // as the export told it
}

// tell takes what is wanted of a message and lets go of it.
func (k kept) tell(m *mapi.Message, o fts.Outcome) kept {
	k.facts = mapi.Facts(m, textBytes)
	k.kind = mapi.KindOf(k.facts.Class)
	k.recipients, k.attachments, k.outcome = len(m.Recipients), len(m.Attachments), o
	return k
}

// keep stores a stream unchanged, decoding it on the way. The message may be
// incomplete, as the outcome says; the bytes never are.
func keep(ctx context.Context, store workload.Store, r io.Reader) (kept, error) {
	head := heads.Get().(*[largeValue]byte)
	defer heads.Put(head)
	n := 0
	for n < largeValue {
		more, err := r.Read(head[n:])
		n += more
		if errors.Is(err, io.EOF) {
			return keepWhole(ctx, store, head[:n])
		}
		if err != nil {
			return kept{}, err
		}
	}
	return keepPieces(ctx, store, io.MultiReader(bytes.NewReader(head[:]), r))
}

// heads are the buffers for what is read before it is known how large a stream
// is; a run reads millions.
var heads = sync.Pool{New: func() any { return new([largeValue]byte) }}

func keepWhole(ctx context.Context, store workload.Store, raw []byte) (kept, error) {
	m, outcome, err := fts.Decode(bytes.NewReader(raw), fts.Limits{})
	if err != nil {
		return kept{}, fmt.Errorf("decode stream: %w", err)
	}
	s, err := store.Put(ctx, bytes.NewReader(raw), true)
	if err != nil {
		return kept{}, err
	}
	return kept{form: model.FormStream, object: s.Object, size: s.Size, hash: hashText(sha256.Sum256(raw))}.tell(m, outcome), nil
}

// keepPieces stores large values as objects of their own, so that the same
// attachment in many items is stored once.
func keepPieces(ctx context.Context, store workload.Store, r io.Reader) (kept, error) {
	hash := sha256.New()
	counted := &counter{r: io.TeeReader(r, hash)}
	parts := []model.ObjectID{""} // the first is the framing, known last
	m, sum, err := fts.SplitAndDecode(counted, largeValue, func(s fts.Segment) error {
		stored, err := store.Put(ctx, s.Content, true)
		if err == nil && stored.Size > 0 {
			parts = append(parts, stored.Object)
		}
		return err
	}, fts.Limits{})
	if err != nil {
		return kept{}, err
	}
	front := append([]byte(piecesMagic), binary.LittleEndian.AppendUint32(nil, uint32(len(sum.Framing)))...)
	framing, err := store.Put(ctx, bytes.NewReader(append(front, sum.Framing...)), true)
	if err != nil {
		return kept{}, err
	}
	parts[0] = framing.Object
	whole, err := store.Concat(ctx, parts)
	if err != nil {
		return kept{}, err
	}
	return kept{
		form: model.FormPieces, object: whole, size: counted.n, hash: hashText([32]byte(hash.Sum(nil))),
	}.tell(m, sum.Outcome), nil
}

// Raw gives an item's stream as Microsoft gave it, from its object in the vault.
func Raw(form model.Form, object io.Reader) (io.Reader, error) {
	if form != model.FormPieces {
		return object, nil
	}
	front := make([]byte, len(piecesMagic)+4)
	if _, err := io.ReadFull(object, front); err != nil || string(front[:len(piecesMagic)]) != piecesMagic {
		return nil, fmt.Errorf("read stored stream: not in pieces (%w)", err)
	}
	n := binary.LittleEndian.Uint32(front[len(piecesMagic):])
	if n > maxFraming {
		return nil, fmt.Errorf("read stored stream: a framing table of %d bytes", n)
	}
	framing := make([]byte, n)
	if _, err := io.ReadFull(object, framing); err != nil {
		return nil, fmt.Errorf("read stored stream: %w", err)
	}
	return fts.NewJoiner(framing, object), nil
}

func hashText(sum [32]byte) string { return "s256:" + hex.EncodeToString(sum[:]) }

// counter counts what is read through it.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

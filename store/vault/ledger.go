package vault

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"

	"vangnet/engine/clock"
	"vangnet/engine/model"
	"vangnet/store/bucket"
)

// The ledger is the list of snapshots that counts. Each flush that completed
// something adds one small encrypted blob to it, after all that it speaks of is
// safe in the bucket, so that a ledger never promises what is not there. Blobs
// are never changed; their names sort by time. kopia's own list is kept for the
// stock program and for recovery: losing a single blob can make all of it
// unreadable, or a part of it vanish without an error.

// Record is one entry of the ledger.
type Record struct {
	// Mark sorts records by time and names this one.
	Mark      string
	Time      time.Time
	Session   string // which session wrote it
	Snapshots []model.Snapshot
	Documents []Document

	blobs []written
	prev  string
	kind  string
}

// Document is something the engine wants to be remembered, such as a run's result.
type Document struct {
	Kind string          `json:"k"`
	Body json.RawMessage `json:"b"`
}

// body is a record as it is stored.
type body struct {
	Kind      string           `json:"kind"`
	Time      time.Time        `json:"time"`
	Session   string           `json:"session,omitempty"`
	Prev      string           `json:"prev,omitempty"` // the session's record before this one
	Snapshots []model.Snapshot `json:"snapshots,omitempty"`
	Documents []Document       `json:"documents,omitempty"`
	Blobs     []written        `json:"blobs,omitempty"` // what went into the bucket since the last record
}

// The kinds of record.
const (
	kindCreated = "created"
	kindFlush   = "flush"
	kindHealed  = "healed"
	kindTidied  = "tidied"
)

const (
	ledgerMagic = "VGL1"
	markTime    = "20060102T150405.000000000Z"
	maxRecord   = 256 << 20
	// overlap is how far clocks of computers that share a vault may differ
	// without one missing the other's records.
	overlap      = 10 * time.Minute
	ledgerFetch  = 16 // records read at once
	ledgerWindow = 64 // records held at once
)

type ledger struct {
	bucket bucket.Bucket
	prefix string
	seal   cipher.AEAD
	lock   *bucket.Lock
	clock  clock.Clock
	zip    *zstd.Encoder
	unzip  *zstd.Decoder

	mu   sync.Mutex
	last time.Time
	own  map[string]bool // marks written here
}

func newLedger(b bucket.Bucket, o Options, lock *bucket.Lock) (*ledger, error) {
	key, err := hkdf.Key(sha256.New, o.Key, []byte(o.Tenant), "vangnet ledger 1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	zip, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, err
	}
	unzip, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxRecord))
	if err != nil {
		return nil, err
	}
	return &ledger{
		bucket: b, prefix: "ledger/" + string(o.Tenant) + "/", seal: seal, lock: lock, clock: o.Clock,
		zip: zip, unzip: unzip, own: map[string]bool{},
	}, nil
}

// append stores a record and returns its mark.
func (l *ledger) append(ctx context.Context, b body) (string, error) {
	mark := l.nextMark(&b)
	plain, err := json.Marshal(b)
	if err != nil {
		return "", fmt.Errorf("write ledger record: %w", err)
	}
	if len(plain) > maxRecord {
		return "", fmt.Errorf("write ledger record: %d bytes: %w", len(plain), ErrTooLarge)
	}
	key := l.prefix + mark
	nonce := make([]byte, l.seal.NonceSize())
	rand.Read(nonce) //nolint:errcheck // never fails
	text := append([]byte(ledgerMagic), nonce...)
	text = l.seal.Seal(text, nonce, l.zip.EncodeAll(plain, nil), []byte(key))
	if err := bucket.WriteAll(ctx, l.bucket, key, text, bucket.PutOptions{IfAbsent: true, Lock: l.lock}); err != nil {
		return "", fmt.Errorf("write ledger record: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.own[mark] = true
	return mark, nil
}

// nextMark gives a record its time and its name. Records of one vault are
// named in the order of their writing even when the clock stands still.
func (l *ledger) nextMark(b *body) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now().UTC()
	if !now.After(l.last) {
		now = l.last.Add(time.Nanosecond)
	}
	l.last, b.Time = now, now
	var random [8]byte
	rand.Read(random[:]) //nolint:errcheck // never fails
	return now.Format(markTime) + "-" + hex.EncodeToString(random[:])
}

func (l *ledger) wrote(mark string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.own[mark]
}

func (l *ledger) read(ctx context.Context, mark string) (Record, error) {
	key := l.prefix + mark
	text, err := bucket.ReadAll(ctx, l.bucket, key, maxRecord)
	if err != nil {
		return Record{Mark: mark}, fmt.Errorf("read ledger record: %w", err)
	}
	b, err := l.open(key, text)
	if err != nil {
		return Record{Mark: mark}, fmt.Errorf("read ledger record %s: %w: %w", mark, ErrDamaged, err)
	}
	return Record{Mark: mark, Time: b.Time, Session: b.Session, Snapshots: b.Snapshots, Documents: b.Documents, blobs: b.Blobs, prev: b.Prev, kind: b.Kind}, nil
}

func (l *ledger) open(key string, text []byte) (b body, err error) {
	head := len(ledgerMagic) + l.seal.NonceSize()
	if len(text) < head || string(text[:len(ledgerMagic)]) != ledgerMagic {
		return b, errors.New("not a ledger record")
	}
	packed, err := l.seal.Open(nil, text[len(ledgerMagic):head], text[head:], []byte(key))
	if err != nil {
		return b, err
	}
	plain, err := l.unzip.DecodeAll(packed, nil)
	if err != nil {
		return b, err
	}
	return b, json.Unmarshal(plain, &b)
}

// marks lists the names of records after a mark, those of the overlap included.
func (l *ledger) marks(ctx context.Context, after string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		start := ""
		if len(after) >= len(markTime) {
			if t, err := time.Parse(markTime, after[:len(markTime)]); err == nil {
				start = l.prefix + t.Add(-overlap).Format(markTime)
			}
		}
		for info, err := range l.bucket.List(ctx, l.prefix, start) {
			if err != nil {
				yield("", fmt.Errorf("list ledger: %w", err))
				return
			}
			if mark := info.Key[len(l.prefix):]; mark != after && !yield(mark, nil) {
				return
			}
		}
	}
}

// records reads the records after a mark, several at once, in order.
func (l *ledger) records(ctx context.Context, after string) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		var window []string
		for mark, err := range l.marks(ctx, after) {
			if err != nil {
				yield(Record{}, err)
				return
			}
			if window = append(window, mark); len(window) == ledgerWindow {
				if !l.yieldAll(ctx, window, yield) {
					return
				}
				window = window[:0]
			}
		}
		l.yieldAll(ctx, window, yield)
	}
}

func (l *ledger) yieldAll(ctx context.Context, marks []string, yield func(Record, error) bool) bool {
	records, errs := make([]Record, len(marks)), make([]error, len(marks))
	var g errgroup.Group
	g.SetLimit(ledgerFetch)
	for i, mark := range marks {
		g.Go(func() error {
			records[i], errs[i] = l.read(ctx, mark)
			return nil
		})
	}
	g.Wait() //nolint:errcheck // errors are with their records
	for i := range records {
		if !yield(records[i], errs[i]) {
			return false
		}
	}
	return true
}

// Ledger returns the records after a mark, in order; "" means all. To make up
// for clocks that differ, records of the ten minutes before the mark come again:
// records never change, so the caller leaves out those it knows. A record that
// cannot be read comes as its Mark and an error that wraps ErrDamaged, and the
// sequence goes on.
func (v *Vault) Ledger(ctx context.Context, after string) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for r, err := range v.ledger.records(ctx, after) {
			if err == nil && !v.ledger.wrote(r.Mark) {
				v.noteForeign(r.Time)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// noteForeign remembers that another computer wrote something that our index
// may not know.
func (v *Vault) noteForeign(t time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if t.After(v.refreshed.Add(-overlap)) {
		v.stale = true
	}
}

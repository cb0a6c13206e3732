package vault

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/object"

	"vangnet/engine/model"
)

// SessionOptions for Vault.Session. The zero value is good.
type SessionOptions struct {
	FlushEvery time.Duration // flush by itself after this time; zero: 2 minutes, negative: never
	FlushBytes int64         // flush by itself after so many bytes were uploaded; zero: 512 MiB
	Uploaded   func(n int64) // told of each upload
}

const (
	defaultFlushEvery = 2 * time.Minute
	defaultFlushBytes = 512 << 20
	flushTimeout      = 5 * time.Minute
	maxDocument       = 64 << 20

	compressor     = "zstd-fastest"
	listCompressor = "zstd"                 // the text of mails stands in listings: a better ratio tells
	metaSplitter   = "DYNAMIC-128K-BUZHASH" // a changed line costs little
	metaPrefix     = "l"                    // listings lie apart from content, in kopia's q packs
	uploadsAtOnce  = 2                      // of one large object
)

// Session writes into a vault. One serves a whole run; its methods may be
// called by many goroutines at once. What was put becomes durable with the next
// flush, and is seen by other users of the vault then.
type Session struct {
	v      *Vault
	w      repo.DirectRepositoryWriter
	ctx    context.Context // ends uploads when the run is cancelled
	id     string
	opts   SessionOptions
	stop   context.CancelFunc
	wg     sync.WaitGroup
	kick   chan struct{}
	upload atomic.Int64 // bytes since the last flush

	use    sync.RWMutex // held for reading by every call, for writing by Close
	closed bool

	flushing sync.Mutex
	prev     string // mark of the session's last record

	mu        sync.Mutex
	snapshots []model.Snapshot
	documents []Document
	hooks     []func()
}

// Session begins to write. It must be closed. Uploads stop when ctx ends; what
// was put until then can still be flushed.
func (v *Vault) Session(ctx context.Context, o SessionOptions) (*Session, error) {
	if v.opts.ReadOnly {
		return nil, fmt.Errorf("write to vault of %s: %w", v.opts.Tenant, ErrReadOnly)
	}
	if o.FlushEvery == 0 {
		o.FlushEvery = defaultFlushEvery
	}
	if o.FlushBytes == 0 {
		o.FlushBytes = defaultFlushBytes
	}
	s := &Session{v: v, ctx: ctx, opts: o, id: strings.ToLower(rand.Text()), kick: make(chan struct{}, 1)}
	_, w, err := v.repo.NewDirectWriter(context.WithoutCancel(ctx), repo.WriteSessionOptions{Purpose: "vangnet", OnUpload: s.uploaded})
	if err != nil {
		return nil, fmt.Errorf("write to vault of %s: %w", v.opts.Tenant, translate(err))
	}
	s.w = w
	flushing, stop := context.WithCancel(ctx)
	s.stop = stop
	s.wg.Go(func() { s.flushOnDemand(flushing) })
	if o.FlushEvery > 0 {
		s.wg.Go(func() { s.flushByTime(flushing) })
	}
	return s, nil
}

func (s *Session) uploaded(n int64) {
	if s.opts.Uploaded != nil {
		s.opts.Uploaded(n)
	}
	if s.upload.Add(n) >= s.opts.FlushBytes {
		s.askFlush()
	}
}

// askFlush lets the session flush as soon as it can.
func (s *Session) askFlush() {
	select {
	case s.kick <- struct{}{}:
	default: // asked already
	}
}

// flushByTime asks for a flush now and then, until ctx ends.
func (s *Session) flushByTime(ctx context.Context) {
	for s.v.opts.Clock.Sleep(ctx, s.opts.FlushEvery) == nil {
		s.askFlush()
	}
}

// flushOnDemand flushes when asked, until ctx ends. An error is not lost: the
// next flush, at the latest that of Close, does the work again or says why not.
func (s *Session) flushOnDemand(ctx context.Context) {
	for {
		select {
		case <-s.kick:
			s.flush(ctx) //nolint:errcheck // see above
		case <-ctx.Done():
			return
		}
	}
}

// begin keeps the session open until the function it returns is called.
func (s *Session) begin() (end func(), err error) {
	s.use.RLock()
	if s.closed {
		s.use.RUnlock()
		return nil, ErrClosed
	}
	return s.use.RUnlock, nil
}

// PutOptions say how to store content.
type PutOptions struct {
	Compress bool // worth trying; content whose beginning looks dense is stored as it is all the same
	Large    bool // upload pieces side by side
}

// Stored is content in the vault.
type Stored struct {
	Object model.ObjectID
	Size   int64
}

// Put stores all that r gives. Content that the vault has already is not stored
// again. Errors of r come back as they are, wrapped.
func (s *Session) Put(ctx context.Context, r io.Reader, o PutOptions) (Stored, error) {
	opts := object.WriterOptions{MetadataCompressor: compressor}
	if o.Compress {
		opts.Compressor = compressor
	}
	if o.Large {
		opts.AsyncWrites = uploadsAtOnce
	}
	st, err := s.put(ctx, r, opts)
	if err != nil {
		return Stored{}, fmt.Errorf("put into vault of %s: %w", s.v.opts.Tenant, err)
	}
	return st, nil
}

func (s *Session) put(ctx context.Context, r io.Reader, o object.WriterOptions) (st Stored, err error) {
	end, err := s.begin()
	if err != nil {
		return st, err
	}
	defer end()
	buf := blocks.Get().(*block)
	defer blocks.Put(buf)
	src := &ctxReader{ctx, r}
	n, last, err := buf.fill(src)
	if err != nil {
		return st, err
	}
	if dense(buf[:n]) {
		o.Compressor = ""
	}
	st.Object, err = s.write(o, func(w io.Writer) error {
		for {
			if _, err := w.Write(buf[:n]); err != nil {
				return err
			}
			st.Size += int64(n)
			if last {
				return nil
			}
			if n, last, err = buf.fill(src); err != nil {
				return err
			}
		}
	})
	return st, err
}

// ctxReader stops reading when its context ends.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (r *ctxReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// write makes an object of what fill writes. Uploads end with the session's
// context, not with that of one item: others' content is in the same pack.
func (s *Session) write(o object.WriterOptions, fill func(io.Writer) error) (model.ObjectID, error) {
	w := s.w.NewObjectWriter(s.ctx, o)
	defer w.Close() //nolint:errcheck // it has no error to give
	if err := fill(w); err != nil {
		return "", err
	}
	id, err := w.Result()
	if err != nil {
		return "", translate(err)
	}
	return model.ObjectID(id.String()), nil
}

// Concat makes one object whose bytes are those of the parts, without reading
// them. No parts make an empty object.
func (s *Session) Concat(ctx context.Context, ids []model.ObjectID) (model.ObjectID, error) {
	end, err := s.begin()
	if err != nil {
		return "", err
	}
	defer end()
	if len(ids) == 0 {
		return s.write(object.WriterOptions{}, func(io.Writer) error { return nil })
	}
	parts := make([]object.ID, len(ids))
	for i, id := range ids {
		if parts[i], err = parseID(id); err != nil {
			return "", err
		}
	}
	joined, err := s.w.ConcatenateObjects(ctx, parts, repo.ConcatenateOptions{Compressor: compressor})
	if err != nil {
		return "", fmt.Errorf("join %d objects in vault of %s: %w", len(ids), s.v.opts.Tenant, translate(err))
	}
	return model.ObjectID(joined.String()), nil
}

// Record adds an engine document to the ledger with the next flush. The body is
// JSON of at most 64 MB.
func (s *Session) Record(_ context.Context, kind string, text []byte) error {
	end, err := s.begin()
	if err != nil {
		return err
	}
	defer end()
	switch {
	case len(text) > maxDocument:
		return fmt.Errorf("record %s of %d bytes: %w", kind, len(text), ErrTooLarge)
	case !json.Valid(text):
		return fmt.Errorf("record %s: not JSON", kind)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.documents = append(s.documents, Document{Kind: kind, Body: append(json.RawMessage(nil), text...)})
	return nil
}

// OnFlush registers a function that is called after each flush that succeeded,
// also those that the session makes by itself. It must not use the session.
func (s *Session) OnFlush(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = append(s.hooks, f)
}

// Flush makes durable all that was put and snapshotted before. It does so even
// when ctx has ended, within five minutes: that is how a cancelled run keeps
// what it has. After an error nothing is lost; the next flush tries again.
func (s *Session) Flush(ctx context.Context) error {
	end, err := s.begin()
	if err != nil {
		return err
	}
	defer end()
	return s.flush(ctx)
}

func (s *Session) flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTimeout)
	defer cancel()
	s.flushing.Lock()
	defer s.flushing.Unlock()
	s.upload.Store(0)

	s.mu.Lock()
	snapshots, documents := s.snapshots, s.documents
	s.snapshots, s.documents = nil, nil
	s.mu.Unlock()

	if err := s.flushTo(ctx, snapshots, documents); err != nil {
		s.mu.Lock()
		s.snapshots = append(snapshots, s.snapshots...)
		s.documents = append(documents, s.documents...)
		s.mu.Unlock()
		return fmt.Errorf("flush vault of %s: %w", s.v.opts.Tenant, err)
	}
	s.mu.Lock()
	hooks := s.hooks
	s.mu.Unlock()
	for _, f := range hooks {
		f()
	}
	return nil
}

// flushTo writes in the order that makes the ledger true: content, index, then
// the record that speaks of them.
func (s *Session) flushTo(ctx context.Context, snapshots []model.Snapshot, documents []Document) error {
	if err := s.w.Flush(ctx); err != nil {
		return translate(err)
	}
	fresh := s.v.blobs.takeFresh()
	if len(snapshots)+len(documents)+len(fresh) == 0 {
		return nil
	}
	mark, err := s.v.ledger.append(ctx, body{
		Kind: kindFlush, Session: s.id, Prev: s.prev, Snapshots: snapshots, Documents: documents, Blobs: fresh,
	})
	if err != nil {
		s.v.blobs.putBack(fresh)
		return err
	}
	s.prev = mark
	return nil
}

// Close flushes and ends the session. When flushing fails, what was put since
// the last flush is lost.
func (s *Session) Close(ctx context.Context) error {
	s.stop()
	s.wg.Wait()
	s.use.Lock()
	defer s.use.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.closed = true
	err := s.flush(ctx)
	if cerr := s.w.Close(context.WithoutCancel(ctx)); cerr != nil {
		err = errors.Join(err, fmt.Errorf("close session in vault of %s: %w", s.v.opts.Tenant, translate(cerr)))
	}
	return err
}

// Open reads an object that this session or an earlier one stored.
func (s *Session) Open(ctx context.Context, id model.ObjectID) (*Object, error) {
	end, err := s.begin()
	if err != nil {
		return nil, err
	}
	defer end()
	var o *Object
	err = s.v.refreshing(ctx, func() error {
		o, err = openObject(ctx, s.w, id)
		return err
	})
	return o, err
}

// Entries reads a listing that this session or an earlier one stored.
func (s *Session) Entries(ctx context.Context, listing model.ObjectID) iter.Seq2[model.Entry, error] {
	return lines[model.Entry](func() (*Object, error) { return s.Open(ctx, listing) })
}

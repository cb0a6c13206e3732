// Package backup makes a tenant's run: it finds the mailboxes and drives, reads
// several at once into one vault session, flushes it now and then, and writes
// down what became of each.
package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"vangnet/engine/cause"
	"vangnet/engine/clock"
	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/engine/job"
	"vangnet/engine/model"
	"vangnet/engine/workload/mailbox"
	"vangnet/store/vault"
)

// Documents in a vault's ledger.
const (
	RunDocument = "run" // a model.Run
)

const (
	atOnce     = 4 // resources read side by side
	flushEvery = 60 * time.Second
	flushBytes = 256 << 20
	calmTime   = 2 * time.Minute // for what must still be done after a cancellation
)

// Options say what a run works with.
type Options struct {
	Tenant     model.Tenant
	Client     *graph.Client
	Vault      *vault.Vault
	Newest     map[model.ResourceID]model.Snapshot
	LastRun    *model.Run // the newest whole run, nil for none
	Distrust   string     // on what stream and plain reading of this tenant once disagreed; "": they agree
	JournalDir string     // of this tenant
	Clock      clock.Clock
	Log        *slog.Logger
	Report     *job.Reporter
	ID         string        // of the run
	By         string        // who runs it: computer and technician
	FlushEvery time.Duration // zero: each minute
}

// Select limits a run; the zero value takes everything.
type Select struct {
	Workload model.Workload
	Resource string
}

func (s Select) takes(r model.Resource) bool {
	return (s.Workload == "" || r.Kind.Covers(s.Workload)) && r.Matches(s.Resource)
}

// All reports that nothing is left out.
func (s Select) All() bool { return s == Select{} }

// run is a run at work.
type run struct {
	Options
	session *vault.Session
	trust   *mailbox.Trust
	meter   *graph.Meter

	mu       sync.Mutex
	doc      model.Run
	journals map[*journalHandle]struct{}
	uploaded int64
}

// Run copies what changed of a tenant. The returned document says what became
// of every resource, also beside an error, which is what ended the whole run.
func Run(ctx context.Context, o Options, sel Select) (model.Run, error) {
	if o.FlushEvery == 0 {
		o.FlushEvery = flushEvery
	}
	r := &run{Options: o, meter: &graph.Meter{}, journals: map[*journalHandle]struct{}{}}
	r.doc = model.Run{ID: o.ID, Tenant: o.Tenant.ID, Started: o.Clock.Now(), By: o.By}
	r.trust = mailbox.NewTrust(o.Distrust)
	ctx = graph.WithMeter(ctx, r.meter)
	err := r.work(ctx, sel)
	r.doc.Ended = o.Clock.Now()
	r.doc.Cancelled = ctx.Err() != nil
	if err != nil && !r.doc.Cancelled {
		r.doc.Error = &model.ItemFault{Path: o.Tenant.Domain, Cause: err.Error(), Code: cause.Code(err)}
	}
	if errors.Is(err, errNoSuch) {
		return r.doc, err // a slip of the pen is nothing to remember
	}
	return r.doc, errors.Join(err, r.record(ctx))
}

// errNoSuch says that a run was asked for of what the tenant does not have.
var errNoSuch = errors.New("no such resource")

func (r *run) work(ctx context.Context, sel Select) error {
	var err error
	if r.doc.Rights, err = r.Client.Rights(ctx); err != nil {
		return fmt.Errorf("sign in to %s: %w", r.Tenant.Domain, err)
	}
	seats, err := Resources(ctx, r.Client, r.LastRun, r.Clock.Now())
	if err != nil {
		return fmt.Errorf("list resources of %s: %w", r.Tenant.Domain, err)
	}
	var chosen []model.Resource
	for _, s := range seats {
		r.doc.Seats = append(r.doc.Seats, model.Seat{Resource: s})
		if s.Coverage == model.Protected && sel.takes(s) {
			chosen = append(chosen, s)
		}
	}
	if len(chosen) == 0 && !sel.All() {
		return fault.New(fault.NotFound, fmt.Errorf("%w: %s has nothing that is called %q", errNoSuch, r.Tenant.Domain, sel.Resource), "path", sel.Resource)
	}
	r.Report.Resources(len(chosen))
	if err := r.open(ctx); err != nil {
		return err
	}
	err = r.readAll(ctx, chosen)
	calm, done := context.WithTimeout(context.WithoutCancel(ctx), calmTime)
	defer done()
	err = errors.Join(err, r.flush(calm), r.close(calm))
	if err != nil {
		return err
	}
	// Each flush leaves a small piece of index; joined, the next opening is quick.
	return r.Vault.Tidy(calm)
}

func (r *run) open(ctx context.Context) (err error) {
	r.session, err = r.Vault.Session(ctx, vault.SessionOptions{
		FlushEvery: -1, FlushBytes: math.MaxInt64, // this package flushes, because the journals must know
		Uploaded: func(n int64) {
			r.mu.Lock()
			r.uploaded += n
			r.mu.Unlock()
		},
	})
	return err
}

func (r *run) close(ctx context.Context) error {
	r.mu.Lock()
	left := make([]*journalHandle, 0, len(r.journals))
	for h := range r.journals {
		left = append(left, h)
	}
	r.mu.Unlock()
	err := r.session.Close(ctx)
	for _, h := range left {
		err = errors.Join(err, h.journal.Close())
	}
	return err
}

// readAll reads the chosen resources, several at once. What goes wrong with one
// is its outcome; what would go wrong with all ends the run.
func (r *run) readAll(ctx context.Context, chosen []model.Resource) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(atOnce + 1)
	stop := make(chan struct{})
	work.Go(func() error { return r.flushNowAndThen(ctx, stop) })
	var readers sync.WaitGroup
	for _, res := range chosen {
		if ctx.Err() != nil {
			break
		}
		readers.Add(1)
		work.Go(func() error {
			defer readers.Done()
			return r.readOne(ctx, res)
		})
	}
	readers.Wait()
	close(stop)
	return work.Wait()
}

// flushNowAndThen makes what was read durable while the run goes on, so that a
// kill costs little.
func (r *run) flushNowAndThen(ctx context.Context, stop <-chan struct{}) error {
	ctx, done := context.WithCancel(ctx)
	defer done()
	go func() {
		select {
		case <-stop:
			done()
		case <-ctx.Done():
		}
	}()
	const look = time.Second
	for waited := time.Duration(0); r.Clock.Sleep(ctx, min(look, r.FlushEvery)) == nil; {
		waited += min(look, r.FlushEvery)
		r.Report.Requests(r.meter.Requests())
		r.Report.Waiting(r.meter.WaitingUntil())
		r.mu.Lock()
		full := r.uploaded >= flushBytes
		r.mu.Unlock()
		if waited < r.FlushEvery && !full {
			continue
		}
		waited = 0
		if err := r.flush(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// ends tells what would end every resource's reading from what ends one's.
func ends(err error) bool {
	for _, kind := range []error{graph.ErrSignIn, graph.ErrNetwork, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// record writes the run's document into the ledger.
func (r *run) record(ctx context.Context) error {
	text, err := json.Marshal(r.doc)
	if err != nil {
		return fmt.Errorf("write down the run: %w", err)
	}
	calm, done := context.WithTimeout(context.WithoutCancel(ctx), calmTime)
	defer done()
	s, err := r.Vault.Session(calm, vault.SessionOptions{FlushEvery: -1, FlushBytes: math.MaxInt64})
	if err != nil {
		return fmt.Errorf("write down the run: %w", err)
	}
	err = s.Record(calm, RunDocument, text)
	return errors.Join(err, s.Close(calm))
}

// journalPath is where a resource's journal lies: the name is a hash, because
// ids are long and have characters that file systems refuse.
func (r *run) journalPath(id model.ResourceID) string {
	sum := sha256.Sum256([]byte(id))
	return filepath.Join(r.JournalDir, hex.EncodeToString(sum[:12])+".jsonl")
}

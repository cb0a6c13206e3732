package vault

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/content"
	"github.com/kopia/kopia/repo/manifest"
	"github.com/kopia/kopia/snapshot"

	"vangnet/engine/model"
	"vangnet/store/bucket"
)

// VerifyOptions say how thoroughly to look.
type VerifyOptions struct {
	// ReadPercent is the share of all content that is read back and checked. At
	// zero the index is held against the blobs that are there, which finds what is
	// missing or cut off; at 100 every byte is read, and every snapshot is walked.
	ReadPercent float64
	MaxAffected int    // places named for each damage; zero: 1000
	Seed        uint64 // picks the sample; zero: another one each time
	Progress    func(VerifyProgress)
}

// VerifyProgress is how far verification is. Totals are zero while they are not
// known; those of a sample are expected ones until it is read.
type VerifyProgress struct {
	Contents, ContentsTotal int64  // pieces of content held against the blobs; or read, where some are
	Bytes, BytesTotal       int64  // of the pieces that are read back
	Now                     string // address of the snapshot that is gone through, at the end
}

// Problem says what is wrong with a blob.
type Problem string

// The problems.
const (
	ProblemMissing    Problem = "missing"    // it is not there any more
	ProblemTruncated  Problem = "truncated"  // it is shorter than what was stored
	ProblemChanged    Problem = "changed"    // its bytes are not those that were stored
	ProblemUnreadable Problem = "unreadable" // it cannot be made sense of
	ProblemLost       Problem = "lost"       // no index knows where it is
)

// Damage is one blob that is not as it should be, and what that spoils.
type Damage struct {
	Blob     string // key in the bucket; empty for content that no index knows
	Problem  Problem
	Contents int64 // pieces of content spoiled
	Affected []Affected
	More     int64 // affected places beyond those named
}

// Affected is a place that cannot be restored because of a damage.
type Affected struct {
	Snapshot string `json:"snapshot"`
	Resource string `json:"resource"` // address
	Path     string `json:"path"`     // below the resource; of a folder or item
	What     string `json:"what"`     // item, listing, directory, folders, state or root
}

// Report is what verification found.
type Report struct {
	Blobs        int64
	BlobBytes    int64
	Contents     int64
	ReadContents int64
	ReadBytes    int64
	Snapshots    int64 // in the ledger
	Damage       []Damage
	// NoManifest are snapshots of the ledger that kopia's own list lacks. They can
	// be read here all the same.
	NoManifest []model.Snapshot
	// NoLedger are ids of snapshots that kopia lists and the ledger lacks; see Vault.Heal.
	NoLedger []string
	// StockList says why the stock kopia program cannot list snapshots; empty: it can.
	StockList string
}

// Clean reports whether nothing is wrong. A snapshot that a crash left out of
// the ledger is no damage.
func (r Report) Clean() bool {
	return len(r.Damage) == 0 && len(r.NoManifest) == 0 && r.StockList == ""
}

const defaultMaxAffected = 1000

// verifier is one verification. It reads the bucket, not the cache.
type verifier struct {
	v      *Vault
	ctx    context.Context
	o      VerifyOptions
	report Report
	blobs  *blobs
	repo   repo.DirectRepository
	there  map[blob.ID]int64   // blobs in the bucket and their sizes
	listed map[blob.ID]written // blobs that the ledger says were stored
	snaps  []model.Snapshot

	mu       sync.Mutex
	damage   map[blob.ID]*Damage
	spoiled  map[content.ID]*Damage
	used     map[blob.ID]bool // packs that the index refers to
	progress VerifyProgress
}

// Verify checks the vault. Damage is in the report, not an error; an error means
// that the check could not be made.
func (v *Vault) Verify(ctx context.Context, o VerifyOptions) (Report, error) {
	if o.MaxAffected == 0 {
		o.MaxAffected = defaultMaxAffected
	}
	for o.Seed == 0 {
		var b [8]byte
		rand.Read(b[:]) //nolint:errcheck // never fails
		o.Seed = binary.LittleEndian.Uint64(b[:])
	}
	c := &verifier{
		v: v, ctx: ctx, o: o, there: map[blob.ID]int64{}, listed: map[blob.ID]written{},
		damage: map[blob.ID]*Damage{}, spoiled: map[content.ID]*Damage{}, used: map[blob.ID]bool{},
	}
	if err := c.run(); err != nil {
		return Report{}, fmt.Errorf("verify vault of %s: %w", v.opts.Tenant, err)
	}
	for _, d := range c.damage {
		c.report.Damage = append(c.report.Damage, *d)
	}
	slices.SortFunc(c.report.Damage, func(a, b Damage) int { return cmp.Compare(a.Blob, b.Blob) })
	return c.report, nil
}

func (c *verifier) run() (err error) {
	ro := c.v.opts
	ro.ReadOnly = true
	if c.blobs, err = newBlobs(c.ctx, ro); err != nil {
		return err
	}
	// The ledger first: what is stored meanwhile is then not taken for missing.
	if err := c.readLedger(); err != nil {
		return err
	}
	if err := c.listBlobs(); err != nil {
		return err
	}
	if err := c.compareBlobs(); err != nil {
		return err
	}
	cleanUp, err := c.openFresh(ro)
	if err != nil || c.repo == nil {
		return err
	}
	defer cleanUp()
	if err := c.checkContents(); err != nil {
		return err
	}
	c.dropUnused()
	if err := c.compareManifests(); err != nil {
		return err
	}
	if len(c.damage) > 0 || c.o.ReadPercent >= 100 {
		return c.walk()
	}
	return nil
}

func (c *verifier) readLedger() error {
	marks, prevs := map[string]bool{}, map[string]bool{}
	for r, err := range c.v.ledger.records(c.ctx, "") {
		if err != nil && (!errors.Is(err, ErrDamaged) && !errors.Is(err, bucket.ErrNotFound)) {
			return err
		}
		marks[r.Mark] = true
		if err != nil {
			c.note(c.v.ledger.prefix+r.Mark, ProblemChanged)
			continue
		}
		if r.prev != "" {
			prevs[r.prev] = true
		}
		c.snaps = append(c.snaps, r.Snapshots...)
		for _, w := range r.blobs {
			c.listed[blob.ID(w.ID)] = w
		}
	}
	for mark := range prevs {
		if !marks[mark] {
			c.note(c.v.ledger.prefix+mark, ProblemMissing)
		}
	}
	c.report.Snapshots = int64(len(c.snaps))
	return nil
}

// note adds a damage by key, once.
func (c *verifier) note(key string, p Problem) *Damage {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := blob.ID(key)
	if c.damage[id] == nil {
		c.damage[id] = &Damage{Blob: key, Problem: p}
	}
	return c.damage[id]
}

func (c *verifier) noteBlob(id blob.ID, p Problem) *Damage { return c.note(c.blobs.key(id), p) }

func (c *verifier) listBlobs() error {
	return c.blobs.ListBlobs(c.ctx, "", func(m blob.Metadata) error {
		c.there[m.BlobID] = m.Length
		c.report.Blobs++
		c.report.BlobBytes += m.Length
		return c.ctx.Err()
	})
}

// compareBlobs holds what the ledger says was stored against what is there.
func (c *verifier) compareBlobs() error {
	for id, w := range c.listed {
		size, ok := c.there[id]
		switch {
		case !ok:
			c.noteBlob(id, ProblemMissing)
		case isFormat(id): // changes with the password
		case size < w.Size:
			c.noteBlob(id, ProblemTruncated)
		case size > w.Size:
			c.noteBlob(id, ProblemChanged)
		}
	}
	if c.o.ReadPercent > 0 {
		return c.hashSmallBlobs()
	}
	return nil
}

func isFormat(id blob.ID) bool { return id == formatBlob || id == configBlob }

// hashSmallBlobs reads all index blobs. A damaged one is set aside, so that the
// others can be used.
func (c *verifier) hashSmallBlobs() error {
	for id, w := range c.listed {
		if !strings.HasPrefix(string(id), indexBlob) || c.there[id] != w.Size {
			continue
		}
		data, err := bucket.ReadAll(c.ctx, c.blobs.bucket, c.blobs.key(id), max(w.Size, 1))
		if err != nil {
			return err
		}
		if !w.same(data) {
			c.noteBlob(id, ProblemChanged)
		}
	}
	return nil
}

// openFresh opens the repository as another computer would, without anything
// remembered. Index blobs that cannot be read are noted and set aside. It leaves
// c.repo nil when damage makes opening impossible.
func (c *verifier) openFresh(o Options) (cleanUp func(), err error) {
	for {
		c.blobs.hide(c.damagedIndexes())
		if c.repo, cleanUp, err = c.connectFresh(o); err == nil {
			return cleanUp, nil
		}
		if !errors.Is(err, ErrDamaged) || !c.noteIndex(err) {
			break
		}
	}
	switch {
	case errors.Is(err, ErrNoVault):
		c.noteBlob(formatBlob, ProblemMissing)
	case damaged(err), errors.Is(err, ErrKey):
		if err := c.blameFormat(); err != nil {
			return nil, err
		}
	default:
		return nil, err
	}
	c.affectAll()
	return nil, nil
}

// blameFormat notes which of the two blobs that describe the repository differs
// from what was stored.
func (c *verifier) blameFormat() error {
	found := false
	for _, id := range []blob.ID{formatBlob, configBlob} {
		data, err := bucket.ReadAll(c.ctx, c.blobs.bucket, c.blobs.key(id), 1<<20)
		if err != nil && !errors.Is(err, bucket.ErrNotFound) {
			return err
		}
		if w, ok := c.listed[id]; ok && !w.same(data) {
			c.noteBlob(id, ProblemUnreadable)
			found = true
		}
	}
	if !found {
		c.noteBlob(formatBlob, ProblemUnreadable)
	}
	return nil
}

// noteIndex notes the index blob that an error of kopia speaks of. It reports
// whether there is one that was not known to be damaged.
func (c *verifier) noteIndex(err error) bool {
	text := err.Error()
	for id := range c.there {
		if !strings.HasPrefix(string(id), indexBlob) || !strings.Contains(text, string(id)) {
			continue
		}
		if c.damage[blob.ID(c.blobs.key(id))] == nil {
			c.noteBlob(id, ProblemUnreadable)
			return true
		}
	}
	return false
}

// connectFresh opens the repository without a cache, or every byte would be
// believed to be as it once was. The index is then in memory, some 35 bytes for
// each piece of content; kopia v0.23 cannot keep only that on disk.
func (c *verifier) connectFresh(o Options) (repo.DirectRepository, func(), error) {
	release := register(c.blobs)
	r, err := connect(c.ctx, o, c.blobs, content.CachingOptions{})
	if err != nil {
		release()
		return nil, nil, err
	}
	return r, func() {
		r.Close(context.WithoutCancel(c.ctx)) //nolint:errcheck // only read
		release()
	}, nil
}

func (c *verifier) damagedIndexes() map[blob.ID]bool {
	bad := map[blob.ID]bool{}
	for _, ids := range []iter.Seq[blob.ID]{maps.Keys(c.listed), maps.Keys(c.there)} {
		for id := range ids {
			if strings.HasPrefix(string(id), indexBlob) && c.damage[blob.ID(c.blobs.key(id))] != nil {
				bad[id] = true
			}
		}
	}
	return bad
}

// affectAll marks every snapshot as affected by every damage.
func (c *verifier) affectAll() {
	for _, d := range c.damage {
		for _, s := range c.snaps {
			c.affect(d, s, "", "root")
		}
	}
}

func (c *verifier) affect(d *Damage, s model.Snapshot, path, what string) {
	if len(d.Affected) >= c.o.MaxAffected {
		d.More++
		return
	}
	d.Affected = append(d.Affected, Affected{Snapshot: s.ID, Resource: s.Address, Path: path, What: what})
}

// dropUnused forgets missing packs that nothing refers to: with the whole index
// at hand they are leftovers that a cleaning removed.
func (c *verifier) dropUnused() {
	if len(c.damagedIndexes()) > 0 {
		return
	}
	for id := range c.listed {
		key := blob.ID(c.blobs.key(id))
		if d := c.damage[key]; d != nil && d.Problem == ProblemMissing && isPack(id) && !c.used[id] {
			delete(c.damage, key)
		}
	}
}

func isPack(id blob.ID) bool {
	return strings.HasPrefix(string(id), packData) || strings.HasPrefix(string(id), packMeta)
}

// compareManifests holds kopia's own list against the ledger.
func (c *verifier) compareManifests() error {
	found, err := c.repo.FindManifests(c.ctx, map[string]string{manifest.TypeLabelKey: snapshot.ManifestType})
	if err != nil {
		if err := translate(err); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrMissing) {
			return err
		}
		c.report.StockList = err.Error()
		return nil
	}
	listed := map[string]bool{}
	for _, m := range found {
		listed[m.Labels[snapshotTag]] = true
	}
	for _, s := range c.snaps {
		if !listed[s.ID] {
			c.report.NoManifest = append(c.report.NoManifest, s)
		}
		delete(listed, s.ID)
	}
	delete(listed, "") // snapshots that someone made with the stock program
	for id := range listed {
		c.report.NoLedger = append(c.report.NoLedger, id)
	}
	slices.Sort(c.report.NoLedger)
	return nil
}

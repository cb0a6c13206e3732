package vault

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/manifest"
	"github.com/kopia/kopia/snapshot"

	"vangnet/engine/model"
)

// Heal adds to the ledger the snapshots that only kopia's list knows: those that
// a crash in the very moment of completion left out, or all of them after the
// ledger itself was lost. It returns what it added.
func (v *Vault) Heal(ctx context.Context) ([]model.Snapshot, error) {
	if v.opts.ReadOnly {
		return nil, fmt.Errorf("heal vault of %s: %w", v.opts.Tenant, ErrReadOnly)
	}
	c := &verifier{v: v, ctx: ctx, damage: map[blob.ID]*Damage{}, listed: map[blob.ID]written{}}
	added, err := c.heal()
	if err != nil {
		return nil, fmt.Errorf("heal vault of %s: %w", v.opts.Tenant, err)
	}
	return added, nil
}

func (c *verifier) heal() ([]model.Snapshot, error) {
	ro := c.v.opts
	ro.ReadOnly = true
	var err error
	if c.blobs, err = newBlobs(c.ctx, ro); err != nil {
		return nil, err
	}
	if err := c.readLedger(); err != nil {
		return nil, err
	}
	cleanUp, err := c.openFresh(ro)
	if err != nil {
		return nil, err
	}
	if c.repo == nil {
		return nil, ErrDamaged
	}
	defer cleanUp()
	known := map[string]bool{}
	for _, s := range c.snaps {
		known[s.ID] = true
	}
	found, err := c.repo.FindManifests(c.ctx, map[string]string{manifest.TypeLabelKey: snapshot.ManifestType})
	if err != nil {
		return nil, translate(err)
	}
	var lost []model.Snapshot
	for _, m := range found {
		if id := m.Labels[snapshotTag]; id != "" && !known[id] {
			s, err := c.facts(m.ID)
			if err != nil {
				return nil, err
			}
			lost = append(lost, s)
		}
	}
	if len(lost) == 0 {
		return nil, nil
	}
	_, err = c.v.ledger.append(c.ctx, body{Kind: kindHealed, Snapshots: lost})
	return lost, err
}

// facts reads what a snapshot says of itself in its root.
func (c *verifier) facts(id manifest.ID) (model.Snapshot, error) {
	var s model.Snapshot
	man, err := snapshot.LoadSnapshot(c.ctx, c.repo, id)
	if err != nil {
		return s, translate(err)
	}
	root := model.ObjectID(man.RootObjectID().String())
	o, err := openObject(c.ctx, c.repo, root)
	if err != nil {
		return s, err
	}
	defer o.Close() //nolint:errcheck // only read
	file, err := findFile(o, snapshotFile)
	if err != nil {
		return s, err
	}
	for s, err := range lines[model.Snapshot](func() (*Object, error) { return openObject(c.ctx, c.repo, file) }) {
		s.Root = root
		return s, err
	}
	return s, fmt.Errorf("snapshot %s says nothing of itself: %w", id, ErrDamaged)
}

// findFile finds a file in a directory object, reading no more than it must.
func findFile(r io.Reader, name string) (model.ObjectID, error) {
	dec := json.NewDecoder(bufio.NewReader(r))
	for {
		t, err := dec.Token()
		if err != nil {
			return "", fmt.Errorf("find %s: %w: %w", name, ErrDamaged, err)
		}
		if t == "entries" {
			break
		}
	}
	if _, err := dec.Token(); err != nil { // [
		return "", fmt.Errorf("find %s: %w: %w", name, ErrDamaged, err)
	}
	for dec.More() {
		var e snapshot.DirEntry
		if err := dec.Decode(&e); err != nil {
			return "", fmt.Errorf("find %s: %w: %w", name, ErrDamaged, err)
		}
		if e.Name == name {
			return model.ObjectID(e.ObjectID.String()), nil
		}
	}
	return "", fmt.Errorf("find %s: %w", name, ErrMissing)
}

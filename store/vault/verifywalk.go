package vault

import (
	"errors"

	"github.com/kopia/kopia/repo/content"
	"github.com/kopia/kopia/repo/object"

	"vangnet/engine/model"
)

// finding is a damaged item of a listing.
type finding struct {
	name   string
	damage *Damage
}

// walker goes through all that the ledger's snapshots refer to and says what is
// spoiled. Each listing is read once, however many snapshots share it.
type walker struct {
	*verifier
	listings map[model.ObjectID][]finding
	objects  map[model.ObjectID]*Damage // larger ones that were looked at
}

func (c *verifier) walk() error {
	w := &walker{verifier: c, listings: map[model.ObjectID][]finding{}, objects: map[model.ObjectID]*Damage{}}
	for _, s := range c.snaps {
		c.progress.Now = s.Address
		c.tell()
		if err := w.snapshot(s); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) snapshot(s model.Snapshot) error {
	for _, part := range []struct {
		id   model.ObjectID
		what string
	}{{s.Root, "root"}, {s.State, "state"}} {
		d, err := w.judge(part.id)
		if err != nil {
			return err
		}
		if d != nil {
			w.affect(d, s, "", part.what)
		}
	}
	d, err := w.judge(s.Folders)
	if err != nil {
		return err
	}
	if d != nil {
		w.affect(d, s, "", "folders")
	}
	// What the bucket lost may still be in the cache: it helps to name the rest.
	for f, err := range w.v.Folders(w.ctx, s) {
		if err != nil {
			if damaged(err) {
				return w.ctx.Err()
			}
			return err
		}
		if err := w.folder(s, f); err != nil {
			return err
		}
	}
	return nil
}

// damaged tells what is wrong with the vault from what is wrong with the check.
func damaged(err error) bool { return errors.Is(err, ErrDamaged) || errors.Is(err, ErrMissing) }

func (w *walker) folder(s model.Snapshot, f model.Folder) error {
	d, err := w.judge(f.Dir)
	if err != nil {
		return err
	}
	if d != nil {
		w.affect(d, s, f.Path, "directory")
	}
	if d, err = w.judge(f.Listing); err != nil {
		return err
	}
	if d != nil {
		w.affect(d, s, f.Path, "listing")
	}
	found, err := w.listing(f.Listing)
	for _, item := range found {
		w.affect(item.damage, s, model.JoinAddress(f.Path, item.name), "item")
	}
	return err
}

func (w *walker) listing(id model.ObjectID) ([]finding, error) {
	found, ok := w.listings[id]
	if ok || id == "" {
		return found, nil
	}
	for e, err := range w.v.Entries(w.ctx, id) {
		if err != nil {
			if damaged(err) {
				break // named already, as a listing
			}
			return nil, err
		}
		for _, object := range []model.ObjectID{e.Object, e.MIME} {
			d, err := w.judge(object)
			if err != nil {
				return nil, err
			}
			if d != nil {
				found = append(found, finding{e.Name, d})
			}
		}
	}
	w.listings[id] = found
	return found, w.ctx.Err()
}

// judge returns the damage that spoils an object, nil for none.
func (w *walker) judge(id model.ObjectID) (*Damage, error) {
	if id == "" {
		return nil, nil
	}
	parsed, err := parseID(id)
	if err != nil {
		return w.lost(), nil
	}
	if cid, _, ok := parsed.ContentID(); ok {
		return w.judgeContent(cid)
	}
	d, ok := w.objects[id]
	if ok {
		return d, nil
	}
	d, err = w.judgeParts(parsed)
	if err == nil {
		w.objects[id] = d
	}
	return d, err
}

// judgeParts looks at an object that consists of several pieces: first at those
// that hold its table of contents, then at those that it names.
func (w *walker) judgeParts(id object.ID) (*Damage, error) {
	if inner, ok := id.IndexObjectID(); ok {
		if d, err := w.judge(model.ObjectID(inner.String())); d != nil || err != nil {
			return d, err
		}
	}
	parts, err := w.repo.VerifyObject(w.ctx, id)
	if err != nil {
		if err = translate(err); damaged(err) {
			return w.lost(), w.ctx.Err()
		}
		return nil, err
	}
	for _, cid := range parts {
		if d, err := w.judgeContent(cid); d != nil || err != nil {
			return d, err
		}
	}
	return nil, nil
}

func (w *walker) judgeContent(id content.ID) (*Damage, error) {
	if d := w.isSpoiled(id); d != nil {
		return d, nil
	}
	_, err := w.repo.ContentInfo(w.ctx, id)
	switch {
	case err == nil:
		return nil, nil
	case errors.Is(err, content.ErrContentNotFound):
		d := w.lost()
		w.spoil(id, d)
		return d, nil
	}
	return nil, translate(err)
}

// lost is the damage behind content that no index knows: an index blob that is
// missing or spoiled, if there is one.
func (w *walker) lost() *Damage {
	for id := range w.damagedIndexes() {
		return w.noteBlob(id, ProblemMissing)
	}
	return w.note("", ProblemLost)
}

package export

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"vangnet/engine/export/pst"
	"vangnet/engine/export/pst/check"
	"vangnet/engine/fault"
	"vangnet/engine/model"
)

// deletedItems is the well-known name of the mailbox's own bin.
const deletedItems = "deleteditems"

// pstPart is a part in a PST file.
type pstPart struct {
	*parts
	w       *pst.Writer
	path    string
	limit   int64
	folders map[string]pst.Folder // by what tells a folder of the copy from others
	items   int64
}

func (w *parts) newPST() (part, error) {
	path, err := w.file()
	if err != nil {
		return nil, err
	}
	key := sha256.Sum256(fmt.Appendf(nil, "%s part %d", w.progress.request, w.next))
	p, err := pst.Create(path, pst.Options{Name: w.storeName(), Key: key[:], Folders: pst.FolderNames{Deleted: w.Texts.Deleted}})
	if err != nil {
		return nil, err
	}
	return &pstPart{parts: w, w: p, path: path, limit: min(cmp.Or(w.req.Split, usualPST), mostPST), folders: map[string]pst.Folder{}}, nil
}

// storeName is what Outlook shows: the name of the file.
func (w *parts) storeName() string {
	name := filepath.Base(w.req.Out)
	name = strings.TrimSuffix(name, filepath.Ext(name))
	if w.next > 1 {
		name += fmt.Sprintf(" (%d)", w.next)
	}
	return name
}

// folder makes a folder of a mailbox; those of drives, and empty ones that only
// programs look into, have no place in the file.
func (o *pstPart) folder(ctx context.Context, c *chosen) error {
	if !strings.HasPrefix(string(c.Row.Ref.Resource), mailboxID) || c.Folder.Items == 0 && forPrograms[c.Folder.Class] {
		return nil
	}
	_, err := o.place(ctx, c)
	return err
}

// mailboxID begins the id of a resource that is a mailbox.
const mailboxID = string(model.Mailbox) + ":"

// forPrograms are the container classes of folders that no person opens.
var forPrograms = map[string]bool{"IPF.Configuration": true, "IPF.Contact.RecipientCache": true}

// place finds or makes the folder for a folder of the copy.
func (o *pstPart) place(ctx context.Context, c *chosen) (pst.Folder, error) {
	key := string(c.Row.Ref.Resource) + "\x00" + c.Folder.ID + "\x00" + c.Folder.Path
	if f, ok := o.folders[key]; ok {
		return f, nil
	}
	steps, err := o.mailSteps(ctx, c)
	if err != nil {
		return pst.Top, err
	}
	at := pst.Top
	for i, s := range steps {
		if i == 0 && s.known == deletedItems {
			at = pst.Deleted
			continue
		}
		if at, err = o.w.Folder(at, s.name, s.class); err != nil {
			return pst.Top, fmt.Errorf("folder %s: %w", s.name, err)
		}
	}
	o.folders[key] = at
	return at, nil
}

func (o *pstPart) full(l *loaded) bool {
	return o.items > 0 && l.m != nil && o.w.Size()+pst.Weight(l.m) > o.limit
}

func (o *pstPart) add(ctx context.Context, l *loaded) error {
	f, err := o.place(ctx, l.chosen)
	if err != nil {
		return err
	}
	m := markOf(l.chosen)
	if _, err := o.w.Add(ctx, f, m[:], l.m); err != nil {
		if errors.Is(err, pst.ErrTooLarge) {
			return fault.New(fault.ItemTooLarge, err)
		}
		return err
	}
	o.items++
	return nil
}

// finish completes the file, and reads it back to see that it is sound.
func (o *pstPart) finish(ctx context.Context, _ *model.CoverPage) ([]model.HandoverFile, error) {
	sum, err := o.w.Finish(ctx)
	if err != nil {
		return nil, err
	}
	o.Report.Now(o.path)
	report, err := check.File(ctx, o.path, check.Options{Max: maxFindings})
	if err != nil {
		return nil, err
	}
	for _, f := range report.Findings {
		o.tally.fault(model.ItemFault{Path: filepath.Base(o.path), Code: fault.ExportDamaged, Cause: f.Where + ": " + f.What})
		o.tally.Failed++
	}
	hash, err := sumOf(o.path)
	return []model.HandoverFile{{Name: filepath.Base(o.path), Size: sum.Bytes, SHA256: hash, Items: sum.Messages}}, err
}

// maxFindings is how many findings of the check are listed.
const maxFindings = 20

func (o *pstPart) close() error { return o.w.Close() }

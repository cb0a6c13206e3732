package export

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"vangnet/engine/export/pst"
	"vangnet/engine/fault"
	"vangnet/engine/model"
)

// Sizes of parts.
const (
	leastSplit = 10 << 20 // bytes below which a part is of no use
	usualPST   = 20 << 30 // what Outlook handles well
	mostPST    = 45 << 30 // below what Outlook refuses, 50 GB
)

// part is one file or folder under way.
type part interface {
	// folder makes a folder, for it may be empty.
	folder(ctx context.Context, c *chosen) error
	// full reports whether an item belongs into the next part.
	full(l *loaded) bool
	// add takes an item. After an error it holds nothing of it.
	add(ctx context.Context, l *loaded) error
	// finish completes the part and says which files it is. cover is nil but for
	// the last part.
	finish(ctx context.Context, cover *model.CoverPage) ([]model.HandoverFile, error)
	// close abandons the part unless it is finished.
	close() error
}

// parts writes one part after the other.
type parts struct {
	*exporter
	progress *progress
	next     int // number of the part that is begun next; the first is 1
	open     part
	tally    Tally
	marks    []mark
}

// ready sees to it that a part is open.
func (w *parts) ready() error {
	if w.open != nil {
		return nil
	}
	var err error
	switch w.req.Format {
	case model.ExportPST:
		w.open, err = w.newPST()
	case model.ExportZIP:
		w.open, err = w.newZip()
	case model.ExportEML:
		w.open, err = w.newLoose()
	case model.ExportMBOX:
		w.open, err = w.newMbox()
	default:
		err = fault.New(fault.NotReadable, fmt.Errorf("no format %q", w.req.Format), "form", string(w.req.Format))
	}
	return err
}

// file is the name of the part that is begun: klant.pst, klant-2.pst. What was
// left of it by an attempt that was cut off makes room.
func (w *parts) file() (string, error) {
	name := filepath.Clean(w.req.Out)
	if w.next > 1 {
		ext := filepath.Ext(name)
		name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), w.next, ext)
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("make room for a part: %w", err)
	}
	return name, nil
}

func (w *parts) folder(ctx context.Context, c *chosen) error {
	if err := w.ready(); err != nil {
		return err
	}
	return w.open.folder(ctx, c)
}

func (w *parts) add(ctx context.Context, l *loaded) error {
	if err := w.ready(); err != nil {
		return endError{err}
	}
	if w.open.full(l) {
		if err := w.turn(ctx); err != nil {
			return endError{err}
		}
	}
	err := w.open.add(ctx, l)
	if !errors.Is(err, pst.ErrFull) {
		return err
	}
	if err := w.turn(ctx); err != nil { // a folder has as many items as it can hold
		return endError{err}
	}
	return w.open.add(ctx, l)
}

// turn begins another part.
func (w *parts) turn(ctx context.Context) error {
	if err := w.end(ctx, nil); err != nil {
		return err
	}
	return w.ready()
}

// note marks an item as done with this part.
func (w *parts) note(l *loaded) { w.marks = append(w.marks, markOf(l.chosen)) }

// end completes the open part and writes it down.
func (w *parts) end(ctx context.Context, cover *model.CoverPage) error {
	files, err := w.open.finish(ctx, cover)
	if err != nil {
		return fmt.Errorf("complete part %d: %w", w.next, err)
	}
	w.open = nil
	w.tally.Files = files
	if err := w.progress.finish(w.next, w.tally, w.marks); err != nil {
		return err
	}
	w.merge(w.tally)
	w.tally, w.marks = Tally{}, w.marks[:0]
	w.next++
	return nil
}

// complete ends the last part, with the cover page that tells of all.
func (w *parts) complete(ctx context.Context) error {
	if w.open == nil && len(w.progress.finished) > 0 && len(w.marks) == 0 {
		return w.beside() // an earlier attempt came that far
	}
	if err := w.ready(); err != nil {
		return err
	}
	if w.tally.Saved == 0 && w.result.Saved == 0 {
		return w.nothing()
	}
	cover := w.cover()
	if err := w.end(ctx, &cover); err != nil {
		return err
	}
	return w.beside()
}

// nothing is the error of an export of which no item could be had.
func (w *parts) nothing() error {
	w.merge(w.tally)
	return fault.New(fault.NothingFound, errors.New("no item could be handed over"))
}

// abandon gives the open part up. Finished ones stay.
func (w *parts) abandon() error {
	if w.open == nil {
		return nil
	}
	err := w.open.close()
	w.open = nil
	return err
}

// endError ends the export whatever its cause.
type endError struct{ error }

func (e endError) Unwrap() error { return e.error }

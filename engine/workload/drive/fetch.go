package drive

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/engine/graph/quickxor"
	"vangnet/engine/model"
	"vangnet/engine/workload"
)

// inFlight is how many files of a drive are read at once, and attempts how
// often one is read whose content is not what was announced.
const (
	inFlight = 4
	attempts = 3
)

// fetch reads files into the vault. One that cannot be had is an outcome.
func (r *Reader) fetch(ctx context.Context, files []string) error {
	slices.Sort(files) // the same order in every run
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(inFlight)
	for _, id := range files {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error { return r.fetchOne(ctx, *r.changed[id]) })
	}
	return g.Wait()
}

func (r *Reader) fetchOne(ctx context.Context, i Item) error {
	address := model.JoinAddress(r.Task.Resource.Address, r.places[i.Parent].Path, model.SafeName(i.Name))
	r.Task.Report.Now(address)
	if i.Malware {
		return r.fail(address, i, fmt.Errorf("%w", graph.ErrMalware))
	}
	got, err := r.settle(ctx, &i)
	switch {
	case err == nil:
		return r.saved(i, got)
	case ends(ctx, err):
		return fmt.Errorf("read %s: %w", address, err)
	case errors.Is(err, graph.ErrNotFound):
		return nil // gone since it was listed; the next changes will say so
	}
	return r.fail(address, i, err)
}

// settle reads a file until what arrives is what is announced. A file that
// changed since it was listed is taken as it is now. Microsoft announces other
// sizes and sums for some Office files and pictures than those of the bytes it
// delivers: what arrives twice the same is kept, with a warning.
func (r *Reader) settle(ctx context.Context, i *Item) (got content, err error) {
	sum := ""
	for range attempts {
		got, err = r.store(ctx, *i)
		differs := errors.Is(err, errHash)
		if !differs && !errors.Is(err, graph.ErrChanged) {
			return got, err
		}
		now, again := r.Source.Item(ctx, r.Task.Resource.DriveID, i.ID)
		if again != nil {
			return got, fmt.Errorf("look again after %w: %w", err, again)
		}
		switch {
		case now.CTag != i.CTag || now.QuickXor != i.QuickXor || now.Size != i.Size:
			i.Size, i.CTag, i.QuickXor, i.Modified, i.Malware = now.Size, now.CTag, now.QuickXor, now.Modified, now.Malware
			sum = ""
		case differs && got.sum == sum:
			got.warning = fault.ItemDiffers
			return got, nil
		case differs:
			sum = got.sum
		}
		i.URL = now.URL
	}
	return got, err
}

// ends tells what ends the run from what costs one file.
func ends(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return true
	}
	for _, kind := range []error{graph.ErrNetwork, graph.ErrSignIn, graph.ErrThrottled, errVault} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

var (
	errHash  = errors.New("content does not fit its checksum")
	errVault = errors.New("cannot write to the vault")
)

// content is a file's content in the vault.
type content struct {
	workload.Stored
	sum     string // quickXorHash of what arrived, in base64
	warning string
}

// store reads one file into the vault and checks what arrived: with errHash
// all is there, and not as announced.
func (r *Reader) store(ctx context.Context, i Item) (content, error) {
	body, err := r.Source.Content(ctx, r.Task.Resource.DriveID, i)
	if err != nil {
		return content{}, err
	}
	defer body.Close()
	sum := quickxor.New()
	src := &source{r: io.TeeReader(body, sum)}
	s, err := r.Task.Store.Put(ctx, src, compressible(i.Name))
	switch {
	case src.err != nil:
		return content{}, src.err
	case err != nil:
		return content{}, fmt.Errorf("%w: %w", errVault, err)
	}
	got := content{Stored: s, sum: base64.StdEncoding.EncodeToString(sum.Sum(nil))}
	switch {
	case i.QuickXor == "" && got.Size != i.Size:
		return got, fmt.Errorf("%w: announced %d bytes, arrived %d", errHash, i.Size, got.Size)
	case i.QuickXor != "" && got.sum != i.QuickXor:
		return got, fmt.Errorf("%w: announced %s, arrived %s", errHash, i.QuickXor, got.sum)
	}
	return got, nil
}

// source remembers an error of reading, so that it is told from one of writing.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

func (r *Reader) saved(i Item, got content) error {
	e := model.Entry{
		ID: i.ID, Title: i.Name, Kind: model.KindFile, Size: got.Size, Created: i.Created, Modified: i.Modified,
		Tag: i.CTag, Meta: i.ETag, Form: model.FormFile, Object: got.Object, Hash: "qx:" + got.sum,
		Warning: got.warning,
	}
	if err := r.Task.Journal.Put(i.Parent, e); err != nil {
		return fmt.Errorf("%w: %w", errVault, err)
	}
	r.tally.Saved(got.Size)
	return nil
}

func (r *Reader) fail(address string, i Item, err error) error {
	f := model.ItemFault{Path: address, ID: i.ID, Folder: i.Parent, Cause: err.Error(), Code: fault.CorruptItem}
	switch {
	case errors.Is(err, graph.ErrMalware):
		f.Code = fault.ItemMalware
	case errors.Is(err, graph.ErrLocked):
		f.Code = fault.ItemLocked
	case errors.Is(err, errHash), errors.Is(err, graph.ErrChanged):
		f.Code = fault.HashMismatch
	}
	r.tally.Failed(f)
	if err := r.Task.Journal.Fail(i.Parent, workload.Failure{ItemFault: f}); err != nil {
		return fmt.Errorf("%w: %w", errVault, err)
	}
	return nil
}

// packed are the extensions of files that no compressor makes smaller.
var packed = map[string]bool{
	".jpg": true, ".jpeg": true, ".png": true, ".gif": true, ".webp": true, ".heic": true, ".avif": true,
	".mp3": true, ".m4a": true, ".mp4": true, ".m4v": true, ".mov": true, ".mkv": true, ".webm": true, ".avi": true,
	".zip": true, ".7z": true, ".rar": true, ".gz": true, ".tgz": true, ".bz2": true, ".xz": true, ".zst": true,
	".docx": true, ".xlsx": true, ".pptx": true, ".odt": true, ".ods": true, ".odp": true, ".epub": true, ".jar": true, ".apk": true, ".msix": true,
}

func compressible(name string) bool { return !packed[strings.ToLower(path.Ext(name))] }

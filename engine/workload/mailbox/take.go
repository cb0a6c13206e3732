package mailbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"

	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/rfc5322"
	"vangnet/engine/model"
	"vangnet/engine/workload"
)

// textBytes is how much of a body goes into the listing for searching.
const textBytes = 8 << 10

// untitled stands for an empty subject in addresses.
const untitled = "(no subject)"

// errVault marks errors of our own side: no item is to blame for them.
var errVault = errors.New("cannot write to the vault")

// settle notes what became of one item: its stream is in the vault, or there
// is a cause why it could not be had.
func (r *Reader) settle(ctx context.Context, p *part, w want, k kept, cause error) error {
	switch {
	case cause == nil:
		return r.entered(ctx, p, w, k)
	case errors.Is(cause, graph.ErrNotFound):
		return nil // gone since it was listed; the next changes will say so
	}
	return r.withoutStream(ctx, p, w, cause)
}

// entered notes a saved stream in the journal, with the item's MIME beside it
// where the stream alone is not trusted.
func (r *Reader) entered(ctx context.Context, p *part, w want, k kept) error {
	e := entryOf(w.item, k)
	switch {
	case endsEarly(k.outcome):
		e.Warning = fault.StreamTruncated
	case k.outcome.State != fts.Complete, k.outcome.Unknown > 0, len(k.outcome.Warnings) > 0:
		e.Warning = fault.StreamUnknown
	}
	if e.Warning == fault.StreamTruncated && w.again != nil && w.again.Code == e.Warning {
		return r.noteFailure(w, workload.Failure{ItemFault: r.faultOf(w, errCut), Of: skeleton(w.item)}) // as it was
	}
	r.check(ctx, p, e, k)
	var withoutMIME error
	if e.Warning != "" || r.Trust.Lost() {
		var mime copied
		mime, withoutMIME = r.storeMIME(ctx, p, e)
		switch {
		case errors.Is(withoutMIME, errVault) || ctx.Err() != nil:
			return errors.Join(withoutMIME, ctx.Err())
		case withoutMIME == nil:
			e.MIME = mime.object
		case e.Warning == "":
			e.Warning = fault.StreamNotTrusted
		}
	}
	if e.Warning != "" {
		r.odd.add(e.Warning)
	}
	if err := r.Task.Journal.Put(w.folder.ID, e); err != nil {
		return fmt.Errorf("%w: %w", errVault, err)
	}
	if e.Warning != fault.StreamTruncated {
		r.tally.Saved(k.size)
		return nil
	}
	return r.enteredCut(w, k, withoutMIME)
}

// errCut says that a stream ends in the middle.
var errCut = fmt.Errorf("%w: the stream ends in the middle", graph.ErrTruncated)

// enteredCut has an item whose stream was cut off asked for again in the next
// run. With its MIME it is saved all the same; without, it failed: what came is
// kept, because it is better than nothing.
func (r *Reader) enteredCut(w want, k kept, withoutMIME error) error {
	f := workload.Failure{ItemFault: r.faultOf(w, errCut), Of: skeleton(w.item)}
	if withoutMIME == nil {
		r.tally.Saved(k.size)
		return r.noteFailure(w, f)
	}
	r.tally.Failed(f.ItemFault)
	r.failed.add(w.item.ID)
	return r.noteFailure(w, f)
}

// skeleton is what a folder says of an item, for asking again.
func skeleton(i Item) model.Entry {
	return model.Entry{ID: i.ID, Size: i.Size, Created: i.Created, Modified: i.Modified, Tag: i.ChangeKey}
}

// entryOf is what the listing keeps of an item.
func entryOf(item Item, k kept) model.Entry {
	facts := k.facts
	if facts.Class == "" {
		facts.Class = item.Class
	}
	title := strings.TrimSpace(facts.Subject)
	if title == "" {
		title = untitled
	}
	tag := k.changeKey
	if tag == "" {
		tag = item.ChangeKey
	}
	return model.Entry{
		ID: item.ID, Title: title, Kind: k.kind, Size: k.size, Created: item.Created, Modified: item.Modified,
		Tag: tag, Form: k.form, Object: k.object, Hash: k.hash, Mail: &facts,
	}
}

// withoutStream saves an item whose stream cannot be had by its MIME, or notes
// that it could not be saved. Its stream is asked for again in the next run.
func (r *Reader) withoutStream(ctx context.Context, p *part, w want, cause error) error {
	e := model.Entry{
		ID: w.item.ID, Size: w.item.Size, Created: w.item.Created, Modified: w.item.Modified, Tag: w.item.ChangeKey,
		Form: model.FormMIME, Kind: model.KindMessage, Warning: fault.MIMEOnly,
	}
	failure := workload.Failure{ItemFault: r.faultOf(w, cause), Of: skeleton(w.item)}
	if w.again != nil && w.again.Code == fault.MIMEOnly {
		failure.Code, failure.Cause = fault.MIMEOnly, w.again.Cause // its MIME is in the copy already
		return r.noteFailure(w, failure)
	}
	mime, err := r.storeMIME(ctx, p, e)
	if errors.Is(err, errVault) || ctx.Err() != nil {
		return errors.Join(err, ctx.Err())
	}
	if err == nil {
		return r.enteredMIME(w, e, failure, mime)
	}
	if plain, err := r.Source.Message(ctx, r.Task.Resource.UserID, w.item.ID); err == nil && p.top == "" {
		failure.Path = model.JoinAddress(r.Task.Resource.Address, w.folder.Path, model.SafeName(plain.Subject))
	}
	r.tally.Failed(failure.ItemFault)
	r.failed.add(w.item.ID)
	return r.noteFailure(w, failure)
}

// enteredMIME notes an item whose MIME is in the vault instead of its stream.
func (r *Reader) enteredMIME(w want, e model.Entry, failure workload.Failure, mime copied) error {
	facts := mapi.Facts(mime.message, textBytes)
	e.Object, e.Mail, e.Title = mime.object, &facts, facts.Subject
	if strings.TrimSpace(e.Title) == "" {
		e.Title = untitled
	}
	e.Size, e.Hash = mime.size, mime.hash
	if err := r.Task.Journal.Put(w.folder.ID, e); err != nil {
		return fmt.Errorf("%w: %w", errVault, err)
	}
	r.tally.Saved(mime.size)
	r.odd.add(fault.MIMEOnly)
	failure.Code = fault.MIMEOnly
	return r.noteFailure(w, failure)
}

func (r *Reader) noteFailure(w want, f workload.Failure) error {
	if err := r.Task.Journal.Fail(w.folder.ID, f); err != nil {
		return fmt.Errorf("%w: %w", errVault, err)
	}
	return nil
}

// mimeLimit bounds an item's MIME: Exchange Online allows messages of 150 MB.
const mimeLimit = 300 << 20

// copied is an item's MIME in the vault, with what it says.
type copied struct {
	object  model.ObjectID
	size    int64
	hash    string
	message *mapi.Message
}

// storeMIME reads an item's MIME into the vault.
func (r *Reader) storeMIME(ctx context.Context, p *part, e model.Entry) (copied, error) {
	if p.top == archiveTop {
		return copied{}, errors.New("the plain endpoints do not reach archive mailboxes")
	}
	var s workload.Stored
	var head bytes.Buffer
	sum := sha256.New()
	err := r.Source.MIME(ctx, r.Task.Resource.UserID, e.ID, func(data io.Reader) (err error) {
		head.Reset()
		sum.Reset()
		seen := io.MultiWriter(sum, &limitedBuffer{to: &head, left: 1 << 20})
		src := &sourceReader{r: io.TeeReader(io.LimitReader(data, mimeLimit), seen)}
		s, err = r.Task.Store.Put(ctx, src, true)
		if err != nil && src.err == nil {
			err = fmt.Errorf("%w: %w", errVault, err)
		}
		return err
	})
	if err != nil {
		return copied{}, err
	}
	m, _, err := rfc5322.Parse(&head, rfc5322.Limits{})
	if err != nil {
		return copied{}, err
	}
	return copied{object: s.Object, size: s.Size, hash: hashText([32]byte(sum.Sum(nil))), message: m}, nil
}

// limitedBuffer keeps the first bytes and forgets the rest.
type limitedBuffer struct {
	to   *bytes.Buffer
	left int
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	b.to.Write(p[:n])
	b.left -= n
	return len(p), nil
}

// sourceReader remembers an error of reading, so that it is told from one of writing.
type sourceReader struct {
	r   io.Reader
	err error
}

func (s *sourceReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

package vault

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/kopia/kopia/repo/object"

	"vangnet/engine/model"
)

// ListingRef is a stored listing.
type ListingRef struct {
	Object model.ObjectID // empty for a listing without entries
	Items  int64
	Bytes  int64 // sum of the entries' sizes
}

// Listing stores a folder's entries, one JSON document a line, in the order in
// which they come: by the bytes of Name, none twice. Equal entries make the
// same object. An error of seq ends it.
func (s *Session) Listing(ctx context.Context, seq iter.Seq2[model.Entry, error]) (ListingRef, error) {
	end, err := s.begin()
	if err != nil {
		return ListingRef{}, err
	}
	defer end()
	var ref ListingRef
	id, err := s.writeLines(func(w io.Writer) error {
		last := ""
		for e, err := range seq {
			if err == nil {
				err = checkEntry(e, last)
			}
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				err = writeLine(w, e)
			}
			if err != nil {
				return err
			}
			last = e.Name
			ref.Items++
			ref.Bytes += e.Size
		}
		return nil
	})
	if err != nil {
		return ListingRef{}, fmt.Errorf("put listing into vault of %s: %w", s.v.opts.Tenant, err)
	}
	if ref.Items > 0 {
		ref.Object = id
	}
	return ref, nil
}

// writeLines makes an object of lines that change little from run to run.
func (s *Session) writeLines(fill func(io.Writer) error) (model.ObjectID, error) {
	o := object.WriterOptions{Prefix: metaPrefix, Compressor: listCompressor, MetadataCompressor: compressor, Splitter: metaSplitter}
	return s.write(o, func(w io.Writer) error {
		b := bufio.NewWriterSize(w, 64<<10)
		if err := fill(b); err != nil {
			return err
		}
		return b.Flush()
	})
}

func writeLine(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if len(text) >= maxLine {
		return fmt.Errorf("a line of %d bytes: %w", len(text), ErrBadEntry)
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

func checkEntry(e model.Entry, last string) error {
	if !usableName(e.Name) {
		return fmt.Errorf("entry %s named %q: %w", e.ID, e.Name, ErrBadEntry)
	}
	if last != "" && e.Name <= last {
		return fmt.Errorf("entry %q after %q: %w", e.Name, last, ErrOrder)
	}
	return nil
}

// maxName bounds a name in bytes so that an extension and a mark still fit into
// the 255 that file systems allow.
const maxName = 230

// usableName reports whether a name is one part of a path on any system, so
// that no program that restores the tree can be led out of its folder.
func usableName(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) <= maxName && utf8.ValidString(name) && !strings.ContainsAny(name, "/\\\x00\n")
}

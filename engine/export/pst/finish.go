package pst

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// Finish writes what is left and gives the file its name. Where it fails,
// nothing is left of the file.
func (w *Writer) Finish(ctx context.Context) (Summary, error) {
	if w.broken != nil {
		return Summary{}, w.broken
	}
	w.broken = ErrClosed
	s := Summary{Messages: w.c.messages, Attachments: w.c.attachments, Folders: int64(len(w.folders)) - int64(firstOwn)}
	err := w.finish(ctx)
	if err == nil {
		s.Bytes = sectionAt(len(w.out.closed))
		err = w.publish()
	}
	if err != nil {
		return Summary{}, errors.Join(fmt.Errorf("finish %s: %w", w.path, err), w.Close())
	}
	return s, w.Close()
}

func (w *Writer) finish(ctx context.Context) error {
	if err := w.writeStore(ctx); err != nil {
		return err
	}
	blocks, err := w.writeBlockTree(ctx)
	if err != nil {
		return fmt.Errorf("write the tree of blocks: %w", err)
	}
	nodes, err := w.writeNodeTree(ctx)
	if err != nil {
		return fmt.Errorf("write the tree of nodes: %w", err)
	}
	if err := w.out.close(); err != nil {
		return err
	}
	if err := w.out.end(); err != nil {
		return err
	}
	// Items that failed may have reached further.
	if err := w.f.Truncate(sectionAt(len(w.out.closed))); err != nil {
		return err
	}
	free, err := w.out.writeMaps()
	if err != nil {
		return err
	}
	return w.out.writeHeader(nodes, blocks, free, w.c.version, w.c.high)
}

// publish makes the file last under its name.
func (w *Writer) publish() error {
	if err := w.f.Sync(); err != nil {
		return err
	}
	err := w.f.Close()
	w.f = nil
	if err == nil {
		err = os.Rename(w.path+partSuffix, w.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(w.path+partSuffix))
	}
	return nil
}

// entries hands out the entries of a spool, then io.EOF.
func entries(ctx context.Context, s *spool, size int) (next func() ([]byte, error), err error) {
	r, err := s.reader()
	if err != nil {
		return nil, err
	}
	const many = 4096
	buf := make([]byte, many*size)
	var rest []byte
	return func() ([]byte, error) {
		if len(rest) == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			n, err := io.ReadFull(r, buf)
			if n < size {
				return nil, err
			}
			rest = buf[:n]
		}
		e := rest[:size]
		rest = rest[size:]
		return e, nil
	}, nil
}

func (w *Writer) writeBlockTree(ctx context.Context) (ref, error) {
	next, err := entries(ctx, w.out.blocks, blockEntry)
	if err != nil {
		return ref{}, err
	}
	t := newBlockTree(w.out)
	for {
		e, err := next()
		if errors.Is(err, io.EOF) {
			return t.finish()
		}
		if err == nil {
			err = t.add(e)
		}
		if err != nil {
			return ref{}, err
		}
	}
}

// writeNodeTree merges messages, which lie in a file in the order of their ids,
// with all other nodes.
func (w *Writer) writeNodeTree(ctx context.Context) (ref, error) {
	slices.SortFunc(w.nodes, func(a, b node) int { return cmp.Compare(a.nid, b.nid) })
	next, err := entries(ctx, w.messages, nodeEntry)
	if err != nil {
		return ref{}, err
	}
	t := newNodeTree(w.out)
	others := w.nodes
	add := func(below uint64) error {
		var e [nodeEntry]byte
		for ; len(others) > 0 && uint64(others[0].nid) < below; others = others[1:] {
			putNode(e[:], others[0])
			if err := t.add(e[:]); err != nil {
				return err
			}
		}
		return nil
	}
	for {
		e, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = add(le.Uint64(e))
		}
		if err == nil {
			err = t.add(e)
		}
		if err != nil {
			return ref{}, err
		}
	}
	if err := add(1 << 32); err != nil {
		return ref{}, err
	}
	return t.finish()
}

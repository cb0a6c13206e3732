package rfc5322

import (
	"bytes"
	"fmt"
	"io"

	"vangnet/engine/mapi"
)

// sized is a source that can be read at any place.
type sized interface {
	io.ReaderAt
	Size() int64
}

// Parse reads a mail. Attachments are decoded from the source when they are
// opened: where r is a sized io.ReaderAt (such as a bytes.Reader) that is r,
// else a copy in memory of at most Limits.Size bytes. The error is r's; content
// never causes one.
func Parse(r io.Reader, lim Limits) (*mapi.Message, Warnings, error) {
	if at, ok := r.(sized); ok {
		return ParseAt(at, at.Size(), lim)
	}
	lim = lim.orDefaults()
	b, err := io.ReadAll(io.LimitReader(r, lim.Size+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read mail: %w", err)
	}
	cut := int64(len(b)) > lim.Size
	if cut {
		b = b[:lim.Size]
	}
	m, warn, err := ParseAt(bytes.NewReader(b), int64(len(b)), lim)
	if cut {
		warn.add(WarnCut)
	}
	return m, warn, err
}

// ParseAt is Parse for a source of size bytes that can be read at any place.
// Memory is bounded by the limits and does not grow with attachments.
func ParseAt(r io.ReaderAt, size int64, lim Limits) (*mapi.Message, Warnings, error) {
	p := &parser{lim: lim.orDefaults()}
	m, err := p.message(r, 0, size, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("read mail: %w", err)
	}
	return m, p.warn, nil
}

type parser struct {
	lim   Limits
	warn  Warnings
	parts int
}

// message reads the mail that lies between two places of src.
func (p *parser) message(src io.ReaderAt, from, to int64, depth int) (*mapi.Message, error) {
	lim := p.lim
	lim.Parts = max(1, lim.Parts-p.parts)
	lim.Depth = max(0, lim.Depth-depth)
	root, parts, err := scan(src, from, to, lim, &p.warn)
	p.parts += parts
	if err != nil {
		return nil, err
	}
	b := &builder{p: p, src: src, depth: depth, m: &mapi.Message{}}
	b.headers(&root.header)
	if err := b.content(root); err != nil {
		return nil, err
	}
	b.finish(root)
	return b.m, nil
}

// builder makes one message of its parts.
type builder struct {
	p     *parser
	src   io.ReaderAt
	depth int
	m     *mapi.Message

	plain, html bool
	rich        bool
	codePage    int
	unpacked    []*mapi.Message // what came in parts of TNEF
	unnamed     int             // attachments without a name of their own
}

// section is the content of a part as it lies in the source.
func (b *builder) section(e *entity) *io.SectionReader {
	return io.NewSectionReader(b.src, e.from, max(0, e.to-e.from))
}

// decoded is the content with its transfer encoding undone.
func (b *builder) decoded(e *entity) io.Reader {
	r, known := decoder(e.encoding, b.section(e))
	if !known {
		b.p.warn.add(WarnEncoding)
	}
	return r
}

// blob is the decoded content of a part, to be read when wanted.
func (b *builder) blob(e *entity) (mapi.Blob, error) {
	size, err := io.Copy(io.Discard, b.decoded(e))
	if err != nil {
		return mapi.Blob{}, err
	}
	src, encoding, from, n := b.src, e.encoding, e.from, max(0, e.to-e.from)
	return mapi.NewBlob(size, func() (io.ReadCloser, error) {
		r, _ := decoder(encoding, io.NewSectionReader(src, from, n))
		return io.NopCloser(r), nil
	}), nil
}

package rfc5322

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"sort"
)

// random is the decoded content of a part, to be read at any place. ok is false
// where that would take more memory than a part in memory may.
func (b *builder) random(e *entity) (at io.ReaderAt, size int64, ok bool, err error) {
	switch section := b.section(e); e.encoding {
	case "", "7bit", "8bit", "binary":
		return section, section.Size(), true, nil
	case "base64":
		d, err := newBase64At(section)
		return d, d.size, err == nil, err
	}
	data, err := io.ReadAll(io.LimitReader(b.decoded(e), maxEmbedded+1))
	if err != nil || len(data) > maxEmbedded {
		return nil, 0, false, err
	}
	return bytes.NewReader(data), int64(len(data)), true, nil
}

// base64At decodes base64 at any place: it knows where in the source groups of
// four characters begin, every so often, whatever stands between them.
type base64At struct {
	src   *io.SectionReader
	marks []mark
	size  int64 // of the decoded content
}

// mark is a place where a group begins, and its place in the decoded content.
type mark struct{ in, out int64 }

const markEvery = 32 << 10 // bytes of the source

func newBase64At(src *io.SectionReader) (*base64At, error) {
	d := &base64At{src: src, marks: []mark{{}}}
	r := bufio.NewReaderSize(src, markEvery)
	var at, chars int64
	next := int64(markEvery)
	for {
		c, err := r.ReadByte()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return d, err
		}
		if at++; base64Char(c) == 0 {
			continue
		}
		if chars++; chars%4 == 0 && at >= next {
			d.marks = append(d.marks, mark{at, chars / 4 * 3})
			next = at + markEvery
		}
	}
	d.size = chars/4*3 + max(0, chars%4-1)
	return d, nil
}

func (d *base64At) ReadAt(p []byte, off int64) (int, error) {
	if off >= d.size {
		return 0, io.EOF
	}
	m := d.marks[sort.Search(len(d.marks), func(i int) bool { return d.marks[i].out > off })-1]
	r, _ := decoder("base64", io.NewSectionReader(d.src, m.in, d.src.Size()-m.in))
	if _, err := io.CopyN(io.Discard, r, off-m.out); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(r, p[:min(int64(len(p)), d.size-off)])
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}

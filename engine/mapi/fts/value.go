package fts

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"vangnet/engine/mapi"
)

// value reads the value of a property.
func (r *Reader) value(e Element) (Element, error) {
	f, ok := formOf(e.Tag.Type(), r.string8)
	if !ok {
		return e, r.stop(ReasonUnknownType, e)
	}
	e.Type = f.bagType()
	var err error
	switch {
	case f.multi && f.size > 0:
		e, err = r.fixedList(e, f)
	case f.multi:
		e, err = r.variableList(e, f)
	case f.size > 0:
		if _, err = r.read(r.scratch[:f.size]); err != nil {
			return e, r.trouble(err, e)
		}
		e.Value = f.scalar(r.scratch[:f.size])
		r.learn(e)
	default:
		e, err = r.variable(e, f)
	}
	return e, err
}

// learn keeps the code page of the message for strings that do not name theirs.
func (r *Reader) learn(e Element) {
	if id := e.Tag.ID(); id != mapi.MessageCodepage && id != mapi.InternetCodepage {
		return
	}
	if v, ok := e.Value.(int32); ok && v > 0 {
		r.string8 = int(v)
	}
}

func (r *Reader) count(e Element) (int64, error) {
	if _, err := r.read(r.scratch[:4]); err != nil {
		return 0, r.trouble(err, e)
	}
	return int64(binary.LittleEndian.Uint32(r.scratch[:4])), nil
}

func (r *Reader) variable(e Element, f form) (Element, error) {
	n, err := r.count(e)
	if err != nil {
		return e, err
	}
	e.Size, e.pos = n, position{r.frames.at, r.frames.remain}
	if n > r.lim.Inline {
		r.large = &largeValue{r: r, of: e, left: n}
		e.Stream = r.large
		return e, nil
	}
	b, err := r.bytes(n)
	if err != nil {
		err = r.trouble(err, e)
		if !errors.Is(err, io.EOF) || len(b) == 0 {
			return e, err
		}
		e.Cut = true // the next call ends
	}
	e.Value = f.variable(b)
	return e, nil
}

// believed is how long a value may say it is and be given the memory at once.
const believed = 128 << 10

// bytes reads n bytes. A large n is not to be believed: the memory for it grows
// as they come.
func (r *Reader) bytes(n int64) ([]byte, error) {
	if n <= believed {
		b := make([]byte, n)
		got, err := r.read(b)
		return b[:got], err
	}
	var buf bytes.Buffer
	got, err := io.CopyN(&buf, r.frames, n)
	if r.tee != nil {
		r.tee(buf.Bytes())
	}
	if got == n {
		err = nil
	}
	return buf.Bytes(), err
}

// multiLimit bounds a list of values in memory.
func (r *Reader) multiLimit() int64 { return r.lim.Memory / 4 }

func (r *Reader) fixedList(e Element, f form) (Element, error) {
	n, err := r.count(e)
	if err != nil {
		return e, err
	}
	e.Size = n * int64(f.size)
	if e.Size > r.multiLimit() {
		return r.tooLong(e, e.Size)
	}
	b, err := r.bytes(e.Size)
	if err != nil {
		return e, r.trouble(err, e)
	}
	e.Value = f.list(b)
	return e, nil
}

func (r *Reader) variableList(e Element, f form) (Element, error) {
	n, err := r.count(e)
	if err != nil {
		return e, err
	}
	const header = 32 // what a value costs beside its bytes
	var texts []string
	var blobs [][]byte
	var held int64
	for ; n > 0; n-- {
		size, err := r.count(e)
		if err != nil {
			return e, err
		}
		e.Size += 4 + size
		if held += header + size; held > r.multiLimit() {
			texts, blobs = nil, nil
			if e, err = r.tooLong(e, size); err != nil {
				return e, err
			}
			continue
		}
		b, err := r.bytes(size)
		if err != nil {
			return e, r.trouble(err, e)
		}
		if f.codePage == 0 {
			blobs = append(blobs, b)
		} else {
			texts = append(texts, text(f.codePage, b))
		}
	}
	switch {
	case held > r.multiLimit():
	case f.codePage == 0:
		e.Value = append([][]byte{}, blobs...)
	default:
		e.Value = append([]string{}, texts...)
	}
	return e, nil
}

// tooLong passes over n bytes of a list that is too long to hold.
func (r *Reader) tooLong(e Element, n int64) (Element, error) {
	if r.strict {
		return e, r.stop(ReasonLimit, e)
	}
	r.fault(ReasonLimit, e)
	if n == 0 {
		return e, nil
	}
	skip := &largeValue{r: r, of: e, left: n}
	if _, err := io.Copy(io.Discard, skip); err != nil {
		return e, err
	}
	if skip.left > 0 {
		return e, io.EOF
	}
	return e, nil
}

// largeValue hands out a value as it is read. It ends early, with io.EOF, where
// the stream does; the reader's outcome says so.
type largeValue struct {
	r      *Reader
	of     Element
	left   int64
	silent bool // the reader's tee does not see it
}

func (v *largeValue) Read(p []byte) (int, error) {
	if v.left == 0 || v.r.ended {
		return 0, io.EOF
	}
	if int64(len(p)) > v.left {
		p = p[:v.left]
	}
	n, err := v.r.frames.Read(p)
	v.left -= int64(n)
	if v.r.tee != nil && !v.silent && n > 0 {
		v.r.tee(p[:n])
	}
	if err != nil && v.left > 0 {
		return n, v.r.trouble(err, v.of)
	}
	return n, nil
}

package pst

import (
	"fmt"
	"os"
)

// output is the file being written: a row of sections, of which the last one
// lies in memory until it is full. Blocks and pages never cross sections.
type output struct {
	section
	index  int // number of the open section
	f      *os.File
	closed []free
	bid    uint64 // counter of blocks
	page   uint64 // counter of pages
	blocks *spool // entries of the block tree, in the order of their ids

	spare   section    // the one being written out
	writing chan error // tells when that is done
	syncing chan error // tells when what was written by then is on disk
	failed  error      // why something never was
}

// syncEvery is how many sections are put on disk at once, 32 MB, while the next
// are filled. Otherwise all of the file would wait for the end.
const syncEvery = 128

func newOutput(f *os.File, blocks *spool) *output {
	o := &output{f: f, section: newSection(), spare: newSection(), bid: 1, page: 1, blocks: blocks}
	o.open(0)
	return o
}

// here is the offset in the file of the next free byte.
func (o *output) here() int64 { return sectionAt(o.index) + int64(o.off) }

func (o *output) open(i int) {
	o.index = i
	o.section.open(i)
}

// place makes room for size bytes at a multiple of align and returns it. The
// bytes passed over stay free.
func (o *output) place(size, align int) ([]byte, error) {
	at := roundUp(o.off, align)
	if at+size > sectionSize {
		if err := o.close(); err != nil {
			return nil, err
		}
		o.open(o.index + 1)
		at = roundUp(o.off, align)
	}
	clear(o.buf[o.off:at])
	o.off = at
	return o.buf[at : at+size], nil
}

// close writes the open section out. Encoding and writing go on beside what
// comes next; one section at a time.
func (o *output) close() error {
	if err := o.wait(); err != nil {
		return err
	}
	o.closed = append(o.closed, o.survey())
	o.section, o.spare = o.spare, o.section
	done := make(chan error, 1)
	o.writing = done
	go func(s *section, f *os.File, at int64) { done <- s.write(f, at) }(&o.spare, o.f, sectionAt(o.index))
	if len(o.closed)%syncEvery == 0 {
		o.sync()
	}
	return nil
}

// sync begins to put on disk what is written, once the time before is over.
func (o *output) sync() {
	o.await(&o.syncing)
	done := make(chan error, 1)
	o.syncing = done
	go func(f *os.File) { done <- f.Sync() }(o.f)
}

// wait ends when all closed sections are written. A section that could not be
// written is lost, and with it the file.
func (o *output) wait() error {
	o.await(&o.writing)
	return o.failed
}

// end waits for all that goes on beside. A system tells only once that it could
// not bring something to the disk.
func (o *output) end() error {
	o.await(&o.writing)
	o.await(&o.syncing)
	return o.failed
}

func (o *output) await(what *chan error) {
	if *what == nil {
		return
	}
	if err := <-*what; o.failed == nil {
		o.failed = err
	}
	*what = nil
}

// reserve gives room for the data of a block of at most n bytes. Until seal,
// nothing else may be written.
func (o *output) reserve(n int) ([]byte, error) {
	b, err := o.place(roundUp(n+trailerSize, slotSize), slotSize)
	if err != nil {
		return nil, err
	}
	return b[:n], nil
}

// seal makes a block of the first n bytes that were reserved. Ids of internal blocks have a bit of their own.
func (o *output) seal(n int, internal bool) (bid uint64, err error) {
	total := roundUp(n+trailerSize, slotSize)
	b, ib := o.buf[o.off:o.off+total], o.here()
	clear(b[n : total-trailerSize])
	bid = o.bid << 2
	if internal {
		bid |= 2
	}
	t := b[total-trailerSize:]
	le.PutUint16(t, uint16(n))
	le.PutUint16(t[2:], signature(ib, bid))
	le.PutUint64(t[8:], bid)
	o.spans = append(o.spans, span{from: o.off, data: n, size: total, plain: internal})
	e := o.blocks.next(blockEntry)
	le.PutUint64(e, bid)
	le.PutUint64(e[8:], uint64(ib))
	le.PutUint16(e[16:], uint16(n))
	le.PutUint16(e[18:], 2) // one reference and one for the entry itself
	le.PutUint32(e[20:], 0)
	o.use(o.off, o.off+total)
	o.off += total
	o.bid++
	return bid, o.blocks.flush()
}

// block writes one data block.
func (o *output) block(data []byte) (bid uint64, err error) {
	b, err := o.reserve(len(data))
	if err != nil {
		return 0, err
	}
	copy(b, data)
	return o.seal(len(data), false)
}

// ref is the place of a page.
type ref struct {
	bid uint64
	ib  int64
}

// putPage writes a page whose body fill makes.
func (o *output) putPage(kind byte, fill func(body []byte)) (ref, error) {
	p, err := o.place(pageSize, pageSize)
	if err != nil {
		return ref{}, err
	}
	clear(p)
	fill(p[:pageBody])
	r := ref{bid: o.page, ib: o.here()}
	sealPage(p, kind, signature(r.ib, r.bid), r.bid)
	o.use(o.off, o.off+pageSize)
	o.off += pageSize
	o.page++
	return r, nil
}

// mark is a state of the output that can be returned to.
type mark struct {
	index, off int
	bid        uint64
	blocks     int64
}

func (o *output) mark() mark {
	return mark{index: o.index, off: o.off, bid: o.bid, blocks: o.blocks.size()}
}

// rewind forgets all blocks written since the mark.
func (o *output) rewind(m mark) error {
	if m.index != o.index {
		if err := o.wait(); err != nil {
			return err
		}
		if _, err := o.f.ReadAt(o.buf, sectionAt(m.index)); err != nil {
			return fmt.Errorf("read section %d again: %w", m.index, err)
		}
		o.spans = o.spans[:0] // what was read is encoded
		o.closed = o.closed[:m.index]
	}
	o.index, o.bid = m.index, m.bid
	o.cut(m.off)
	return o.blocks.cut(m.blocks)
}

package pst

// btree builds one of the two page trees bottom-up from entries in the order of
// their keys: a page of every level is open, and goes out when the next entry
// finds it full.
type btree struct {
	o       *output
	kind    byte
	size    int // of a leaf entry
	perPage int // leaf entries
	levels  []btreePage
}

type btreePage struct {
	entries [pageBody]byte
	n       int
}

func newBlockTree(o *output) *btree {
	return &btree{o: o, kind: pageBBT, size: blockEntry, perPage: blocksAPage}
}

func newNodeTree(o *output) *btree {
	return &btree{o: o, kind: pageNBT, size: nodeEntry, perPage: nodesAPage}
}

func (t *btree) capacity(level int) (perPage, size int) {
	if level == 0 {
		return t.perPage, t.size
	}
	return indexAPage, indexEntry
}

// add appends a leaf entry.
func (t *btree) add(entry []byte) error { return t.push(0, entry) }

func (t *btree) push(level int, entry []byte) error {
	if level == len(t.levels) {
		t.levels = append(t.levels, btreePage{})
	}
	perPage, size := t.capacity(level)
	if t.levels[level].n == perPage {
		index, err := t.write(level)
		if err != nil {
			return err
		}
		if err := t.push(level+1, index[:]); err != nil {
			return err
		}
	}
	p := &t.levels[level]
	copy(p.entries[p.n*size:], entry)
	p.n++
	return nil
}

// write writes the open page of a level and returns the entry that leads to it.
func (t *btree) write(level int) (index [indexEntry]byte, err error) {
	p := &t.levels[level]
	perPage, size := t.capacity(level)
	r, err := t.o.putPage(t.kind, func(body []byte) {
		copy(body, p.entries[:p.n*size])
		body[488], body[489], body[490], body[491] = byte(p.n), byte(perPage), byte(size), byte(level)
	})
	if err != nil {
		return index, err
	}
	copy(index[:8], p.entries[:8])
	le.PutUint64(index[8:], r.bid)
	le.PutUint64(index[16:], uint64(r.ib))
	p.n = 0
	return index, nil
}

// finish writes the pages that are still open and returns the root.
func (t *btree) finish() (ref, error) {
	if len(t.levels) == 0 {
		t.levels = append(t.levels, btreePage{})
	}
	for level := 0; ; level++ {
		index, err := t.write(level)
		if err != nil {
			return ref{}, err
		}
		if level == len(t.levels)-1 {
			return ref{bid: le.Uint64(index[8:]), ib: int64(le.Uint64(index[16:]))}, nil
		}
		if err := t.push(level+1, index[:]); err != nil {
			return ref{}, err
		}
	}
}

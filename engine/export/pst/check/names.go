package check

import "encoding/binary"

const (
	nidNameMap   = 0x61
	buckets      = 251
	firstBucket  = 0x1000
	nameEntry    = 8
	maxNames     = firstNamed - 1
	nameStream   = 16 << 20 // bytes of one stream of the name map
	fixedSets    = 3        // GUID indexes below it are built in: none, PS_MAPI, PS_PUBLIC_STRINGS
	tagNameBkts  = 0x00010003
	tagNameGUIDs = 0x00020102
	tagNameEnts  = 0x00030102
	tagNameTexts = 0x00040102
)

// nameSet is what the other steps need of the name map: the ids from firstNamed
// on are defined, n of them.
type nameSet struct {
	n     int
	known bool
}

// nameWalk is the name map under inspection.
type nameWalk struct {
	c       *checker
	w       *place
	guids   int
	entries []byte
	texts   []byte
	records map[[nameEntry]byte]uint16 // what the buckets must hold, and where
}

// checkNames verifies the map of named properties (MS-PST 2.4.7).
func (c *checker) checkNames() {
	n, ok := c.nodes.get(nidNameMap)
	if !ok {
		return // reported with the nodes that every store needs
	}
	m := nameWalk{c: c, w: there("node", nidNameMap), records: map[[nameEntry]byte]uint16{}}
	s := c.open(m.w, n)
	defer s.close()
	b, ok := s.readBag()
	if !ok {
		return
	}
	b.need(tagNameBkts, tagNameGUIDs, tagNameEnts, tagNameTexts)
	if n, ok := b.int32(tagNameBkts); ok && n != buckets {
		c.find(NameMap, m.w, "%d buckets, must be %d", n, buckets)
	}
	guids := m.stream(b, tagNameGUIDs)
	m.entries, m.texts = m.stream(b, tagNameEnts), m.stream(b, tagNameTexts)
	if len(guids)%16 != 0 || len(m.entries)%nameEntry != 0 || len(m.entries)/nameEntry > maxNames {
		c.find(NameMap, m.w, "streams of %d bytes of GUIDs and %d bytes of entries", len(guids), len(m.entries))
	}
	m.guids = len(guids) / 16
	c.names = nameSet{min(len(m.entries)/nameEntry, maxNames), true}
	if c.names.n == 0 || m.guids == 0 {
		c.find(NameMap, m.w, "%d names in %d sets: some readers refuse an empty map", c.names.n, m.guids)
	}
	for i := range c.names.n {
		m.entry(i)
	}
	m.checkBuckets(b)
}

// stream is the bytes of one of the map's streams.
func (m *nameWalk) stream(b *bag, tag uint32) []byte {
	p, ok := b.get(tag)
	if !ok {
		return nil
	}
	if p.size > nameStream {
		m.c.limit(m.w, "bytes of a stream of the name map", nameStream)
		return nil
	}
	d, _ := m.c.valueOf(*m.w, p, nameStream)
	return d
}

// entry verifies one entry and notes what its bucket must hold.
func (m *nameWalk) entry(i int) {
	c, e := m.c, m.entries[i*nameEntry:][:nameEntry]
	w := m.w.within("name", uint64(i))
	wGuid, index := u16(e, 4), u16(e, 6)
	if int(index) != i {
		c.find(NameMap, w, "property index is 0x%X, must be that of its place", index)
	}
	if set := int(wGuid >> 1); set >= fixedSets+m.guids {
		c.find(NameMap, w, "GUID index %d, there are %d", set, fixedSets+m.guids)
	}
	var rec [nameEntry]byte
	copy(rec[:], e)
	if wGuid&1 != 0 {
		text, ok := m.text(w, int64(u32(e, 0)))
		if !ok {
			return
		}
		binary.LittleEndian.PutUint32(rec[:], crc(text))
	}
	if other, ok := m.twin(rec); ok {
		c.find(NameMap, w, "the same name as entry 0x%X", other)
	}
	m.records[rec] = uint16((u32(rec[:], 0) ^ uint32(wGuid)) % buckets)
}

// twin finds another entry of the same name: all but the property index equal.
func (m *nameWalk) twin(rec [nameEntry]byte) (int, bool) {
	key := rec
	key[6], key[7] = 0xFF, 0xFF // no property has this index
	if at, ok := m.records[key]; ok {
		return int(at), true
	}
	m.records[key] = u16(rec[:], 6)
	return 0, false
}

// text is a name in the text stream.
func (m *nameWalk) text(w *place, at int64) ([]byte, bool) {
	if at%4 != 0 || at+4 > int64(len(m.texts)) {
		m.c.find(NameMap, w, "its text lies at %d of %d", at, len(m.texts))
		return nil, false
	}
	n := int64(u32(m.texts, int(at)))
	if n > int64(len(m.texts))-at-4 {
		m.c.find(NameMap, w, "its text lies at %d, of %d bytes: the stream has %d", at, n, len(m.texts))
		return nil, false
	}
	text := m.texts[at+4:][:n]
	m.c.checkText(*w, text)
	return text, true
}

// checkBuckets verifies that every name is in its bucket, and nothing else is.
func (m *nameWalk) checkBuckets(b *bag) {
	c, found := m.c, map[[nameEntry]byte]bool{}
	for _, p := range b.list {
		if p.id < firstBucket || p.typ != ptBinary {
			continue
		}
		bucket, w := p.id-firstBucket, m.w.within("bucket", uint64(p.id-firstBucket))
		if bucket >= buckets {
			c.find(NameMap, w, "there are %d buckets", buckets)
			continue
		}
		d := m.stream(b, p.tag())
		if len(d)%nameEntry != 0 {
			c.find(NameMap, w, "%d bytes, records have %d", len(d), nameEntry)
		}
		for ; len(d) >= nameEntry; d = d[nameEntry:] {
			rec := [nameEntry]byte(d[:nameEntry])
			want, ok := m.records[rec]
			if !ok || u16(d, 6) == 0xFFFF || want != bucket || found[rec] {
				c.find(NameMap, w, "record % x is no name, or not of this bucket, or here twice", rec)
				continue
			}
			found[rec] = true
		}
	}
	for rec, bucket := range m.records {
		if !found[rec] && u16(rec[:], 6) != 0xFFFF {
			c.find(NameMap, m.w.within("name", uint64(u16(rec[:], 6))), "is not in bucket 0x%X", bucket)
		}
	}
}

// valueOf is the value of a property, its first most bytes.
func (c *checker) valueOf(w place, p prop, most int) ([]byte, bool) {
	if p.nid == 0 || p.typ == ptObject {
		return p.value[:min(len(p.value), most)], true
	}
	return c.headOf(w, p.data, most)
}

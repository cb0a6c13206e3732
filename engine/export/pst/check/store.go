package check

import "bytes"

// Properties of the message store.
const (
	nidStore        = 0x21
	tagReplHistory  = 0x0E340102
	tagReplFlags    = 0x0E380003
	tagRecordKey    = 0x0FF90102
	tagFolderMask   = 0x35DF0003
	tagNoRestrict   = 0x6633000B
	tagWriter       = 0x66FA0003
	tagPassword     = 0x67FF0003
	recordKeySize   = 16
	entryIDSize     = 24
	replHistorySize = 24
)

// storeFolders are the properties of the store that name folders, with the bit
// of the mask that says so and the folder where it is fixed.
var storeFolders = []struct {
	tag, bit, nid uint32
}{
	{0x35E00102, 0x01, nidTop}, {0x35E20102, 0x04, 0}, {0x35E30102, 0x08, nidDeleted}, {0x35E40102, 0x10, 0},
	{0x35E50102, 0x20, 0}, {0x35E60102, 0x40, 0}, {0x35E70102, 0x80, nidSearchRoot},
}

// checkStore verifies the message store's properties.
func (c *checker) checkStore() {
	n, ok := c.nodes.get(nidStore)
	if !ok {
		return // reported with the nodes that every store needs
	}
	w := there("node", nidStore)
	s := c.open(w, n)
	defer s.close()
	b, ok := s.readBag()
	if !ok {
		return
	}
	b.need(tagRecordKey, tagName, tagFolderMask, tagReplHistory, tagReplFlags, tagNoRestrict, tagWriter, tagPassword)
	key, ok := b.get(tagRecordKey)
	if ok && (key.size != recordKeySize || allZero(key.value)) {
		c.find(StoreProperty, w, "record key is % x, must be %d bytes, not all zero", key.value, recordKeySize)
	}
	if p, ok := b.get(tagReplHistory); ok {
		v, _ := c.valueOf(*w, p, replHistorySize+1)
		if len(v) != replHistorySize || u32(v, 0) != 1 || u32(v, 20) != 1 {
			c.find(StoreProperty, w, "replication history is % x, must be 1, a GUID, 1", v)
		}
	}
	mask, _ := b.int32(tagFolderMask)
	for _, f := range storeFolders {
		p, ok := b.get(f.tag)
		if ok != (mask&f.bit != 0) {
			c.find(StoreProperty, w, "mask 0x%X, bit 0x%02X of it must say whether property 0x%08X is there", mask, f.bit, f.tag)
		}
		if ok {
			c.checkEntryID(w.within("property", uint64(f.tag)), p, key.value, f.nid)
		}
	}
}

// checkEntryID verifies that an entry id names a folder of this store.
func (c *checker) checkEntryID(w *place, p prop, key []byte, want uint32) {
	if len(p.value) != entryIDSize || !allZero(p.value[:4]) || !bytes.Equal(p.value[4:20], key) {
		c.find(StoreProperty, w, "entry id % x, must be 4 zero bytes, the record key, a folder", p.value)
		return
	}
	nid := u32(p.value, 20)
	_, ok := c.nodes.find(nid)
	if typ := nidType(nid); !ok || (typ != typeFolder && typ != typeSearchFolder) {
		c.find(StoreProperty, w, "folder 0x%X is not there", nid)
	} else if want != 0 && nid != want {
		c.find(StoreProperty, w, "folder 0x%X, must be 0x%X", nid, want)
	}
}

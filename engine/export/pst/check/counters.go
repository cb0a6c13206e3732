package check

import "slices"

// firstIndex are the values of rgnid in an empty file.
func firstIndex(t int) uint32 {
	switch t {
	case typeSearchFolder:
		return 0x4000
	case typeMessage:
		return 0x10000
	case typeHidden:
		return 0x8000
	}
	return 0x400
}

// checkCounters verifies that the header's counters lie above all that is in
// use: what gets the next value must get one that is new.
func (c *checker) checkCounters() {
	for t := range 32 {
		at := 0x2C + 4*t
		have := u32(c.head.raw, at)
		if have < c.topIndex[t] {
			c.find(Counter, field(at), "rgnid[0x%02X] is 0x%X, index 0x%X of that type is in use", t, have, c.topIndex[t])
		}
		if have < firstIndex(t) {
			c.find(Counter, field(at), "rgnid[0x%02X] is 0x%X, new files begin with 0x%X", t, have, firstIndex(t))
		}
		if t >= typeHierarchy && t <= typeFAI && have != u32(c.head.raw, 0x2C+4*typeFolder) {
			c.find(Counter, field(at), "rgnid[0x%02X] is 0x%X, must be the folders' 0x%X", t, have, u32(c.head.raw, 0x2C+4*typeFolder))
		}
	}
	if c.blocks.n > 0 && c.head.nextBlk>>2 <= c.blocks.last>>2 {
		c.find(Counter, field(0x204), "bidNextB is 0x%X, block 0x%X is in use", c.head.nextBlk, c.blocks.last)
	}
	if c.head.nextPage <= c.topPage {
		c.find(Counter, field(0x20), "bidNextP is 0x%X, page id 0x%X is in use", c.head.nextPage, c.topPage)
	}
}

// version is the 0x67F3 of one row.
type version struct{ value, row uint32 }

// noteVersion keeps a row version that must be the only one of its value.
func (c *checker) noteVersion(value, row uint32) {
	if len(c.versions) >= maxNodes {
		return // more rows than nodes: the rows are reported elsewhere
	}
	c.versions = append(c.versions, version{value, row})
}

// checkVersions verifies that no row version of hierarchy and contents tables
// occurs twice.
func (c *checker) checkVersions() {
	slices.SortFunc(c.versions, func(a, b version) int { return int(int64(a.value) - int64(b.value)) })
	for i, v := range c.versions {
		if i > 0 && v.value == c.versions[i-1].value {
			c.find(RowVersion, there("row", uint64(v.row)), "version 0x%X is that of row 0x%X too", v.value, c.versions[i-1].row)
		}
	}
}

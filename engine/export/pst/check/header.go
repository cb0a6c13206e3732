package check

import "fmt"

const (
	headerSize   = 0x234
	partialCRC   = 471 // bytes from crcStart
	fullCRC      = 516
	crcStart     = 8
	smallestFile = dlistAt
)

// header is what later steps need of the file's header.
type header struct {
	raw      []byte
	sections int
	crypt    byte
	unique   uint32
	free     int64
	nextPage uint64
	nextBlk  uint64
	nbt, bbt pageRef
}

// pageRef is a BREF: a page's id and place.
type pageRef struct {
	bid uint64
	at  int64
}

func readRef(b []byte, at int) pageRef { return pageRef{u64(b, at), int64(u64(b, at+8))} }

// openHeader reads the header as far as it decides whether there is anything to
// check.
func (c *checker) openHeader() error {
	if c.size < smallestFile {
		return fmt.Errorf("check PST: %d bytes: %w", c.size, ErrFormat)
	}
	if c.size > maxFile {
		return fmt.Errorf("check PST: %d bytes are more than this checker takes (%d)", c.size, int64(maxFile))
	}
	h := make([]byte, headerSize)
	if err := c.src.read(h, 0); err != nil {
		return fmt.Errorf("check PST: %w", err)
	}
	if string(h[:4]) != "!BDN" || string(h[8:10]) != "SM" {
		return fmt.Errorf("check PST: magic % x, % x: %w", h[:4], h[8:10], ErrFormat)
	}
	if v := u16(h, 0x0A); v != 23 {
		return fmt.Errorf("check PST: file version %d, not 23: %w", v, ErrFormat)
	}
	c.head = header{
		raw: h, crypt: h[0x201], unique: u32(h, 0x28), free: int64(u64(h, 0xC8)),
		nextPage: u64(h, 0x20), nextBlk: u64(h, 0x204),
		nbt: readRef(h, 0xD8), bbt: readRef(h, 0xE8),
		sections: int((c.size - firstAMap) / sectionSize),
	}
	c.head.sections = max(c.head.sections, 0)
	c.used = newExtents(c.head.sections)
	return nil
}

// field is a place in the header, for findings.
func field(at int) *place { return there("header at", uint64(at)) }

// fixedFields are the fields of the header that have one value, and whether old
// versions of Outlook used them for something else.
var fixedFields = []struct {
	at, n int
	want  uint64
	name  string
	aged  bool
}{
	{0x00C, 2, 19, "wVerClient", false},
	{0x00E, 1, 1, "bPlatformCreate", false},
	{0x00F, 1, 1, "bPlatformAccess", false},
	{0x010, 4, 0, "dwReserved1", true},
	{0x014, 4, 0, "dwReserved2", true},
	{0x018, 8, 0, "bidUnused", true},
	{0x0AC, 8, 0, "qwUnused", false},
	{0x0B4, 4, 0, "ROOT.dwReserved", false},
	{0x0D0, 8, 0, "ROOT.cbPMapFree", true},
	{0x0F8, 1, 2, "ROOT.fAMapValid", false},
	{0x0F9, 1, 0, "ROOT.bReserved", false},
	{0x0FA, 2, 0, "ROOT.wReserved", false},
	{0x0FC, 4, 0, "dwAlign", false},
	{0x200, 1, 0x80, "bSentinel", false},
	{0x202, 2, 0, "rgbReserved", false},
}

// checkHeader verifies the fields that do not depend on anything else.
func (c *checker) checkHeader() {
	h := c.head.raw
	for _, sum := range []struct{ at, n int }{{0x004, partialCRC}, {0x20C, fullCRC}} {
		want, got := crc(h[crcStart:crcStart+sum.n]), u32(h, sum.at)
		if want != got {
			c.find(HeaderCRC, field(sum.at), "CRC over %d bytes is 0x%08X, stored is 0x%08X", sum.n, want, got)
		}
	}
	for _, f := range fixedFields {
		var v uint64
		for i := f.n - 1; i >= 0; i-- {
			v = v<<8 | uint64(h[f.at+i])
		}
		switch {
		case v == f.want:
		case f.aged:
			c.aged(Reserved, Header, field(f.at), "%s is 0x%X, must be 0x%X", f.name, v, f.want)
		default:
			c.find(Header, field(f.at), "%s is 0x%X, must be 0x%X", f.name, v, f.want)
		}
	}
	if got := u64(h, 0xB8); got != uint64(c.size) {
		c.find(Header, field(0xB8), "ROOT.ibFileEof is 0x%X, the file has 0x%X bytes", got, c.size)
	}
	if c.head.crypt > 1 {
		c.find(Header, field(0x201), "bCryptMethod is %d, must be 1 or 0: the nodes are not read", c.head.crypt)
	}
	for i := range 128 {
		if b := h[0x180+i]; b != 0xFF {
			c.aged(StaleMaps, MapBytes, field(0x180+i), "rgbFP holds 0x%02X, must be 0xFF", b)
			break
		}
	}
	c.checkLength()
	c.checkGap()
}

// checkLength verifies that the file ends with a section.
func (c *checker) checkLength() {
	n, rest := c.head.sections, (c.size-firstAMap)%sectionSize
	if n == 0 || rest != 0 {
		c.find(Length, there("file of length", uint64(c.size)),
			"length must be 0x%X + n x %d with n > 0; %d bytes lie behind section %d", firstAMap, sectionSize, rest, n)
	}
	last := uint64(firstAMap) + uint64(max(n-1, 0))*sectionSize
	if got := u64(c.head.raw, 0xC0); got != last {
		c.find(Header, field(0xC0), "ROOT.ibAMapLast is 0x%X, the last section starts at 0x%X", got, last)
	}
}

// checkGap verifies that nothing lies between the header and the DList.
func (c *checker) checkGap() {
	b, ok := c.bytes(0x210, dlistAt-0x210)
	if !ok {
		return
	}
	for i, x := range b {
		if x != 0 {
			c.aged(Reserved, Header, field(0x210+i), "0x%02X, must be 0 up to 0x%X", x, dlistAt)
			return
		}
	}
}

package archive

import (
	"encoding/binary"
	"math"
	"time"
)

// Numbers of PKWARE's "APPNOTE.TXT - .ZIP File Format Specification" 6.3.10.
const (
	sigLocal     = 0x04034b50
	sigCentral   = 0x02014b50
	sigEnd       = 0x06054b50
	sigEnd64     = 0x06064b50
	sigLocator64 = 0x07064b50

	methodStore   = 0
	methodDeflate = 8
	methodSealed  = 99

	flagSealed = 1 << 0
	flagUTF8   = 1 << 11

	version20  = 20 // folders and deflate
	version45  = 45 // Zip64
	version51  = 51 // AES
	madeBy     = 3<<8 | 63
	modeFile   = 0o100644 << 16
	modeFolder = 0o040755<<16 | 0x10 // for Unix, and for MS-DOS

	extraZip64 = 0x0001
	extraTime  = 0x5455 // Info-ZIP's extended timestamp
	extraAES   = 0x9901
	extraRoom  = 0xA220 // "Microsoft Open Packaging Growth Hint"
	roomSig    = 0xA028

	endSize       = 22
	end64Size     = 56
	locator64Size = 20

	max16 = math.MaxUint16 // these and above are said in Zip64 fields
	max32 = math.MaxUint32
)

// header is what a ZIP says about an entry.
type header struct {
	name     string
	modified time.Time
	folder   bool
	sealed   bool
	method   uint16 // under the encryption
	crc      uint32
	size     int64
	packed   int64
	offset   int64
}

// local is the header before the content. Its length does not depend on what is
// known only after the content: it is written before and again when that is known.
func (h *header) local() []byte {
	b := make([]byte, 0, 128+len(h.name))
	b = le32(b, sigLocal)
	b = h.common(b, h.large())
	extra := h.extra(nil)
	if !h.folder {
		extra = h.extra(h.sizes())
	}
	b = le16(b, uint16(len(h.name)), uint16(len(extra)))
	b = append(b, h.name...)
	return append(b, extra...)
}

// sizes is a Zip64 field, or one that keeps its room and says nothing.
func (h *header) sizes() []byte {
	if h.large() {
		b := le16(nil, extraZip64, 16)
		return le64(b, uint64(h.size), uint64(h.packed))
	}
	b := le16(nil, extraRoom, 16, roomSig, 0)
	return append(b, make([]byte, 12)...)
}

func (h *header) large() bool { return h.size >= max32 || h.packed >= max32 }

// central is the entry's record in the directory at the end.
func (h *header) central() []byte {
	b := make([]byte, 0, 128+len(h.name))
	b = le32(b, sigCentral)
	b = le16(b, madeBy)
	large := h.large()
	b = h.common(b, large)
	var wide []byte
	if large {
		wide = le64(wide, uint64(h.size), uint64(h.packed))
	}
	if h.offset >= max32 {
		wide = le64(wide, uint64(h.offset))
	}
	if wide != nil {
		wide = append(le16(nil, extraZip64, uint16(len(wide))), wide...)
	}
	extra := h.extra(wide)
	b = le16(b, uint16(len(h.name)), uint16(len(extra)), 0, 0, 0)
	mode := uint32(modeFile)
	if h.folder {
		mode = modeFolder
	}
	b = le32(b, mode, narrow(h.offset))
	b = append(b, h.name...)
	return append(b, extra...)
}

// common is what both headers say in the same words.
func (h *header) common(b []byte, large bool) []byte {
	method, flags, crc := h.method, uint16(flagUTF8), h.crc
	if h.sealed {
		method, flags, crc = methodSealed, flags|flagSealed, 0
	}
	date, clock := dosTime(h.modified)
	b = le16(b, h.version(), flags, method, clock, date)
	if large {
		return le32(b, crc, max32, max32)
	}
	return le32(b, crc, uint32(h.packed), uint32(h.size))
}

func (h *header) version() uint16 {
	switch {
	case h.sealed:
		return version51
	case h.large() || h.offset >= max32:
		return version45
	}
	return version20
}

// extra appends the fields that are the same whatever the sizes.
func (h *header) extra(b []byte) []byte {
	// Programs differ on whether the field has a sign.
	if t := h.modified.Unix(); t >= 0 && t <= math.MaxInt32 {
		b = le16(b, extraTime, 5)
		b = append(b, 1) // a time of modification follows
		b = le32(b, uint32(t))
	}
	if h.sealed {
		b = le16(b, extraAES, 7, 2) // AE-2: no CRC
		b = append(b, "AE\x03"...)  // 256 bits
		b = le16(b, h.method)
	}
	return b
}

// dosTime is a time on the clock of its own zone, in steps of two seconds.
func dosTime(t time.Time) (date, clock uint16) {
	switch year := t.Year(); {
	case t.IsZero() || year < 1980:
		return 1<<5 | 1, 0
	case year > 2107:
		return 127<<9 | 12<<5 | 31, 23<<11 | 59<<5 | 29
	}
	date = uint16(t.Year()-1980)<<9 | uint16(t.Month())<<5 | uint16(t.Day())
	clock = uint16(t.Hour())<<11 | uint16(t.Minute())<<5 | uint16(t.Second()/2)
	return date, clock
}

// ending is what follows the directory's records.
func ending(entries uint64, offset, size int64) []byte {
	var b []byte
	if endingSize(entries, offset, size) > endSize {
		b = le32(b, sigEnd64)
		b = le64(b, end64Size-12)
		b = le16(b, madeBy, version45)
		b = le32(b, 0, 0)
		b = le64(b, entries, entries, uint64(size), uint64(offset))
		b = le32(b, sigLocator64, 0)
		b = le64(b, uint64(offset+size))
		b = le32(b, 1)
	}
	count := uint16(min(entries, max16))
	b = le32(b, sigEnd)
	b = le16(b, 0, 0, count, count)
	b = le32(b, narrow(size), narrow(offset))
	return le16(b, 0)
}

func endingSize(entries uint64, offset, size int64) int64 {
	if entries >= max16 || offset >= max32 || size >= max32 {
		return end64Size + locator64Size + endSize
	}
	return endSize
}

func narrow(n int64) uint32 { return uint32(min(n, max32)) }

func le16(b []byte, values ...uint16) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}

func le32(b []byte, values ...uint32) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

func le64(b []byte, values ...uint64) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

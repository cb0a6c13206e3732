// Package rtf reads the rich text that Outlook keeps in compressed form
// (MS-OXRTFCP), finds the HTML that it may wrap (MS-OXRTFEX) and its plain text.
package rtf

import (
	"encoding/binary"
	"errors"
)

// ErrNotRTF is returned for bytes that are no compressed rich text.
var ErrNotRTF = errors.New("not compressed rich text")

const (
	headerSize   = 16
	lzfu         = 0x75465A4C // "LZFu"
	mela         = 0x414C454D // "MELA": stored as it is
	windowSize   = 4096
	initialRing  = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
	shortestCopy = 2
)

// Decompress restores rich text, at most limit bytes of it. Input that ends too
// early yields what was there: previews may be given only the beginning. The
// checksum is not judged, since the stored bytes are kept anyway.
func Decompress(b []byte, limit int) ([]byte, error) {
	if len(b) < headerSize {
		return nil, ErrNotRTF
	}
	size := int(binary.LittleEndian.Uint32(b[4:]))
	body := b[headerSize:]
	limit = min(limit, size)
	switch binary.LittleEndian.Uint32(b[8:]) {
	case mela:
		return append([]byte{}, body[:min(len(body), limit)]...), nil
	case lzfu:
		return inflate(body, limit), nil
	}
	return nil, ErrNotRTF
}

func inflate(b []byte, limit int) []byte {
	var ring [windowSize]byte
	at := copy(ring[:], initialRing)
	var out []byte
	put := func(c byte) {
		out = append(out, c)
		ring[at] = c
		at = (at + 1) % windowSize
	}
	for len(b) > 0 {
		control := b[0]
		b = b[1:]
		for bit := 0; bit < 8; bit, control = bit+1, control>>1 {
			if len(b) == 0 || len(out) >= limit {
				return out
			}
			if control&1 == 0 {
				put(b[0])
				b = b[1:]
				continue
			}
			if len(b) < 2 {
				return out
			}
			ref := binary.BigEndian.Uint16(b)
			b = b[2:]
			from, n := int(ref>>4), int(ref&0xF)+shortestCopy
			if from == at {
				return out
			}
			for ; n > 0 && len(out) < limit; n-- {
				put(ring[from])
				from = (from + 1) % windowSize
			}
		}
	}
	return out
}

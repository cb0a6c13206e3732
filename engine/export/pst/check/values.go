package check

import "unicode/utf16"

// Property types.
const (
	ptInt16    = 0x0002
	ptInt32    = 0x0003
	ptFloat    = 0x0004
	ptDouble   = 0x0005
	ptCurrency = 0x0006
	ptAppTime  = 0x0007
	ptError    = 0x000A
	ptBool     = 0x000B
	ptObject   = 0x000D
	ptInt64    = 0x0014
	ptString8  = 0x001E
	ptString   = 0x001F
	ptTime     = 0x0040
	ptGUID     = 0x0048
	ptBinary   = 0x0102
	ptMulti    = 0x1000
)

// fixedSize is the size of a value of a type; 0 where it varies, -1 where the
// type is not known.
func fixedSize(typ uint16) int {
	switch typ {
	case ptBool:
		return 1
	case ptInt16:
		return 2
	case ptInt32, ptFloat, ptError:
		return 4
	case ptDouble, ptCurrency, ptAppTime, ptInt64, ptTime:
		return 8
	case ptGUID:
		return 16
	case ptString8, ptString, ptBinary, ptObject:
		return 0
	}
	if typ&ptMulti != 0 && typ != ptMulti|ptObject && fixedSize(typ&^ptMulti) >= 0 {
		return 0
	}
	return -1
}

// checkValue verifies that the bytes of a value have the form of its type. Fixed
// sizes are verified where the value is found.
func (c *checker) checkValue(w place, typ uint16, b []byte) {
	switch typ {
	case ptString:
		c.checkText(w, b)
	case ptMulti | ptString, ptMulti | ptString8, ptMulti | ptBinary:
		c.checkList(w, typ&^ptMulti, b)
	case ptBool:
		if b[0] > 1 {
			c.find(PropValue, w, "a boolean of value %d", b[0])
		}
	default:
		if size := fixedSize(typ &^ ptMulti); typ&ptMulti != 0 && size > 0 && len(b)%size != 0 {
			c.find(PropValue, w, "%d bytes for an array of %d-byte values", len(b), size)
		}
	}
}

// checkText verifies that a text is sound UTF-16 without NUL.
func (c *checker) checkText(w place, b []byte) {
	if len(b)%2 != 0 {
		c.find(PropText, w, "%d bytes are no UTF-16", len(b))
		return
	}
	for i := 0; i < len(b); i += 2 {
		u := rune(u16(b, i))
		switch {
		case u == 0:
			c.find(PropText, w, "NUL at character %d", i/2)
			return
		case !utf16.IsSurrogate(u):
		case i+4 <= len(b) && utf16.DecodeRune(u, rune(u16(b, i+2))) != '\uFFFD':
			i += 2
		default:
			c.find(PropText, w, "lone surrogate 0x%04X at character %d", u, i/2)
			return
		}
	}
}

// checkList verifies the layout of a multi-valued property whose values vary in
// length.
func (c *checker) checkList(w place, typ uint16, b []byte) {
	if len(b) == 0 {
		return
	}
	if len(b) < 4 || int64(u32(b, 0)) > int64(len(b)-4)/4 {
		c.find(PropValue, w, "a list of %d bytes is too short for its count", len(b))
		return
	}
	n := int(u32(b, 0))
	last := 4 + 4*n
	for i := range n {
		from, to := int64(u32(b, 4+4*i)), int64(len(b))
		if i+1 < n {
			to = int64(u32(b, 8+4*i))
		}
		if from != int64(last) || to < from || to > int64(len(b)) {
			c.find(PropValue, w, "item %d of the list lies at %d to %d, %d was expected, of %d", i, from, to, last, len(b))
			return
		}
		if typ == ptString {
			c.checkText(w, b[from:to])
		}
		last = int(to)
	}
}

package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// digest is the source of everything that is made up: the same seed and words
// give the same bytes.
func (w *World) digest(words ...any) [32]byte {
	h := sha256.New()
	_ = binary.Write(h, binary.LittleEndian, w.seed)
	for _, v := range words {
		fmt.Fprintf(h, "\x00%v", v)
	}
	var sum [32]byte
	h.Sum(sum[:0])
	return sum
}

// newID makes a UUID of version 4 from words. Clients parse Edm.Guid values
// strictly, so all ids must be true UUIDs.
func (w *World) newID(words ...any) string {
	sum := w.digest(words...)
	var id uuid.UUID
	copy(id[:], sum[:16])
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// number makes a number from 0 to below n from words.
func (w *World) number(n int, words ...any) int {
	sum := w.digest(words...)
	return int(binary.LittleEndian.Uint64(sum[:8]) % uint64(n))
}

// secretText makes a client secret of the length and alphabet that Entra uses.
func (w *World) secretText(words ...any) string {
	const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~"
	a, b := w.digest(append(words, "a")...), w.digest(append(words, "b")...)
	var out strings.Builder
	for _, c := range append(a[:], b[:8]...) {
		out.WriteByte(alphabet[int(c)%len(alphabet)])
	}
	return out.String()
}

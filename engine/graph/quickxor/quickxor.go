// Package quickxor computes quickXorHash, the content hash that OneDrive and
// SharePoint give for files ("Code Snippets: QuickXorHash Algorithm", Microsoft
// OneDrive API documentation).
//
// The algorithm XORs byte number i into a ring of 160 bits at bit 11·i mod 160.
// Bytes that lie 160 apart meet at the same bit, so this implementation first
// XORs whole lines of 160 bytes together, at the speed of memory, and spreads
// the one line that is left over the ring when the sum is asked for.
package quickxor

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"hash"
)

const (
	// Size is the length of a hash in bytes.
	Size = 20
	// BlockSize is the number of bytes after which positions repeat. Writes of a
	// multiple of it are the fastest.
	BlockSize = 160

	ringBits = Size * 8
	step     = 11
)

type digest struct {
	line   [BlockSize]byte
	length uint64
}

// New returns a hash that computes quickXorHash. It is a hash.Cloner too.
func New() hash.Hash { return &digest{} }

// Sum returns the hash of data.
func Sum(data []byte) [Size]byte {
	var d digest
	d.Write(data) //nolint:errcheck // never fails
	return d.sum()
}

// Text is the base64 form in which Graph writes a hash.
func Text(sum []byte) string { return base64.StdEncoding.EncodeToString(sum) }

// Write takes in more bytes. It never fails.
func (d *digest) Write(p []byte) (int, error) {
	n := len(p)
	at := int(d.length % BlockSize)
	d.length += uint64(n)
	if at > 0 {
		k := subtle.XORBytes(d.line[at:], d.line[at:], p)
		p = p[k:]
	}
	for len(p) >= BlockSize {
		subtle.XORBytes(d.line[:], d.line[:], p[:BlockSize])
		p = p[BlockSize:]
	}
	subtle.XORBytes(d.line[:], d.line[:], p)
	return n, nil
}

// Sum appends the hash of what was written to b.
func (d *digest) Sum(b []byte) []byte {
	sum := d.sum()
	return append(b, sum[:]...)
}

// Clone returns a hash in the same state, so that a caller can go back to it.
func (d *digest) Clone() (hash.Cloner, error) {
	c := *d
	return &c, nil
}

// Reset forgets what was written.
func (d *digest) Reset() { *d = digest{} }

// Size is the length of a hash in bytes.
func (d *digest) Size() int { return Size }

// BlockSize is the number of bytes after which positions repeat.
func (d *digest) BlockSize() int { return BlockSize }

func (d *digest) sum() [Size]byte {
	var ring [Size]byte
	bit := 0
	for _, v := range d.line {
		at, shift := bit/8, bit%8
		ring[at] ^= v << shift
		ring[(at+1)%Size] ^= byte(uint16(v) >> (8 - shift))
		bit = (bit + step) % ringBits
	}
	var length [8]byte
	binary.LittleEndian.PutUint64(length[:], d.length)
	subtle.XORBytes(ring[Size-8:], ring[Size-8:], length[:])
	return ring
}

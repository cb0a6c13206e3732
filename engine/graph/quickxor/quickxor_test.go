package quickxor_test

import (
	"bytes"
	"encoding/binary"
	"hash"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/quickxor"
)

// TestVectors holds hashes computed with other programs.
func TestVectors(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"empty", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", nil},
		{"one byte", "SgAAAAAAAAAAAAAAAQAAAAAAAAA=", []byte{0x4A}},
		{"hello world", "aCgDG9jwBhDc4Q1yawMZAAAAAAA=", []byte("hello world")},
		{"1000 a", "cIADHOAABzjAAQ5waAAcgQhEIAI=", bytes.Repeat([]byte("a"), 1000)},
		{"0..255 four times", "h7xr2dbCayZCQYR9KKhlwDuT4UI=", bytes.Repeat(all, 4)},
	} {
		t.Run(c.name, func(t *testing.T) {
			sum := quickxor.Sum(c.data)
			require.Equal(t, c.want, quickxor.Text(sum[:]))
		})
	}
}

// plain is the definition, bit by bit.
func plain(data []byte) []byte {
	ring := make([]byte, quickxor.Size)
	for i, v := range data {
		for b := range 8 {
			pos := (11*i + b) % 160
			ring[pos/8] ^= v >> b & 1 << (pos % 8)
		}
	}
	n := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	for i, v := range n {
		ring[12+i] ^= v
	}
	return ring
}

func TestAgainstDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 700 {
		data := make([]byte, n)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		h := quickxor.New()
		for rest := data; len(rest) > 0; {
			k := min(len(rest), 1+r.IntN(333))
			h.Write(rest[:k])
			rest = rest[k:]
		}
		require.Equal(t, plain(data), h.Sum(nil), "length %d", n)
		require.Equal(t, h.Sum(nil), h.Sum(nil), "asking twice")
	}
}

func TestReset(t *testing.T) {
	h := quickxor.New()
	h.Write([]byte("something"))
	h.Reset()
	h.Write([]byte("hello world"))
	require.Equal(t, "aCgDG9jwBhDc4Q1yawMZAAAAAAA=", quickxor.Text(h.Sum(nil)))
	require.Equal(t, quickxor.Size, h.Size())
	require.Equal(t, quickxor.BlockSize, h.BlockSize())
}

func TestClone(t *testing.T) {
	h := quickxor.New()
	h.Write([]byte("hello "))
	kept, err := h.(hash.Cloner).Clone()
	require.NoError(t, err)
	h.Write([]byte("nobody"))
	kept.Write([]byte("world"))
	require.Equal(t, "aCgDG9jwBhDc4Q1yawMZAAAAAAA=", quickxor.Text(kept.Sum(nil)))
}

func BenchmarkWrite(b *testing.B) {
	data := make([]byte, 1<<20)
	b.SetBytes(int64(len(data)))
	h := quickxor.New()
	for b.Loop() {
		h.Write(data)
	}
}

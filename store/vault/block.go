package vault

import (
	"errors"
	"io"
	"math"
	"sync"
)

// block is a piece of content on its way into the vault.
type block [256 << 10]byte

// blocks are shared by all: a run puts millions of small items.
var blocks = sync.Pool{New: func() any { return new(block) }}

// fill reads until the block is full or r has ended, which last tells.
func (b *block) fill(r io.Reader) (n int, last bool, err error) {
	for n < len(b) && err == nil {
		var more int
		more, err = r.Read(b[n:])
		n += more
	}
	if errors.Is(err, io.EOF) {
		return n, true, nil
	}
	return n, false, err
}

// How content is probed: some samples, spread over its beginning. Fewer bytes
// than that say too little, and cost little to compress.
const (
	samples    = 16
	sampleSize = 1 << 10
	denseBits  = 7.95 // of 8 in a byte; random bytes come to 7.99 in so many
)

// dense reports content of which no compressor makes less, such as pictures,
// archives and encrypted files: its bytes are nearly evenly spread. What it
// takes for dense in error would have become one hundredth smaller at most by
// the frequency of its bytes; only long repetitions are missed.
func dense(p []byte) bool {
	if len(p) < samples*sampleSize {
		return false
	}
	var counts [256]uint32
	step := (len(p) - sampleSize) / (samples - 1)
	for i := range samples {
		for _, c := range p[i*step : i*step+sampleSize] {
			counts[c]++
		}
	}
	var sum float64
	for _, n := range counts {
		if n > 0 {
			sum += float64(n) * math.Log2(float64(n))
		}
	}
	const total = samples * sampleSize
	return math.Log2(total)-sum/total >= denseBits
}

package drives

import (
	"bytes"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"vangnet/engine/graph/quickxor"
)

// Content is the bytes of one file, which may be far larger than memory. It
// must not change while a drive holds it.
type Content interface {
	// Size is the length in bytes.
	Size() int64
	// Open reads from offset, which lies between 0 and Size, to the end.
	Open(offset int64) (io.ReadCloser, error)
}

// hashed is content that knows its quickXorHash without being read whole.
type hashed interface {
	quickXor() [quickxor.Size]byte
}

var errOffset = errors.New("offset outside of the content")

// Bytes is content held in memory.
func Bytes(b []byte) Content { return inMemory(b) }

type inMemory []byte

func (b inMemory) Size() int64 { return int64(len(b)) }

func (b inMemory) Open(offset int64) (io.ReadCloser, error) {
	if offset < 0 || offset > b.Size() {
		return nil, errOffset
	}
	return io.NopCloser(bytes.NewReader(b[offset:])), nil
}

// File is the content of a file on disk, which must stay as it is.
func File(path string) (Content, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("content from %s: %w", path, err)
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("content from %s: not a regular file", path)
	}
	return onDisk{path: path, size: st.Size()}, nil
}

type onDisk struct {
	path string
	size int64
}

func (f onDisk) Size() int64 { return f.size }

func (f onDisk) Open(offset int64) (io.ReadCloser, error) {
	if offset < 0 || offset > f.size {
		return nil, errOffset
	}
	file, err := os.Open(f.path)
	if err != nil {
		return nil, fmt.Errorf("open content: %w", err)
	}
	if _, err := file.Seek(offset, io.SeekStart); err != nil {
		file.Close()
		return nil, fmt.Errorf("open content: %w", err)
	}
	return file, nil
}

// Generated is content of any size that is made from a seed when it is read:
// the same seed gives the same bytes, unlike seeds unlike bytes. It does not
// compress. Its quickXorHash is known without making all of it.
func Generated(seed uint64, size int64) Content {
	return generated{seed: mix(seed), size: max(size, 0)}
}

// A page is an even number of quickXorHash lines. Every page is the first one
// with one page-specific word XORed into all its words: in the hash that word
// meets itself an even number of times and vanishes, so that any two whole
// pages cancel each other.
const (
	pageWords = 20 * 1024
	pageSize  = pageWords * 8
	wordStep  = 0x9E3779B97F4A7C15
)

type generated struct {
	seed uint64
	size int64
}

func (g generated) Size() int64 { return g.size }

func (g generated) Open(offset int64) (io.ReadCloser, error) {
	if offset < 0 || offset > g.size {
		return nil, errOffset
	}
	return io.NopCloser(&generator{content: g, at: offset}), nil
}

func (g generated) quickXor() [quickxor.Size]byte {
	pages, tail := g.size/pageSize, g.size%pageSize
	from := pages * pageSize
	if pages%2 == 1 {
		from -= pageSize
	}
	h := quickxor.New()
	if _, err := io.Copy(h, &generator{content: g, at: from}); err != nil {
		panic("generated content cannot fail: " + err.Error())
	}
	var sum, lengths [quickxor.Size]byte
	h.Sum(sum[:0])
	read := tail
	if pages%2 == 1 {
		read += pageSize
	}
	binary.LittleEndian.PutUint64(lengths[quickxor.Size-8:], uint64(read)^uint64(g.size))
	subtle.XORBytes(sum[:], sum[:], lengths[:])
	return sum
}

// generator reads generated content from a place.
type generator struct {
	content generated
	at      int64
}

func (r *generator) Read(p []byte) (int, error) {
	left := r.content.size - r.at
	if left <= 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), left)]
	n := len(p)
	for len(p) > 0 {
		k := r.fill(p)
		p = p[k:]
		r.at += int64(k)
	}
	return n, nil
}

// fill writes bytes of the page that r stands in and returns how many.
func (r *generator) fill(p []byte) int {
	page, in := r.at/pageSize, r.at%pageSize
	p = p[:min(int64(len(p)), pageSize-in)]
	own := uint64(0)
	if page > 0 {
		own = mix(r.content.seed ^ uint64(page))
	}
	n := len(p)
	var word [8]byte
	w, skip := uint64(in/8), int(in%8)
	if skip > 0 {
		binary.LittleEndian.PutUint64(word[:], mix(r.content.seed+w*wordStep)^own)
		p = p[copy(p, word[skip:]):]
		w++
	}
	for len(p) >= 8 {
		binary.LittleEndian.PutUint64(p, mix(r.content.seed+w*wordStep)^own)
		p = p[8:]
		w++
	}
	if len(p) > 0 {
		binary.LittleEndian.PutUint64(word[:], mix(r.content.seed+w*wordStep)^own)
		copy(p, word[:])
	}
	return n
}

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable
// Pseudorandom Number Generators, 2014).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// blob is content with its hash, computed when first asked for. Versions of a
// file that differ in metadata only share one.
type blob struct {
	Content
	once sync.Once
	sum  [quickxor.Size]byte
	err  error
}

func newBlob(c Content) *blob { return &blob{Content: c} }

// hash is the quickXorHash in base64.
func (b *blob) hash() (string, error) {
	b.once.Do(func() { b.sum, b.err = hashOf(b.Content) })
	if b.err != nil {
		return "", b.err
	}
	return quickxor.Text(b.sum[:]), nil
}

func hashOf(c Content) (sum [quickxor.Size]byte, err error) {
	if h, ok := c.(hashed); ok {
		return h.quickXor(), nil
	}
	h := quickxor.New()
	if err := copyAll(h, c); err != nil {
		return sum, fmt.Errorf("hash content: %w", err)
	}
	h.Sum(sum[:0])
	return sum, nil
}

// copyAll writes all of c to w and complains when c is shorter than it says.
func copyAll(w io.Writer, c Content) error {
	r, err := c.Open(0)
	if err != nil {
		return err
	}
	defer r.Close()
	n, err := io.Copy(w, r)
	if err != nil {
		return err
	}
	if n != c.Size() {
		return fmt.Errorf("content has %d bytes instead of %d: %w", n, c.Size(), io.ErrUnexpectedEOF)
	}
	return nil
}

package drives_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/quickxor"
	"vangnet/engine/graph/sim/drives"
)

func readAll(t *testing.T, c drives.Content, offset int64) []byte {
	t.Helper()
	r, err := c.Open(offset)
	require.NoError(t, err)
	defer r.Close()
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	return b
}

func TestContentReadsFromAnywhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(file, []byte("0123456789"), 0o600))
	onDisk, err := drives.File(file)
	require.NoError(t, err)
	for _, c := range []drives.Content{drives.Bytes([]byte("0123456789")), onDisk} {
		require.Equal(t, int64(10), c.Size())
		require.Equal(t, "0123456789", string(readAll(t, c, 0)))
		require.Equal(t, "789", string(readAll(t, c, 7)))
		require.Empty(t, readAll(t, c, 10))
		_, err := c.Open(11)
		require.Error(t, err)
	}
	_, err = drives.File(filepath.Dir(file))
	require.Error(t, err)
}

func TestGeneratedIsTheSameFromEveryOffset(t *testing.T) {
	const size = 500_123
	c := drives.Generated(7, size)
	whole := readAll(t, c, 0)
	require.Len(t, whole, size)
	r := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		from := r.Int64N(size + 1)
		require.True(t, bytes.Equal(whole[from:], readAll(t, c, from)), "from %d", from)
	}
	require.NotEqual(t, whole[:1000], readAll(t, drives.Generated(8, 1000), 0), "another seed")
	require.NotEqual(t, whole[:1000], whole[163840:164840], "pages differ")
}

// TestGeneratedHash checks the hash that is known in advance against the bytes.
func TestGeneratedHash(t *testing.T) {
	const page = 163840
	rig := newRig(t)
	for _, size := range []int64{0, 1, 7, 159, 160, 161, page - 1, page, page + 1, 2 * page, 2*page + 5, 3*page + 160, 11*page + 77777} {
		c := drives.Generated(uint64(size)+3, size)
		require.NoError(t, rig.drive.Put("f", c, drives.Times{}))
		nodes, err := rig.drive.Tree("f")
		require.NoError(t, err)
		sum := quickxor.Sum(readAll(t, c, 0))
		require.Equal(t, quickxor.Text(sum[:]), nodes[0].Hash, "size %d", size)
	}
	require.NoError(t, rig.drive.Put("huge", drives.Generated(1, 15<<30), drives.Times{}), "no reading of 15 GB")
	_, err := rig.drive.Tree("")
	require.NoError(t, err)
}

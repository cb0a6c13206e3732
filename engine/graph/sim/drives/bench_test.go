package drives_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim/drives"
)

func BenchmarkGenerated(b *testing.B) {
	const size = 64 << 20
	b.SetBytes(size)
	for b.Loop() {
		r, err := drives.Generated(1, size).Open(0)
		require.NoError(b, err)
		_, err = io.CopyBuffer(struct{ io.Writer }{io.Discard}, r, make([]byte, 32<<10))
		require.NoError(b, err)
	}
}

// BenchmarkFirstDelta lists a drive of 20,000 files through HTTP.
func BenchmarkFirstDelta(b *testing.B) {
	t := &testing.T{}
	r := newRig(t)
	defer r.server.Close()
	for i := range 20_000 {
		require.NoError(b, r.drive.Put(fmt.Sprintf("Map %d/f%d.txt", i/100, i), drives.Generated(uint64(i), 20_000), drives.Times{}))
	}
	for b.Loop() {
		m := &mirror{link: "/root/delta?$top=1000"}
		r.follow(m)
		require.Len(b, m.items, 20_201)
	}
	b.ReportMetric(20_201*float64(b.N)/b.Elapsed().Seconds(), "items/s")
}

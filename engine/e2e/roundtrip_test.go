// Package e2e_test proves the engine as a whole: what it copies out of a
// simulated Microsoft 365 comes back, whatever goes wrong on the way.
package e2e_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/e2e/lab"
	"vangnet/engine/graph/sim"
	"vangnet/store/bucket/miniotest"
)

func TestRoundTripInFolder(t *testing.T) {
	t.Parallel()
	roundTrip(t, lab.New(t, lab.Setup{Fill: lab.Odd(25 << 20), Speed: 4}))
}

func TestRoundTripOnS3(t *testing.T) {
	t.Parallel()
	s := miniotest.Start(t)
	l := lab.New(t, lab.Setup{Storage: s.Address(miniotest.Bucket, "rondje"), Keys: s.Credentials, Lock: "compliance:1d", Fill: lab.Odd(1 << 20)})
	roundTrip(t, l)
	l.Verify()
}

// roundTrip copies everything, deletes it live, puts it back and compares.
func roundTrip(t *testing.T, l *lab.Lab) {
	before := l.Live("")
	require.Greater(t, len(before), 500)
	j := l.Backup()
	require.Zero(t, j.Result.Failed)
	l.Delete("")
	require.Less(t, len(l.Live("")), 100)
	j = l.RestoreAll()
	require.Zero(t, j.Result.Skipped, "nothing was there, so nothing can have been left alone")
	same(t, before, l.Live(""))
	j = l.RestoreAll()
	require.Zero(t, j.Result.Saved, "everything is there: putting it back again does nothing")
	same(t, before, l.Live(""))
}

// same compares two live trees and shows the first differences.
func same(t *testing.T, want, got []sim.TreeItem) {
	t.Helper()
	left := map[string]int{}
	for _, i := range want {
		left[lab.Text(i)]++
	}
	var more []string
	for _, i := range got {
		if text := lab.Text(i); left[text] > 0 {
			left[text]--
		} else {
			more = append(more, text)
		}
	}
	shown := 0
	for text, n := range left {
		if n > 0 && shown < 5 {
			shown++
			t.Errorf("missing %d: %s", n, text)
		}
	}
	for i, text := range more {
		if i < 5 {
			t.Errorf("more than there was: %s", text)
		}
	}
	require.Len(t, got, len(want))
	require.Empty(t, more)
}

// whole is a value as JSON.
func whole(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	require.NoError(t, err)
	return string(b)
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
	"github.com/stretchr/testify/require"
)

func newApp(t *testing.T, out *bytes.Buffer) *app {
	t.Helper()
	a := &app{out: out, err: out, env: func(string) (string, bool) { return "", false }}
	require.NoError(t, a.speak(nil))
	return a
}

// TestTableLinesUp holds that columns begin at the same place of the screen,
// whatever stands before them.
func TestTableLinesUp(t *testing.T) {
	var out bytes.Buffer
	a := newApp(t, &out)
	w := a.table("ctl.col.name", ">ctl.col.size", "ctl.col.path")
	names := []string{"Anna", "日本語株式会社", "e\u0301e\u0301n", "🎉 feest", "", "שלום", "rood \x1b[31m\u202e\n"}
	for i, n := range names {
		w.add(n, fmt.Sprint(10*i), "|")
	}
	require.NoError(t, w.close())
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	require.Len(t, lines, len(names)+1)
	place := runewidth.StringWidth(strings.SplitN(lines[1], "|", 2)[0])
	for _, l := range lines[1:] {
		before, _, ok := strings.Cut(l, "|")
		require.True(t, ok, l)
		require.Equal(t, place, runewidth.StringWidth(before), l)
	}
	require.NotContains(t, out.String(), "\x1b")
	require.NotContains(t, out.String(), "\u202e")
}

// TestTableStreams holds that a long table is written before it is whole.
func TestTableStreams(t *testing.T) {
	var out bytes.Buffer
	w := newApp(t, &out).table("ctl.col.path")
	for i := range 10 * chunk {
		w.add(fmt.Sprint("row ", i))
		require.LessOrEqual(t, len(w.rows), chunk)
	}
	require.NoError(t, w.close())
	require.Equal(t, 10*chunk+1, strings.Count(out.String(), "\n"))
}

func TestMoment(t *testing.T) {
	a := newApp(t, &bytes.Buffer{})
	for text, want := range map[string]string{
		"": "0001-01-01T00:00:00Z", "2026-11-14T09:00:00Z": "2026-11-14T09:00:00Z", "2026-11-14T09:00:00+02:00": "2026-11-14T07:00:00Z",
	} {
		got, err := a.moment(text, true)
		require.NoError(t, err)
		require.Equal(t, want, got.Format("2006-01-02T15:04:05Z07:00"))
	}
	begin, err := a.moment("2026-11-14", false)
	require.NoError(t, err)
	end, err := a.moment("2026-11-14", true)
	require.NoError(t, err)
	require.Equal(t, "24h0m0s", (end.Sub(begin) + 1).String())
	for _, text := range []string{"14-11-2026", "2026-13-01", "vandaag", "2026-11-14 09:00"} {
		_, err := a.moment(text, true)
		require.Error(t, err)
		require.Equal(t, exitUse, a.fail(context.Background(), err))
	}
}

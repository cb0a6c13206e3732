package ical_test

import (
	"bytes"
	"strings"
	"testing"

	"vangnet/engine/mapi/ical"
	"vangnet/engine/mapi/ical/icaltest"
)

type pair struct {
	Name     string   `json:"name"`
	Original string   `json:"original"`
	Written  []string `json:"written"`
}

// TestRoundTrip reads and writes all calendars, and has other programs say what
// became different.
func TestRoundTrip(t *testing.T) {
	var pairs []pair
	for _, f := range icaltest.All() {
		items, _ := parse(t, f.Data)
		p := pair{Name: f.Name, Original: string(f.Data)}
		for _, m := range items {
			p.Written = append(p.Written, string(write(t, m)))
		}
		pairs = append(pairs, p)
	}
	lines := python(t, "testdata/compare.py", pairs)
	if lines[len(lines)-1] != "done" {
		t.Errorf("the comparison did not end: %q", lines[len(lines)-1])
	}
	for _, l := range lines[:len(lines)-1] {
		t.Error(l)
	}
}

// TestThroughStreams writes each item before and after the form in which
// Exchange exports it.
func TestThroughStreams(t *testing.T) {
	for _, f := range append(icaltest.All(), icaltest.Broken()...) {
		items, _ := parse(t, f.Data)
		for _, m := range items {
			first := write(t, m)
			if got := write(t, stream(t, m)); !bytes.Equal(got, first) {
				t.Errorf("%s:\n%s\nbecame\n%s", f.Name, first, got)
			}
		}
	}
}

// TestManyLinesKept takes more unknown lines through a stream than a text in
// memory may have there.
func TestManyLinesKept(t *testing.T) {
	text := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260302T090000Z\r\n" + strings.Repeat("X-EEN:"+strings.Repeat("a", 1000)+"\r\n", 100) + "END:VEVENT\r\nEND:VCALENDAR\r\n"
	items, _ := parse(t, []byte(text))
	if n := bytes.Count(write(t, stream(t, items[0])), []byte("X-EEN:")); n != 100 {
		t.Errorf("%d of 100 lines", n)
	}
}

// TestAgain reads what was written: the second time, nothing changes any more.
func TestAgain(t *testing.T) {
	for _, f := range append(icaltest.All(), icaltest.Broken()...) {
		items, _ := parse(t, f.Data)
		for _, m := range items {
			first := write(t, m)
			again, warn := parse(t, first)
			if len(again) != 1 {
				t.Errorf("%s: %d items of\n%s", f.Name, len(again), first)
				continue
			}
			if warn.Has(ical.WarnSyntax) {
				t.Errorf("%s: we write what has to be repaired:\n%s", f.Name, first)
			}
			if got := write(t, again[0]); !bytes.Equal(got, first) {
				t.Errorf("%s:\n%s\nbecame\n%s", f.Name, first, got)
			}
		}
	}
}

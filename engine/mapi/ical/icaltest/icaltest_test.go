package icaltest_test

import (
	"bytes"
	"testing"

	"vangnet/engine/mapi/ical/icaltest"
)

func TestManyAndAlwaysTheSame(t *testing.T) {
	all, again := icaltest.All(), icaltest.All()
	if len(all) < 60 || len(icaltest.Broken()) < 20 {
		t.Errorf("%d calendars, %d broken ones", len(all), len(icaltest.Broken()))
	}
	names, tasks := map[string]bool{}, 0
	for i, f := range append(all, icaltest.Broken()...) {
		if names[f.Name] {
			t.Errorf("%s twice", f.Name)
		}
		names[f.Name] = true
		if bytes.Contains(f.Data, []byte("BEGIN:VTODO")) {
			tasks++
		}
		if i < len(again) && !bytes.Equal(f.Data, again[i].Data) {
			t.Errorf("%s differs from call to call", f.Name)
		}
		for l := range bytes.Lines(f.Data) {
			if i < len(all) && len(l) > 77 {
				t.Errorf("%s has a line of %d bytes", f.Name, len(l))
			}
		}
	}
	if tasks < 15 {
		t.Errorf("%d calendars with tasks", tasks)
	}
}

package ical_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/ical"
	"vangnet/engine/mapi/ical/icaltest"
)

// TestBroken finds the healthy event beside every kind of damage, and more than
// nothing of the damaged one.
func TestBroken(t *testing.T) {
	var pairs []pair
	for _, f := range icaltest.Broken() {
		items, warn := parse(t, f.Data)
		healthy := strings.Count(string(f.Data), "gezond@contoso.example")
		wanted := max(strings.Count(string(f.Data), "BEGIN:VEVENT"), healthy)
		found := 0
		for _, m := range items {
			if mapi.SubjectOf(m) == "Gezond" && m.Props.NamedTime(mapi.AppointmentStart).Equal(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)) {
				found++
			}
			pairs = append(pairs, pair{Name: f.Name, Original: string(write(t, m)), Written: []string{string(write(t, m))}})
		}
		if found != healthy || len(items) != wanted {
			t.Errorf("%s: %d of %d items, %d of %d healthy ones", f.Name, len(items), wanted, found, healthy)
		}
		if want, ok := said[f.Name]; ok && !warn.Has(want) {
			t.Errorf("%s: warnings %v, want %s", f.Name, warn, want)
		}
	}
	for _, l := range python(t, "testdata/compare.py", pairs) {
		if l != "done" {
			t.Error(l)
		}
	}
}

// said are the warnings that some kinds of damage must bring.
var said = map[string]ical.Warning{
	"no-colon": ical.WarnSyntax, "raw-line-ends": ical.WarnSyntax, "unclosed-event": ical.WarnSyntax, "wrong-end": ical.WarnSyntax,
	"stray-end": ical.WarnSyntax, "open-quote": ical.WarnSyntax, "inner-quotes": ical.WarnSyntax, "no-start": ical.WarnNoStart,
	"bad-dates": ical.WarnTime, "end-before-start": ical.WarnTime, "no-uid": ical.WarnNoUID, "bad-rule": ical.WarnRule,
	"huge-rule": ical.WarnRule, "unknown-zone": ical.WarnZone, "bad-file": ical.WarnFile, "old-calendar": ical.WarnRule,
	"deep": ical.WarnSyntax, "latin-1": ical.WarnCharset, "cut-off": ical.WarnCut,
}

// TestRepaired looks at what the repair makes of some damage.
func TestRepaired(t *testing.T) {
	for name, want := range map[string]func(m *mapi.Message) bool{
		"raw-line-ends": func(m *mapi.Message) bool {
			text, _ := mapi.BodyText(m, 1000)
			return text == "eerste regel\ntweede regel zonder inspringen\nderde" && mapi.SubjectOf(m) == "x"
		},
		"inner-quotes": func(m *mapi.Message) bool {
			return len(m.Recipients) == 1 && mapi.RecipientAddress(m.Recipients[0]).String() == "Jan de Man Jansen <jan@contoso.example>"
		},
		"old-calendar": func(m *mapi.Message) bool {
			text, _ := mapi.BodyText(m, 1000)
			return mapi.SubjectOf(m) == "Café en meer" && text == "regel\ntwee"
		},
		"odd-times": func(m *mapi.Message) bool {
			return m.Props.NamedTime(mapi.AppointmentEnd).Equal(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))
		},
		"bad-escapes": func(m *mapi.Message) bool { return mapi.SubjectOf(m) == `C:\temp\x \q einde\` },
		"latin-1":     func(m *mapi.Message) bool { return m.Props.NamedString(mapi.Location) == "Café" },
		"folded-characters": func(m *mapi.Message) bool {
			return m.Props.NamedString(mapi.Location) == "Café"
		},
	} {
		for _, f := range icaltest.Broken() {
			if f.Name != name {
				continue
			}
			if items, _ := parse(t, f.Data); len(items) == 0 || !want(items[0]) {
				t.Errorf("%s: %v", name, items)
			}
		}
	}
}

// TestLimits keeps to what is allowed.
func TestLimits(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("BEGIN:VCALENDAR\r\n")
	for range 10 {
		b.WriteString("BEGIN:VEVENT\r\nDTSTART:20260302T090000Z\r\nSUMMARY:x\r\nDESCRIPTION:" + strings.Repeat("é", 100) + "\r\nATTENDEE:mailto:a@b.example\r\nATTENDEE:mailto:c@b.example\r\nEND:VEVENT\r\n")
	}
	b.WriteString("END:VCALENDAR\r\n")
	items, warn, err := ical.Parse(bytes.NewReader(b.Bytes()), ical.Limits{Items: 3, Text: 21, People: 1})
	if err != nil || len(items) != 3 || !warn.Has(ical.WarnTooMany) || !warn.Has(ical.WarnTooLong) {
		t.Fatalf("%d items, %v, %v", len(items), warn, err)
	}
	if got := items[0].Props.String(mapi.Body); got != strings.Repeat("é", 10) || len(items[0].Recipients) != 1 {
		t.Errorf("%q, %d people", got, len(items[0].Recipients))
	}
	items, warn, err = ical.Parse(bytes.NewReader(b.Bytes()), ical.Limits{Size: 1000})
	if err != nil || len(items) != 3 || !warn.Has(ical.WarnCut) {
		t.Errorf("%d items, %v, %v", len(items), warn, err)
	}
	items, warn, _ = ical.Parse(bytes.NewReader(b.Bytes()), ical.Limits{Properties: 2})
	if len(items) != 10 || !warn.Has(ical.WarnTooMany) {
		t.Errorf("%d items, %v", len(items), warn)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, bytes.ErrTooLarge }

func TestReaderFails(t *testing.T) {
	if _, _, err := ical.Parse(failing{}, ical.Limits{}); err == nil {
		t.Error("no error")
	}
}

package zone_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"vangnet/engine/mapi/zone"
)

func load(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

var places = []string{
	"Europe/Amsterdam", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Europe/London", "Europe/Dublin", "America/Sao_Paulo",
	"Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "America/Santiago", "Asia/Jerusalem", "Africa/Cairo", "Europe/Istanbul", "UTC",
}

// TestFollowsTheDatabase compares every six hours of many years.
func TestFollowsTheDatabase(t *testing.T) {
	years := []int{1960, 1985, 2005, 2024, 2060}
	if testing.Short() {
		years = years[2:4]
	}
	for _, name := range places {
		loc := load(t, name)
		for _, from := range years {
			start := time.Date(from, 6, 1, 0, 0, 0, 0, time.UTC)
			z := zone.FromLocation(loc, name, from, from+12, start)
			odd := 0
			for at := start; at.Year() < from+12; at = at.Add(7 * time.Hour) {
				_, want := at.In(loc).Zone()
				if z.Offset(at) != time.Duration(want)*time.Second {
					odd++
					continue
				}
				if back := z.Instant(z.Local(at)); !back.Equal(at) && z.Local(back) != z.Local(at) {
					t.Fatalf("%s: %v becomes %v", name, at, back)
				}
			}
			if odd > allowed[name] {
				t.Errorf("%s from %d: %d moments are off", name, from, odd)
			}
			again, err := zone.DecodeDefinition(z.Definition(from, true))
			if err != nil || again.Name != name || len(again.Rules) != len(z.Rules) {
				t.Fatalf("%s: %v, %v", name, again, err)
			}
			for i, r := range again.Rules {
				if r != z.Rules[i] {
					t.Errorf("%s: %+v became %+v", name, z.Rules[i], r)
				}
			}
		}
	}
}

// allowed are the places whose years had more changes than Windows can say: a
// month of Ramadan without daylight saving time, or two offsets in one summer.
var allowed = map[string]int{"Africa/Casablanca": 1900, "Africa/Cairo": 300, "Australia/Lord_Howe": 264, "America/Sao_Paulo": 360}

func TestBorders(t *testing.T) {
	loc := load(t, "Europe/Amsterdam")
	z := zone.FromLocation(loc, "W. Europe Standard Time", 2026, 2026, time.Time{})
	for _, c := range []struct{ wall, utc string }{
		{"2026-03-29 01:59", "2026-03-29 00:59"}, {"2026-03-29 02:30", "2026-03-29 01:30"}, {"2026-03-29 03:00", "2026-03-29 01:00"},
		{"2026-10-25 02:30", "2026-10-25 00:30"}, {"2026-10-25 03:00", "2026-10-25 02:00"}, {"2026-12-31 23:59", "2026-12-31 22:59"},
	} {
		wall, _ := time.Parse("2006-01-02 15:04", c.wall)
		if got := z.Instant(wall).Format("2006-01-02 15:04"); got != c.utc {
			t.Errorf("%s is %s, want %s", c.wall, got, c.utc)
		}
	}
}

// pacific is the structure of the example in MS-OXOCAL 4.1.5: Pacific time with
// the rules that began in 2007.
const pacific = "E0010000" + "00000000" + "C4FFFFFF" + "0000" + "00000B00000001000200000000000000" + "0000" + "00000300000002000200000000000000"

func TestStruct(t *testing.T) {
	b, err := hex.DecodeString(pacific)
	if err != nil {
		t.Fatal(err)
	}
	r, err := zone.DecodeStruct(b)
	if err != nil {
		t.Fatal(err)
	}
	own := zone.FromLocation(load(t, "America/Los_Angeles"), "Pacific Standard Time", 2026, 2026, time.Time{})
	if !own.Rules[0].SameClock(r) {
		t.Errorf("%+v\n%+v", own.Rules[0], r)
	}
	if got := hex.EncodeToString(r.Struct()); !strings.EqualFold(got, pacific) {
		t.Errorf("%s", got)
	}
}

func TestNames(t *testing.T) {
	for iana, want := range map[string]string{
		"Europe/Amsterdam": "W. Europe Standard Time", "America/New_York": "Eastern Standard Time", "Asia/Kolkata": "India Standard Time",
		"Asia/Calcutta": "India Standard Time", "Pacific/Auckland": "New Zealand Standard Time", "UTC": "UTC", "Europe/Brussels": "Romance Standard Time",
	} {
		if got, ok := zone.Windows(iana); !ok || got != want {
			t.Errorf("%s: %q", iana, got)
		}
	}
	for id, want := range map[string]string{
		"W. Europe Standard Time": "Europe/Berlin", "w. europe standard time": "Europe/Berlin", "Europe/Amsterdam": "Europe/Amsterdam",
		"/mozilla.org/20050126_1/America/Argentina/Buenos_Aires": "America/Argentina/Buenos_Aires", "/freeassociation.sourceforge.net/Tzfile/Asia/Tokyo": "Asia/Tokyo",
	} {
		if _, got, ok := zone.Location(id); !ok || got != want {
			t.Errorf("%s: %q", id, got)
		}
	}
	for _, id := range []string{"", "Local", "Nowhere/Atall", "../../etc/passwd", "Custom 1", "/", strings.Repeat("A/", 1000)} {
		if _, got, ok := zone.Location(id); ok {
			t.Errorf("%q is %s", id, got)
		}
	}
}

// TestEveryWindowsZone finds a location for each key name, and the name back.
func TestEveryWindowsZone(t *testing.T) {
	for _, name := range []string{"W. Europe Standard Time", "Romance Standard Time", "Central Europe Standard Time", "GMT Standard Time",
		"FLE Standard Time", "Turkey Standard Time", "Eastern Standard Time", "Tokyo Standard Time", "AUS Eastern Standard Time", "UTC+12"} {
		loc, iana, ok := zone.Location(name)
		back, known := zone.Windows(iana)
		if !ok || !known || back != name || loc.String() != iana {
			t.Errorf("%s: %s, %s", name, iana, back)
		}
	}
}

func TestDamaged(t *testing.T) {
	z := zone.FromLocation(load(t, "Europe/Amsterdam"), "W. Europe Standard Time", 2026, 2026, time.Time{})
	b := z.Definition(2026, false)
	for n := range b {
		if _, err := zone.DecodeDefinition(b[:n]); !errors.Is(err, zone.ErrBlob) {
			t.Fatalf("%d of %d bytes: %v", n, len(b), err)
		}
	}
	if _, err := zone.DecodeStruct(z.Rules[0].Struct()[:47]); !errors.Is(err, zone.ErrBlob) {
		t.Error(err)
	}
	var none zone.Zone
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	if !none.IsUTC() || !none.Local(at).Equal(at) || !none.Instant(at).Equal(at) {
		t.Error("a zone without rules is not UTC")
	}
}

func FuzzZone(f *testing.F) {
	for _, name := range places {
		z := zone.FromLocation(load(f, name), name, 2000, 2040, time.Time{})
		f.Add(z.Definition(2020, true), int64(1_700_000_000))
		f.Add(z.Rules[0].Struct(), int64(-1_700_000_000))
	}
	f.Fuzz(func(t *testing.T, b []byte, unix int64) {
		at := time.Unix(unix%(1<<37), 0).UTC()
		if r, err := zone.DecodeStruct(b); err == nil {
			if again, err := zone.DecodeStruct(r.Struct()); err != nil || again != r {
				t.Errorf("%+v became %+v: %v", r, again, err)
			}
		}
		z, err := zone.DecodeDefinition(b)
		if err != nil {
			return
		}
		z.Instant(z.Local(at))
		again, err := zone.DecodeDefinition(z.Definition(at.Year(), true))
		if err != nil || again.Offset(at) != z.Offset(at) {
			t.Errorf("%+v became %+v: %v", z, again, err)
		}
	})
}

// TestObservances has a zone of parts as calendars write them.
func TestObservances(t *testing.T) {
	day := func(s string) time.Time { d, _ := time.Parse("2006-01-02 15:04", s); return d }
	us := []zone.Observance{
		{From: -18000, To: -14400, Start: day("1987-04-05 02:00"), Yearly: true, Change: zone.Change{Month: 4, Day: 1, Hour: 2}, Until: day("2006-04-02 07:00")},
		{From: -14400, To: -18000, Start: day("1987-10-25 02:00"), Yearly: true, Change: zone.Change{Month: 10, Day: 5, Hour: 2}, Until: day("2006-10-29 06:00")},
		{From: -18000, To: -14400, Start: day("2007-03-11 02:00"), Yearly: true, Change: zone.Change{Month: 3, Day: 2, Hour: 2}},
		{From: -14400, To: -18000, Start: day("2007-11-04 02:00"), Yearly: true, Change: zone.Change{Month: 11, Day: 1, Hour: 2}},
	}
	loc := load(t, "America/New_York")
	for _, from := range []int{1988, 2004, 2006, 2007, 2026} {
		at := time.Date(from, 7, 1, 0, 0, 0, 0, time.UTC)
		z := zone.FromObservances(us, "Eastern Standard Time", from, from+6, at)
		for at := time.Date(from, 1, 2, 0, 0, 0, 0, time.UTC); at.Year() < from+6; at = at.Add(3 * time.Hour) {
			if _, want := at.In(loc).Zone(); z.Offset(at) != time.Duration(want)*time.Second {
				t.Fatalf("from %d: %v is %v ahead", from, at, z.Offset(at))
			}
		}
	}
	one := []zone.Observance{{From: 19800, To: 19800, Start: day("1970-01-01 00:00")}}
	if z := zone.FromObservances(one, "India", 2026, 2026, day("2026-05-05 00:00")); len(z.Rules) != 1 || z.Rules[0].Bias != -330 {
		t.Errorf("%+v", z)
	}
}

package recur_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/teambition/rrule-go"

	"vangnet/engine/mapi/recur"
)

// published is the example of MS-OXOCAL 4.1.1: Monday, Thursday and Friday,
// twelve times, one of them moved, renamed and elsewhere.
const published = "043004300B2001000000C0210000010000000000000032000000222000000C0000000000000001000000A096BC0C01000000A096BC0C8020BC0C" +
	"20ADBC0C0630000009300000580200007602000001003499BC0C5299BC0CF898BC0C11002200210053696D706C6520526563757272656E636520" +
	"7769746820657863657074696F6E730800070033342F34313431000000000400000000000000000000003499BC0C5299BC0CF898BC0C21005300" +
	"69006D0070006C006500200052006500630075007200720065006E00630065002000770069007400680020006500780063006500700074006900" +
	"6F006E0073000700330034002F0034003100340031000000000000000000"

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func publishedBlob(t testing.TB) []byte {
	b, err := hex.DecodeString(published)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPublishedExample(t *testing.T) {
	b := publishedBlob(t)
	s, err := recur.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%#x %d %d %#x %#x %d %v..%v %v %v %v", s.Frequency, s.Kind, s.Period, s.Weekdays, s.End, s.Count,
		s.Start.Format("2006-01-02"), s.Until.Format("2006-01-02"), s.From, s.To, s.Deleted)
	want := "0x200b 1 1 0x32 0x2022 12 2007-03-26..2007-04-20 10h0m0s 10h30m0s []"
	if got != want {
		t.Errorf("%s\n%s", got, want)
	}
	e := recur.Exception{Start: at("2007-04-16 11:00"), End: at("2007-04-16 11:30"), Original: at("2007-04-16 10:00"),
		Flags: recur.ChangedSubject | recur.ChangedLocation, Subject: "Simple Recurrence with exceptions", Location: "34/4141"}
	if len(s.Exceptions) != 1 || s.Exceptions[0] != e {
		t.Errorf("%+v", s.Exceptions)
	}
	if again := s.Encode(); !bytes.Equal(again, b) {
		t.Errorf("written again:\n%X\n%X", again, b)
	}
	n, last := 0, time.Time{}
	for d := range s.Dates() {
		n, last = n+1, d
	}
	if n != 12 || !last.Equal(s.Until) {
		t.Errorf("%d days until %v", n, last)
	}
}

// rules are those that a blob can say.
var rules = []struct{ rule, start, back string }{
	{"FREQ=DAILY", "2026-03-01 09:00", ""},
	{"FREQ=DAILY;COUNT=10", "2026-03-01 09:00", ""},
	{"FREQ=DAILY;INTERVAL=3;UNTIL=20260401T090000Z", "2026-03-01 09:00", "FREQ=DAILY;INTERVAL=3;UNTIL=20260331T090000Z"},
	{"FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "2026-03-02 09:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"},
	{"FREQ=WEEKLY", "2026-03-04 09:00", "FREQ=WEEKLY;BYDAY=WE"},
	{"FREQ=WEEKLY;BYDAY=TU,TH;COUNT=9", "2026-03-03 09:00", ""},
	{"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU", "2026-03-02 09:00", ""},
	{"FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,SU", "2026-03-02 09:00", ""},
	{"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2026-03-04 09:00", ""}, // begins in the week after next
	{"FREQ=MONTHLY", "2026-03-15 09:00", "FREQ=MONTHLY;BYMONTHDAY=15"},
	{"FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=15", "2026-01-31 09:00", ""},
	{"FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-31 09:00", ""},
	{"FREQ=MONTHLY;BYSETPOS=-1;BYMONTHDAY=28,29,30", "2026-01-30 09:00", ""},
	{"FREQ=MONTHLY;BYSETPOS=-1;BYMONTHDAY=28,29", "2026-01-29 09:00", ""},
	{"FREQ=MONTHLY;BYDAY=2TU", "2026-03-10 09:00", ""},
	{"FREQ=MONTHLY;BYSETPOS=2;BYDAY=TU", "2026-03-10 09:00", "FREQ=MONTHLY;BYDAY=+2TU"},
	{"FREQ=MONTHLY;INTERVAL=3;COUNT=7;BYDAY=-1FR", "2026-03-27 09:00", ""},
	{"FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU,WE,TH,FR", "2026-03-31 09:00", ""},
	{"FREQ=MONTHLY;BYSETPOS=1;BYDAY=SA,SU", "2026-03-01 09:00", ""},
	{"FREQ=YEARLY", "2026-12-25 09:00", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25"},
	{"FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=1", "2026-05-01 09:00", ""},
	{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "2024-02-29 09:00", ""},
	{"FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "2026-10-25 09:00", ""},
	{"FREQ=YEARLY;INTERVAL=3;BYSETPOS=1;BYMONTH=11;BYDAY=MO,TU", "2026-11-02 09:00", ""},
	{"FREQ=YEARLY;COUNT=5;BYMONTH=4;BYMONTHDAY=30", "2026-04-30 09:00", ""},
	{"FREQ=DAILY;BYHOUR=9;BYMINUTE=0", "2026-03-01 09:00", "FREQ=DAILY"},
}

func same(t time.Time) time.Time { return t }

func TestRules(t *testing.T) {
	for _, c := range rules {
		t.Run(c.rule, func(t *testing.T) {
			start := at(c.start)
			p, exact, err := recur.FromRule(c.rule, start, same)
			if err != nil || !exact {
				t.Fatalf("exact %v, %v", exact, err)
			}
			s := recur.Series{Pattern: p, From: 9 * time.Hour, To: 10 * time.Hour}
			s, err = recur.Decode(s.Encode())
			if err != nil {
				t.Fatal(err)
			}
			text, err := s.Rule(func(d time.Time) string { return d.Add(s.From).Format("20060102T150405Z") })
			if err != nil {
				t.Fatal(err)
			}
			want := c.rule
			if c.back != "" {
				want = c.back
			}
			if expand(t, want, start) != expand(t, c.rule, start) {
				t.Errorf("the table is wrong: %s is another than %s", want, c.rule)
			}
			if got := normal(t, text); got != normal(t, want) {
				t.Errorf("became %s", text)
			}
			if got := dates(s.Pattern); got != expand(t, c.rule, start) {
				t.Errorf("days %s\nwant %s", got, expand(t, c.rule, start))
			}
			if got := expand(t, text, s.Start.Add(s.From)); got != expand(t, c.rule, start) {
				t.Errorf("what is written means %s\nwant %s", got, expand(t, c.rule, start))
			}
			for d := range s.Dates() {
				if !s.On(d) || s.End != recur.Never && s.Kind != recur.EachDay && s.On(d.AddDate(0, 0, -400)) {
					t.Fatalf("%v", d)
				}
				if d.Year() > 2040 {
					break
				}
			}
		})
	}
}

func normal(t *testing.T, rule string) string {
	t.Helper()
	o, err := rrule.StrToROption(rule)
	if err != nil {
		t.Fatal(err)
	}
	return o.RRuleString()
}

const shown = 60

func expand(t *testing.T, rule string, start time.Time) string {
	t.Helper()
	o, err := rrule.StrToROption(rule)
	if err != nil {
		t.Fatal(err)
	}
	o.Dtstart = start
	r, err := rrule.NewRRule(*o)
	if err != nil {
		t.Fatal(err)
	}
	var out string
	next := r.Iterator()
	for range shown {
		d, ok := next()
		if !ok {
			break
		}
		out += d.Format(" 2006-01-02")
	}
	return out
}

func dates(p recur.Pattern) (out string) {
	n := 0
	for d := range p.Dates() {
		if n++; n > shown {
			break
		}
		out += d.Format(" 2006-01-02")
	}
	return out
}

// TestNotExact has rules whose month ends a pattern puts elsewhere.
func TestNotExact(t *testing.T) {
	for _, c := range []struct{ rule, start string }{
		{"FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-31 09:00"}, {"FREQ=MONTHLY", "2026-01-30 09:00"}, {"FREQ=YEARLY", "2024-02-29 09:00"},
	} {
		p, exact, err := recur.FromRule(c.rule, at(c.start), same)
		if err != nil || exact {
			t.Errorf("%s: exact %v, %v", c.rule, exact, err)
		}
		if text, err := p.Rule(nil); err != nil || expand(t, text, at(c.start)) != dates(p) {
			t.Errorf("%s: written as %s (%v), which is not what the pattern means", c.rule, text, err)
		}
	}
}

func TestUnsupported(t *testing.T) {
	for _, rule := range []string{
		"", "FREQ=HOURLY", "FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=MONTHLY;BYDAY=MO", "FREQ=MONTHLY;BYDAY=1MO,3MO", "FREQ=MONTHLY;BYDAY=5MO",
		"FREQ=MONTHLY;BYDAY=-2FR", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "FREQ=YEARLY;BYDAY=20MO", "FREQ=YEARLY;BYWEEKNO=20", "FREQ=YEARLY;BYYEARDAY=1",
		"FREQ=YEARLY;BYMONTH=1,7", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYHOUR=8,12", "FREQ=DAILY;INTERVAL=2;BYDAY=MO", "FREQ=WEEKLY;BYDAY=1MO",
		"FREQ=DAILY;COUNT=999999999", "FREQ=DAILY;UNTIL=20200101T000000Z", "FREQ=DAILY;INTERVAL=99999999", "D1 #10", "FREQ=MONTHLY;BYMONTHDAY=-3",
	} {
		if p, _, err := recur.FromRule(rule, at("2026-03-02 09:00"), same); !errors.Is(err, recur.ErrUnsupported) {
			t.Errorf("%q: %+v, %v", rule, p, err)
		}
	}
}

// TestFirstDateTime follows the rules of MS-OXOCAL 2.2.1.44.1.1 by hand.
func TestFirstDateTime(t *testing.T) {
	const day = 1440
	for _, c := range []struct {
		rule, start string
		want        uint32
	}{
		{"FREQ=DAILY", "2026-03-02 09:00", 0},
		{"FREQ=DAILY;INTERVAL=3", "1601-01-05 09:00", day},
		{"FREQ=WEEKLY;WKST=MO;BYDAY=WE", "2026-03-04 09:00", 0}, // 1601 began on a Monday
		{"FREQ=WEEKLY;WKST=SU;BYDAY=WE", "2026-03-04 09:00", 6 * day},
		{"FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=WE", "1601-01-10 09:00", 7 * day},
		{"FREQ=MONTHLY;BYMONTHDAY=15", "2026-03-15 09:00", 0},
		{"FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15", "2026-03-15 09:00", 59 * day}, // as March 1601
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=3", "2026-02-03 09:00", 31 * day},
		{"FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=3", "2026-02-03 09:00", (365 + 31) * day},
	} {
		p, _, err := recur.FromRule(c.rule, at(c.start), same)
		if err != nil {
			t.Fatal(err)
		}
		if got := binary.LittleEndian.Uint32(p.Encode()[10:]); got != c.want {
			t.Errorf("%s from %s: %d, want %d", c.rule, c.start, got, c.want)
		}
	}
}

func TestUntil(t *testing.T) {
	start := at("2026-03-02 22:00")
	ahead := func(t time.Time) time.Time { return t.Add(2 * time.Hour) }
	for until, want := range map[string]string{
		"20260305": "2026-03-05", "20260305T220000": "2026-03-05", "20260305T215959": "2026-03-04",
		"20260305T200000Z": "2026-03-05", "20260305T195959Z": "2026-03-04",
	} {
		p, _, err := recur.FromRule("freq=daily; until="+until, start, ahead)
		if err != nil || p.Until.Format("2006-01-02") != want || p.End != recur.ByDate {
			t.Errorf("%s: %v, %v", until, p.Until, err)
		}
	}
}

// TestExceptions writes and reads all that an exception can change.
func TestExceptions(t *testing.T) {
	p, _, err := recur.FromRule("FREQ=DAILY;COUNT=9", at("2026-03-02 09:00"), same)
	if err != nil {
		t.Fatal(err)
	}
	s := recur.Series{Pattern: p, From: 9 * time.Hour, To: 10 * time.Hour}
	s.Deleted = []time.Time{at("2026-03-06 00:00")}
	all := recur.ChangedSubject | recur.ChangedMeeting | recur.ChangedReminder | recur.ChangedReminderSet | recur.ChangedLocation |
		recur.ChangedBusy | recur.ChangedFiles | recur.ChangedAllDay | recur.ChangedColour | recur.ChangedBody
	s.Exceptions = []recur.Exception{
		{Start: at("2026-03-03 11:00"), End: at("2026-03-03 12:00"), Original: at("2026-03-03 09:00"), Flags: all, Subject: "Überprüfung 漢字 😀",
			Location: "Zaal Ω", Meeting: 7, Reminder: 30, ReminderSet: true, Busy: 3, Files: true, AllDay: true, Colour: 4},
		{Start: at("2026-03-05 11:00"), End: at("2026-03-05 12:00"), Original: at("2026-03-04 09:00")},
	}
	got, err := recur.Decode(s.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if a, b := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", s); a != b {
		t.Errorf("%s\n%s", a, b)
	}
	blob := s.Encode()
	for n := range len(blob) - 4 { // the last four bytes count reserved ones
		cut, err := recur.Decode(blob[:n])
		switch {
		case err == nil:
			t.Fatalf("%d of %d bytes are enough", n, len(blob))
		case errors.Is(err, recur.ErrPartial) && !cut.Start.Equal(s.Start):
			t.Fatalf("%d bytes: %+v", n, cut)
		}
	}
}

// TestTask reads back the shorter blob of tasks.
func TestTask(t *testing.T) {
	p, _, err := recur.FromRule("FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270101", at("2026-03-27 00:00"), same)
	if err != nil {
		t.Fatal(err)
	}
	p.Sliding = true
	got, err := recur.DecodePattern(p.Encode())
	if a, b := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", p); err != nil || a != b {
		t.Errorf("%v\n%s\n%s", err, a, b)
	}
}

func FuzzRecurrence(f *testing.F) {
	f.Add(publishedBlob(f))
	for _, c := range rules {
		if p, _, err := recur.FromRule(c.rule, at(c.start), same); err == nil {
			f.Add(recur.Series{Pattern: p, From: time.Hour, To: 2 * time.Hour}.Encode())
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := recur.Decode(b)
		if err != nil && !errors.Is(err, recur.ErrPartial) {
			return
		}
		again, err := recur.Decode(s.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if dates(again.Pattern) != dates(s.Pattern) || len(again.Exceptions) != len(s.Exceptions) {
			t.Errorf("%+v\nbecame\n%+v", s, again)
		}
		if _, err := s.Rule(func(d time.Time) string { return d.Format("20060102") }); err != nil {
			t.Error(err)
		}
	})
}

func FuzzRule(f *testing.F) {
	for _, c := range rules {
		f.Add(c.rule)
	}
	f.Fuzz(func(t *testing.T, rule string) {
		start := at("2026-03-02 09:00")
		p, _, err := recur.FromRule(rule, start, same)
		if err != nil {
			return
		}
		text, err := p.Rule(func(d time.Time) string { return d.Format("20060102") })
		if err != nil {
			t.Fatal(err)
		}
		q, _, err := recur.FromRule(text, p.Start.Add(9*time.Hour), same)
		if err != nil || dates(p) != dates(q) {
			t.Errorf("%s became %s: %v\n%s\n%s", rule, text, err, dates(p), dates(q))
		}
	})
}

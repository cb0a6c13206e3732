package format_test

import (
	"testing"
	"time"

	"vangnet/ui/format"
	"vangnet/ui/i18n"
)

func make2(t *testing.T) (nl, en *format.Format) {
	t.Helper()
	for lang, f := range map[string]**format.Format{"nl-NL": &nl, "en": &en} {
		words, err := i18n.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		*f = format.New(words, time.FixedZone("CET", 3600))
	}
	return nl, en
}

func TestNumbersAndSizes(t *testing.T) {
	nl, en := make2(t)
	for _, c := range []struct{ got, want string }{
		{nl.Count(1234567), "1.234.567"}, {en.Count(1234567), "1,234,567"}, {en.Count(-1000), "-1,000"}, {en.Count(999), "999"}, {en.Count(0), "0"},
		{nl.Bytes(0), "0 B"}, {nl.Bytes(999), "999 B"}, {nl.Bytes(84_000), "84 kB"}, {nl.Bytes(1_240_000_000), "1,2 GB"}, {en.Bytes(1_240_000_000), "1.2 GB"},
		{en.Bytes(999_600), "1.0 MB"}, {en.Bytes(9_960_000), "10 MB"}, {en.Bytes(410_000_000_000), "410 GB"}, {en.Speed(2_500_000), "2.5 MB/s"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestMoments(t *testing.T) {
	nl, en := make2(t)
	now := time.Date(2026, 11, 14, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{en.Moment(now.Add(-time.Hour), now), "08:00"},
		{en.Moment(now.Add(-9*time.Hour), now), "00:00"},
		{en.Moment(now.AddDate(0, 0, -2), now), "12 Nov 09:00"},
		{nl.Moment(now.AddDate(0, -6, 0), now), "14 mei 09:00"},
		{nl.Moment(now.AddDate(-1, 0, 0), now), "14 nov 2025"},
		{nl.Moment(time.Time{}, now), ""}, {en.Full(now), "14 Nov 2026 09:00"}, {en.Date(time.Time{}), ""},
		{en.Age(now.Add(-5*time.Hour), now), "5 h"}, {nl.Age(now.Add(-5*time.Hour), now), "5 u"}, {nl.Age(now.AddDate(0, 0, -2), now), "2 d"},
		{en.Age(now.Add(time.Hour), now), "0 s"}, {en.Age(time.Time{}, now), "–"},
		{en.About(2 * time.Second), "about 2 seconds"}, {en.About(time.Second), "about 1 second"}, {nl.About(10 * time.Minute), "ongeveer 10 minuten"},
		{en.About(0), "a moment"}, {nl.About(3 * time.Hour), "ongeveer 3 uur"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

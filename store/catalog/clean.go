package catalog

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds on what is kept of one item. Longer values are cut, so that no
// tenant's content can blow up the catalog.
const (
	maxField = 1 << 10   // subject, sender, each attachment's name, in bytes
	maxList  = 4 << 10   // all recipients; all attachment names; all categories
	maxText  = 2 << 10   // body text, searchable and kept for the snippet
	maxBlob  = 256 << 10 // one entry
	maxName  = 1 << 10   // a name longer than this is damage
)

// clean makes text from a tenant storable: valid UTF-8, no NUL, at most limit
// bytes, cut between characters.
func clean(s string, limit int) string {
	if len(s) > limit {
		cut := limit
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = strings.Clone(s[:cut]) // lets go of the long original
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", " ")
	}
	return s
}

// cleanList keeps as many texts as fit in maxList.
func cleanList(list []string) []string {
	kept, room := make([]string, 0, min(len(list), 64)), maxList
	for _, s := range list {
		if s = clean(s, maxField); len(s)+1 > room {
			break
		}
		room -= len(s) + 1
		kept = append(kept, s)
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}

// micros is a time as the catalog stores it.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// fromMicros is the inverse of micros.
func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

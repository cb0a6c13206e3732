package read

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// cut is what may differ only where it is long.
var cut = []string{"item other 0037", "item other 0070", "item other 0E1D"}

// otherwise is what a PST file has in another form than the stream, and why.
var otherwise = map[string]string{
	"item lost 65E2":        "which change it was in its own mailbox",
	"item lost 65E3":        "which change it was in its own mailbox",
	"item lost 674A":        "the id of the item in its own mailbox",
	"item lost 0070":        "an empty topic",
	"item other 0037":       "Outlook cuts subjects at 255 characters",
	"item other 0070":       "Outlook cuts topics at 255 characters",
	"item other 0E1D":       "Outlook cuts subjects at 255 characters",
	"item other 1000":       "line ends of a text that had others",
	"item other 007D":       "line ends of a header that had others",
	"item other 0E07":       "the flag of attachments is found out here",
	"item other 0041":       "an entry id that means something outside of the organisation",
	"item other 0C19":       "an entry id that means something outside of the organisation",
	"item more 003B":        "the search key of the sender",
	"item more 0C1D":        "the search key of the sender",
	"item more 0070":        "a topic of the subject",
	"item more 0E02":        "a line that names the recipients",
	"item more 0E03":        "a line that names the recipients",
	"item more 0E04":        "a line that names the recipients",
	"item more 0E06":        "a date that each item must have",
	"item more 3007":        "a date that each item must have",
	"item more 3008":        "a date that each item must have",
	"item more 0E08":        "the size",
	"item more 1016":        "which of the bodies is the first",
	"item more 300B":        "a key that tells items apart",
	"item more 3FDE":        "the code page of the body",
	"recipient lost 3000":   "the number of the row",
	"recipient more 67F2":   "the number of the row",
	"recipient more 67F3":   "the version of the row",
	"recipient more 0E0F":   "a column that readers expect",
	"recipient more 0FF9":   "a column that readers expect",
	"recipient more 300B":   "a column that readers expect",
	"recipient more 39FF":   "a column that readers expect",
	"recipient more 3A40":   "a column that readers expect",
	"recipient more 0FFF":   "an entry id of someone who had none",
	"recipient other 0FFF":  "an entry id that means something outside of the organisation",
	"attachment lost 0E21":  "the number of the row",
	"attachment more 0E20":  "the size as it is here",
	"attachment other 0E20": "the size as it is here",
	"attachment more 3701":  "where the attached item lies",
	"attachment more 3704":  "a short name",
}

// Compare compares items with those in a PST file, one by one. It tells which of
// the known deviations did not occur.
func Compare(t testing.TB, want, got []Whole) (unused []string) {
	t.Helper()
	c := comparer{t: t, used: map[string]bool{}}
	c.items("", want, got)
	for what := range otherwise {
		if !c.used[what] {
			unused = append(unused, what)
		}
	}
	slices.Sort(unused)
	return unused
}

type comparer struct {
	t    testing.TB
	used map[string]bool
}

func (c *comparer) items(where string, want, got []Whole) {
	if len(want) != len(got) {
		c.t.Errorf("%s: %d items instead of %d", where, len(got), len(want))
		return
	}
	for i := range want {
		c.item(fmt.Sprintf("%s%s %d", where, want[i].Folder, i+1), &want[i], &got[i])
	}
}

func (c *comparer) item(where string, want, got *Whole) {
	if want.Folder != got.Folder {
		c.t.Errorf("%s: in folder %q", where, got.Folder)
	}
	c.props(where, "item", want.Props, got.Props)
	if len(want.Recipients) != len(got.Recipients) || len(want.Attachments) != len(got.Attachments) {
		c.t.Errorf("%s: %d recipients instead of %d, %d attachments instead of %d", where,
			len(got.Recipients), len(want.Recipients), len(got.Attachments), len(want.Attachments))
		return
	}
	for i := range want.Recipients {
		c.props(fmt.Sprintf("%s, recipient %d", where, i+1), "recipient", want.Recipients[i], got.Recipients[i])
	}
	for i := range want.Attachments {
		w, g := &want.Attachments[i], &got.Attachments[i]
		at := fmt.Sprintf("%s, attachment %d", where, i+1)
		c.props(at, "attachment", w.Props, g.Props)
		if (w.Item == nil) != (g.Item == nil) {
			c.t.Errorf("%s: an item or none", at)
		} else if w.Item != nil {
			c.item(at+": ", w.Item, g.Item)
		}
	}
}

func (c *comparer) props(where, of string, want, got map[string]string) {
	for key, w := range want {
		g, ok := got[key]
		switch {
		case !ok:
			c.note(where, of+" lost "+key, w, "")
		case g != w:
			c.note(where, of+" other "+key, w, g)
		}
	}
	for key, g := range got {
		if _, ok := want[key]; !ok {
			c.note(where, of+" more "+key, "", g)
		}
	}
}

func (c *comparer) note(where, what, want, got string) {
	c.used[what] = true
	if otherwise[what] == "" || slices.Contains(cut, what) && !strings.Contains(want, " sum ") {
		c.t.Errorf("%s: %s\n want %s\n got  %s", where, what, shortened(want), shortened(got))
	}
}

func shortened(s string) string { return strings.ToValidUTF8(s[:min(len(s), 500)], "") }

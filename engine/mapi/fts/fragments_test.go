package fts_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
)

// fragment reads a public sample of a real stream, or skips the test.
func fragment(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("VANGNET_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(dir, "data", "fts", name))
	if err != nil {
		t.Skipf("the public sample %s is not here", name)
	}
	return b
}

// dump lists elements in a form like that of the samples' description.
func dump(t testing.TB, r *fts.Reader, base int64) []string {
	t.Helper()
	var out []string
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%04X %s%s", e.Offset+base, e.Tag, describe(t, e)))
	}
}

func describe(t testing.TB, e fts.Element) string {
	cut := ""
	if e.Cut {
		cut = fmt.Sprintf(" declared %d", e.Size)
	}
	switch v := e.Value.(type) {
	case nil:
		if e.Stream != nil {
			n, err := io.Copy(io.Discard, e.Stream)
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprintf(" stream %d of %d", n, e.Size)
		}
		return ""
	case string:
		return fmt.Sprintf(" %q%s", v, cut)
	case []byte:
		return fmt.Sprintf(" %d bytes%s", len(v), cut)
	case mapi.FileTime:
		return " " + v.Time().Format("2006-01-02T15:04:05.999Z")
	default:
		return fmt.Sprintf(" %v", v)
	}
}

func TestFragments(t *testing.T) {
	for _, c := range []struct {
		file   string
		from   int // where the elements begin, for those without records
		want   string
		state  fts.State
		reason fts.Reason
	}{
		{"graph-import-note-head.fts", 0, `
0000 00170003 1
0008 001A84B0 "IPM" declared 18`, fts.Partial, fts.ReasonTruncated},
		{"graph-export-records-only.fts", 0, ``, fts.Partial, fts.ReasonUnclosed},
		{"ews2010-export-note-head.fts", 0, `
0000 400884E4 "/O=FIRST ORGANIZATION/OU=EXCHANGE ADMINISTRATIVE GROUP (FYDIBOHF23SPDLT)/CN=RECIPIENTS/CN="
0063 00170003 1
006B 001A84B0 "IPM.Note"
0085 0023000B false
008B 0029000B false
0091 00360003 0
0099 003784B0 "Interesting - from EWSMA"
00D3 00390040 2010-03-31T21:14:04Z
00DF 003B0102 101 bytes
014C 003D84B0 ""
0156 003F0102 60 bytes declared 126`, fts.Partial, fts.ReasonTruncated},
		{"ews2010-export-embedded-middle.fts", 0x30, `
0030 00320040 2010-04-03T17:14:50Z
003C 40040003
0040 40160003 0E13000D
0048 40000003
004C 0E210003 0
0054 371284B0 "2ab16166-ae5d-42ef-a559-c89087d23d84"
00A6 370B0003 -1
00AE 0E200003 1124
00B6 0FF70003 0
00BE 30070040 2010-04-03T17:14:54.234Z
00CA 30080040 2010-04-03T17:14:54.234Z
00D6 37050003 5
00DE 370E84B0 "message/rfc822"
0104 300184B0 "Most fascinating"
012E 0FF90102 4 bytes
013A 40010003
013E 674A0014 -6458896339416634508
014A 00170003 1
0152 001A84B0 "IPM.Note"
016C 00360003 0
0174 003784B0 "Most fascinating"
019E 00390040 2010-04-01T16:56:04Z
01AA 003B0102 101 bytes
0217 003D84B0 ""
0221 00410102 126 bytes
02A7 004284B0 "U" declared 16`, fts.Partial, fts.ReasonNesting},
		{"raw-folder-change-head.fts", -1, `
0000 40120003
0004 65E10102 0 bytes
000C 65E00102 22 bytes
002A 30080040 2015-05-03T09:15:12Z
0036 65E20102 22 bytes
0054 65E30102 23 bytes
0073 3001001F "INBOX"
0087 67490014 -863846703525003263
0093 66390003 1019
009B 30070040 2015-05-03T09:15:11Z
00A7 10F4000B false`, fts.Partial, fts.ReasonNesting},
	} {
		t.Run(c.file, func(t *testing.T) {
			b := fragment(t, c.file)
			r := fts.NewReader(bytes.NewReader(b), fts.Limits{})
			if c.from != 0 {
				c.from = max(0, c.from)
				r = fts.NewElementReader(bytes.NewReader(b[c.from:]), fts.Limits{})
			}
			got := strings.Join(dump(t, r, int64(c.from)), "\n")
			if want := strings.TrimSpace(c.want); got != want {
				t.Errorf("elements:\n%s\nwant:\n%s", got, want)
			}
			if o := r.Outcome(); o.State != c.state || o.Reason != c.reason {
				t.Errorf("outcome %+v, want %s, %s", o, c.state, c.reason)
			}
		})
	}
}

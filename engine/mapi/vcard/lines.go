package vcard

import (
	"bytes"
	"regexp"
	"strings"

	"vangnet/engine/mapi/charset"
)

// source is a card as it lies in a file: its lines, without their ends.
type source struct{ lines [][]byte }

// toText takes off a byte order mark, and what it says about the text.
func toText(b []byte) []byte {
	switch {
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		return b[3:]
	case bytes.HasPrefix(b, []byte("\xFF\xFE")):
		return []byte(charset.DecodeUTF16(b[2:]))
	case bytes.HasPrefix(b, []byte("\xFE\xFF")):
		s, _ := charset.DecodePage(charset.UTF16BE, b[2:])
		return []byte(s)
	}
	return b
}

// nextLine cuts off a line; it may end in any of the three ways.
func nextLine(b []byte) (line, rest []byte) {
	i := bytes.IndexAny(b, "\r\n")
	if i < 0 {
		return b, nil
	}
	if b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n' {
		return b[:i], b[i+2:]
	}
	return b[:i], b[i+1:]
}

var (
	beginCard = regexp.MustCompile(`(?i)^BEGIN\s*:\s*VCARD\s*$`)
	endCard   = regexp.MustCompile(`(?i)^END\s*:\s*VCARD\s*$`)
	agentLine = regexp.MustCompile(`(?i)^([A-Z0-9-]+\.)?AGENT[^:]*:\s*$`)
	fieldLine = regexp.MustCompile(`^([A-Za-z0-9_-]+\.)?[A-Za-z0-9_-]+\s*(;[^:]*)?:`)
	quotedHow = regexp.MustCompile(`(?i)^[^:]*;\s*(ENCODING=)?"?QUOTED-PRINTABLE"?\s*[;:]`)
	base64How = regexp.MustCompile(`(?i)^[^:]*;\s*(ENCODING=)?"?(BASE64|B)"?\s*[;:]`)
	base64Row = regexp.MustCompile(`^[A-Za-z0-9+/=_-]+\s*$`)
	versionIs = regexp.MustCompile(`(?i)^([A-Z0-9-]+\.)?VERSION[^:]*:\s*([0-9.]+)\s*$`)
)

// cards finds the cards of a file.
func cards(b []byte, limit int, warn *Warnings) []source {
	var out []source
	open, agents := false, 0
	var previous, indent []byte // the second: what stands before all lines of a card that was copied from a text
	for len(b) > 0 {
		var line []byte
		line, b = nextLine(b)
		if !open {
			indent = line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
		}
		line = bytes.TrimPrefix(line, indent)
		switch {
		case beginCard.Match(line) && open && agentLine.Match(previous): // a card in a card, version 2.1
			agents++
		case beginCard.Match(line):
			if open {
				warn.add(WarnUnclosed)
			}
			if len(out) >= limit {
				warn.add(WarnTooMany)
				return out
			}
			out = append(out, source{})
			open, agents = true, 0
			continue
		case endCard.Match(line) && open && agents > 0:
			agents--
		case endCard.Match(line) && open:
			open = false
			continue
		case !open:
			if len(bytes.TrimSpace(line)) > 0 {
				warn.add(WarnStray)
			}
			continue
		}
		last := &out[len(out)-1]
		last.lines = append(last.lines, line)
		if len(bytes.TrimSpace(line)) > 0 {
			previous = line
		}
	}
	if open {
		warn.add(WarnUnclosed)
	}
	return out
}

// version is what the card says of itself.
func (s *source) version() string {
	for _, l := range s.lines {
		if m := versionIs.FindSubmatch(l); m != nil {
			return string(m[2])
		}
	}
	return ""
}

// unfolder joins the lines of fields that were broken.
type unfolder struct {
	out    [][]byte
	old    bool // version 2.1
	binary bool // the last field is base64
	inside int  // cards in this card that are open
	blanks int  // empty lines that were passed over
	warn   *Warnings
}

// unfold makes one line of each field. A line end inside of a text is a newline
// character.
func (s *source) unfold(old bool, limit int, warn *Warnings) [][]byte {
	u := &unfolder{old: old, warn: warn}
	for i := 0; i < len(s.lines); i++ {
		line := s.lines[i]
		if u.inside == 0 {
			line, i = s.unbroken(i, old)
		}
		u.line(line)
		if len(u.out) > limit {
			warn.add(WarnTooMany)
			return u.out[:limit]
		}
	}
	return u.out
}

// unbroken is the field that begins in the i-th line with all the lines that
// continue it, and the number of the last of those. A line that begins with
// white space does; version 2.1 breaks before white space that belongs to the
// value, the others put one blank in. In quoted-printable, a line continues
// where the one before it ends in an equals sign.
func (s *source) unbroken(i int, old bool) ([]byte, int) {
	line := bytes.Clone(s.lines[i])
	known, quoted, seen := false, false, 0
	for ; i+1 < len(s.lines); i++ {
		if !known && bytes.IndexByte(line[seen:], ':') >= 0 {
			known, quoted = true, quotedHow.Match(line)
		}
		seen = len(line)
		next := s.lines[i+1]
		short, soft := bytes.CutSuffix(bytes.TrimRight(line, " \t"), []byte("="))
		switch {
		case quoted && soft:
			line = append(short, next...)
		case len(line) == 0 || len(next) == 0 || !isBlank(next[0]):
			return line, i
		case old:
			line = append(line, next...)
		default:
			line = append(line, next[1:]...)
		}
	}
	return line, i
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func (u *unfolder) line(line []byte) {
	last := len(u.out) - 1
	switch {
	case u.inside > 0 || last >= 0 && beginCard.Match(line):
		u.agent(line)
	case len(bytes.TrimSpace(line)) == 0:
		u.blanks++
		return
	case u.binary && base64Row.Match(line):
		u.out[last] = append(u.out[last], line...)
	case fieldLine.Match(line):
		u.out = append(u.out, bytes.Clone(line))
		u.binary = base64How.Match(line)
	case last >= 0: // most likely a text whose lines were written as they are
		u.warn.add(WarnLine)
		u.out[last] = append(u.out[last], bytes.Repeat([]byte("\n"), u.blanks+1)...)
		u.out[last] = append(u.out[last], line...)
	default:
		u.warn.add(WarnLine)
	}
	u.blanks = 0
}

// agent takes a line of a card in this card.
func (u *unfolder) agent(line []byte) {
	last := len(u.out) - 1
	if beginCard.Match(line) {
		u.inside++
	} else {
		u.out[last] = append(u.out[last], '\n')
	}
	u.out[last] = append(u.out[last], line...)
	if endCard.Match(line) {
		u.inside--
	}
}

// isVersion21 reports whether a version is that of the first vCards.
func isVersion21(v string) bool { return strings.HasPrefix(v, "2") }

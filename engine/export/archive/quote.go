package archive

import (
	"bufio"
	"bytes"
)

// quoter writes the lines of one mail into an MBOX of the form "mboxrd": one
// more > goes before lines that begin with "From " after any number of them,
// so that a reader can take exactly one off again ("mbox" by Jonathan de Boyne
// Pollard; qmail's mbox(5)). CRLF becomes LF; all other bytes stay.
//
// github.com/emersion/go-mbox writes the older "mboxo": it leaves a line
// ">From " as it is, which its readers then shorten; it also ends mails with
// two empty lines, and holds a whole line in memory.
type quoter struct {
	w     *bufio.Writer
	match int  // bytes of "From " met at the beginning of a line; -1: past it
	marks bool // the line begins with >
	cr    bool // a CR is held back until the next byte
}

const fromSpace = "From "

// Write never holds back more than five bytes.
func (q *quoter) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n, err := q.step(rest)
		if err != nil {
			return 0, err
		}
		rest = rest[n:]
	}
	return len(p), nil
}

// step takes one byte at the beginning of a line, or all to the line's end.
func (q *quoter) step(p []byte) (int, error) {
	if q.cr {
		q.cr = false
		if p[0] != '\n' {
			if err := q.w.WriteByte('\r'); err != nil {
				return 0, err
			}
		}
	}
	if q.match >= 0 {
		switch {
		case q.match == 0 && p[0] == '>': // one more fits anywhere among them
			q.marks = true
			return 1, q.w.WriteByte('>')
		case p[0] == fromSpace[q.match]:
			if q.match++; q.match < len(fromSpace) {
				return 1, nil
			}
			q.match = -1
			_, err := q.w.WriteString(">" + fromSpace)
			return 1, err
		}
		if err := q.release(); err != nil {
			return 0, err
		}
	}
	return q.line(p)
}

// release writes what looked like the beginning of "From ".
func (q *quoter) release() error {
	_, err := q.w.WriteString(fromSpace[:max(q.match, 0)])
	q.match = -1
	return err
}

func (q *quoter) line(p []byte) (int, error) {
	end := bytes.IndexByte(p, '\n')
	text := p
	if end >= 0 {
		text = p[:end]
	}
	taken := len(text)
	if taken > 0 && text[taken-1] == '\r' {
		text, q.cr = text[:taken-1], true
	}
	if _, err := q.w.Write(text); err != nil || end < 0 {
		return taken, err
	}
	q.cr, q.match, q.marks = false, 0, false
	return taken + 1, q.w.WriteByte('\n')
}

// finish ends the last line and writes the empty one that follows every mail. A
// CR at the very end counts as the end of a line.
func (q *quoter) finish() error {
	whole := q.match == 0 && !q.marks
	if err := q.release(); err != nil {
		return err
	}
	end := "\n\n"
	if whole {
		end = "\n"
	}
	_, err := q.w.WriteString(end)
	return err
}

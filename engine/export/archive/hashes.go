package archive

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
)

// Hashes is a list of SHA-256 sums in the form that sha256sum writes and reads
// (GNU coreutils, "cksum output modes"). Long lists lie in a temporary file.
type Hashes struct{ lines *sheet }

// NewHashes makes an empty list. dir is where its temporary file would be; the
// system's place for those where it is empty.
func NewHashes(dir string) *Hashes { return &Hashes{lines: newScrap(dir)} }

// Add appends a sum. An original that differs from the path is told in a
// comment before it.
func (h *Hashes) Add(path, original string, sum [sha256.Size]byte) error {
	if _, err := io.WriteString(h.lines, hashLines(path, original, sum)); err != nil {
		return fmt.Errorf("note the sum of %s: %w", path, err)
	}
	return nil
}

// Write writes the list.
func (h *Hashes) Write(w io.Writer) error {
	if _, err := io.Copy(w, h.lines.reader()); err != nil {
		return fmt.Errorf("write the list of sums: %w", err)
	}
	return nil
}

// Close removes what is temporary.
func (h *Hashes) Close() error { return h.lines.drop() }

var hashEscape = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`)

func hashLines(path, original string, sum [sha256.Size]byte) string {
	var b strings.Builder
	if original != "" && original != path {
		fmt.Fprintf(&b, "# original: %s\n", hashEscape.Replace(original))
	}
	name := hashEscape.Replace(path)
	if name != path {
		b.WriteByte('\\')
	}
	fmt.Fprintf(&b, "%x  %s\n", sum, name)
	return b.String()
}

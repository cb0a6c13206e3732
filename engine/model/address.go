package model

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName bounds one part of an address in bytes. File systems allow 255; the
// rest is left for the short id and an extension.
const maxName = 180

// SafeName turns a title from a tenant into one part of an address: a name that
// every file system takes and that cannot climb out of a folder. Refused
// characters become an underscore. It is idempotent, and never empty.
func SafeName(title string) string {
	var b strings.Builder
	for _, r := range title {
		switch {
		case r == utf8.RuneError, unicode.IsControl(r), isBidiControl(r), strings.ContainsRune(`<>:"/\|?*`, r):
			b.WriteByte('_')
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
		if b.Len() >= maxName {
			break
		}
	}
	name := strings.TrimLeft(b.String(), " ")
	trimmed := strings.TrimRight(name, " .")
	if trimmed == "" && name != "" { // ".", "..", "..."
		return strings.Repeat("_", max(1, len(strings.TrimSpace(name))))
	}
	if trimmed == "" {
		return "_"
	}
	if isDevice(trimmed) {
		return "_" + trimmed
	}
	return trimmed
}

// UniqueName returns the name for a title in a folder where taken reports which
// names are gone. It is asked with FoldName's form. The id decides the short
// mark that is added, so that the same item gets the same one.
func UniqueName(title, id string, taken func(folded string) bool) string {
	name := SafeName(title)
	if !taken(FoldName(name)) {
		return name
	}
	sum := sha256.Sum256([]byte(id))
	mark := hex.EncodeToString(sum[:])
	stem, ext := splitExt(name)
	for n := 4; n <= len(mark); n += 2 {
		if candidate := marked(stem, mark[:n], ext); !taken(FoldName(candidate)) {
			return candidate
		}
	}
	return marked(stem, mark, ext)
}

// marked adds a mark to a stem, which gives way where the whole would be longer
// than SafeName leaves names.
func marked(stem, mark, ext string) string {
	room := maxName - len(" ~") - len(mark) - len(ext)
	for len(stem) > room {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	return strings.TrimRight(stem, " .") + " ~" + mark + ext
}

// FoldName is the form in which two names of one folder must differ.
func FoldName(name string) string { return strings.ToLower(name) }

// JoinAddress joins parts of an address, skipping empty ones.
func JoinAddress(parts ...string) string {
	kept := make([]string, 0, len(parts))
	for _, p := range parts {
		if p = strings.Trim(p, "/"); p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "/")
}

// splitExt splits off a short extension, so that a mark goes before it.
func splitExt(name string) (stem, ext string) {
	i := strings.LastIndexByte(name, '.')
	if i <= 0 || len(name)-i > 8 || strings.ContainsRune(name[i:], ' ') {
		return name, ""
	}
	return name[:i], name[i:]
}

// isDevice reports names that Windows keeps for devices, with or without extension.
func isDevice(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	switch stem = strings.TrimRight(stem, " "); stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	if rest, ok := strings.CutPrefix(stem, "COM"); ok || strings.HasPrefix(stem, "LPT") {
		if !ok {
			rest = stem[3:]
		}
		return len([]rune(rest)) == 1 && strings.ContainsAny(rest, "0123456789¹²³")
	}
	return false
}

// isBidiControl reports the characters that can make a name read backwards.
func isBidiControl(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x200E || r == 0x200F
}

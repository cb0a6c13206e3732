package drives

import (
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"vangnet/engine/graph/sim/wire"
)

// Bounds of Microsoft's "Restrictions and limitations in OneDrive and
// SharePoint", counted in UTF-16 units.
const (
	maxName = 255
	maxPath = 400
)

// CheckName reports why OneDrive would not take a name for a file or folder:
// a *wire.Error with status 400, or nil. See Microsoft's "Restrictions and
// limitations in OneDrive and SharePoint".
func CheckName(name string) error {
	switch {
	case name == "":
		return badName("The name must not be empty.")
	case !utf8.ValidString(name), strings.ContainsFunc(name, unicode.IsControl), strings.ContainsAny(name, `"*:<>?/\|`):
		return badName("The name contains characters that are not allowed.")
	case strings.HasPrefix(name, " "), strings.HasSuffix(name, " "), strings.HasSuffix(name, "."):
		return badName("The name must not begin or end with a space or end with a period.")
	case utf16Len(name) > maxName:
		return badName("The name is too long.")
	case isReserved(name):
		return badName("The name is reserved.")
	}
	return nil
}

func badName(why string) error {
	return &wire.Error{Status: 400, Code: "invalidRequest", Message: "The provided name is not valid. " + why, Inner: "invalidPath"}
}

func isReserved(name string) bool {
	lower := strings.ToLower(name)
	if strings.HasPrefix(lower, "~$") || strings.Contains(lower, "_vti_") {
		return true
	}
	switch lower {
	case ".lock", "desktop.ini", "con", "prn", "aux", "nul":
		return true
	}
	if len(lower) != 4 || lower[3] < '0' || lower[3] > '9' {
		return false
	}
	return lower[:3] == "com" || lower[:3] == "lpt"
}

// fold is the form in which the names of one folder must differ.
func fold(name string) string { return strings.ToLower(name) }

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// numbered is the name OneDrive gives to the n-th namesake: "plan 1.docx".
func numbered(name string, n int) string {
	ext := path.Ext(name)
	if ext == name {
		ext = ""
	}
	return strings.TrimSuffix(name, ext) + " " + strconv.Itoa(n) + ext
}

// splitPath cuts a path into its parts and drops empty ones.
func splitPath(p string) []string {
	parts := strings.Split(p, "/")
	kept := parts[:0]
	for _, s := range parts {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

// escapePath percent-encodes the parts of a path and keeps the slashes.
func escapePath(p string) string {
	parts := strings.Split(p, "/")
	for i, s := range parts {
		parts[i] = url.PathEscape(s)
	}
	return strings.Join(parts, "/")
}

// Package i18n gives the interface its words. A text is found by its key in
// the translation of a language; nothing is joined out of fragments.
package i18n

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"vangnet/assets"
)

// The languages.
const (
	Dutch   = "nl"
	English = "en"
)

// Languages lists what a technician can choose.
func Languages() []string { return []string{Dutch, English} }

// Words are the texts of one language.
type Words struct {
	lang  string
	texts map[string]string
	group string // between groups of three digits
}

// Load reads the texts of a language, and those of further sets that a program
// has for itself (translations/<set>.<language>.json). Any language that starts
// with "nl" is Dutch, all others are English.
func Load(lang string, sets ...string) (*Words, error) {
	w := &Words{lang: English, group: ","}
	if strings.HasPrefix(strings.ToLower(lang), Dutch) {
		w.lang, w.group = Dutch, "."
	}
	files := []string{w.lang}
	for _, set := range sets {
		files = append(files, set+"."+w.lang)
	}
	for _, name := range files {
		file := "translations/" + name + ".json"
		data, err := assets.Translations.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		if err := json.Unmarshal(data, &w.texts); err != nil {
			return nil, fmt.Errorf("parse %s: %w", file, err)
		}
	}
	return w, nil
}

// Lang is the language: "nl" or "en".
func (w *Words) Lang() string { return w.lang }

// T is the text of a key. Args are name, value pairs for its {name} places.
// A key without text is shown as it is, so that a mistake is seen.
func (w *Words) T(key string, args ...string) string {
	text, ok := w.texts[key]
	if !ok {
		return key
	}
	return fill(text, args)
}

// N is the text of a key for a number: key.one or key.other. {n} in it is the
// number, grouped as the language does.
func (w *Words) N(key string, n int64, args ...string) string {
	form := ".other"
	if n == 1 {
		form = ".one"
	}
	return w.T(key+form, append(args, "n", w.Number(n))...)
}

// Lookup is T for keys that are made from codes: ok is false when the language
// has no text for it.
func (w *Words) Lookup(key string, args map[string]string) (text string, ok bool) {
	text, ok = w.texts[key]
	if !ok {
		return "", false
	}
	pairs := make([]string, 0, 2*len(args))
	for name, value := range args {
		pairs = append(pairs, name, value)
	}
	return fill(text, pairs), true
}

// Number writes a whole number with its digits in groups of three.
func (w *Words) Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(w.group)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Keys lists every key of the language.
func (w *Words) Keys() []string {
	keys := make([]string, 0, len(w.texts))
	for k := range w.texts {
		keys = append(keys, k)
	}
	return keys
}

// fill puts values in their places in one pass, so that a value that looks
// like a place is left alone.
func fill(text string, pairs []string) string {
	if len(pairs) < 2 {
		return text
	}
	swap := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		swap = append(swap, "{"+pairs[i]+"}", pairs[i+1])
	}
	return strings.NewReplacer(swap...).Replace(text)
}

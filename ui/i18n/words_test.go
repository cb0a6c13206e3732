package i18n_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"vangnet/ui/i18n"
)

// families are keys that are made from codes of the engine. Each has to be
// named here; a code without a text shows itself.
var families = []string{"reason.", "fault.", "workload.", "purpose.", "label.", "need.", "damage.", "handed.", "form."}

var (
	plain  = regexp.MustCompile(`\.T\("([a-z0-9_.]+)"`)
	counts = regexp.MustCompile(`\.N\("([a-z0-9_.]+)"`)
	places = regexp.MustCompile(`\{[a-z_]+\}`)
)

func load(t *testing.T, lang string) *i18n.Words {
	t.Helper()
	w, err := i18n.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// used reads every key from the sources of the interface.
func used(t *testing.T) map[string]string {
	t.Helper()
	keys := map[string]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		for _, m := range plain.FindAllSubmatch(src, -1) {
			keys[string(m[1])] = path
		}
		for _, m := range counts.FindAllSubmatch(src, -1) {
			keys[string(m[1])+".one"], keys[string(m[1])+".other"] = path, path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(keys) < 100 {
		t.Fatalf("only %d keys found in the sources: the search is broken", len(keys))
	}
	return keys
}

func TestEveryKeyIsTranslatedAndUsed(t *testing.T) {
	keys := used(t)
	for _, lang := range i18n.Languages() {
		have := load(t, lang).Keys()
		for key, file := range keys {
			if !slices.Contains(have, key) {
				t.Errorf("%s: %s of %s is missing", lang, key, file)
			}
		}
		for _, key := range have {
			family := slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(key, f) })
			if _, ok := keys[key]; !ok && !family {
				t.Errorf("%s: %s is used nowhere", lang, key)
			}
		}
	}
}

// TestLanguagesAgree holds that both have the same keys with the same places.
func TestLanguagesAgree(t *testing.T) {
	nl, en := load(t, i18n.Dutch), load(t, i18n.English)
	a, b := nl.Keys(), en.Keys()
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) {
		t.Fatal("the languages have different keys")
	}
	for _, key := range a {
		x, y := places.FindAllString(nl.T(key), -1), places.FindAllString(en.T(key), -1)
		slices.Sort(x)
		slices.Sort(y)
		if !slices.Equal(x, y) {
			t.Errorf("%s has places %v and %v", key, x, y)
		}
		if strings.TrimSpace(nl.T(key)) == "" || strings.TrimSpace(en.T(key)) == "" {
			t.Errorf("%s is empty", key)
		}
	}
}

// TestEveryFaultHasASentence reads the codes from the package that names them.
func TestEveryFaultHasASentence(t *testing.T) {
	src, err := os.ReadFile("../../engine/fault/fault.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`(?m)^\t[A-Z]\w+\s+= "([a-z_]+)"`).FindAllSubmatch(src, -1)
	if len(codes) < 30 {
		t.Fatalf("only %d codes found", len(codes))
	}
	for _, lang := range i18n.Languages() {
		w := load(t, lang)
		for _, c := range codes {
			if _, ok := w.Lookup("fault."+string(c[1]), nil); !ok {
				t.Errorf("%s: no sentence for %s", lang, c[1])
			}
		}
	}
}

func TestFill(t *testing.T) {
	en := load(t, "en-GB")
	if got := en.N("things.mail", 1); got != "1 mail" {
		t.Errorf("one: %q", got)
	}
	if got := en.N("things.mail", 1200); got != "1,200 mails" {
		t.Errorf("many: %q", got)
	}
	if got := en.T("job.backup", "title", "{size}"); got != "Backup of {size}" {
		t.Errorf("a value that looks like a place: %q", got)
	}
	if got := en.T("no.such.key"); got != "no.such.key" {
		t.Errorf("unknown: %q", got)
	}
}

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"vangnet/engine/fault"
	"vangnet/engine/model"
	"vangnet/ui/i18n"
)

var (
	literal = regexp.MustCompile(`"[>]?((?:ctl|change|fault|outcome|state|coverage|reason)\.[a-z0-9_.]+[a-z0-9_])"`)
	counted = regexp.MustCompile(`\.N\("([a-z0-9_.]+)"`)
	coded   = regexp.MustCompile(`(?m)^\t[A-Z]\w+\s+= "([a-z_]+)"`)
	places  = regexp.MustCompile(`\{[a-z_]+\}`)
)

// usedKeys are the keys that the program's sources name, and those that are
// made from codes.
func usedKeys(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllSubmatch(src, -1) {
			keys[string(m[1])] = true
		}
		for _, m := range counted.FindAllSubmatch(src, -1) {
			key := string(m[1])
			delete(keys, key)
			keys[key+".one"], keys[key+".other"] = true, true
		}
	}
	if len(keys) < 100 {
		t.Fatalf("only %d keys found in the sources: the search is broken", len(keys))
	}
	for _, k := range []model.ItemKind{
		model.KindMessage, model.KindEvent, model.KindContact, model.KindTask, model.KindNote, model.KindOther, model.KindFile, model.KindFolder, model.KindNotebook,
	} {
		keys["ctl.kind."+string(k)] = true
	}
	for _, why := range []model.DamageKind{
		model.DamageMissing, model.DamageTruncated, model.DamageChanged, model.DamageUnreadable, model.DamageLost, model.DamageUnlisted, model.DamageStockList,
	} {
		keys["damage."+string(why)] = true
	}
	for _, what := range []string{"appeared", "changed", "moved", "vanished"} {
		keys["change."+what] = true
	}
	return keys
}

// faultCodes are the codes of the engine, read from the package that names them.
func faultCodes(t *testing.T) []string {
	t.Helper()
	src, err := os.ReadFile("../../engine/fault/fault.go")
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, m := range coded.FindAllSubmatch(src, -1) {
		codes = append(codes, string(m[1]))
	}
	if !slices.Contains(codes, fault.WrongSecret) || len(codes) < 30 {
		t.Fatalf("only %d codes found", len(codes))
	}
	return codes
}

func load(t *testing.T, lang string) *i18n.Words {
	t.Helper()
	w, err := i18n.Load(lang, "ctl")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestEveryTextIsThereAndUsed(t *testing.T) {
	used, codes := usedKeys(t), faultCodes(t)
	for _, lang := range i18n.Languages() {
		have := load(t, lang).Keys()
		for key := range used {
			if !slices.Contains(have, key) {
				t.Errorf("%s: %s is missing", lang, key)
			}
		}
		for _, code := range codes {
			if !slices.Contains(have, "fault."+code) && !slices.Contains(have, "ctl.fault."+code) {
				t.Errorf("%s: the fault %s has no sentence", lang, code)
			}
		}
		for _, key := range have {
			code, isFault := strings.CutPrefix(key, "ctl.fault.")
			if strings.HasPrefix(key, "ctl.") && !used[key] && !(isFault && slices.Contains(codes, code)) {
				t.Errorf("%s: %s is used nowhere", lang, key)
			}
		}
	}
}

// TestLanguagesSayTheSame holds that a text has the same places in both languages.
func TestLanguagesSayTheSame(t *testing.T) {
	nl, en := load(t, i18n.Dutch), load(t, i18n.English)
	for _, key := range en.Keys() {
		if !strings.HasPrefix(key, "ctl.") && !strings.HasPrefix(key, "change.") {
			continue
		}
		x, y := places.FindAllString(nl.T(key), -1), places.FindAllString(en.T(key), -1)
		slices.Sort(x)
		slices.Sort(y)
		if !slices.Equal(x, y) {
			t.Errorf("%s has places %v and %v", key, x, y)
		}
		if strings.TrimSpace(nl.T(key)) == "" || nl.T(key) == key {
			t.Errorf("%s has no Dutch text", key)
		}
	}
}

// TestSentencesEnd holds that every complaint is a sentence.
func TestSentencesEnd(t *testing.T) {
	for _, lang := range i18n.Languages() {
		w := load(t, lang)
		for _, key := range w.Keys() {
			if strings.HasPrefix(key, "ctl.fault.") && !strings.HasSuffix(w.T(key), ".") && !strings.HasSuffix(w.T(key), "…") {
				t.Errorf("%s: %s is no sentence: %s", lang, key, w.T(key))
			}
		}
	}
}

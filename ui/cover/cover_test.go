package cover_test

import (
	"strings"
	"testing"
	"time"

	"vangnet/engine/model"
	"vangnet/ui/cover"
	"vangnet/ui/format"
	"vangnet/ui/i18n"
)

// TestPage holds that the page tells everything that was asked and what came of
// it, in both languages, without an empty place.
func TestPage(t *testing.T) {
	day := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	h := model.Handover{
		By: "Roos", Made: day, Items: 1203, Bytes: 5_000_000, Failed: 300,
		Request: model.ExportRequest{
			Paths: []string{"a@x.example", "b@x.example", "c", "d", "e", "f", "g"}, Refs: make([]model.Ref, 3), Search: &model.SearchQuery{Text: "dakgoot"},
			At: day, From: day, Until: day.AddDate(0, 1, 0), Past: model.Past{Deleted: true, Versions: true}, Format: model.ExportZIP, Password: "x",
		},
		Kinds:     map[string]int64{"message": 1200, "note": 1, "other": 2},
		Resources: []model.HandoverPart{{Resource: "a@x.example", Items: 1203, Bytes: 5_000_000, Failed: 300}},
		Files:     []model.HandoverFile{{Name: "a.zip", Size: 10, SHA256: "abc", Items: 1203}},
		Errors:    make([]model.ItemFault, 250),
	}
	for _, lang := range i18n.Languages() {
		words, err := i18n.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		w := cover.Writer{Words: words, Format: format.New(words, time.UTC), Zone: time.UTC, Tenant: "Dakbedrijf Noord", Cause: func(model.ItemFault) string { return "?" }}
		texts := w.Texts()
		p := texts.Cover(h)
		all := p.Title + p.Footer + texts.CoverName + texts.Archive + texts.Deleted
		for _, r := range p.Rows {
			all += r.Label + "=" + r.Value + "\n"
		}
		for _, want := range []string{words.Number(1200) + " mails", "dakgoot", "Roos", "AES-256", "b@x.example"} {
			if !strings.Contains(all, want) {
				t.Errorf("%s: %q is not in %q", lang, want, all)
			}
		}
		if strings.ContainsAny(all, "{}") {
			t.Errorf("%s: an empty place in %q", lang, all)
		}
		if len(p.Rows) != 11 || len(p.Tables) != 2 || len(p.Faults.Items) != 200 || p.Faults.Beyond != 100 || p.More(100) == "" {
			t.Errorf("%s: %d rows, %d tables, %d faults and %d more", lang, len(p.Rows), len(p.Tables), len(p.Faults.Items), p.Faults.Beyond)
		}
	}
}

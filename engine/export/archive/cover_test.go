package archive_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"vangnet/engine/export/archive"
)

var update = flag.Bool("update", false, "write the golden files anew")

func examplePage() archive.CoverPage {
	return archive.CoverPage{
		Language: "nl",
		Title:    "Overdracht Dakdekkersbedrijf De Goot B.V.",
		Subtitle: "Postvakken en bestanden van drie medewerkers",
		Facts: []archive.Fact{
			{"Klant", "Dakdekkersbedrijf De Goot B.V. (degoot.example)"},
			{"Stand van", "dinsdag 14 juli 2026, 03:12"},
			{"Gemaakt op", "woensdag 15 juli 2026, 10:26, door Anouk de Vries"},
			{"Vorm", "ZIP, versleuteld met AES-256, in 2 delen"},
			{"Aantal", "48.213 items, 12,4 GB"},
			{"Controle", "SHA256SUMS bevat van elk bestand de SHA-256; te vergelijken met: sha256sum -c SHA256SUMS"},
		},
		Tables: []archive.Table{{
			Title:   "Inhoud",
			Columns: []archive.Column{{Label: "Map"}, {Label: "Items", Number: true}, {Label: "Omvang", Number: true}},
			Rows: []archive.Row{
				{Cells: []string{"piet@degoot.example", "31.118", "7,9 GB"}, Group: true},
				{Cells: []string{"Postvak IN", "18.204", "4,1 GB"}, Level: 1},
				{Cells: []string{"Offertes 2025 – 2026", "2.911", "1,2 GB"}, Level: 2},
				{Cells: []string{"Verzonden items", "9.970", "2,6 GB"}, Level: 1},
				{Cells: []string{"Agenda", "33", "410 kB"}, Level: 1},
				{Cells: []string{"info@degoot.example (gedeeld)", "15.001", "3,3 GB"}, Group: true},
				{Cells: []string{"Postvak IN", "15.001", "3,3 GB"}, Level: 1},
				{Cells: []string{"sites/Werkplaats", "2.094", "1,2 GB"}, Group: true},
				{Cells: []string{"Documenten", "2.094", "1,2 GB"}, Level: 1},
			},
			Total: []string{"Samen", "48.213", "12,4 GB"},
		}},
		Notices: []archive.Notices{{
			Title: "Niet overgedragen: 15 items",
			Text:  "Deze items konden niet worden gelezen. Ze staan ook niet in de lijst met controlegetallen.",
			Items: []archive.Notice{
				{"piet@degoot.example/mail/Postvak IN/Foto’s van het dak.eml", "Microsoft weigerde het item bij de kopie van 12 juli (ErrorItemCorrupt)."},
				{"piet@degoot.example/onedrive/Tekeningen/dwarsdoorsnede-v12-definitief-nu-echt.dwg", "Het bestand werd door Microsoft als besmet aangemerkt."},
				{"info@degoot.example/mail/Postvak IN/RE: RE: FW: vraag", ""},
			},
			Beyond: 12,
		}},
		Footer: []string{"Gemaakt met Vangnet door Veilig IT Beheer, Hengelo. Vragen: 074 000 00 00.", "Vertrouwelijk; bestemd voor de klant die hierboven staat."},
		More:   func(n int) string { return fmt.Sprintf("en nog %d", n) },
	}
}

func page(t testing.TB, c archive.CoverPage) string {
	t.Helper()
	var b bytes.Buffer
	must(t, archive.Cover(&b, c))
	return b.String()
}

func TestCoverGolden(t *testing.T) {
	got := page(t, examplePage())
	golden := filepath.Join("testdata", "cover.html")
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	must(t, err)
	if got != string(want) {
		t.Errorf("the page is not as in %s; -update writes it anew", golden)
	}
}

// elements counts the elements of a page, and fails on what a page must not have.
func elements(t testing.TB, source string) (count map[string]int, text string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(source))
	must(t, err)
	count = map[string]int{}
	var all strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "style" {
			all.WriteString(n.Data + "\n")
		}
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		switch n.Data {
		case "script", "link", "img", "iframe", "object", "embed", "form", "base", "a", "svg":
			t.Errorf("the page has an element %s", n.Data)
		case "style":
			if css := n.FirstChild.Data; strings.Contains(css, "url(") || strings.Contains(css, "@import") {
				t.Error("the style refers to something")
			}
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "href" || a.Key == "style" {
				t.Errorf("%s has an attribute %s", n.Data, a.Key)
			}
		}
	}
	return count, all.String()
}

func TestCoverNeedsNothing(t *testing.T) {
	count, text := elements(t, page(t, examplePage()))
	if count["tr"] != 11 || count["li"] != 3 || count["dt"] != 6 || !strings.Contains(text, "en nog 12\n") {
		t.Errorf("the page has %v", count)
	}
	count, _ = elements(t, page(t, archive.CoverPage{Title: "Leeg"}))
	if count["table"]+count["ul"]+count["dl"]+count["footer"]+count["h2"] != 0 || count["h1"] != 1 {
		t.Errorf("an empty page has %v", count)
	}
}

func TestCoverIsBounded(t *testing.T) {
	c := archive.CoverPage{Tables: []archive.Table{{Columns: []archive.Column{{Label: "a"}}}}, Notices: []archive.Notices{{Beyond: -5}}}
	for range 5000 {
		c.Tables[0].Rows = append(c.Tables[0].Rows, archive.Row{Cells: []string{"x", "one too many"}, Level: 99})
		c.Notices[0].Items = append(c.Notices[0].Items, archive.Notice{What: "x"})
	}
	count, text := elements(t, page(t, c))
	if count["tr"] != 2001 || count["td"] != 2000 || count["li"] != 200 || !strings.Contains(text, "+ 3000\n") || !strings.Contains(text, "+ 4800\n") {
		t.Errorf("the page has %v", count)
	}
	if len(c.Notices[0].Items) != 5000 || len(c.Tables[0].Rows) != 5000 {
		t.Error("what was given was changed")
	}
}

// FuzzCover puts the same hostile text everywhere.
func FuzzCover(f *testing.F) {
	for _, s := range []string{"<script>alert(1)</script>", `"><img src=x onerror=y>`, "</style></title><!--", "{{.}}", "\x00\xff", "\u202e", "'; } body { background: url(http://x)"} {
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		cells := make([]string, uint(n)%5)
		for i := range cells {
			cells[i] = s
		}
		got := page(t, archive.CoverPage{
			Language: s, Title: s, Subtitle: s, Facts: []archive.Fact{{s, s}}, Footer: []string{s},
			Tables:  []archive.Table{{Title: s, Columns: []archive.Column{{s, true}, {s, false}}, Rows: []archive.Row{{cells, n, true}}, Total: cells}},
			Notices: []archive.Notices{{s, s, []archive.Notice{{s, s}}, n}},
			More:    func(int) string { return s },
		})
		count, _ := elements(t, got)
		if count["table"] != 1 || count["li"] != 1 || count["h1"] != 1 || count["style"] != 1 || count["title"] != 1 {
			t.Fatalf("the page has %v", count)
		}
	})
}

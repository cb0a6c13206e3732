package model_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"vangnet/engine/model"
)

func TestSafeName(t *testing.T) {
	for _, c := range []struct{ title, want string }{
		{"Offerte dakgoot", "Offerte dakgoot"},
		{"Re: offerte 1/2", "Re_ offerte 1_2"},
		{"", "_"}, {" ", "_"}, {".", "_"}, {"..", "__"}, {"../../etc/passwd", ".._.._etc_passwd"},
		{`C:\Windows\system32`, "C__Windows_system32"},
		{"CON", "_CON"}, {"con.txt", "_con.txt"}, {"COM1", "_COM1"}, {"LPT9.doc", "_LPT9.doc"}, {"Compact", "Compact"}, {"COM10", "COM10"},
		{"trailing. ", "trailing"}, {"tab\there", "tab_here"}, {"nul\x00byte", "nul_byte"},
		{"gnp.\u202etxt", "gnp._txt"}, {"\xff\xfe", "__"}, {"emoji 🎉", "emoji 🎉"},
	} {
		if got := model.SafeName(c.title); got != c.want {
			t.Errorf("SafeName(%q) = %q, want %q", c.title, got, c.want)
		}
	}
}

func FuzzSafeName(f *testing.F) {
	for _, s := range []string{"", "..", "a/b", strings.Repeat("é", 300), "con", "x\x00", "\xe2\x80\xae"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, title string) {
		name := model.SafeName(title)
		switch {
		case name == "", name == ".", name == "..", strings.ContainsAny(name, "/\\:*?\"<>|\x00\n"):
			t.Fatalf("unsafe %q from %q", name, title)
		case len(name) > 190, !utf8.ValidString(name):
			t.Fatalf("too long or broken: %q", name)
		case model.SafeName(name) != name:
			t.Fatalf("not idempotent: %q then %q", name, model.SafeName(name))
		}
	})
}

func TestUniqueName(t *testing.T) {
	taken := map[string]bool{}
	name := func(title, id string) string {
		n := model.UniqueName(title, id, func(s string) bool { return taken[s] })
		taken[model.FoldName(n)] = true
		return n
	}
	if got := name("Plan.docx", "1"); got != "Plan.docx" {
		t.Errorf("first: %q", got)
	}
	second := name("plan.docx", "2")
	if !strings.HasPrefix(second, "plan ~") || !strings.HasSuffix(second, ".docx") {
		t.Errorf("second: %q", second)
	}
	if third := name("PLAN.docx", "2"); third == second {
		t.Errorf("third repeats %q", third)
	}
}

func TestMarkedNamesAreSafeNames(t *testing.T) {
	for _, title := range []string{"kort", strings.Repeat("lang ", 60), strings.Repeat("é", 200) + ".docx", strings.Repeat("🎉", 80)} {
		taken := map[string]bool{model.FoldName(model.SafeName(title)): true}
		got := model.UniqueName(title, "id", func(s string) bool { return taken[s] })
		if model.SafeName(got) != got || !strings.Contains(got, " ~") {
			t.Errorf("%q is not what SafeName makes of it: %q", got, model.SafeName(got))
		}
	}
}

func TestResourceMatches(t *testing.T) {
	drive := model.Resource{Address: "Anna@contoso.example/onedrive"}
	for address, want := range map[string]bool{
		"": true, "anna@contoso.example": true, "anna@contoso.example/": true, "anna@contoso.example/onedrive": true,
		"ann": false, "anna@contoso.example/one": false,
	} {
		if drive.Matches(address) != want {
			t.Errorf("Matches(%q) = %v", address, !want)
		}
	}
}

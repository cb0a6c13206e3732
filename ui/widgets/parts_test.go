package widgets_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"vangnet/ui/task"
	"vangnet/ui/uitest"
	"vangnet/ui/widgets"
)

// find is the widget of a type at a place of a window.
func find[T any](t *testing.T, w fyne.Window, at fyne.Position) T {
	t.Helper()
	for _, o := range test.LaidOutObjects(w.Content()) {
		found, ok := o.(T)
		if !ok {
			continue
		}
		p := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
		if s := o.Size(); at.X >= p.X && at.Y >= p.Y && at.X < p.X+s.Width && at.Y < p.Y+s.Height {
			return found
		}
	}
	t.Fatalf("nothing at %v", at)
	panic("unreachable")
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "two\nlines": "two lines", "gnp.\u202etxt": "gnp.txt", "tab\there": "tab here", "nul\x00": "nul ", "emoji 🎉": "emoji 🎉",
	} {
		if got := widgets.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := widgets.Clean(strings.Repeat("é", 100_000)); len([]rune(got)) > 600 {
		t.Errorf("a name without end is %d long", len(got))
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\u202eb\n")
	f.Fuzz(func(t *testing.T, s string) {
		if got := widgets.Clean(s); strings.ContainsAny(got, "\n\r\u202e\u2066\x00") {
			t.Fatalf("%q", got)
		}
	})
}

func TestLineShortensItself(t *testing.T) {
	uitest.App(t)
	l := widgets.NewLine("a rather long sentence that has no room")
	uitest.Window(t, l, fyne.NewSize(90, 20))
	texts := uitest.Texts(l)
	if len(texts) != 1 || !strings.HasSuffix(texts[0], "…") {
		t.Fatalf("texts %q", texts)
	}
	if w := fyne.MeasureText(texts[0], 13, fyne.TextStyle{}).Width; w > 90 {
		t.Errorf("%q is %v wide", texts[0], w)
	}
	if l.Text() != "a rather long sentence that has no room" {
		t.Error("the line forgot what it says")
	}
}

func TestParagraphBreaksLines(t *testing.T) {
	uitest.App(t)
	p := widgets.NewParagraph("one two three four five six seven eight nine ten "+strings.Repeat("x", 200), 120, "vangnet.text")
	uitest.Window(t, p, fyne.NewSize(120, 400))
	lines := uitest.Texts(p)
	if len(lines) < 5 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, line := range lines {
		if w := fyne.MeasureText(line, 13, fyne.TextStyle{}).Width; w > 121 {
			t.Errorf("%q is %v wide", line, w)
		}
	}
	if joined := strings.Join(lines, ""); strings.Count(joined, "x") < 200 {
		t.Error("a long word lost letters")
	}
}

func TestOutline(t *testing.T) {
	uitest.App(t)
	g := widgets.NewGrid([]widgets.Column{{ID: "name", Width: 100}}, 28, false)
	o := widgets.NewOutline(g, "loading")
	w := uitest.Window(t, g, fyne.NewSize(200, 280))
	var loaded []string
	o.OnLoad = func(n *widgets.Node) { loaded = append(loaded, n.ID) }
	name := func(s string) []widgets.Cell { return []widgets.Cell{{Text: s}} }
	a := &widgets.Node{ID: "a", Branch: true, Cells: name("a")}
	o.SetRoots([]*widgets.Node{a, {ID: "b", Cells: name("b")}})
	g.Focus()
	uitest.Press(w, fyne.KeyRight)
	if fmt.Sprint(loaded) != "[a]" || !has(uitest.Texts(g), "loading") {
		t.Fatalf("loaded %v, shown %v", loaded, uitest.Texts(g))
	}
	o.Fill(a, []*widgets.Node{{ID: "a/1", Cells: name("one")}, {ID: "a/2", Cells: name("two")}})
	if got := fmt.Sprint(uitest.Texts(g)); got != "[a one two b]" {
		t.Errorf("shown %s", got)
	}
	uitest.Press(w, fyne.KeyDown, fyne.KeyDown)
	if o.Selected().ID != "a/2" {
		t.Errorf("at %s", o.Selected().ID)
	}
	uitest.Press(w, fyne.KeyLeft) // to the parent
	if o.Selected() != a {
		t.Errorf("at %s", o.Selected().ID)
	}
	o.Choose("b")
	a.Children = nil
	uitest.Press(w, fyne.KeyUp)
	o.Choose("b")
	o.Update()
	if o.Selected() == nil || o.Selected().ID != "b" {
		t.Error("the chosen node was lost when the tree changed")
	}
}

func TestPagerFetchesWhatIsLookedAt(t *testing.T) {
	var asked []int
	changes := 0
	p := widgets.NewPager[int](task.Inline(context.Background()), func(error) { changes++ })
	p.Ask(func(_ context.Context, offset, limit int) ([]int, int, error) {
		asked = append(asked, offset)
		rows := make([]int, limit)
		for i := range rows {
			rows[i] = offset + i
		}
		return rows, 200_000, nil
	})
	if p.Len() != 200_000 {
		t.Fatalf("%d rows", p.Len())
	}
	if _, ok := p.Get(150_000); ok {
		t.Error("a row was there before it was fetched")
	}
	if got, ok := p.Get(150_000); !ok || got != 150_000 {
		t.Errorf("got %d %v", got, ok)
	}
	for i := 0; i < 200_000; i += 100 {
		p.Get(i)
	}
	if _, ok := p.Get(0); ok {
		t.Error("every page that was ever seen is kept")
	}
	if got, ok := p.Get(0); !ok || got != 0 { // fetched again
		t.Errorf("got %d %v", got, ok)
	}
	if len(asked) > 1010 {
		t.Errorf("%d questions", len(asked))
	}
}

func TestPagerTellsFailures(t *testing.T) {
	var got error
	p := widgets.NewPager[int](task.Inline(context.Background()), func(err error) { got = err })
	boom := errors.New("boom")
	calls := 0
	p.Ask(func(context.Context, int, int) ([]int, int, error) { calls++; return nil, 0, boom })
	if !errors.Is(got, boom) || calls != 1 {
		t.Errorf("got %v after %d calls", got, calls)
	}
}

func TestButtonByKeyboard(t *testing.T) {
	uitest.App(t)
	pressed := 0
	b := widgets.NewButton("go", widgets.Main, func() { pressed++ })
	w := uitest.Window(t, b, fyne.NewSize(100, 30))
	escaped := false
	w.Canvas().SetOnTypedKey(func(ev *fyne.KeyEvent) { escaped = ev.Name == fyne.KeyEscape })
	w.Canvas().Focus(b)
	uitest.Press(w, fyne.KeySpace, fyne.KeyReturn)
	if pressed != 2 {
		t.Errorf("pressed %d times", pressed)
	}
	uitest.Press(w, fyne.KeyEscape)
	if !escaped {
		t.Error("a key the button has no use for did not reach the window")
	}
	b.Disable()
	test.Tap(b)
	if pressed != 2 {
		t.Error("a disabled button did something")
	}
}

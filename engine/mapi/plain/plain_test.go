package plain_test

import (
	"strings"
	"testing"

	"vangnet/engine/mapi/plain"
)

func TestFromHTML(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"<p>Hallo <b>daar</b>,</p><p>tweede&nbsp;regel &amp; meer</p>", "Hallo daar,\n\ntweede regel & meer"},
		{"a<br>b<br/>c<div>d</div>e", "a\nb\nc\nd\ne"},
		{"<html><head><title>niet</title><style>p{}</style></head><body>wel<script>alert(1)</script></body></html>", "wel"},
		{"<ul><li>een<li>twee</ul>", "• een\n• twee"},
		{"<table><tr><td>a<td>b</tr><tr><td>c</td></tr></table>", "a b\nc"},
		{"<pre>x\n  y</pre>", "x\n  y"},
		{"<img src='http://tracker.example/1'>tekst", "tekst"},
		{"kapot < 3 <nooit", "kapot < 3"},
		{"", ""},
	} {
		if got, _ := plain.FromHTML(strings.NewReader(c.in), 1000); got != c.want {
			t.Errorf("%s: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestLimit(t *testing.T) {
	got, cut := plain.FromHTML(strings.NewReader(strings.Repeat("<p>éé", 10_000)), 100)
	if len(got) > 100 || len(got) < 90 || !cut {
		t.Errorf("%d bytes, cut %v", len(got), cut)
	}
	if _, cut := plain.FromHTML(strings.NewReader("kort"), 100); cut {
		t.Error("a short text counts as cut")
	}
}

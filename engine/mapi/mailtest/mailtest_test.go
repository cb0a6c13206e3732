package mailtest_test

import (
	"bytes"
	"testing"

	"vangnet/engine/mapi/mailtest"
)

func TestDeterministicAndDifferent(t *testing.T) {
	kinds := mailtest.Kinds()
	if len(kinds) < 60 {
		t.Errorf("only %d kinds", len(kinds))
	}
	a, b, c := mailtest.Generate(1, 2*len(kinds)), mailtest.Generate(1, 2*len(kinds)), mailtest.Generate(2, len(kinds))
	names, same := map[string]bool{}, 0
	for i := range a {
		if a[i].Name != b[i].Name || !bytes.Equal(a[i].Bytes, b[i].Bytes) {
			t.Errorf("%s differs from run to run", a[i].Name)
		}
		if names[a[i].Name] {
			t.Errorf("%s twice", a[i].Name)
		}
		names[a[i].Name] = true
		if i < len(c) && bytes.Equal(a[i].Bytes, c[i].Bytes) {
			same++
		}
	}
	if same > 0 {
		t.Errorf("%d mails are the same for another seed", same)
	}
}

func TestBigAttachment(t *testing.T) {
	largest := 0
	for _, m := range mailtest.Make(mailtest.Options{Seed: 1, Count: len(mailtest.Kinds()), Big: 3 << 20}) {
		largest = max(largest, len(m.Bytes))
	}
	if largest < 4<<20 {
		t.Errorf("the largest mail has %d bytes", largest)
	}
}

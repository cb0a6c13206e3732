package mailboxes_test

import (
	"bytes"
	"testing"

	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/mailtest"
)

// TestOddMailsComeBack seeds every kind of odd mail, and wants each exported as
// a whole stream, shown as JSON, returned byte for byte, and the same after an
// import.
func TestOddMailsComeBack(t *testing.T) {
	w := newWorld(t)
	mails := mailtest.Generate(1, 2*len(mailtest.Kinds()))
	seeds := map[string]bool{}
	for i, m := range mails {
		seeds[string(m.Bytes)] = true
		meta := mailboxes.Meta{Read: i%2 == 0, Flagged: i%3 == 0, Importance: i%3 - 1, Draft: i%11 == 0}
		if i%4 == 0 {
			meta.Categories = []string{"Blauw", "Project X"}
		}
		must(t, w.box.Put("mail/Inbox", mailboxes.Bytes(m.Bytes), meta))
	}
	for _, id := range w.ids("inbox") {
		got := w.export(id)[0]
		if got.Error != nil {
			t.Fatalf("export: %+v", got.Error)
		}
		_, outcome, err := fts.Decode(bytes.NewReader(got.Data), fts.Limits{})
		if err != nil || outcome.State != fts.Complete {
			t.Errorf("stream: %+v %v", outcome, err)
		}
		w.call("GET", messagesPath+"/"+id, nil).ok(t)
		w.call("GET", messagesPath+"/"+id+"/attachments", nil).ok(t)
		if v := w.call("GET", messagesPath+"/"+id+"/$value", nil); !seeds[string(v.body)] {
			t.Errorf("$value is no seed: %.200s", v.body)
		}
	}
	before, err := w.box.Tree("mail")
	must(t, err)
	w.restore()
	after, err := w.box.Tree("mail")
	must(t, err)
	compare(t, comparable(before), comparable(after))
	for _, id := range w.ids("inbox") {
		if a := w.call("GET", messagesPath+"/"+id+"/$value", nil); a.status != 200 || len(a.body) < 10 {
			t.Errorf("imported: %d %q", a.status, a.body)
		}
	}
}

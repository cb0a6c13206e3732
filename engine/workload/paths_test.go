package workload_test

import (
	"fmt"
	"testing"

	"vangnet/engine/model"
	"vangnet/engine/workload"
)

func paths(list []workload.Place) map[string]string {
	got := map[string]string{}
	for _, p := range list {
		got[p.ID] = p.Path
	}
	return got
}

func TestArrange(t *testing.T) {
	live := []workload.Node{
		{ID: "in", Parent: "root", Title: "Inbox", Top: "mail"},
		{ID: "sub", Parent: "in", Title: "Offertes/2026", Top: "mail"},
		{ID: "cal", Parent: "root", Title: "Agenda", Top: "calendar"},
		{ID: "feest", Parent: "cal", Title: "Feestdagen", Top: "calendar"},
		{ID: "con", Parent: "in", Title: "Klanten", Top: "contacts"},
		{ID: "b", Parent: "root", Title: "Dubbel", Top: "mail"}, {ID: "a", Parent: "root", Title: "DUBBEL", Top: "mail"},
		{ID: "sf", Parent: "root", Title: "Zoekmappen", Skip: true}, {ID: "s1", Parent: "sf", Title: "Ongelezen"},
		{ID: "evil", Parent: "root", Title: "../../..", Top: "mail"},
	}
	got := paths(workload.Arrange(live, map[string]model.Folder{"b": {ID: "b", Path: "mail/Dubbel"}}))
	want := map[string]string{
		"in": "mail/Inbox", "sub": "mail/Inbox/Offertes_2026", "cal": "calendar/Agenda", "feest": "calendar/Agenda/Feestdagen",
		"con": "contacts/Inbox/Klanten", "b": "mail/Dubbel", "a": "mail/DUBBEL ~ca97", "evil": "mail/.._.._",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestArrangeSurvivesLoops(t *testing.T) {
	loop := []workload.Node{{ID: "a", Parent: "b", Title: "A"}, {ID: "b", Parent: "a", Title: "B"}}
	if got := paths(workload.Arrange(loop, nil)); len(got) != 2 || got["a"] != "A" || got["b"] != "A/B" {
		t.Errorf("a loop that hangs on nothing: %v", got)
	}
}

func TestArrangeLosesNothingThatIsDeep(t *testing.T) {
	var live []workload.Node
	for i := range 1000 {
		live = append(live, workload.Node{ID: fmt.Sprint(i + 1), Parent: fmt.Sprint(i), Title: "x"})
	}
	if got := workload.Arrange(live, nil); len(got) != 1000 {
		t.Errorf("%d of 1000 folders were placed", len(got))
	}
}

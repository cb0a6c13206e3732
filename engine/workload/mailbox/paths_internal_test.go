package mailbox

import (
	"fmt"
	"testing"

	"vangnet/engine/model"
)

func TestArrange(t *testing.T) {
	live := []Folder{
		{ID: "in", Parent: "root", Title: "Inbox", Class: "IPF.Note", Known: "inbox"},
		{ID: "sub", Parent: "in", Title: "Offertes/2026", Class: "IPF.Note"},
		{ID: "cal", Parent: "root", Title: "Agenda", Class: "IPF.Appointment"},
		{ID: "feest", Parent: "cal", Title: "Feestdagen", Class: "IPF.Appointment.Birthday"},
		{ID: "con", Parent: "in", Title: "Klanten", Class: "IPF.Contact"},
		{ID: "b", Parent: "root", Title: "Dubbel"}, {ID: "a", Parent: "root", Title: "DUBBEL"},
		{ID: "sf", Parent: "root", Title: "Zoekmappen", Known: "searchfolders"}, {ID: "s1", Parent: "sf", Title: "Ongelezen"},
		{ID: "evil", Parent: "root", Title: "../../.."},
	}
	got := map[string]string{}
	for _, f := range arrange(live, map[string]model.Folder{"b": {ID: "b", Path: "mail/Dubbel"}}, "") {
		got[f.ID] = f.Path
	}
	want := map[string]string{
		"in": "mail/Inbox", "sub": "mail/Inbox/Offertes_2026", "cal": "calendar/Agenda", "feest": "calendar/Agenda/Feestdagen",
		"con": "contacts/Inbox/Klanten", "b": "mail/Dubbel", "a": "mail/DUBBEL ~ca97", "evil": "mail/.._.._",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	for _, f := range arrange(live[:2], nil, archiveTop) {
		if f.ID == "sub" && f.Path != "archive/Inbox/Offertes_2026" {
			t.Errorf("archive: %s", f.Path)
		}
	}
}

func TestArrangeSurvivesLoops(t *testing.T) {
	loop := []Folder{{ID: "a", Parent: "b", Title: "A"}, {ID: "b", Parent: "a", Title: "B"}}
	got := arrange(loop, nil, "")
	if len(got) != 2 || got[0].Path != "mail/A" || got[1].Path != "mail/A/B" {
		t.Errorf("a loop that hangs on nothing: %v", got)
	}
}

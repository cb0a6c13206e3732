package mailbox

import (
	"strings"

	"vangnet/engine/model"
	"vangnet/engine/workload"
)

// Folder is a live mailbox folder.
type Folder struct {
	ID, Parent string
	Title      string
	Class      string // container class such as IPF.Note
	Known      string // well-known name such as inbox
	Items      int64  // as the service counts them
}

// archiveTop is the first part of addresses in the in-place archive.
const archiveTop = "archive"

// Top is the first part of the address of a folder's items: the workload that
// its container class stands for.
func Top(class string) string {
	switch {
	case classIs(class, "IPF.Appointment"):
		return string(model.Calendar)
	case classIs(class, "IPF.Contact"):
		return string(model.Contacts)
	case classIs(class, "IPF.Task"):
		return string(model.Tasks)
	}
	return string(model.Mail)
}

func classIs(have, want string) bool {
	return len(have) >= len(want) && strings.EqualFold(have[:len(want)], want) && (len(have) == len(want) || have[len(want)] == '.')
}

// arrange gives every live folder its place in the snapshot. Search folders are
// left out: their items are in other folders. top is "" for the primary mailbox.
func arrange(live []Folder, previous map[string]model.Folder, top string) []model.Folder {
	byID := make(map[string]Folder, len(live))
	nodes := make([]workload.Node, len(live))
	for i, f := range live {
		byID[f.ID] = f
		nodes[i] = workload.Node{ID: f.ID, Parent: f.Parent, Title: f.Title, Top: top, Skip: strings.EqualFold(f.Known, "searchfolders")}
		if top == "" {
			nodes[i].Top = Top(f.Class)
		}
	}
	places := workload.Arrange(nodes, previous)
	folders := make([]model.Folder, len(places))
	for i, p := range places {
		f := byID[p.ID]
		folders[i] = model.Folder{ID: p.ID, Parent: p.Parent, Path: p.Path, Title: p.Title, Class: f.Class, Known: f.Known}
	}
	return folders
}

package mailbox

import (
	"sort"
	"strings"

	"vangnet/engine/model"
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

// topOf is the first part of the address of a folder's items: the workload that
// its container class stands for.
func topOf(class string) string {
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

// arrange gives every folder its path below the resource. Where two folders of
// one parent want the same name, the one that had it in the previous snapshot
// keeps it. Folders below the search folders are left out: their items are in
// other folders. top is "" for the primary mailbox, archiveTop for the archive.
func arrange(live []Folder, previous map[string]model.Folder, top string) []model.Folder {
	children := map[string][]Folder{}
	ids := map[string]bool{}
	for _, f := range live {
		ids[f.ID] = true
	}
	for _, f := range live {
		parent := f.Parent
		if !ids[parent] {
			parent = "" // the mailbox's own root is not listed
		}
		children[parent] = append(children[parent], f)
	}
	a := arranger{children: children, previous: previous, top: top, taken: map[string]bool{}, seen: map[string]bool{}}
	a.below("", "", 0)
	for _, f := range live { // a loop hangs on nothing: its folders go to the top
		if !a.seen[f.ID] {
			a.place(f, "", "", 0)
		}
	}
	return a.out
}

type arranger struct {
	children map[string][]Folder
	previous map[string]model.Folder
	top      string
	taken    map[string]bool // folded paths
	seen     map[string]bool // folder ids
	out      []model.Folder
}

// maxDepth bounds how deep folders are followed; Exchange allows 300.
const maxDepth = 320

// below arranges the children of a folder whose names, without the top part,
// make path.
func (a *arranger) below(parent, path string, depth int) {
	list := a.children[parent]
	sort.Slice(list, func(i, j int) bool { // those with a name already first, then in order of id
		pi, pj := a.had(list[i], path), a.had(list[j], path)
		if pi != pj {
			return pi
		}
		return list[i].ID < list[j].ID
	})
	for _, f := range list {
		if !a.seen[f.ID] {
			a.place(f, parent, path, depth)
		}
	}
}

// place gives one folder its path, then those below it.
func (a *arranger) place(f Folder, parent, path string, depth int) {
	a.seen[f.ID] = true
	if strings.EqualFold(f.Known, "searchfolders") || depth > maxDepth {
		a.skip(f.ID)
		return
	}
	top := a.top
	if top == "" {
		top = topOf(f.Class)
	}
	name := model.UniqueName(f.Title, f.ID, func(folded string) bool {
		return a.taken[model.FoldName(model.JoinAddress(top, path, folded))]
	})
	own := model.JoinAddress(path, name)
	m := model.Folder{ID: f.ID, Parent: parent, Path: model.JoinAddress(top, own), Class: f.Class, Known: f.Known, Items: f.Items}
	a.taken[model.FoldName(m.Path)] = true
	if f.Title != name {
		m.Title = f.Title
	}
	a.out = append(a.out, m)
	a.below(f.ID, own, depth+1)
}

// skip leaves a folder's whole subtree out.
func (a *arranger) skip(id string) {
	for _, c := range a.children[id] {
		if !a.seen[c.ID] {
			a.seen[c.ID] = true
			a.skip(c.ID)
		}
	}
}

// had reports whether a folder stood at this place under its plain name.
func (a *arranger) had(f Folder, path string) bool {
	p, ok := a.previous[f.ID]
	return ok && strings.HasSuffix(p.Path, model.JoinAddress(path, model.SafeName(f.Title)))
}

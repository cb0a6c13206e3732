package workload

import (
	"sort"
	"strings"

	"vangnet/engine/model"
)

// Node is a live folder that wants a path.
type Node struct {
	ID, Parent string // a parent that is not among the nodes is the resource's root
	Title      string
	Top        string // first part of its path, such as mail; may be empty
	Skip       bool   // leave it and all below it out
}

// Place is where a folder stands in a snapshot.
type Place struct {
	ID, Parent string // Parent is "" right below the root
	Path       string
	Title      string // the title where the path's last part had to differ
}

// maxDepth bounds how deep folders are followed; Exchange allows 300.
const maxDepth = 320

// Arrange gives every folder its path below the resource, parents first. Where
// two want the same name, the one that had it in the previous snapshot keeps it.
func Arrange(live []Node, previous map[string]model.Folder) []Place {
	a := arranger{
		children: map[string][]Node{}, previous: previous,
		taken: map[string]bool{}, seen: map[string]bool{},
	}
	ids := make(map[string]bool, len(live))
	for _, n := range live {
		ids[n.ID] = true
	}
	for _, n := range live {
		parent := n.Parent
		if !ids[parent] {
			parent = ""
		}
		a.children[parent] = append(a.children[parent], n)
	}
	a.below("", "", 0)
	for _, n := range live { // a loop hangs on nothing: its folders go to the top
		if !a.seen[n.ID] {
			a.place(n, "", "", 0)
		}
	}
	return a.out
}

type arranger struct {
	children map[string][]Node
	previous map[string]model.Folder
	taken    map[string]bool // folded paths
	seen     map[string]bool // ids
	out      []Place
}

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
	for _, n := range list {
		if !a.seen[n.ID] {
			a.place(n, parent, path, depth)
		}
	}
}

// place gives one folder its path, then those below it.
func (a *arranger) place(n Node, parent, path string, depth int) {
	a.seen[n.ID] = true
	if n.Skip {
		a.skip(n.ID)
		return
	}
	if depth > maxDepth { // nothing is lost: it stands higher than it should
		parent, path, depth = "", "", 0
	}
	name := model.UniqueName(n.Title, n.ID, func(folded string) bool {
		return a.taken[model.FoldName(model.JoinAddress(n.Top, path, folded))]
	})
	own := model.JoinAddress(path, name)
	p := Place{ID: n.ID, Parent: parent, Path: model.JoinAddress(n.Top, own)}
	a.taken[model.FoldName(p.Path)] = true
	if n.Title != name {
		p.Title = n.Title
	}
	a.out = append(a.out, p)
	a.below(n.ID, own, depth+1)
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
func (a *arranger) had(n Node, path string) bool {
	p, ok := a.previous[n.ID]
	return ok && strings.HasSuffix(p.Path, model.JoinAddress(path, model.SafeName(n.Title)))
}

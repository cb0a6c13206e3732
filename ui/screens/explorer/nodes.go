package explorer

import (
	"slices"
	"strings"

	"vangnet/engine/model"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// accounts makes one node for each person, with the mailbox and the drive in it.
func (w *wherePart) accounts(parent string, tenant model.TenantID, list []model.ResourceHealth) []*widgets.Node {
	people := map[string]*widgets.Node{}
	named := map[string]string{} // who has a name already
	var nodes []*widgets.Node
	for _, r := range list {
		owner, _, _ := strings.Cut(r.Address, "/")
		person := people[owner]
		if person == nil {
			person = &widgets.Node{ID: parent + "/" + owner, Branch: true, Loaded: true, Cells: []widgets.Cell{{Text: personName(r, named), Mark: widgets.Person}}}
			people[owner] = person
			nodes = append(nodes, person)
		}
		node := &widgets.Node{
			ID: parent + "/" + string(r.ID), Branch: true, Cells: w.resourceCells(r),
			Data: place{tenant: tenant, resource: r.ID, address: r.Address, kind: r.Kind},
		}
		if r.Kind == model.Mailbox {
			person.Children = append([]*widgets.Node{node}, person.Children...)
		} else {
			person.Children = append(person.Children, node)
		}
	}
	slices.SortStableFunc(nodes, func(a, b *widgets.Node) int {
		return strings.Compare(strings.ToLower(a.Cells[0].Text), strings.ToLower(b.Cells[0].Text))
	})
	return nodes
}

// resourceCells name a mailbox or drive and say how much is in it; what has no
// copy is grey.
func (w *wherePart) resourceCells(r model.ResourceHealth) []widgets.Cell {
	say := w.screen.desk.Say
	cell := widgets.Cell{Text: say.T("explorer.mailbox"), Mark: widgets.Envelope}
	if r.Kind == model.Drive {
		cell.Text, cell.Mark = say.Workload(model.OneDrive), widgets.Cloud
	}
	if r.LastSuccess.IsZero() {
		cell.Color = theme.Muted
	} else {
		cell.Side = say.Count(r.Items)
	}
	return []widgets.Cell{cell}
}

// personName is what a person is called in the tree: the name, with the address
// where two have the same one.
func personName(r model.ResourceHealth, named map[string]string) string {
	owner, _, _ := strings.Cut(r.Address, "/")
	if r.Name == "" {
		return owner
	}
	if other, taken := named[r.Name]; taken && other != owner {
		return r.Name + " · " + owner
	}
	named[r.Name] = owner
	return r.Name
}

// folderNodes makes the tree of a resource's folders. A mailbox's are grouped
// by workload; a drive's root is the drive itself.
func (w *wherePart) folderNodes(n *widgets.Node, p place, folders []model.Folder) []*widgets.Node {
	byID := make(map[string]*widgets.Node, len(folders))
	root := ""
	for i := range folders {
		f := &folders[i]
		if f.Path == "" {
			root = f.ID
			own := p
			own.folder = f
			n.Data = own
			continue
		}
		own := p
		own.folder = f
		byID[f.ID] = &widgets.Node{ID: n.ID + "/" + f.ID, Loaded: true, Data: own, Cells: w.folderCells(f)}
	}
	var top []*widgets.Node
	groups := map[string]*widgets.Node{}
	for i := range folders {
		f := &folders[i]
		node := byID[f.ID]
		if node == nil {
			continue
		}
		if parent := byID[f.Parent]; parent != nil && parent != node {
			parent.Children, parent.Branch = append(parent.Children, node), true
			continue
		}
		if p.kind == model.Mailbox && f.Parent != root || p.kind == model.Mailbox && root == "" {
			top = w.group(n.ID, p, groups, top, f, node)
			continue
		}
		top = append(top, node)
	}
	sortNodes(top, p.kind == model.Mailbox)
	for _, node := range byID {
		sortNodes(node.Children, false)
	}
	for _, g := range groups {
		sortNodes(g.Children, false)
	}
	return top
}

// group puts a folder of a mailbox below its workload: "mail/Inbox" below Mail.
func (w *wherePart) group(id string, p place, groups map[string]*widgets.Node, top []*widgets.Node, f *model.Folder, node *widgets.Node) []*widgets.Node {
	name, _, deeper := strings.Cut(f.Path, "/")
	if !deeper {
		return append(top, node)
	}
	g := groups[name]
	if g == nil {
		own := p
		own.address = model.JoinAddress(p.address, name)
		g = &widgets.Node{ID: id + "/" + name + "/", Branch: true, Loaded: true, Data: own, Cells: []widgets.Cell{{Text: w.screen.desk.Say.Workload(model.Workload(name)), Mark: groupMark(name)}}}
		groups[name] = g
		top = append(top, g)
		if name == string(model.Mail) {
			w.outline.Open(g)
		}
	}
	g.Children = append(g.Children, node)
	return top
}

func groupMark(name string) widgets.Mark {
	switch name {
	case "calendar":
		return widgets.Calendar
	case "contacts":
		return widgets.Person
	case "tasks":
		return widgets.Check
	case "archive":
		return widgets.Clock
	}
	return widgets.Envelope
}

func (w *wherePart) folderCells(f *model.Folder) []widgets.Cell {
	cell := widgets.Cell{Text: f.Name(), Mark: widgets.Folder}
	if f.Items > 0 {
		cell.Side = w.screen.desk.Say.Count(f.Items)
	}
	return []widgets.Cell{cell}
}

// inboxes are the names of the inbox where Microsoft does not tell which folder it is.
var inboxes = []string{"inbox", "postvak in", "posteingang", "boîte de réception"}

// isInbox reports the folder in which new mail arrives.
func isInbox(f *model.Folder) bool {
	top, name, _ := strings.Cut(f.Path, "/")
	return f.Known == "inbox" || top == string(model.Mail) && slices.Contains(inboxes, strings.ToLower(name))
}

// worth is how much a folder is likely to be what a technician looks for first.
func worth(f *model.Folder) int64 {
	switch {
	case isInbox(f):
		return 1 << 40
	case isMail(f):
		return f.Items
	}
	return 0
}

// order is how a mailbox's groups and best known folders come first.
var order = []string{"mail", "archive", "calendar", "contacts", "tasks"}

func sortNodes(nodes []*widgets.Node, groups bool) {
	rank := func(n *widgets.Node) int {
		p, _ := n.Data.(place)
		if groups {
			name := p.address[strings.LastIndexByte(p.address, '/')+1:]
			if p.folder != nil {
				name, _, _ = strings.Cut(p.folder.Path, "/")
			}
			if i := slices.Index(order, name); i >= 0 {
				return i
			}
			return len(order)
		}
		if p.folder != nil && isInbox(p.folder) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(nodes, func(a, b *widgets.Node) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(strings.ToLower(a.Cells[0].Text), strings.ToLower(b.Cells[0].Text))
	})
}

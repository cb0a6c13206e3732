package explorer

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/dnd"
	"vangnet/ui/say"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// slots are the questions of one tree, by node.
type slots map[string]*task.Slot

func (s slots) get(id string) *task.Slot {
	if s[id] == nil {
		s[id] = &task.Slot{}
	}
	return s[id]
}

func (s slots) stop() {
	for _, slot := range s {
		slot.Stop()
	}
}

// targetsPart lists the places to put things back to; each takes drops.
type targetsPart struct {
	screen  *Screen
	load    slots
	of      desk.Route
	grid    *widgets.Grid
	outline *widgets.Outline
	button  *widgets.Button
	content *fyne.Container
	spring  task.Slot
	rests   *widgets.Node // below the pointer while dragging
}

// rest is how long the pointer rests on a branch before it opens.
const rest = 450 * time.Millisecond

var _ dnd.Target = (*targetsPart)(nil)

func newTargetsPart(s *Screen) *targetsPart {
	say := s.desk.Say
	t := &targetsPart{screen: s, load: slots{}}
	t.grid = widgets.NewGrid([]widgets.Column{{ID: "name", Title: say.T("targets.title"), Width: 100, Grow: 1}}, theme.Row, false)
	t.outline = widgets.NewOutline(t.grid, say.T("loading"))
	t.outline.OnLoad = t.fetch
	t.grid.OnSelect = t.update
	t.grid.OnOpen = func(int) { t.bring(s.selection(), t.chosen()) }
	t.button = widgets.NewButton("", widgets.Main, func() { t.bring(s.selection(), t.chosen()) })
	foot := widgets.Stack(0, widgets.NewHairline(), widgets.Pad(12, 8, 12, 8, t.button))
	t.content = widgets.Sized(190, 0, widgets.Frame(nil, foot, nil, nil, t.grid))
	return t
}

// goTo offers the places that suit where we are.
func (t *targetsPart) goTo(r desk.Route) {
	owner, _, _ := strings.Cut(t.screen.where.address(r), "/")
	if t.of.Tenant == r.Tenant && t.of.Resource == r.Resource && t.outline.Len() > 0 && (owner == "" || t.outline.Node(1) != nil && t.outline.Node(1).ID == "live:"+owner) {
		t.update()
		return
	}
	t.of = r
	t.load.stop()
	say := t.screen.desk.Say
	nodes := []*widgets.Node{{
		ID: "original", Data: Target{Kind: Original, Name: say.T("targets.original")},
		Cells: []widgets.Cell{{Text: say.T("targets.original"), Mark: widgets.Back, Paint: theme.Primary}},
	}}
	if owner != "" {
		nodes = append(nodes, &widgets.Node{
			ID: "live:" + owner, Branch: true, Data: Target{Kind: Live, Address: owner, Name: owner, Tenant: r.Tenant},
			Cells: []widgets.Cell{{Text: say.T("targets.live", "name", t.screen.where.person(r, owner)), Mark: widgets.Person}},
		})
	}
	if r.Tenant != "" {
		nodes = append(nodes, &widgets.Node{
			ID: "others", Branch: true, Data: Target{Kind: NoTarget, Name: say.T("targets.others"), Tenant: r.Tenant},
			Cells: []widgets.Cell{{Text: say.T("targets.others"), Mark: widgets.Person}},
		}, &widgets.Node{
			ID: tenantsNode, Branch: true, Data: Target{Kind: NoTarget, Name: say.T("targets.tenants")},
			Cells: []widgets.Cell{{Text: say.T("targets.tenants"), Mark: widgets.House}},
		})
	}
	nodes = append(nodes, &widgets.Node{
		ID: "local", Data: Target{Kind: Local, Name: say.T("targets.local")},
		Cells: []widgets.Cell{{Text: say.T("targets.local"), Mark: widgets.Computer}},
	})
	hand := handOverNode(say)
	t.outline.SetRoots(append(nodes, hand))
	t.outline.Open(hand)
	t.grid.Select(0)
	t.update()
}

// handOverNode is the branch with the forms for customers, open from the start.
func handOverNode(say *say.Say) *widgets.Node {
	n := &widgets.Node{ID: "handover", Branch: true, Loaded: true, Data: Target{Kind: HandOver, Name: say.T("handover.title")}, Cells: []widgets.Cell{{Text: say.T("handover.title"), Mark: widgets.Parcel}}}
	for _, f := range formats[:3] {
		name := say.Handed(f)
		n.Children = append(n.Children, &widgets.Node{ID: "handover:" + string(f), Data: Target{Kind: HandOver, Name: name, Format: f}, Cells: []widgets.Cell{{Text: name, Mark: widgets.File}}})
	}
	return n
}

// tenantsNode is the branch with the other tenants.
const tenantsNode = "tenants"

// fetch asks for the live places below a node.
func (t *targetsPart) fetch(n *widgets.Node) {
	if n.ID == tenantsNode {
		t.fetchTenants(n)
		return
	}
	target, _ := n.Data.(Target)
	s := t.screen
	task.Load(s.desk.Run, t.load.get(n.ID), func(ctx context.Context) ([]model.Row, error) {
		return s.engine.LiveTargets(ctx, target.Tenant, target.Address)
	}, func(rows []model.Row, err error) {
		if err != nil {
			t.fail(n, err)
			return
		}
		children := make([]*widgets.Node, 0, len(rows))
		for _, row := range rows {
			children = append(children, t.node(n, row))
		}
		if strings.Contains(target.Address, "/") {
			sortTargets(children)
		}
		t.outline.Fill(n, children)
	})
}

// fail says below a node why its places are not known.
func (t *targetsPart) fail(n *widgets.Node, err error) {
	text := t.screen.desk.Say.Error(err)
	t.outline.Fill(n, []*widgets.Node{{ID: n.ID + "/!", Cells: []widgets.Cell{{Text: text, Color: theme.Failing}}}})
}

// fetchTenants lists the tenants beside the one that is looked at.
func (t *targetsPart) fetchTenants(n *widgets.Node) {
	s, own := t.screen, t.of.Tenant
	task.Load(s.desk.Run, t.load.get(n.ID), s.engine.Tenants, func(list []model.TenantHealth, err error) {
		if err != nil {
			t.fail(n, err)
			return
		}
		var nodes []*widgets.Node
		for _, h := range list {
			if h.Tenant.ID == own {
				continue
			}
			nodes = append(nodes, &widgets.Node{
				ID: n.ID + ">" + string(h.Tenant.ID), Branch: true, Cells: []widgets.Cell{{Text: h.Tenant.Name, Mark: widgets.House}},
				Data: Target{Kind: NoTarget, Name: h.Tenant.Name, Tenant: h.Tenant.ID, Owner: h.Tenant.Name},
			})
		}
		sortTargets(nodes)
		t.outline.Fill(n, nodes)
	})
}

// sortTargets orders live folders by name, the inbox first.
func sortTargets(nodes []*widgets.Node) {
	rank := func(n *widgets.Node) int {
		if target, ok := n.Data.(Target); ok {
			_, path, _ := strings.Cut(target.Address, "/")
			if isInbox(&model.Folder{Path: path}) {
				return 0
			}
		}
		return 1
	}
	slices.SortStableFunc(nodes, func(a, b *widgets.Node) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(strings.ToLower(a.Cells[0].Text), strings.ToLower(b.Cells[0].Text)))
	})
}

func (t *targetsPart) node(parent *widgets.Node, row model.Row) *widgets.Node {
	above, _ := parent.Data.(Target)
	name, mark := row.Name, widgets.Folder
	if _, rest, ok := strings.Cut(row.Path, "/"); !ok {
		mark = widgets.Person
		if row.Subject != "" { // the display name
			name = row.Subject
		}
	} else if !strings.Contains(rest, "/") {
		mark = groupMark(rest)
		if rest == string(model.OneDrive) {
			mark = widgets.Cloud
		}
		if name == "" || name == rest {
			name = t.screen.desk.Say.Workload(model.Workload(rest))
		}
	}
	cell := widgets.Cell{Text: name, Mark: mark}
	if row.Warning != "" {
		cell.Color = theme.Muted
	}
	return &widgets.Node{
		ID: parent.ID + ">" + row.Path, Branch: row.Items > 0, Cells: []widgets.Cell{cell},
		Data: Target{Kind: Live, Address: row.Path, Name: t.screen.desk.Say.Place(row.Path), Refusal: row.Warning, Tenant: above.Tenant, Owner: above.Owner},
	}
}

// chosen is the place the keyboard is at.
func (t *targetsPart) chosen() Target {
	if n := t.outline.Selected(); n != nil {
		target, _ := n.Data.(Target)
		return target
	}
	return Target{Kind: Original, Name: t.screen.desk.Say.T("targets.original")}
}

// update says on the button what would be put back.
func (t *targetsPart) update() {
	sel := t.screen.selection()
	if sel.Empty() {
		t.button.SetText(t.screen.desk.Say.T("explorer.putnothing"))
		t.button.Disable()
	} else {
		verb := "explorer.putback"
		if t.chosen().Kind == HandOver {
			verb = "explorer.handover"
		}
		t.button.SetText(t.screen.desk.Say.T(verb, "things", sel.Label))
		t.button.Enable()
	}
}

// bring asks about a selection and the place or form it goes to.
func (t *targetsPart) bring(sel Selection, target Target) {
	if target.Kind == HandOver {
		t.screen.handover.ask(sel, target.Format)
		return
	}
	t.screen.putback.ask(sel, target)
}

// verdict puts an answer in words.
func (t *targetsPart) verdict(sel Selection, target Target) dnd.Verdict {
	say := t.screen.desk.Say
	switch Judge(sel, target) {
	case Accepted:
		if target.Kind == HandOver {
			return dnd.Verdict{Accept: true, Why: say.T("handover.drop", "things", sel.Label, "name", target.Name)}
		}
		return dnd.Verdict{Accept: true, Why: say.T("refuse.none", "things", sel.Label, "name", target.Name)}
	case SeveralHome:
		return dnd.Verdict{Why: say.T("refuse.several")}
	case OtherHome:
		return dnd.Verdict{Why: say.T("refuse.tenant", "things", sel.Label)}
	case WrongKind:
		return dnd.Verdict{Why: say.T("refuse.kind", "things", sel.Label, "name", target.Name)}
	case CannotTake:
		return dnd.Verdict{Why: say.Warning(target.Refusal)}
	case OnlyMail:
		return dnd.Verdict{Why: say.T("fault.form_unfit")}
	case Nothing:
		if target.Kind == HandOver {
			return dnd.Verdict{Why: say.T("handover.nothing")}
		}
		return dnd.Verdict{Why: say.T("refuse.nothing")}
	}
	return dnd.Verdict{Why: say.T("refuse.place", "name", target.Name)}
}

// Object implements dnd.Target.
func (t *targetsPart) Object() fyne.CanvasObject { return t.grid }

// Hover implements dnd.Target.
func (t *targetsPart) Hover(at fyne.Position, p dnd.Payload) (dnd.Verdict, bool) {
	sel, ok := p.Data.(Selection)
	row := t.grid.RowAt(at)
	n := t.outline.Node(row)
	if !ok || n == nil {
		t.grid.Light(-1)
		return dnd.Verdict{}, false
	}
	target, ok := n.Data.(Target)
	if !ok {
		t.grid.Light(-1)
		return dnd.Verdict{}, false
	}
	v := t.verdict(sel, target)
	if v.Accept {
		t.grid.Light(row)
	} else {
		t.grid.Light(-1)
	}
	t.springOpen(n)
	return v, true
}

// springOpen opens a closed branch that the pointer rests on while dragging.
func (t *targetsPart) springOpen(n *widgets.Node) {
	if n == t.rests {
		return
	}
	t.rests = n
	t.spring.Stop()
	if !n.Branch || n.Opened() {
		return
	}
	task.After(t.screen.desk.Run, &t.spring, t.screen.desk.Clock, rest, func() {
		if t.rests == n && t.screen.desk.Drag.Active() {
			t.outline.Open(n)
		}
	})
}

// Leave implements dnd.Target.
func (t *targetsPart) Leave() {
	t.grid.Light(-1)
	t.spring.Stop()
	t.rests = nil
}

// Drop implements dnd.Target.
func (t *targetsPart) Drop(at fyne.Position, p dnd.Payload) {
	sel, ok := p.Data.(Selection)
	row := t.grid.RowAt(at)
	if n := t.outline.Node(row); ok && n != nil {
		if target, ok := n.Data.(Target); ok {
			t.grid.Select(row)
			t.bring(sel, target)
		}
	}
}

package shell

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

const (
	navNarrow float32 = 56
	navWide   float32 = 200
)

// nav is the column at the left: the pages, and the tenant that was open last.
type nav struct {
	shell   *Shell
	box     *fyne.Container
	column  *fyne.Container
	buttons map[desk.Page]*widgets.Button
	tenant  *widgets.Button
	head    *widgets.Line
	opened  model.TenantID
	name    string
	narrow  bool
}

var navItems = []struct {
	page desk.Page
	mark widgets.Mark
}{{desk.Overview, widgets.Gauge}, {desk.Explorer, widgets.Compass}, {desk.Settings, widgets.Gear}}

func newNav(s *Shell) *nav {
	n := &nav{shell: s, buttons: map[desk.Page]*widgets.Button{}}
	n.head = widgets.NewLine("Vangnet").Bold()
	n.tenant = widgets.NewButton("", widgets.Nav, n.openTenant).Marked(widgets.House)
	n.tenant.Hide()
	objects := make([]fyne.CanvasObject, 0, len(navItems)+2)
	for _, item := range navItems {
		b := widgets.NewButton("", widgets.Nav, func() { n.open(item.page) }).Marked(item.mark)
		n.buttons[item.page] = b
		objects = append(objects, b)
		if item.page == desk.Overview {
			objects = append(objects, n.tenant)
		}
	}
	n.column = widgets.Stack(2, objects...)
	fold := widgets.NewIcon(widgets.Menu, s.desk.Say.T("command.fold"), n.fold)
	top := widgets.Pad(11, 12, 8, 12, widgets.StretchRow(8, n.head, fold, n.head))
	inner := widgets.Frame(top, nil, nil, nil, widgets.Pad(8, 0, 8, 8, n.column))
	line := widgets.Frame(nil, nil, nil, widgets.NewHairline(), inner)
	n.box = container.New(&navLayout{n}, widgets.NewPanel(theme.Surface), line)
	n.label()
	return n
}

// navLayout keeps the column at one of its two widths.
type navLayout struct{ n *nav }

func (l *navLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	if l.n.narrow {
		return fyne.NewSize(navNarrow, 100)
	}
	return fyne.NewSize(navWide, 100)
}

func (l *navLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.n.labelFor(size.Width < navWide)
	for _, o := range objects {
		o.Move(fyne.Position{})
		o.Resize(size)
	}
}

func (n *nav) fold() {
	n.narrow = !n.narrow
	n.shell.body.Refresh()
}

func (n *nav) label() { n.labelFor(n.narrow) }

// labelFor shows words beside the marks, or leaves them out.
func (n *nav) labelFor(narrow bool) {
	say := n.shell.desk.Say
	texts := map[desk.Page]string{
		desk.Overview: say.T("nav.overview"), desk.Explorer: say.T("nav.explorer"), desk.Settings: say.T("nav.settings"),
	}
	for page, b := range n.buttons {
		if narrow {
			b.SetText("")
		} else {
			b.SetText(texts[page])
		}
	}
	if narrow {
		n.tenant.SetText("")
		n.head.Set("")
		return
	}
	n.tenant.SetText(n.name)
	n.head.Set("Vangnet")
}

func (n *nav) open(page desk.Page) {
	r := desk.Route{Page: page}
	if page == desk.Explorer {
		r.Tenant = n.opened
	}
	n.shell.Go(r)
}

func (n *nav) openTenant() {
	n.shell.Go(desk.Route{Page: desk.Tenant, Tenant: n.opened})
}

// update shows where we are; the tenant that was open stays one click away.
func (n *nav) update() {
	r := n.shell.history.now()
	for page, b := range n.buttons {
		b.SetOn(page == r.Page)
	}
	n.tenant.SetOn(r.Page == desk.Tenant)
	if r.Tenant == "" || r.Tenant == n.opened {
		return
	}
	n.opened = r.Tenant
	d := n.shell.desk
	task.Load(d.Run, &n.shell.lookup, func(ctx context.Context) (model.TenantHealth, error) {
		return n.shell.engine.Tenant(ctx, r.Tenant)
	}, func(t model.TenantHealth, err error) {
		if err != nil || t.Tenant.ID != n.opened {
			return
		}
		n.name = t.Tenant.Name
		n.tenant.Show()
		n.column.Refresh()
		n.labelFor(n.box.Size().Width < navWide)
		n.shell.retitle()
	})
}

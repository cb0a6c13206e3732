package explorer

import (
	"strings"

	"vangnet/engine/model"
	"vangnet/ui/widgets"
)

// folderRows is a folder's list: its subfolders, which the tree knows already,
// then its items, page by page.
type folderRows struct {
	pager  *widgets.Pager[model.Row]
	inside []model.Row
}

// Len implements rows.
func (f *folderRows) Len() int { return len(f.inside) + f.pager.Len() }

// Get implements rows.
func (f *folderRows) Get(i int) (model.Row, bool) {
	if i >= 0 && i < len(f.inside) {
		return f.inside[i], true
	}
	return f.pager.Get(i - len(f.inside))
}

// set takes the subfolders whose names the filter lets through.
func (f *folderRows) set(inside []model.Row, filter string) {
	f.inside = nil
	words := strings.Fields(strings.ToLower(filter))
next:
	for _, row := range inside {
		name := strings.ToLower(row.Name)
		for _, w := range words {
			if !strings.Contains(name, w) {
				continue next
			}
		}
		f.inside = append(f.inside, row)
	}
}

// subfolders are the folders right below the chosen one. In a mailbox they
// stand only in the tree, as mail programs do it, unless there is nothing else.
func (w *wherePart) subfolders() []model.Row {
	n := w.outline.Selected()
	if n == nil {
		return nil
	}
	if p, ok := n.Data.(place); ok && p.kind == model.Mailbox && p.folder != nil && p.folder.Items > 0 {
		return nil
	}
	var rows []model.Row
	for _, child := range n.Children {
		p, ok := child.Data.(place)
		if !ok || p.folder == nil {
			continue
		}
		rows = append(rows, model.Row{
			Ref:    model.Ref{Tenant: p.tenant, Resource: p.resource, Folder: p.folder.ID, At: w.screen.route.At},
			Tenant: p.tenant, Resource: p.address, Path: model.JoinAddress(p.address, p.folder.Path), Name: p.folder.Name(),
			Kind: model.KindFolder, Items: p.folder.Items, Size: p.folder.Bytes, Modified: p.folder.Modified,
		})
	}
	return rows
}

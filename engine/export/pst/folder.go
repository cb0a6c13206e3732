package pst

import (
	"context"
	"fmt"
)

// Folder is a folder of the store being written.
type Folder int32

// Folders that every store has.
const (
	Top     Folder = iota // holds what a person sees
	Deleted               // Deleted Items, in Top

	// Behind these two a person does not see.
	root
	search
	firstOwn
)

// Indexes of the nodes of those folders, MS-PST 2.4.1 and 2.7.
const (
	rootIndex    = 0x9 // of node 0x122
	topIndex     = 0x401
	searchIndex  = 0x402
	deletedIndex = 0x403
)

type folder struct {
	index    uint32 // of its nodes
	parent   Folder
	name     string
	class    string // of what it holds, "" where it does not say
	children []Folder
	items    uint32
	unread   uint32
	rows     folderRows
}

func (f *folder) node() uint32 { return nid(f.index, nidFolder) }

type folderKey struct {
	parent Folder
	name   string
}

const classMail = "IPF.Note"

// standardFolders are the folders of an empty store.
func standardFolders(n FolderNames) []folder {
	or := func(s, other string) string {
		if s = cutUnits(clean(s), textMax); s == "" {
			return other
		}
		return s
	}
	return []folder{
		Top:     {index: topIndex, parent: root, name: or(n.Top, "Top of Outlook data file"), children: []Folder{Deleted}},
		Deleted: {index: deletedIndex, parent: Top, name: or(n.Deleted, "Deleted Items"), class: classMail},
		root:    {index: rootIndex, parent: root, children: []Folder{Top, search}},
		search:  {index: searchIndex, parent: root, name: or(n.Search, "Search Root")},
	}
}

// Folder makes a folder, or finds the one of that name that parent has. class
// says what it holds (IPF.Note, IPF.Appointment, IPF.Contact, IPF.Task ...);
// the empty one is mail. A mailbox's own deleted items go into Deleted.
func (w *Writer) Folder(parent Folder, name, class string) (Folder, error) {
	if w.broken != nil {
		return 0, w.broken
	}
	if !w.has(parent) {
		return 0, fmt.Errorf("make folder %q: there is no folder %d", name, parent)
	}
	key := folderKey{parent, name}
	if f, ok := w.byName[key]; ok {
		return f, nil
	}
	shown := cutUnits(clean(name), textMax)
	if shown == "" {
		return 0, fmt.Errorf("make a folder in %q: it has no name", w.folders[parent].name)
	}
	if class = cutUnits(clean(class), textMax); class == "" {
		class = classMail
	}
	f := Folder(len(w.folders))
	index := deletedIndex + 1 + uint32(f-firstOwn)
	if index >= maxIndex {
		return 0, fmt.Errorf("make folder %q: %w", name, ErrFull)
	}
	w.folders = append(w.folders, folder{index: index, parent: parent, name: shown, class: class})
	w.folders[parent].children = append(w.folders[parent].children, f)
	w.byName[key] = f
	w.tables += perFolder
	return f, nil
}

// has reports whether a folder can hold items and folders.
func (w *Writer) has(f Folder) bool {
	return f == Top || f == Deleted || f >= firstOwn && int(f) < len(w.folders)
}

// writeFolder writes the four nodes of a folder, MS-PST 2.4.4.
func (w *Writer) writeFolder(ctx context.Context, f *folder) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.c.high.see(f.node())
	if err := w.writeFolderProps(f); err != nil {
		return err
	}
	if err := w.writeHierarchy(f); err != nil {
		return err
	}
	if err := w.writeContents(ctx, f); err != nil {
		return err
	}
	return w.writeEmptyTable(nid(f.index, nidFAITable), &faiLayout)
}

func (w *Writer) writeFolderProps(f *folder) error {
	return w.writeProps(f.node(), w.folders[f.parent].node(), func(p *props) error {
		if err := p.text(0x3001, f.name); err != nil {
			return err
		}
		p.add(0x3602, typeInt32, f.items, 4)
		p.add(0x3603, typeInt32, f.unread, 4)
		p.add(0x360A, typeBool, uint32(boolBit(len(f.children) > 0)), 1)
		if f.class == "" {
			return nil
		}
		return p.text(0x3613, f.class)
	})
}

func boolBit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// writeHierarchy writes the table of a folder's subfolders, whose rows say the
// same as the subfolders do.
func (w *Writer) writeHierarchy(f *folder) error {
	if err := w.t.begin(&hierarchyLayout); err != nil {
		return err
	}
	for _, child := range f.children {
		c := &w.folders[child]
		w.row.start(&hierarchyLayout)
		w.row.tag(rowIDTag, uint64(c.node()))
		w.row.tag(rowVersionTag, w.newVersion())
		w.row.tag(0x36020003, uint64(c.items))
		w.row.tag(0x36030003, uint64(c.unread))
		w.row.tag(0x360A000B, boolBit(len(c.children) > 0))
		if err := w.textCell(hierarchyLayout.column(0x3001001F), c.name); err != nil {
			return err
		}
		if err := w.textCell(hierarchyLayout.column(0x3613001F), c.class); err != nil {
			return err
		}
		if err := w.t.add(c.node(), w.row.b); err != nil {
			return err
		}
	}
	return w.finishTable(nid(f.index, nidHierarchy))
}

// finishTable writes the open table as a node of its own.
func (w *Writer) finishTable(node uint32) error {
	bid, sub, _, err := w.t.finish()
	w.addNode(node, bid, sub, 0)
	return err
}

func (w *Writer) writeEmptyTable(node uint32, l *layout) error {
	if err := w.t.begin(l); err != nil {
		return err
	}
	return w.finishTable(node)
}

// writeProps writes a property context as a node of its own.
func (w *Writer) writeProps(node, parent uint32, fill func(*props) error) error {
	base := len(w.subs)
	defer func() { w.subs = w.subs[:base] }()
	if err := w.p.begin(&w.subs); err != nil {
		return err
	}
	if err := fill(&w.p); err != nil {
		return err
	}
	bid, _, err := w.p.finish(0, false)
	if err != nil {
		return err
	}
	sub, err := w.writeSubnodes(base)
	w.addNode(node, bid, sub, parent)
	return err
}

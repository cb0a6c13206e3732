package pst

import (
	"context"
	"fmt"
	"slices"

	"vangnet/engine/mapi"
)

const (
	typeInt32  = mapi.TypeInt32
	typeBool   = mapi.TypeBool
	typeBinary = mapi.TypeBinary
)

// Nodes that every store has, MS-PST 2.4.1 and 2.7.1; those without a name
// there were read from stores that Outlook made.
const (
	storeNode          = 0x21
	nameMapNode        = 0x61
	receiveFolderTable = 0x62B
	idMapNode          = 0xC01
)

// emptyNodes have no data.
var emptyNodes = [...]uint32{
	0x1E1, // search management queue
	0x201, // search activities
	0x261, // search domain
	0xE41, 0xEC1, 0xF21,
}

// node is an entry of the node tree.
type node struct {
	nid       uint32
	data, sub uint64
	parent    uint32
}

func (w *Writer) addNode(nid uint32, data, sub uint64, parent uint32) {
	w.nodes = append(w.nodes, node{nid, data, sub, parent})
}

// putNode fills an entry of a page of the node tree.
func putNode(b []byte, n node) {
	le.PutUint64(b, uint64(n.nid))
	le.PutUint64(b[8:], n.data)
	le.PutUint64(b[16:], n.sub)
	le.PutUint64(b[24:], uint64(n.parent))
}

// writeStore writes all nodes that are not messages.
func (w *Writer) writeStore(ctx context.Context) error {
	for i := range w.folders {
		f := &w.folders[i]
		if err := w.writeFolder(ctx, f); err != nil {
			return fmt.Errorf("write folder %q: %w", f.name, err)
		}
	}
	if err := w.writeTemplates(); err != nil {
		return fmt.Errorf("write the templates of tables: %w", err)
	}
	if err := w.writeReceiveFolders(); err != nil {
		return fmt.Errorf("write the table of receive folders: %w", err)
	}
	if err := w.writeIDMap(); err != nil {
		return fmt.Errorf("write the map of ids: %w", err)
	}
	for _, n := range emptyNodes {
		w.addNode(n, 0, 0, 0)
	}
	if err := w.writeProps(nameMapNode, 0, w.names.encode().write); err != nil {
		return err
	}
	if err := w.writeProps(storeNode, 0, w.storeProps); err != nil {
		return fmt.Errorf("write the store: %w", err)
	}
	return nil
}

func (w *Writer) writeTemplates() error {
	for _, t := range [...]struct {
		node uint32
		l    *layout
	}{
		{0x60D, &hierarchyLayout}, {0x60E, &contentsLayout}, {0x60F, &faiLayout}, {0x610, &searchLayout},
		{attachmentTable, &attachmentLayout}, {recipientTable, &recipientLayout}, {0x64C, &outgoingLayout},
		{0x6B6, &internal1Layout}, {0x6D7, &internal2Layout}, {0x6F8, &internal3Layout},
	} {
		if err := w.writeEmptyTable(t.node, t.l); err != nil {
			return err
		}
	}
	return nil
}

// writeReceiveFolders says that mail of any class would arrive in the root.
func (w *Writer) writeReceiveFolders() error {
	if err := w.t.begin(&receiveLayout); err != nil {
		return err
	}
	w.row.start(&receiveLayout)
	w.row.tag(rowIDTag, 1)
	w.row.tag(rowVersionTag, w.newVersion())
	w.row.tag(0x001A001F, 0) // an empty text
	w.row.tag(0x66050003, uint64(w.folders[root].node()))
	if err := w.t.add(1, w.row.b); err != nil {
		return err
	}
	return w.finishTable(receiveFolderTable)
}

// writeIDMap writes an empty cache of Outlook's.
func (w *Writer) writeIDMap() error {
	h := w.t.h
	h.begin(clientIDMap)
	_, item, err := h.alloc(4)
	if err != nil {
		return err
	}
	le.PutUint32(item, 0x40)
	_, header, err := h.alloc(bthHeader)
	if err != nil {
		return err
	}
	putBTHHeader(header, 16, 4, 0, 0)
	bid, _, err := h.finish(0x20)
	w.addNode(idMapNode, bid, 0, 0)
	return err
}

// storeProps are the properties of the store itself, MS-PST 2.4.3.
func (w *Writer) storeProps(p *props) error {
	record := w.keyOf("store", nil)
	version := slices.Concat([]byte{1, 0, 0, 0}, w.keyOf("replica", nil), []byte{1, 0, 0, 0})
	entry := func(f Folder) []byte {
		id := append(make([]byte, 4), record...)
		return le.AppendUint32(id, w.folders[f].node())
	}
	const (
		validFolders  = 0x89 // top, deleted items, search root
		writerVersion = 0x000E000D
	)
	p.add(0x0E38, typeInt32, 0, 4)
	p.add(0x35DF, typeInt32, validFolders, 4)
	p.add(0x6633, typeBool, 1, 1)
	p.add(0x66FA, typeInt32, writerVersion, 4)
	p.add(0x67FF, typeInt32, 0, 4) // no password
	if err := p.text(mapi.DisplayName, cutUnits(w.opt.Name, textMax)); err != nil {
		return err
	}
	for _, b := range [...]struct {
		id mapi.PropID
		b  []byte
	}{{0x0E34, version}, {mapi.RecordKey, record}, {0x35E0, entry(Top)}, {0x35E3, entry(Deleted)}, {0x35E7, entry(search)}} {
		if err := p.bytes(b.id, typeBinary, b.b); err != nil {
			return err
		}
	}
	return nil
}

package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"unicode/utf16"

	pst "github.com/mooijtech/go-pst/v6/pkg"
	"github.com/rotisserie/eris"
)

// prop is one property as it lies in the file.
type prop struct {
	ID    uint16 `json:"id"`
	Type  uint16 `json:"type"`
	Name  string `json:"name,omitempty"`  // set, "/" and number or text of a named one
	Value []byte `json:"value,omitempty"` // unless it is long
	Sum   string `json:"sum,omitempty"`   // SHA-256 of a long value
}

const long = 1024 // bytes

// list is all of an object's properties.
func list(all []pst.Property, heap *pst.HeapOnNode, f *pst.File, local []pst.LocalDescriptor, names map[uint16]string) ([]prop, error) {
	out := make([]prop, 0, len(all))
	for _, p := range all {
		one := prop{ID: p.ID, Type: uint16(p.Type), Name: names[p.ID]}
		b, err := value(p, heap, f, local)
		if err != nil {
			return nil, fmt.Errorf("property 0x%04X: %w", p.ID, err)
		}
		if one.Value = b; len(b) > long {
			h := sha256.Sum256(b)
			one.Value, one.Sum = nil, hex.EncodeToString(h[:])
		}
		out = append(out, one)
	}
	return out, nil
}

func value(p pst.Property, heap *pst.HeapOnNode, f *pst.File, local []pst.LocalDescriptor) ([]byte, error) {
	if p.Data != nil {
		return p.Data, nil
	}
	if p.HNID == 0 {
		return nil, nil
	}
	r, err := pst.NewPropertyReader(p, heap, f, local)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.NewSectionReader(&r, 0, r.Size()))
}

// recipients are the rows of a message's table of recipients.
func recipients(m *pst.Message, names map[uint16]string) ([][]prop, error) {
	const node = 0x692
	d, err := pst.FindLocalDescriptor(node, m.LocalDescriptors)
	if eris.Is(err, pst.ErrLocalDescriptorNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	heap, err := m.File.GetHeapOnNodeFromLocalDescriptor(d)
	if err != nil {
		return nil, err
	}
	local, err := m.File.GetLocalDescriptorsFromIdentifier(d.LocalDescriptorsIdentifier)
	if err != nil {
		return nil, err
	}
	t, err := m.File.GetTableContext(heap, local)
	if eris.Is(err, pst.ErrTableContextNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rows := make([][]prop, len(t.Properties))
	for i, row := range t.Properties {
		if rows[i], err = list(row, heap, m.File, local, names); err != nil {
			return nil, fmt.Errorf("recipient %d: %w", i+1, err)
		}
	}
	return rows, nil
}

// embedded is the message that an attachment is; nil where it is none.
func embedded(a *pst.Attachment, f *pst.File) (*pst.Message, error) {
	const method, message = 0x3705, 5
	if (props{a.PropertyContext, a.LocalDescriptors}).number(method) != message {
		return nil, nil
	}
	r, err := a.PropertyContext.GetPropertyReader(0x3701, a.LocalDescriptors)
	if err != nil {
		return nil, err
	}
	var where [8]byte // node and size
	if _, err := r.ReadAt(where[:], 0); err != nil {
		return nil, err
	}
	d, err := pst.FindLocalDescriptor(pst.Identifier(binary.LittleEndian.Uint32(where[:])), a.LocalDescriptors)
	if err != nil {
		return nil, err
	}
	heap, err := f.GetHeapOnNodeFromLocalDescriptor(d)
	if err != nil {
		return nil, err
	}
	m := &pst.Message{File: f, Identifier: d.Identifier}
	if m.PropertyContext, err = f.GetPropertyContext(heap); err != nil {
		return nil, err
	}
	m.LocalDescriptors, err = f.GetLocalDescriptorsFromIdentifier(d.LocalDescriptorsIdentifier)
	return m, err
}

// names reads what the named properties of the file are called (MS-PST 2.4.7).
// go-pst's own list knows some sets only.
func names(f *pst.File) (map[uint16]string, error) {
	node, err := f.GetNodeBTreeNode(pst.IdentifierNameToIDMap)
	if err != nil {
		return nil, err
	}
	local, err := f.GetLocalDescriptors(node)
	if err != nil {
		return nil, err
	}
	block, err := f.GetBlockBTreeNode(node.DataIdentifier)
	if err != nil {
		return nil, err
	}
	heap, err := f.GetHeapOnNode(block)
	if err != nil {
		return nil, err
	}
	context, err := f.GetPropertyContext(heap)
	if err != nil {
		return nil, err
	}
	var streams [3][]byte // sets, entries, texts
	for i := range streams {
		p, err := context.GetPropertyByID(uint16(2 + i))
		if err != nil {
			return nil, err
		}
		if streams[i], err = value(p, heap, f, local); err != nil {
			return nil, err
		}
	}
	out := map[uint16]string{}
	for e := streams[1]; len(e) >= 8; e = e[8:] {
		id, set := binary.LittleEndian.Uint32(e), binary.LittleEndian.Uint16(e[4:])
		name := fmt.Sprintf("%04X", id)
		if set&1 != 0 {
			size := binary.LittleEndian.Uint32(streams[2][id:])
			name = utf16Text(streams[2][id+4 : id+4+size])
		}
		out[0x8000+binary.LittleEndian.Uint16(e[6:])] = setName(int(set>>1), streams[0]) + "/" + name
	}
	return out, nil
}

func setName(index int, sets []byte) string {
	switch index {
	case 1:
		return "00020328-0000-0000-C000-000000000046"
	case 2:
		return "00020329-0000-0000-C000-000000000046"
	}
	g := sets[16*(index-3):]
	return fmt.Sprintf("%08X-%04X-%04X-%X-%X", binary.LittleEndian.Uint32(g), binary.LittleEndian.Uint16(g[4:]), binary.LittleEndian.Uint16(g[6:]), g[8:10], g[10:16])
}

func utf16Text(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

package mailboxes

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"math"
	"sort"
	"strings"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// canonical is an item's content boiled down: equal hash, equal content.
type canonical struct {
	sum  [32]byte
	size int64 // bytes of all values
}

// ContentHash is the hash by which the simulator compares items: SHA-256 in hex
// over all properties, recipients, attachments with their data and embedded
// items, whatever the order of properties. Left out are properties that name a
// copy or its place: ids, change keys, replica keys, the modification time.
func ContentHash(msg *mapi.Message) (sum string, size int64, err error) {
	c, err := canonise(msg)
	return hex.EncodeToString(c.sum[:]), c.size, err
}

func canonise(msg *mapi.Message) (canonical, error) {
	w := &canonWriter{h: sha256.New()}
	if err := w.message(msg, 0); err != nil {
		return canonical{}, fmt.Errorf("hash an item's content: %w", err)
	}
	c := canonical{size: w.size}
	w.h.Sum(c.sum[:0])
	return c, nil
}

// local are the properties that belong to one copy of an item.
var local = map[mapi.PropID]bool{
	mapi.EntryID: true, mapi.RecordKey: true, mapi.LastModificationTime: true, mapi.MessageSize: true,
	mapi.AttachNumber: true, // their order counts
	mapi.SourceKey:    true, mapi.ParentSourceKey: true, mapi.ChangeKey: true, mapi.PredecessorChangeList: true, mapi.MID: true,
	0x0E09: true, // ParentEntryId
	0x0E23: true, // InternetArticleNumber
	0x0FF6: true, // InstanceKey
	0x0FFA: true, // StoreRecordKey
	0x0FFB: true, // StoreEntryId
	0x3FFA: true, // LastModifierName
	0x3FFB: true, // LastModifierEntryId
	0x6709: true, // LocalCommitTime
	0x6748: true, // FolderId
	0x6749: true, // ParentFolderId
	0x67A4: true, // ChangeNumber
}

type canonWriter struct {
	h    hash.Hash
	size int64
}

const maxCanonDepth = 64

func (w *canonWriter) message(msg *mapi.Message, depth int) error {
	if depth > maxCanonDepth {
		return fmt.Errorf("items nested deeper than %d", maxCanonDepth)
	}
	if err := w.bag(msg.Props); err != nil {
		return err
	}
	w.mark("recipients", len(msg.Recipients))
	for _, r := range msg.Recipients {
		if err := w.bag(r); err != nil {
			return err
		}
	}
	w.mark("attachments", len(msg.Attachments))
	for i := range msg.Attachments {
		a := &msg.Attachments[i]
		if err := w.bag(a.Props); err != nil {
			return err
		}
		if a.Embedded == nil {
			continue
		}
		w.mark("embedded", 1)
		if err := w.message(a.Embedded, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (w *canonWriter) mark(what string, n int) { fmt.Fprintf(w.h, "%s %d\n", what, n) }

// bag hashes properties in an order of their own; of several with one identity
// the last counts, as for look-ups.
func (w *canonWriter) bag(b mapi.Bag) error {
	last := make(map[string]mapi.Prop, len(b))
	names := make([]string, 0, len(b))
	for _, p := range b {
		if p.Name == nil && local[p.Tag.ID()] {
			continue
		}
		name := identity(p)
		if _, seen := last[name]; !seen {
			names = append(names, name)
		}
		last[name] = p
	}
	sort.Strings(names)
	w.mark("properties", len(names))
	for _, name := range names {
		p := last[name]
		fmt.Fprintf(w.h, "%s %04X ", name, uint16(p.Tag.Type()))
		if err := w.value(p.Value); err != nil {
			return fmt.Errorf("property %s: %w", name, err)
		}
	}
	return nil
}

func identity(p mapi.Prop) string {
	if p.Name != nil {
		return strings.ToLower(p.Name.String())
	}
	return fmt.Sprintf("%04X", uint16(p.Tag.ID()))
}

func (w *canonWriter) value(v any) error {
	switch v := v.(type) {
	case nil:
		w.mark("null", 0)
	case string:
		w.bytes(charset.EncodeUTF16(v)) // as it comes when too large for memory
	case []byte:
		w.bytes(v)
	case mapi.Blob:
		return w.blob(v)
	case bool:
		w.number(map[bool]uint64{true: 1}[v])
	case int16:
		w.number(uint64(v))
	case int32:
		w.number(uint64(v))
	case int64:
		w.number(uint64(v))
	case mapi.FileTime:
		w.number(uint64(v))
	case float32:
		w.number(math.Float64bits(float64(v)))
	case float64:
		w.number(math.Float64bits(v))
	case mapi.GUID:
		w.bytes(v[:])
	default:
		return w.list(v)
	}
	return nil
}

func (w *canonWriter) list(v any) error {
	switch v := v.(type) {
	case []string:
		return each(w, v)
	case [][]byte:
		return each(w, v)
	case []mapi.Blob:
		return each(w, v)
	case []int16:
		return each(w, v)
	case []int32:
		return each(w, v)
	case []int64:
		return each(w, v)
	case []float32:
		return each(w, v)
	case []float64:
		return each(w, v)
	case []mapi.FileTime:
		return each(w, v)
	case []mapi.GUID:
		return each(w, v)
	case []bool:
		return each(w, v)
	}
	return fmt.Errorf("a value of type %T", v)
}

func each[T any](w *canonWriter, list []T) error {
	w.mark("list", len(list))
	for _, v := range list {
		if err := w.value(v); err != nil {
			return err
		}
	}
	return nil
}

func (w *canonWriter) number(n uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	w.bytes(b[:])
}

// bytes hashes a value in memory the same way as blob does one that is not.
func (w *canonWriter) bytes(b []byte) {
	w.mark("bytes", len(b))
	w.h.Write(b)
	w.size += int64(len(b))
}

func (w *canonWriter) blob(b mapi.Blob) error {
	r, err := b.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	w.mark("bytes", int(b.Size))
	n, err := io.Copy(w.h, r)
	w.size += n
	if err == nil && n != b.Size {
		err = fmt.Errorf("a value of %d bytes yields %d: %w", b.Size, n, io.ErrUnexpectedEOF)
	}
	return err
}

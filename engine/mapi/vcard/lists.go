package vcard

import (
	"bytes"
	"encoding/binary"
	"net/url"
	"strings"

	"vangnet/engine/mapi"
)

// Names of the fields of lists: those of version 4.0, and what Apple writes in 3.0.
const (
	nameKind        = "KIND"
	nameAppleKind   = "X-ADDRESSBOOKSERVER-KIND"
	nameMember      = "MEMBER"
	nameAppleMember = "X-ADDRESSBOOKSERVER-MEMBER"
)

func (c *builder) isList() bool {
	for _, name := range []string{nameKind, nameAppleKind} {
		if f := c.first(name); f != nil && strings.EqualFold(f.text(), "group") {
			return true
		}
	}
	return false
}

// directory finds people of a file by their UID.
type directory map[string]mapi.Address

// add takes someone into the directory who can be written to.
func (d directory) add(c *builder) {
	f := c.first("UID")
	addr := c.m.Props.NamedString(mapi.EmailOf(0).Address)
	if f == nil || !strings.Contains(addr, "@") {
		return
	}
	d[uid(f.text())] = mapi.Address{Name: c.m.Props.String(mapi.DisplayName), SMTP: addr}
}

func uid(s string) string {
	return strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "urn:uuid:")
}

// list maps the card of a group.
func (c *builder) list(people directory) {
	p := &c.m.Props
	p.SetString(mapi.MessageClass, classList)
	var members []mapi.Address
	for _, f := range c.fields {
		switch f.name {
		case "FN":
			if !c.setString(mapi.DisplayName, oneLine(f.text())) {
				c.keep(f)
			}
		case "NOTE", "CATEGORIES", "CLASS", "REV":
			if !fieldReaders[f.name](c, f) {
				c.keep(f)
			}
		case nameMember, nameAppleMember:
			a, ok := member(f, people)
			switch {
			case !ok:
				c.warn.add(WarnMember)
				c.keep(f)
			case len(members) >= c.lim.Members:
				c.warn.add(WarnTooMany)
			default:
				members = append(members, a)
			}
		case nameKind, nameAppleKind, "PRODID", nameLabel:
		default:
			if strings.Trim(f.Value, "; ") != "" {
				c.keep(f)
			}
		}
	}
	name := p.String(mapi.DisplayName)
	p.SetString(mapi.DisplayName, name)
	setSubject(p, name)
	p.SetNamed(mapi.FileAs, mapi.TypeString, name)
	p.SetNamed(mapi.ListName, mapi.TypeString, name)
	setMembers(p, members)
	c.finish()
}

// member reads whom a field means: an address, or a card of the same file.
func member(f *field, people directory) (mapi.Address, bool) {
	v := oneLine(f.text())
	if len(v) > 7 && strings.EqualFold(v[:7], "mailto:") {
		addr, _, _ := strings.Cut(v[7:], "?")
		if plain, err := url.PathUnescape(addr); err == nil {
			addr = oneLine(plain)
		}
		return mapi.Address{Name: oneLine(f.param(nameCN)), SMTP: addr}, strings.Contains(addr, "@")
	}
	a, ok := people[uid(v)]
	return a, ok
}

// maxMembers is what the properties of members may hold together, MS-OXOCNTC
// 2.2.2.2.1; longer lists are in a stream.
const maxMembers = 15_000

func setMembers(p *mapi.Bag, members []mapi.Address) {
	ids := make([][]byte, 0, len(members))
	size := 0
	for _, a := range members {
		name := a.Name
		if name == "" {
			name = a.SMTP
		}
		ids = append(ids, mapi.NewOneOff(name, a.SMTP))
		size += len(ids[len(ids)-1])
	}
	if size >= maxMembers {
		p.SetNamed(mapi.ListStream, mapi.TypeBinary, encodeMembers(ids))
		for size >= maxMembers {
			size -= len(ids[len(ids)-1])
			ids = ids[:len(ids)-1]
		}
	}
	if len(ids) > 0 {
		p.SetNamed(mapi.ListMembers, mapi.TypeBinary|mapi.Multi, ids)
		p.SetNamed(mapi.ListOneOffs, mapi.TypeBinary|mapi.Multi, ids)
	}
}

// streamHeader is the length of what comes before the members in a stream:
// version, reserved, build, flags, count, three totals (MS-OXOCNTC 2.2.2.2.4).
const streamHeader = 28

func encodeMembers(ids [][]byte) []byte {
	le := binary.LittleEndian
	total := 0
	for _, id := range ids {
		total += len(id)
	}
	b := le.AppendUint32(nil, 1)
	for _, v := range []int{0, 0, len(ids), total, total, 0} {
		b = le.AppendUint32(b, uint32(v))
	}
	for _, id := range ids {
		for range 2 {
			b = append(le.AppendUint32(b, uint32(len(id))), id...)
		}
		b = le.AppendUint32(b, 0)
	}
	return append(b, make([]byte, 8)...)
}

// pair is a member: where it is, and how it is reached.
type pair struct{ id, oneOff []byte }

func decodeMembers(b []byte) []pair {
	if len(b) < streamHeader || binary.LittleEndian.Uint16(b) != 1 {
		return nil
	}
	count := binary.LittleEndian.Uint32(b[12:])
	b = b[streamHeader:]
	var out []pair
	for range count {
		var parts [3][]byte
		for i := range parts {
			if len(b) < 4 {
				return out
			}
			n := int64(binary.LittleEndian.Uint32(b))
			if n > int64(len(b)-4) {
				return out
			}
			parts[i], b = b[4:4+n], b[4+n:]
		}
		out = append(out, pair{parts[0], parts[1]})
	}
	return out
}

// membersOf are the members of a list.
func membersOf(p mapi.Bag) []pair {
	stream, _ := p.Named(mapi.ListStream)
	if b, _ := stream.Value.([]byte); len(b) > 0 {
		if all := decodeMembers(b); len(all) > 0 {
			return all
		}
	}
	value := func(n mapi.Name) [][]byte {
		prop, _ := p.Named(n)
		v, _ := prop.Value.([][]byte)
		return v
	}
	ids, oneOffs := value(mapi.ListMembers), value(mapi.ListOneOffs)
	out := make([]pair, max(len(ids), len(oneOffs)))
	for i := range out {
		if i < len(ids) {
			out[i].id = ids[i]
		}
		if i < len(oneOffs) {
			out[i].oneOff = oneOffs[i]
		}
	}
	return out
}

// composeList makes the fields of a list.
func composeList(m *mapi.Message, o Options) *composer {
	w := &composer{m: m, opt: o}
	w.text(nameKind, "group")
	name := oneLine(m.Props.NamedString(mapi.ListName))
	if name == "" {
		name = displayName(m)
	}
	w.text("FN", name)
	for _, one := range membersOf(m.Props) {
		if l, ok := w.member(one); ok {
			w.add(l)
		}
	}
	if t := m.Props.Time(mapi.LastModificationTime); !t.IsZero() {
		w.add(outLine{name: "REV", value: t.Format("20060102T150405Z")})
	}
	w.common()
	return w
}

// member writes a member by its Internet address, or else by its name and what
// the organisation knows it by.
func (w *composer) member(one pair) (outLine, bool) {
	name, other := "", ""
	for _, id := range [][]byte{one.oneOff, one.id, unwrap(one.id)} {
		n, addr, isSMTP := mapi.OneOff(id)
		if name == "" {
			name = oneLine(n)
		}
		if addr = oneLine(addr); isSMTP && strings.Contains(addr, "@") {
			return memberLine(name, addr), true
		}
		if dn := addressBook(id); addr == "" {
			addr = oneLine(dn)
		}
		if other == "" {
			other = addr
		}
	}
	if w.opt.Resolve != nil && other != "" {
		if smtp := oneLine(w.opt.Resolve(other)); smtp != "" {
			return memberLine(name, smtp), true
		}
	}
	if other == "" {
		other = name
	}
	l := outLine{name: nameMember, params: []param{{"VALUE", "text"}}, value: escape(other)}
	if name != "" && name != other {
		l.params = append(l.params, param{nameCN, name})
	}
	return l, other != ""
}

func memberLine(name, addr string) outLine {
	l := outLine{name: nameMember, value: "mailto:" + (&url.URL{Path: addr}).EscapedPath()}
	if name != "" && name != addr {
		l.params = []param{{nameCN, name}}
	}
	return l
}

var (
	wrapProvider = []byte{0xC0, 0x91, 0xAD, 0xD3, 0x51, 0x9D, 0xCF, 0x11, 0xA4, 0xA9, 0x00, 0xAA, 0x00, 0x47, 0xFA, 0xA4}
	bookProvider = []byte{0xDC, 0xA7, 0x40, 0xC8, 0xC0, 0x42, 0x10, 0x1A, 0xB4, 0xB9, 0x08, 0x00, 0x2B, 0x2F, 0xE1, 0x82}
)

const (
	wrapHeader = 21 // flags, provider, type
	bookHeader = 28 // flags, provider, version, type
)

// unwrap takes an entry id out of the one that lists wrap around it, MS-OXOCNTC
// 2.2.2.2.4.1.1.
func unwrap(id []byte) []byte {
	if len(id) > wrapHeader && bytes.Equal(id[4:20], wrapProvider) {
		return id[wrapHeader:]
	}
	return nil
}

// addressBook is the name in the organisation of an address book entry id.
func addressBook(id []byte) string {
	if len(id) <= bookHeader || !bytes.Equal(id[4:20], bookProvider) {
		return ""
	}
	dn, _, _ := bytes.Cut(id[bookHeader:], []byte{0})
	return strings.ToValidUTF8(string(dn), "")
}

package ical

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"vangnet/engine/mapi"
)

// Parts of a global object id, MS-OXOCAL 2.2.1.27.
const (
	goidDate    = 16 // where the day of an exception stands
	goidSize    = 36
	goidHeader  = 40
	goidText    = 2 * (goidHeader + 1) // digits of the shortest
	maxUID      = 2000
	foreignMark = "vCal-Uid\x01\x00\x00\x00" // MS-OXCICAL 2.1.3.1.1.20.26: a UID of another program follows
)

var goidPrefix = []byte{0x04, 0x00, 0x00, 0x00, 0x82, 0x00, 0xE0, 0x00, 0x74, 0xC5, 0xB7, 0x10, 0x1A, 0x82, 0xE0, 0x08}

// globalID makes a global object id of a UID, without the day of an exception.
func globalID(uid string) []byte {
	if len(uid) >= goidText && len(uid)%2 == 0 {
		if b, err := hex.DecodeString(uid); err == nil && bytes.HasPrefix(b, goidPrefix) {
			copy(b[goidDate:], []byte{0, 0, 0, 0})
			return b
		}
	}
	data := foreignMark + uid + "\x00"
	b := make([]byte, goidHeader, goidHeader+len(data))
	copy(b, goidPrefix)
	binary.LittleEndian.PutUint32(b[goidSize:], uint32(len(data)))
	return append(b, data...)
}

// withDay puts the day of an exception into a global object id.
func withDay(id []byte, day time.Time) []byte {
	id = bytes.Clone(id)
	if len(id) >= goidHeader {
		binary.BigEndian.PutUint16(id[goidDate:], uint16(day.Year()))
		id[goidDate+2], id[goidDate+3] = byte(day.Month()), byte(day.Day())
	}
	return id
}

// uidOf is the UID of a calendar item.
func uidOf(m *mapi.Message) string {
	for _, name := range []mapi.Name{mapi.CleanGlobalObjectID, mapi.GlobalObjectID} {
		p, _ := m.Props.Named(name)
		id, _ := p.Value.([]byte)
		if len(id) < goidHeader || !bytes.HasPrefix(id, goidPrefix) {
			if len(id) > 0 && len(id) <= maxUID {
				return strings.ToUpper(hex.EncodeToString(id))
			}
			continue
		}
		if data, ok := bytes.CutPrefix(id[goidHeader:], []byte(foreignMark)); ok {
			text, _, _ := bytes.Cut(data, []byte{0})
			if uid := oneLine(string(text)); uid != "" && len(uid) <= maxUID {
				return uid
			}
		}
		id = bytes.Clone(id[:min(len(id), maxUID)])
		copy(id[goidDate:], []byte{0, 0, 0, 0})
		return strings.ToUpper(hex.EncodeToString(id))
	}
	return madeUID(m)
}

// madeUID is the UID of an item that has none: always the same for the same item.
func madeUID(m *mapi.Message) string {
	if p, ok := m.Props.Named(mapi.TaskGlobalID); ok {
		if b, _ := p.Value.([]byte); len(b) > 0 && len(b) <= maxUID {
			return strings.ToUpper(hex.EncodeToString(b))
		}
	}
	if b := m.Props.Bytes(mapi.SearchKey); len(b) > 0 && len(b) <= maxUID {
		return strings.ToUpper(hex.EncodeToString(b))
	}
	h := sha256.New()
	text, _ := mapi.BodyText(m, 4096)
	_, _ = fmt.Fprintf(h, "%q %q %q", m.Class(), mapi.SubjectOf(m), text)
	for _, n := range []mapi.Name{mapi.AppointmentStart, mapi.CommonStart, mapi.TaskDueDate} {
		_, _ = fmt.Fprintf(h, " %d", m.Props.NamedTime(n).Unix())
	}
	_, _ = fmt.Fprintf(h, " %d", m.Props.Time(mapi.CreationTime).Unix())
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// oneLine makes a text fit for a value that has no escapes.
func oneLine(s string) string {
	return strings.TrimSpace(clean(strings.NewReplacer("\r", " ", "\n", " ").Replace(s)))
}

// maxQuoted bounds a parameter that is written.
const maxQuoted = 1000

// quotable makes a text fit for a parameter.
func quotable(s string) string {
	s = strings.ReplaceAll(oneLine(s), `"`, "'")
	if len(s) > maxQuoted {
		s = strings.ToValidUTF8(s[:maxQuoted], "")
	}
	return s
}

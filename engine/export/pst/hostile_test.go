package pst_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vangnet/engine/export/pst"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
	"vangnet/engine/mapi/mailtest"
	"vangnet/engine/mapi/rfc5322"
)

// TestHostileItems writes items that no mailbox should have. Each must give a
// sound file, and the warning that says what is missing.
func TestHostileItems(t *testing.T) {
	for _, c := range hostileItems() {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.pst")
			w := create(t, path)
			warn := add(t, w, entry{"Inbox", "", c.m}, 0)
			add(t, w, entry{"Inbox", "", mail("gewoon", "x")}, 1)
			finish(t, w)
			if c.warn != "" && !warn.Has(c.warn) || c.warn == "" && len(warn) > 0 {
				t.Errorf("warnings %q, want %q", warn, c.warn)
			}
			checked(t, path)
			if log := program(t, "readpst", "-j", "0", "-D", "-M", "-e", "-o", t.TempDir(), path); !strings.Contains(log, `"Inbox" - 2 items done, 0 items skipped`) && !c.unread {
				t.Errorf("readpst does not read both items:\n%s", log)
			}
		})
	}
}

type hostile struct {
	name   string
	m      *mapi.Message
	warn   pst.Warning
	unread bool // readpst cannot show it
}

func hostileItems() []*hostile {
	return slices.Concat(hostileTexts(), hostileValues(), hostileParts())
}

// odd is an ordinary mail with a change.
func odd(name string, warn pst.Warning, change func(*mapi.Message)) *hostile {
	m := mail("Vreemd", "x\r\n")
	change(m)
	return &hostile{name: name, m: m, warn: warn}
}

func (h *hostile) butUnread() *hostile {
	h.unread = true
	return h
}

func hostileTexts() []*hostile {
	return []*hostile{
		odd("nothing", pst.WarnDate, func(m *mapi.Message) { *m = mapi.Message{} }),
		odd("a date that is none", "", func(m *mapi.Message) { m.Props.SetInt(mapi.CreationTime, 7) }),
		odd("NULs and broken text", "", func(m *mapi.Message) {
			m.Props.SetString(mapi.Subject, "a\x00b\xff\xed\xa0\x80c")
			m.Props.SetString(mapi.Body, strings.Repeat("\x00", 5000))
			m.Props.SetString(mapi.SenderName, "\x00")
			m.Props.SetString(mapi.MessageClass, "\x00")
			m.Props.SetString(mapi.ConversationTopic, "\x00\x00")
		}),
		odd("halves of pairs", "", func(m *mapi.Message) {
			text := bytes.Repeat([]byte{0x00, 0xD8, 0x41, 0x00, 0x00, 0xDC, 0x0A, 0x00, 0x00, 0x00}, 20_000)
			m.Props.Set(mapi.Body, mapi.TypeString, streamed(append(text, 0x00, 0xD8, 0x41)))
		}),
		odd("huge names", pst.WarnCut, func(m *mapi.Message) {
			long := strings.Repeat("lang 🎉", 20_000)
			m.Props.SetString(mapi.Subject, long)
			m.Props.SetString(mapi.SenderName, long)
			m.Props.SetString(mapi.SenderAddress, long)
			m.Props.SetString(mapi.MessageClass, long)
			m.Recipients = []mapi.Bag{recipient(1, long, long+"@x.example")}
			a := file(long+".txt", "text/plain", []byte("x"))
			a.Props.SetString(mapi.AttachFilename, long)
			m.Attachments = []mapi.Attachment{a}
		}).butUnread(), // nor does it know the class
		odd("long names of properties", pst.WarnNames, func(m *mapi.Message) {
			for _, n := range []string{"", "\x00", strings.Repeat("n", 255), "X-Spam", "x-SPAM", "X-\x00Spam", "\xff"} {
				m.Props.SetNamed(mapi.HeaderName(n), mapi.TypeString, "x")
			}
			m.Props.Add(0x8123, mapi.TypeString, "without a name")
		}),
	}
}

func hostileValues() []*hostile {
	return []*hostile{
		odd("10000 names", pst.WarnNames, func(m *mapi.Message) {
			for i := range 10_000 {
				m.Props.SetNamed(mapi.HeaderName(fmt.Sprint("X-", i)), mapi.TypeInt32, int32(i))
			}
		}),
		odd("600 properties", pst.WarnProperties, func(m *mapi.Message) {
			for i := range 600 {
				m.Props.Set(0x6800+mapi.PropID(i), mapi.TypeString, strings.Repeat("waarde ", i))
			}
		}),
		odd("wrong types", pst.WarnType, func(m *mapi.Message) {
			for _, c := range []struct {
				id mapi.PropID
				t  mapi.Type
				v  any
			}{
				{mapi.Subject, mapi.TypeBinary, []byte("x")}, {mapi.MessageFlags, mapi.TypeString, "x"}, {mapi.DeliveryTime, mapi.TypeInt64, int64(1)},
				{mapi.Importance, mapi.TypeString, "hoog"}, {mapi.ConversationIndex, mapi.TypeInt32, int32(1)}, {mapi.BodyHTML, mapi.TypeBool, true},
				{0x6801, mapi.TypeInt32, "text"}, {0x6802, mapi.TypeString, int32(1)}, {0x6803, 0x1234, nil}, {0x6804, mapi.TypeObject, []byte("x")},
				{0x6805, mapi.TypeBool | mapi.Multi, []bool{true}}, {0x6806, mapi.TypeTime, mapi.FileTime(math.MaxUint64)}, {0x6807, mapi.TypeString | mapi.Multi, []int32{1}},
				{mapi.RTFCompressed, mapi.TypeString, "x"}, {mapi.SearchKey, mapi.TypeBinary, pattern(9000, 1)}, {mapi.LastModificationTime, mapi.TypeString, "nu"},
			} {
				m.Props.Set(c.id, c.t, c.v)
			}
		}),
		odd("large values where tables have cells", pst.WarnType, func(m *mapi.Message) {
			m.Props.Set(mapi.Subject, mapi.TypeString, streamed(charset.EncodeUTF16(strings.Repeat("onderwerp ", 9000))))
			m.Props.Set(mapi.ConversationTopic, mapi.TypeString, streamed(charset.EncodeUTF16("onderwerp")))
			m.Props.SetBytes(mapi.ConversationIndex, pattern(8000, 1))
		}),
		odd("lists", "", func(m *mapi.Message) {
			for i, v := range []any{[]int16{1}, []int32{2}, []int64{3}, []float32{4}, []float64{5}, []mapi.FileTime{6}, []mapi.GUID{mapi.SetMeeting}, []string{"", "a"}, [][]byte{nil, {1}}, []string{}, []int32(nil)} {
				types := []mapi.Type{mapi.TypeInt16, mapi.TypeInt32, mapi.TypeInt64, mapi.TypeFloat32, mapi.TypeAppTime, mapi.TypeTime, mapi.TypeGUID, mapi.TypeString, mapi.TypeBinary, mapi.TypeString, mapi.TypeInt32}
				m.Props.Set(0x6801+mapi.PropID(i), types[i]|mapi.Multi, v)
			}
			m.Props.Set(0x6820, mapi.TypeString|mapi.Multi, []string{strings.Repeat("x", 9000), strings.Repeat("y", 9000)})
			m.Props.Set(0x6821, mapi.TypeServerID, pattern(21, 1))
			m.Props.Set(0x6822, mapi.TypeError, int32(-1))
			m.Props.Set(0x6823, mapi.TypeCurrency, int64(5))
			m.Props.Set(0x6824, mapi.TypeAppTime, 1.5)
			m.Props.Set(0x6825, mapi.TypeFloat32, float32(1.5))
			m.Props.Set(0x6826, mapi.TypeInt16, int16(-1))
		}),
	}
}

func hostileParts() []*hostile {
	return []*hostile{
		odd("2000 recipients", pst.WarnCut, func(m *mapi.Message) {
			for i := range 2000 {
				m.Recipients = append(m.Recipients, recipient(1+i%3, fmt.Sprintf("Persoon %d uit een afdeling", i), fmt.Sprintf("p%d@contoso.example", i)))
			}
		}),
		odd("500 attachments", pst.WarnParts, func(m *mapi.Message) {
			for i := range 500 {
				m.Attachments = append(m.Attachments, file(fmt.Sprintf("%d.txt", i), "text/plain", pattern(10, byte(i))))
			}
		}).butUnread(), // it reads no more than 340 parts
		odd("attachments that say nonsense", "", func(m *mapi.Message) {
			for _, method := range []int64{0, 1, 2, 5, 6, 7, -1, 1 << 30} {
				a := mapi.Attachment{}
				a.Props.SetInt(mapi.AttachMethod, method)
				a.Props.SetInt(mapi.AttachRenderingPosition, 7)
				m.Attachments = append(m.Attachments, a)
				a.Props = append(mapi.Bag{}, a.Props...)
				a.SetData(mapi.BytesBlob([]byte("inhoud")))
				m.Attachments = append(m.Attachments, a)
			}
		}),
		odd("a compound document", "", func(m *mapi.Message) {
			a := mapi.Attachment{}
			a.Props.SetInt(mapi.AttachMethod, mapi.MethodOLE)
			a.Props.Set(mapi.AttachData, mapi.TypeObject, pattern(30_000, 3))
			m.Attachments = []mapi.Attachment{a}
		}),
		odd("items in items without end", pst.WarnDepth, func(m *mapi.Message) {
			for range 60 {
				inner := *m
				*m = *mail("eromheen", "x")
				m.Attachments = []mapi.Attachment{embedded(&inner)}
			}
		}),
		odd("people without anything", pst.WarnAddress, func(m *mapi.Message) {
			m.Recipients = []mapi.Bag{{}, nil, recipient(0, "", ""), recipient(0x10000001, "P1", "p1@x.example"), recipient(-1, "min", "")}
		}),
	}
}

// TestManyOddMails writes mails of all the kinds that twenty years leave behind.
func TestManyOddMails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.pst")
	w := create(t, path)
	mails := mailtest.Generate(1, 2*len(mailtest.Kinds()))
	for i, one := range mails {
		m, _, err := rfc5322.Parse(bytes.NewReader(one.Bytes), rfc5322.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		before, weight := w.Size(), pst.Weight(m)
		if _, err := w.Add(context.Background(), folder(t, w, pst.Top, one.Kind, ""), []byte(one.Name), m); err != nil {
			t.Fatalf("%s: %v", one.Kind, err)
		}
		if w.Size() > before+weight+sectionSize {
			t.Errorf("%d %s: size went from %d to %d, weight %d", i, one.Kind, before, w.Size(), weight)
		}
	}
	size := w.Size()
	if s := finish(t, w); s.Messages != int64(len(mails)) || s.Bytes > size {
		t.Errorf("summary %+v, expected at most %d bytes", s, size)
	}
	if r := checked(t, path); r.Messages != int64(len(mails)) {
		t.Errorf("%d messages", r.Messages)
	}
	log := program(t, "readpst", "-j", "0", "-D", "-M", "-e", "-o", t.TempDir(), path)
	if n := strings.Count(log, " - 2 items done, 0 items skipped"); n != len(mailtest.Kinds()) {
		t.Errorf("readpst reads %d of %d folders:\n%s", n, len(mailtest.Kinds()), log)
	}
}

// sectionSize is by how much a file grows.
const sectionSize = 253_952

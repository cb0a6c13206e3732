package fts_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"sort"
	"strings"
	"testing"
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
	"vangnet/engine/mapi/fts"
)

var moment = time.Date(2026, 3, 14, 9, 26, 53, 589_793_200, time.UTC)

// blobOf is n reproducible bytes that no page size divides.
func blobOf(n int, seed byte) mapi.Blob { return mapi.BytesBlob(pattern(n, seed)) }

func pattern(n int, seed byte) []byte {
	b := make([]byte, n)
	x := uint32(seed) + 1
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

// sample is a message with every kind of value, and a message in a message.
func sample(attachment int) *mapi.Message {
	m := &mapi.Message{}
	p := &m.Props
	p.SetInt(mapi.Importance, 2)
	p.SetString(mapi.MessageClass, "IPM.Note")
	p.SetString(mapi.Subject, "Offerte dakgoot 🎉")
	p.SetTime(mapi.ClientSubmitTime, moment)
	p.SetString(mapi.SubjectPrefix, "")
	p.SetInt(mapi.MessageFlags, mapi.FlagRead)
	p.SetString(mapi.Body, strings.Repeat("regel ", 3000))
	p.SetBytes(mapi.BodyHTML, []byte("<p>Hallo</p>"))
	p.SetBool(mapi.ReadReceiptRequested, true)
	p.Set(0x6701, mapi.TypeInt16, int16(-2))
	p.Set(0x6702, mapi.TypeFloat32, float32(1.5))
	p.Set(0x6703, mapi.TypeFloat64, 2.25)
	p.Set(0x6704, mapi.TypeCurrency, int64(12345))
	p.Set(0x6705, mapi.TypeAppTime, 45000.5)
	p.Set(0x6706, mapi.TypeError, int32(-2147221233))
	p.Set(0x6707, mapi.TypeInt64, int64(-1))
	p.Set(0x6708, mapi.TypeGUID, mapi.SetMeeting)
	p.Set(0x6709, mapi.TypeServerID, []byte{1, 2, 3})
	p.Set(0x6711, mapi.TypeInt32|mapi.Multi, []int32{1, -2, 3})
	p.Set(0x6712, mapi.TypeBinary|mapi.Multi, [][]byte{{1}, {}, {2, 3}})
	p.Set(0x6713, mapi.TypeTime|mapi.Multi, []mapi.FileTime{1, 2})
	p.SetNamed(mapi.Keywords, mapi.TypeString|mapi.Multi, []string{"Rood", "", "Größe"})
	p.SetNamed(mapi.BusyStatus, mapi.TypeInt32, int32(2))
	for i, kind := range []int64{mapi.RecipientTo, mapi.RecipientCc} {
		var r mapi.Bag
		r.SetInt(mapi.RowID, int64(i))
		r.SetInt(mapi.RecipientType, kind)
		r.SetString(mapi.DisplayName, fmt.Sprintf("Ontvanger %d", i))
		r.SetString(mapi.SMTPAddress, fmt.Sprintf("o%d@contoso.example", i))
		m.Recipients = append(m.Recipients, r)
	}
	file := mapi.Attachment{}
	file.Props.SetInt(mapi.AttachNumber, 0)
	file.Props.SetInt(mapi.AttachMethod, mapi.MethodByValue)
	file.Props.SetString(mapi.AttachLongFilename, "tekening.pdf")
	file.SetData(blobOf(attachment, 7))
	inner := &mapi.Message{}
	inner.Props.Set(mapi.MID, mapi.TypeInt64, int64(1))
	inner.Props.SetString(mapi.MessageClass, "IPM.Note")
	inner.Props.SetString(mapi.Subject, "binnen")
	inner.Recipients = []mapi.Bag{m.Recipients[0]}
	deep := mapi.Attachment{Embedded: inner}
	deep.Props.SetInt(mapi.AttachNumber, 1)
	deep.Props.SetInt(mapi.AttachMethod, mapi.MethodEmbedded)
	m.Attachments = []mapi.Attachment{file, deep}
	return m
}

func encode(t testing.TB, m *mapi.Message, opt fts.Options) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := fts.Encode(&buf, m, opt); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// render tells a message as text, whatever the order and the ids of its names.
func render(t testing.TB, m *mapi.Message, indent string) string {
	t.Helper()
	var out strings.Builder
	bag := func(b mapi.Bag) {
		var lines []string
		for _, p := range b {
			id := fmt.Sprintf("%04X:%04X", p.Tag.ID(), p.Tag.Type())
			if p.Name != nil {
				id = fmt.Sprintf("%s:%04X", strings.ToLower(p.Name.String()), p.Tag.Type())
			}
			v := p.Value
			if blob, ok := v.(mapi.Blob); ok {
				data := content(t, blob)
				if v = data; p.Tag.Type() == mapi.TypeString {
					v = charset.DecodeUTF16(data)
				}
			}
			lines = append(lines, short(fmt.Sprintf("%s%s=%v", indent, id, v)))
		}
		sort.Strings(lines)
		out.WriteString(strings.Join(lines, ""))
	}
	bag(m.Props)
	for _, r := range m.Recipients {
		out.WriteString(indent + "recipient\n")
		bag(r)
	}
	for _, a := range m.Attachments {
		out.WriteString(indent + "attachment\n")
		bag(a.Props)
		if a.Embedded != nil {
			out.WriteString(indent + "embedded\n" + render(t, a.Embedded, indent+"  "))
		}
	}
	return out.String()
}

// short keeps the start of a long line and a hash of the whole.
func short(line string) string {
	if len(line) < 120 {
		return line + "\n"
	}
	return fmt.Sprintf("%s… %x\n", line[:100], sha256.Sum256([]byte(line)))
}

func content(t testing.TB, b mapi.Blob) []byte {
	t.Helper()
	r, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(got)) != b.Size {
		t.Fatalf("blob yields %d bytes, size %d", len(got), b.Size)
	}
	return got
}

// memory is a spool in memory.
func memory(_ int64, r io.Reader) (mapi.Blob, error) {
	b, err := io.ReadAll(r)
	return mapi.BytesBlob(b), err
}

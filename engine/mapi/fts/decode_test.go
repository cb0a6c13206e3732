package fts_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
)

func TestEncodeDecode(t *testing.T) {
	want := render(t, sample(100_000), "")
	for name, opt := range map[string]fts.Options{
		"as Exchange":       {},
		"small pages":       {PageSize: 97},
		"without header":    {Damage: fts.Damage{NoHeader: true}},
		"lists everywhere":  {Damage: fts.Damage{EmbeddedDelProp: true}},
		"an address prefix": {Damage: fts.Damage{DnPrefix: true}},
		"unknown record":    {Damage: fts.Damage{UnknownOpcode: true}},
	} {
		t.Run(name, func(t *testing.T) {
			b := encode(t, sample(100_000), opt)
			spooled, o, err := fts.DecodeSpool(bytes.NewReader(b), fts.Limits{Inline: 1000}, memory)
			if err != nil || o.State != fts.Complete {
				t.Fatalf("outcome %+v, error %v", o, err)
			}
			if got := render(t, spooled, ""); got != want {
				t.Errorf("got\n%.3000s\nwant\n%.3000s", got, want)
			}
			again, o, err := fts.DecodeAt(bytes.NewReader(b), int64(len(b)), fts.Limits{Inline: 1000})
			if err != nil || o.State != fts.Complete {
				t.Fatalf("outcome %+v, error %v", o, err)
			}
			// What was read again is written again as it was.
			plain := fts.Options{}
			if !bytes.Equal(encode(t, again, plain), encode(t, sample(100_000), plain)) {
				t.Error("decoded and encoded again, the stream differs")
			}
		})
	}
}

func subject(m *mapi.Message) string { return m.Props.String(mapi.Subject) }

func TestDecodeLeavesLargeValuesAside(t *testing.T) {
	b := encode(t, sample(300_000), fts.Options{})
	m, o, err := fts.Decode(bytes.NewReader(b), fts.Limits{})
	if err != nil || o.State != fts.Complete {
		t.Fatalf("outcome %+v, error %v", o, err)
	}
	data, ok := m.Attachments[0].Data()
	if !ok || data.Size != 300_000 || data.Loaded() {
		t.Fatalf("data %d bytes, loaded %v", data.Size, data.Loaded())
	}
	if !bytes.Equal(data.Head, pattern(300_000, 7)[:512]) {
		t.Error("the beginning of the data is not kept")
	}
	if _, err := data.Open(); !errors.Is(err, mapi.ErrNotLoaded) {
		t.Errorf("open: %v", err)
	}
}

func TestDamagedStreams(t *testing.T) {
	for name, c := range map[string]struct {
		damage fts.Damage
		reason fts.Reason
		topic  string
		people int
	}{
		"unknown element": {fts.Damage{UnknownElement: true}, fts.ReasonUnknownType, "Offerte dakgoot 🎉", 0},
		"wrong nesting":   {fts.Damage{WrongNesting: true}, fts.ReasonNesting, "Offerte dakgoot 🎉", 0},
		"truncated":       {fts.Damage{Truncate: true}, fts.ReasonTruncated, "Offerte dakgoot 🎉", 2},
	} {
		t.Run(name, func(t *testing.T) {
			b := encode(t, sample(300_000), fts.Options{Damage: c.damage})
			m, o, err := fts.Decode(bytes.NewReader(b), fts.Limits{})
			if err != nil || o.State != fts.Partial || o.Reason != c.reason {
				t.Fatalf("outcome %+v, error %v", o, err)
			}
			if subject(m) != c.topic || len(m.Recipients) != c.people {
				t.Errorf("subject %q, %d recipients", subject(m), len(m.Recipients))
			}
		})
	}
}

func TestNotAStream(t *testing.T) {
	for name, b := range map[string][]byte{
		"nothing":          {},
		"a sentence":       []byte("This is not an item, but a sentence of a documentation page."),
		"opcode 0":         make([]byte, 100),
		"length over rest": {1, 0, 0, 0, 200, 0, 0, 0, 1, 2, 3},
		"half a header":    {2, 0, 0},
	} {
		m, o, err := fts.Decode(bytes.NewReader(b), fts.Limits{})
		if err != nil || o.State != fts.NotStream || m == nil {
			t.Errorf("%s: outcome %+v, error %v", name, o, err)
		}
	}
}

// TestEveryCut decodes a stream cut at every byte: never complete, never more
// objects than there are.
func TestEveryCut(t *testing.T) {
	short := sample(1500)
	short.Props.SetString(mapi.Body, "kort")
	b := encode(t, short, fts.Options{PageSize: 512})
	for n := range b {
		m, o, err := fts.Decode(bytes.NewReader(b[:n]), fts.Limits{})
		if err != nil || o.State == fts.Complete {
			t.Fatalf("cut at %d: outcome %+v, error %v", n, o, err)
		}
		if len(m.Recipients) > 2 || len(m.Attachments) > 2 {
			t.Fatalf("cut at %d: %d recipients, %d attachments", n, len(m.Recipients), len(m.Attachments))
		}
	}
}

// TestEveryFlip damages each byte of a stream: no error, no panic, and what was
// there before the damage is still there.
func TestEveryFlip(t *testing.T) {
	short := sample(100)
	short.Props.SetString(mapi.Body, "kort")
	b := encode(t, short, fts.Options{PageSize: 512})
	for n := range b {
		damaged := bytes.Clone(b)
		damaged[n] ^= 0xFF
		m, o, err := fts.Decode(bytes.NewReader(damaged), fts.Limits{})
		if err != nil {
			t.Fatalf("byte %d: %v", n, err)
		}
		if n > 200 && subject(m) != "Offerte dakgoot 🎉" {
			t.Fatalf("byte %d: outcome %+v, subject %q", n, o, subject(m))
		}
		pieces, sum := split(t, damaged, 1024)
		if !bytes.Equal(join(t, pieces, sum.Framing), damaged) {
			t.Fatalf("byte %d: joined, it differs", n)
		}
	}
}

// TestLimits gives each kind of object once too often.
func TestLimits(t *testing.T) {
	le := binary.LittleEndian
	words := func(v ...uint32) (b []byte) {
		for _, w := range v {
			b = le.AppendUint32(b, w)
		}
		return b
	}
	recipient := words(uint32(fts.StartRecip), uint32(fts.EndToRecip))
	attachment := words(uint32(fts.NewAttach), uint32(fts.EndAttach))
	embedded := words(uint32(fts.NewAttach), uint32(fts.StartEmbed))
	property := words(0x66660003, 1)
	for name, c := range map[string]struct {
		one []byte
		lim fts.Limits
	}{
		"recipients":  {recipient, fts.Limits{Recipients: 5}},
		"attachments": {attachment, fts.Limits{Attachments: 5}},
		"depth":       {embedded, fts.Limits{Depth: 5}},
		"properties":  {property, fts.Limits{Properties: 5}},
		"elements":    {property, fts.Limits{Elements: 5}},
	} {
		for n, want := range map[int]fts.Reason{5: fts.ReasonUnclosed, 6: fts.ReasonLimit} {
			b := bytes.Repeat(c.one, n)
			stream := append(append(record(1, 8), make([]byte, 8)...), append(record(2, uint32(len(b))), b...)...)
			if _, o, err := fts.Decode(bytes.NewReader(stream), c.lim); err != nil || o.Reason != want {
				t.Errorf("%d %s: outcome %+v, error %v", n, name, o, err)
			}
		}
	}
}

// endless is size bytes, the same few again and again.
func endless(of []byte, size int64) io.Reader {
	block := bytes.Repeat(of, 1+(64<<10)/len(of))
	block = block[:len(block)/len(of)*len(of)]
	readers := make([]io.Reader, 0, size/int64(len(block))+1)
	for n := int64(0); n < size; n += int64(len(block)) {
		readers = append(readers, bytes.NewReader(block))
	}
	return io.LimitReader(io.MultiReader(readers...), size)
}

func record(op uint32, length uint32) []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, op), length)
}

// TestHostileLengths feeds streams that declare much and bring some, and looks
// at what is allocated.
func TestHostileLengths(t *testing.T) {
	le := binary.LittleEndian
	tag := func(v uint32, more ...uint32) (b []byte) {
		b = le.AppendUint32(b, v)
		for _, m := range more {
			b = le.AppendUint32(b, m)
		}
		return b
	}
	for name, c := range map[string]struct{ head, body []byte }{
		"huge value":           {tag(0x37010102, 0x7FFFFFF0), []byte{7}},
		"huge text":            {tag(0x100084B0, 0x7FFFFFF0), []byte("a\x00")},
		"huge list":            {tag(0x67111003, 0x7FFFFFF0), []byte{1}},
		"huge list of blobs":   {tag(0x67121102, 0xFFFFFFF0), []byte{0, 0, 0, 0}},
		"many properties":      {nil, tag(0x66660003, 1)},
		"many empty texts":     {nil, tag(0x666684B0, 0)},
		"many recipients":      {nil, tag(uint32(fts.StartRecip), uint32(fts.EndToRecip))},
		"many attachments":     {nil, tag(uint32(fts.NewAttach), uint32(fts.EndAttach))},
		"deep":                 {nil, tag(uint32(fts.NewAttach), uint32(fts.StartEmbed))},
		"one long name":        {append(tag(0x80000003), append(make([]byte, 16), 1)...), []byte("n\x00")},
		"values below a limit": {nil, append(tag(0x66660102, 200_000), make([]byte, 200_000)...)},
	} {
		t.Run(name, func(t *testing.T) {
			const size = 8 << 20
			src := func() io.Reader {
				return io.MultiReader(bytes.NewReader(record(1, 8)), bytes.NewReader(make([]byte, 8)),
					bytes.NewReader(record(2, size)), bytes.NewReader(c.head), endless(c.body, size-int64(len(c.head))))
			}
			lim := fts.Limits{Memory: 1 << 20}
			peak := allocated(func() {
				_, o, err := fts.Decode(src(), lim)
				if err != nil || o.State != fts.Partial {
					t.Errorf("outcome %+v, error %v", o, err)
				}
			})
			// Growing slices allocate several times what they hold in the end.
			if peak > 60<<20 {
				t.Errorf("allocated %d MB", peak>>20)
			}
			if _, err := fts.Split(src(), 1<<20, func(fts.Segment) error { return nil }); err != nil {
				t.Error(err)
			}
		})
	}
}

func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestCodePages(t *testing.T) {
	le := binary.LittleEndian
	for _, c := range []struct {
		typ  uint32
		raw  string
		want string
	}{
		{0x84E4, "caf\xe9\x00", "café"},
		{0xFDE9, "caf\xc3\xa9\x00", "café"},
		{0xD182, "\xcb\xcf\xdb\xcb\xc1\x00", "кошка"}, // KOI8-R, whose number has the bit of lists
		{0x83A4, "\x93\xfa\x96\x7b\x00", "日本"},
		{0xC42C, "\x1b$BF|K\\\x1b(B\x00", "日本"}, // ISO-2022-JP, number above 0x7FFF
		{0x001E, "caf\xe9\x00", "café"},
		{0x001F, "a\x00b\x00\x00\x00", "ab"},
		{0x84B0, "a\x00b\x00c", "ab"},
		{0x84B0, "\x00\xd8a\x00\x00\x00", "\uFFFDa"},
		{0x84B0, "", ""},
		{0x8001, "caf\xe9\x00", "café"}, // no such code page
	} {
		b := le.AppendUint32(nil, 0x0037<<16|c.typ)
		b = append(le.AppendUint32(b, uint32(len(c.raw))), c.raw...)
		e, err := fts.NewElementReader(bytes.NewReader(b), fts.Limits{}).Next()
		if err != nil || e.Value != c.want || e.Type != mapi.TypeString {
			t.Errorf("%04X %q: %q, type %04X, error %v", c.typ, c.raw, e.Value, e.Type, err)
		}
	}
}

// TestConstructedNamedProperty reads the worked example of the format notes.
func TestConstructedNamedProperty(t *testing.T) {
	b := []byte{3, 0, 5, 0x80, 2, 0x20, 6, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46, 0, 5, 0x82, 0, 0, 2, 0, 0, 0}
	e, err := fts.NewElementReader(bytes.NewReader(b), fts.Limits{}).Next()
	if err != nil || e.Name == nil || !e.Name.Equal(mapi.BusyStatus) || e.Value != int32(2) {
		t.Errorf("%+v, error %v", e, err)
	}
}

func TestNestingIsClosedUp(t *testing.T) {
	le := binary.LittleEndian
	var b []byte
	for _, v := range []uint32{uint32(fts.DelProp), uint32(fts.RecipientsFollow), uint32(fts.DelProp), uint32(fts.AttachmentsFollow),
		uint32(fts.NewAttach), uint32(fts.StartEmbed), uint32(fts.StartRecip), uint32(fts.EndAttach), 0x00170003, 2} {
		b = le.AppendUint32(b, v)
	}
	stream := append(append(record(1, 8), make([]byte, 8)...), append(record(2, uint32(len(b))), b...)...)
	m, o, err := fts.Decode(bytes.NewReader(stream), fts.Limits{})
	if err != nil || o.State != fts.Partial || o.Reason != fts.ReasonNesting {
		t.Fatalf("outcome %+v, error %v", o, err)
	}
	if v, _ := m.Props.Int(mapi.Importance); v != 2 || m.Attachments[0].Embedded == nil {
		t.Errorf("the property after the wrong marker is not the message's: %s", strings.TrimSpace(render(t, m, "")))
	}
}

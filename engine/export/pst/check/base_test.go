package check_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"vangnet/engine/export/pst"
	"vangnet/engine/export/pst/check"
	"vangnet/engine/mapi"
)

var moment = time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)

// pattern is n bytes that do not repeat within a block.
func pattern(n int) []byte {
	b, x := make([]byte, n), uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

// mail is an ordinary message.
func mail(subject string, body string) *mapi.Message {
	m := &mapi.Message{}
	m.Props.SetString(mapi.MessageClass, "IPM.Note")
	m.Props.SetString(mapi.Subject, subject)
	m.Props.SetString(mapi.Body, body)
	m.Props.SetString(mapi.SenderName, "Anna de Wit")
	m.Props.SetString(mapi.SenderSMTPAddress, "annie@contoso.example")
	m.Props.SetTime(mapi.DeliveryTime, moment)
	m.Props.SetTime(mapi.ClientSubmitTime, moment)
	m.Recipients = []mapi.Bag{recipient("Bram", "bram@contoso.example")}
	return m
}

func recipient(name, address string) (b mapi.Bag) {
	b.SetInt(mapi.RecipientType, mapi.RecipientTo)
	b.SetString(mapi.DisplayName, name)
	b.SetString(mapi.SMTPAddress, address)
	return b
}

func attachment(name string, content []byte) (a mapi.Attachment) {
	a.Props.SetInt(mapi.AttachMethod, mapi.MethodByValue)
	a.Props.SetString(mapi.AttachLongFilename, name)
	a.SetData(mapi.BytesBlob(content))
	return a
}

// Places of the special messages among those of the base.
const (
	plain = iota // nothing about it
	parts        // files of 0, 11, 20,000 and 9,000 bytes, and a message with a file
	many         // 400 files
	crowd        // 150 recipients
	long         // a body and headers that do not fit the heap
	unread
	specials
	ordinary = 560 // and so many more: the row index of their table has two levels
)

func special(i int) *mapi.Message {
	m := mail(fmt.Sprintf("RE: Offerte %d", i), "Beste Bram,\r\n\r\nZie onder.\r\n")
	m.Props.SetInt(mapi.MessageFlags, mapi.FlagRead)
	switch i {
	case parts:
		for _, n := range []int{0, 11, 20_000, 9_000} {
			m.Attachments = append(m.Attachments, attachment(fmt.Sprintf("file%d.bin", n), pattern(n)))
		}
		inner := mail("Binnen", "ingesloten")
		inner.Attachments = []mapi.Attachment{attachment("inner.txt", pattern(300))}
		a := mapi.Attachment{Embedded: inner}
		a.Props.SetInt(mapi.AttachMethod, mapi.MethodEmbedded)
		m.Attachments = append(m.Attachments, a)
	case many:
		for k := range 400 {
			m.Attachments = append(m.Attachments, attachment(fmt.Sprintf("%d.txt", k), pattern(20)))
		}
	case crowd:
		for k := range 150 {
			m.Recipients = append(m.Recipients, recipient(fmt.Sprintf("Persoon %d", k), fmt.Sprintf("p%d@contoso.example", k)))
		}
	case long:
		m.Props.SetString(mapi.Body, strings.Repeat("Een regel tekst die zich herhaalt.\r\n", 1000))
		m.Props.SetString(mapi.TransportHeaders, strings.Repeat("X-Kop: waarde\r\n", 200))
		m.Props.SetNamed(mapi.Texted(mapi.SetPublicStrings, "getallen"), mapi.Multi|mapi.TypeInt32, []int32{1, 2, 3})
		m.Props.SetNamed(mapi.Keywords, mapi.Multi|mapi.TypeString, []string{"Rood", "Groen"})
	case unread:
		m.Props.SetInt(mapi.MessageFlags, 0)
	}
	return m
}

// sound is a store with one of everything, made once.
var sound = sync.OnceValues(func() ([]byte, error) {
	return build(func(add func(*mapi.Message) error) error {
		for i := range specials + ordinary {
			m := mail(fmt.Sprintf("Bericht %d", i), "tekst")
			if i < specials {
				m = special(i)
			}
			if err := add(m); err != nil {
				return err
			}
		}
		return nil
	})
})

// large is a store with a file that needs an XXBLOCK, attachment 3 of its second
// message.
var large = sync.OnceValues(func() ([]byte, error) {
	return build(func(add func(*mapi.Message) error) error {
		m := special(parts)
		m.Attachments[3].SetData(mapi.BytesBlob(pattern(8_347_697)))
		return errors.Join(add(special(plain)), add(m))
	})
})

// build makes a store whose messages are in a folder that holds an empty folder.
func build(fill func(add func(*mapi.Message) error) error) ([]byte, error) {
	dir, err := os.MkdirTemp("", "check")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path, ctx, n := filepath.Join(dir, "base.pst"), context.Background(), 0
	w, err := pst.Create(path, pst.Options{Name: "Basis", Key: []byte("basis")})
	if err != nil {
		return nil, err
	}
	defer w.Close()
	inbox, err := w.Folder(pst.Top, "Postvak IN", "IPF.Note")
	if err != nil {
		return nil, err
	}
	if _, err := w.Folder(inbox, "Leeg", "IPF.Note"); err != nil {
		return nil, err
	}
	err = fill(func(m *mapi.Message) error {
		_, err := w.Add(ctx, inbox, fmt.Appendf(nil, "%d", n), m)
		n++
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, err := w.Finish(ctx); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// base is a copy of the sound store.
func base(t *testing.T) *file { return copyOf(t, sound) }

func copyOf(t *testing.T, made func() ([]byte, error)) *file {
	t.Helper()
	b, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return &file{t, bytes.Clone(b)}
}

// run checks the file.
func (f *file) run(o check.Options) check.Report {
	f.t.Helper()
	r, err := check.Reader(context.Background(), bytes.NewReader(f.b), int64(len(f.b)), o)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// What the writer makes is sound, and all of it is seen.
func TestSound(t *testing.T) {
	for _, d := range []struct {
		made func() ([]byte, error)
		want check.Report
	}{
		{sound, check.Report{Folders: 6, Messages: specials + ordinary, Embedded: 1, Attachments: 406, Recipients: 717}},
		{large, check.Report{Folders: 6, Messages: 2, Embedded: 1, Attachments: 6, Recipients: 3}},
	} {
		r := copyOf(t, d.made).run(check.Options{Deep: true})
		for _, f := range r.Findings {
			t.Error(f)
		}
		got := check.Report{Folders: r.Folders, Messages: r.Messages, Embedded: r.Embedded, Attachments: r.Attachments, Recipients: r.Recipients}
		if !reflect.DeepEqual(got, d.want) {
			t.Errorf("counted %+v, want %+v", got, d.want)
		}
	}
}

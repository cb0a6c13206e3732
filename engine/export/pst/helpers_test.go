package pst_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vangnet/engine/export/pst"
	"vangnet/engine/mapi"
)

var moment = time.Date(2026, 3, 14, 9, 26, 53, 589_793_200, time.UTC)

// pattern is n reproducible bytes that no page size divides.
func pattern(n int, seed byte) []byte {
	b := make([]byte, n)
	x := uint32(seed) + 1
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

// streamed is a blob that does not say where its bytes are kept.
func streamed(b []byte) mapi.Blob {
	return mapi.NewBlob(int64(len(b)), func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b)), nil
	})
}

func recipient(role int, name, smtp string) mapi.Bag {
	var r mapi.Bag
	r.SetInt(mapi.RecipientType, int64(role))
	r.SetString(mapi.DisplayName, name)
	r.SetString(mapi.AddrType, "SMTP")
	r.SetString(mapi.EmailAddress, smtp)
	r.SetString(mapi.RecipientDisplayName, name)
	r.SetString(mapi.SMTPAddress, smtp)
	r.SetInt(mapi.DisplayType, 0)
	r.SetInt(mapi.ObjectType, 6)
	return r
}

// file is an attachment by value.
func file(name, media string, content []byte) mapi.Attachment {
	a := mapi.Attachment{}
	a.Props.SetInt(mapi.AttachMethod, mapi.MethodByValue)
	a.Props.SetString(mapi.AttachLongFilename, name)
	a.Props.SetString(mapi.AttachMimeTag, media)
	a.SetData(streamed(content))
	return a
}

func embedded(m *mapi.Message) mapi.Attachment {
	a := mapi.Attachment{Embedded: m}
	a.Props.SetInt(mapi.AttachMethod, mapi.MethodEmbedded)
	return a
}

// mail is a message with what every mail has.
func mail(subject, text string) *mapi.Message {
	m := &mapi.Message{}
	p := &m.Props
	p.SetString(mapi.MessageClass, "IPM.Note")
	p.SetInt(mapi.Importance, 1)
	p.SetString(mapi.Subject, subject)
	p.SetTime(mapi.ClientSubmitTime, moment)
	p.SetTime(mapi.DeliveryTime, moment.Add(time.Minute))
	p.SetTime(mapi.CreationTime, moment.Add(2*time.Minute))
	p.SetTime(mapi.LastModificationTime, moment.Add(3*time.Minute))
	p.SetString(mapi.SenderName, "Anna de Vries")
	p.SetString(mapi.SenderAddrType, "SMTP")
	p.SetString(mapi.SenderAddress, "anna@fabrikam.example")
	p.SetInt(mapi.MessageFlags, mapi.FlagRead)
	if text != "" {
		p.SetString(mapi.Body, text)
	}
	m.Recipients = []mapi.Bag{recipient(mapi.RecipientTo, "Jan Jansen", "jan@contoso.example")}
	return m
}

// entry is an item with the folder it goes to.
type entry struct {
	folder, class string
	m             *mapi.Message
}

var testKey = []byte("test export")

// store writes items into a new file, and its folders in the order they come.
func store(t testing.TB, items []entry) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.pst")
	w := create(t, path)
	for i, e := range items {
		add(t, w, e, i)
	}
	finish(t, w)
	return path
}

func create(t testing.TB, path string) *pst.Writer {
	t.Helper()
	w, err := pst.Create(path, pst.Options{Name: "Postvak", Key: testKey})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

func folder(t testing.TB, w *pst.Writer, parent pst.Folder, name, class string) pst.Folder {
	t.Helper()
	f, err := w.Folder(parent, name, class)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func add(t testing.TB, w *pst.Writer, e entry, n int) pst.Warnings {
	t.Helper()
	warn, err := w.Add(context.Background(), folder(t, w, pst.Top, e.folder, e.class), []byte(fmt.Sprint(n)), e.m)
	if err != nil {
		t.Fatal(err)
	}
	return warn
}

func finish(t testing.TB, w *pst.Writer) pst.Summary {
	t.Helper()
	s, err := w.Finish(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func hashFile(t testing.TB, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func decodeWords(s string) (string, error) { return new(mime.WordDecoder).DecodeHeader(s) }

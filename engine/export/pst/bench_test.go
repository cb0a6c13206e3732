package pst_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"vangnet/engine/export/pst"
	"vangnet/engine/mapi"
)

// BenchmarkWrite measures writing next to plainly copying the same bytes, both
// until they are on disk: MB/s is the file's size by time, x-copy how many times
// as long as a copy it took, peak-MB the largest heap seen.
func BenchmarkWrite(b *testing.B) {
	b.Run("100000 small mails", func(b *testing.B) {
		mails := make([]*mapi.Message, 1000)
		for i := range mails {
			mails[i] = smallMail(i)
		}
		benchmarkWrite(b, 100_000, func(i int) *mapi.Message { return mails[i%len(mails)] })
	})
	b.Run("ordinary mails", func(b *testing.B) {
		mails := make([]*mapi.Message, 1000)
		for i := range mails {
			mails[i] = ordinaryMail(i)
		}
		benchmarkWrite(b, 10_000, func(i int) *mapi.Message { return mails[i%len(mails)] })
	})
	b.Run("attachments of 20 MB", func(b *testing.B) {
		content := mapi.BytesBlob(pattern(20<<20, 1))
		benchmarkWrite(b, 25, func(i int) *mapi.Message { return withFile(smallMail(i), content) })
	})
}

// ordinaryMail is one of many whose sizes are spread as in a mailbox at work:
// seven of ten are small, the others have an attachment of 40 KB to 2 MB; 83 KB
// each on average.
func ordinaryMail(i int) *mapi.Message {
	m := smallMail(i)
	switch i % 50 {
	case 7:
		return withFile(m, mapi.BytesBlob(pattern(2<<20, byte(i))))
	case 3, 13, 23, 33:
		return withFile(m, mapi.BytesBlob(pattern(300<<10, byte(i))))
	case 1, 5, 11, 15, 21, 25, 31, 35, 41, 45:
		return withFile(m, mapi.BytesBlob(pattern(40<<10, byte(i))))
	}
	return m
}

func withFile(m *mapi.Message, content mapi.Blob) *mapi.Message {
	a := mapi.Attachment{}
	a.Props.SetString(mapi.AttachLongFilename, "tekening.dwg")
	a.SetData(content)
	m.Attachments = append(m.Attachments, a)
	return m
}

func benchmarkWrite(b *testing.B, n int, item func(int) *mapi.Message) {
	ctx := context.Background()
	var took, copied time.Duration
	most := uint64(0)
	for b.Loop() {
		b.StopTimer()
		dir := b.TempDir()
		path := filepath.Join(dir, "a.pst")
		peak := watchHeap()
		runtime.GC()
		b.StartTimer()
		start := time.Now()
		w, err := pst.Create(path, pst.Options{Name: "Postvak", Key: []byte("bench")})
		if err != nil {
			b.Fatal(err)
		}
		inbox, err := w.Folder(pst.Top, "Inbox", "")
		if err != nil {
			b.Fatal(err)
		}
		var key [8]byte
		for i := range n {
			key[0], key[1], key[2] = byte(i), byte(i>>8), byte(i>>16)
			if _, err := w.Add(ctx, inbox, key[:], item(i)); err != nil {
				b.Fatal(err)
			}
		}
		s, err := w.Finish(ctx)
		if err != nil {
			b.Fatal(err)
		}
		took += time.Since(start)
		b.StopTimer()
		copied += copyFile(b, path, filepath.Join(dir, "b.pst"))
		most = max(most, peak())
		b.SetBytes(s.Bytes)
		_ = os.RemoveAll(dir)
		b.StartTimer()
	}
	b.ReportMetric(took.Seconds()/copied.Seconds(), "x-copy")
	b.ReportMetric(float64(most)/(1<<20), "peak-MB")
}

// copyFile copies a file the plain way and says how long it took.
func copyFile(b *testing.B, from, to string) time.Duration {
	b.Helper()
	src, err := os.Open(from)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = src.Close() }()
	start := time.Now()
	dst, err := os.Create(to)
	if err != nil {
		b.Fatal(err)
	}
	_, err = io.CopyBuffer(struct{ io.Writer }{dst}, struct{ io.Reader }{src}, make([]byte, 1<<20))
	if err == nil {
		err = dst.Sync()
	}
	if err == nil {
		err = dst.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// watchHeap looks at the heap until the result is called, which tells its peak.
func watchHeap() (peak func() uint64) {
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-tick.C:
				metrics.Read(s)
				most = max(most, s[0].Value.Uint64())
			case <-stop:
				tick.Stop()
				done <- most
				return
			}
		}
	}()
	return func() uint64 { close(stop); return <-done }
}

// smallMail is an ordinary mail as it comes from an item stream.
func smallMail(i int) *mapi.Message {
	m := &mapi.Message{}
	p := &m.Props
	p.SetInt(mapi.Importance, 1)
	p.SetString(mapi.MessageClass, "IPM.Note")
	p.SetBool(mapi.ReadReceiptRequested, false)
	p.SetInt(mapi.Sensitivity, 0)
	p.SetString(mapi.Subject, fmt.Sprintf("RE: Offerte dakgoot nummer %d", i))
	p.SetTime(mapi.ClientSubmitTime, moment.Add(time.Duration(i)*time.Minute))
	p.SetString(mapi.SubjectPrefix, "RE: ")
	p.SetString(mapi.SentRepresentingName, "Anna de Vries")
	p.SetString(mapi.SentRepresentingAddrType, "SMTP")
	p.SetString(mapi.SentRepresentingAddress, "anna@fabrikam.example")
	p.SetString(mapi.ConversationTopic, fmt.Sprintf("Offerte dakgoot nummer %d", i))
	p.SetBytes(mapi.ConversationIndex, pattern(27, byte(i)))
	p.SetString(mapi.SenderName, "Anna de Vries")
	p.SetString(mapi.SenderAddrType, "SMTP")
	p.SetString(mapi.SenderAddress, "anna@fabrikam.example")
	p.SetTime(mapi.DeliveryTime, moment.Add(time.Duration(i)*time.Minute+time.Second))
	p.SetInt(mapi.MessageFlags, mapi.FlagRead)
	p.SetString(mapi.NormalizedSubject, fmt.Sprintf("Offerte dakgoot nummer %d", i))
	p.SetString(mapi.Body, strings.Repeat("de offerte voor het dak is klaar en wij sturen u hierbij de tekening\r\n", 8))
	p.SetBytes(mapi.BodyHTML, []byte("<html><body>"+strings.Repeat("<p>de offerte voor het dak is klaar en wij sturen u hierbij de tekening</p>\r\n", 20)+"</body></html>"))
	p.SetInt(mapi.NativeBody, 3)
	p.SetString(mapi.InternetMessageID, fmt.Sprintf("<%d.1234567890@mail.fabrikam.example>", i))
	p.SetTime(mapi.CreationTime, moment.Add(time.Duration(i)*time.Minute+2*time.Second))
	p.SetTime(mapi.LastModificationTime, moment.Add(time.Duration(i)*time.Minute+3*time.Second))
	p.SetBytes(mapi.SearchKey, pattern(16, byte(i)))
	p.SetInt(mapi.InternetCodepage, 65001)
	p.SetInt(mapi.MessageLocaleID, 0x413)
	p.SetInt(mapi.MessageCodepage, 1252)
	p.SetNamed(mapi.Keywords, mapi.TypeString|mapi.Multi, []string{"Rood"})
	for j := range 2 {
		m.Recipients = append(m.Recipients, recipient(mapi.RecipientTo+j, fmt.Sprintf("Ontvanger %d", j), fmt.Sprintf("o%d@contoso.example", j)))
	}
	return m
}

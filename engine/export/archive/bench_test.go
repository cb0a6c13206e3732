package archive_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vangnet/engine/export/archive"
)

// load is what a benchmark hands over.
type load struct {
	name  string
	files [][]byte
}

// loads are mails, half text and half an attachment in base64, and a few large
// files that are packed already.
func loads() []load {
	mails := load{name: "mails"}
	for i := range 2000 {
		words := strings.Repeat(fmt.Sprintf("Beste klant %d, de goot is klaar en de rekening volgt.\r\n", i), 20)
		body := fmt.Sprintf("Subject: nummer %d\r\n\r\n%s\r\n%x\r\n", i, words, noise(byte(i), 4000))
		mails.files = append(mails.files, []byte(body))
	}
	large := load{name: "large"}
	for i := range 8 {
		large.files = append(large.files, noise(byte(i), 16<<20))
	}
	return []load{mails, large}
}

func (l load) bytes() (n int64) {
	for _, f := range l.files {
		n += int64(len(f))
	}
	return n
}

// copyPlain writes the same bytes into one file.
func copyPlain(b *testing.B, l load, path string) {
	f, err := os.Create(path)
	must(b, err)
	for _, c := range l.files {
		_, err := f.Write(c)
		must(b, err)
	}
	must(b, f.Sync())
	must(b, f.Close())
	must(b, os.Remove(path))
}

func BenchmarkArchive(b *testing.B) {
	zipped := func(o archive.ZipOptions) func(dir string) (archive.Archive, error) {
		return func(dir string) (archive.Archive, error) {
			return archive.CreateZip(filepath.Join(dir, "x.zip"), o)
		}
	}
	always := func(yes bool) func(string) bool { return func(string) bool { return yes } }
	for _, l := range loads() {
		for _, kind := range []struct {
			name   string
			create func(dir string) (archive.Archive, error)
		}{
			{"stored", zipped(archive.ZipOptions{Store: always(true)})},
			{"deflated", zipped(archive.ZipOptions{Store: always(false)})},
			{"sealed-stored", zipped(archive.ZipOptions{Store: always(true), Password: "dakgoot"})},
			{"sealed-deflated", zipped(archive.ZipOptions{Store: always(false), Password: "dakgoot"})},
			{"files", func(dir string) (archive.Archive, error) { return archive.CreateFiles(dir) }},
			{"mbox", func(dir string) (archive.Archive, error) { return archive.CreateMbox(dir) }},
		} {
			b.Run(l.name+"/"+kind.name, func(b *testing.B) { benchArchive(b, l, kind.create) })
		}
	}
}

func benchArchive(b *testing.B, l load, create func(dir string) (archive.Archive, error)) {
	b.SetBytes(l.bytes())
	b.ReportAllocs()
	dir := b.TempDir()
	var plain, own time.Duration
	var size int64
	for i := range b.N {
		b.StopTimer()
		to := filepath.Join(dir, fmt.Sprint(i))
		must(b, os.Mkdir(to, 0o755))
		start := time.Now()
		copyPlain(b, l, filepath.Join(dir, "plain"))
		plain += time.Since(start)
		b.StartTimer()
		start = time.Now()
		a, err := create(to)
		must(b, err)
		for n, c := range l.files {
			e := archive.Entry{Path: fmt.Sprintf("piet@klant.example/mail/Inbox/Nummer %d.eml", n), Modified: day, Envelope: &archive.Envelope{Date: day}}
			must(b, a.Add(context.Background(), e, func(w io.Writer) error { _, err := w.Write(c); return err }))
		}
		must(b, a.Finish(context.Background()))
		own += time.Since(start)
		size = a.Size()
		b.StopTimer()
		must(b, a.Close())
		must(b, os.RemoveAll(to))
		b.StartTimer()
	}
	b.ReportMetric(own.Seconds()/plain.Seconds(), "times-copy")
	b.ReportMetric(100*float64(size)/float64(l.bytes()), "%-of-bytes")
}

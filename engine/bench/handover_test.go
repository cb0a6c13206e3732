package bench_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine"
	"vangnet/engine/model"
)

// handOver is a part of a benchmark: handing a whole mailbox over.
type handOver struct {
	Desk    desk
	Request model.ExportRequest
}

// playHandOver runs one export.
func playHandOver(part []byte) (any, error) {
	engine.LimitMemory() // as the programs do
	var h handOver
	if err := json.Unmarshal(part, &h); err != nil {
		return nil, err
	}
	ctx := context.Background()
	e, tenant, err := h.Desk.open(ctx)
	if err != nil {
		return nil, err
	}
	h.Request.Tenant = tenant
	if err := e.Refresh(ctx, tenant); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	var r report
	err = r.work(h.Desk.Service, func() error {
		return profile("handover", func() error {
			id, err := e.Export(ctx, h.Request, model.ExportTexts{
				Cover:     func(model.Handover) model.CoverPage { return model.CoverPage{Title: "Bench"} },
				CoverName: "Read me", HashName: "SHA256SUMS", Archive: "Archive", Deleted: "Deleted Items", Zone: time.UTC,
			})
			if err != nil {
				return err
			}
			j, err := e.WaitJob(ctx, id)
			if err == nil && (j.State != model.JobDone || j.Result == nil) {
				err = fmt.Errorf("the export ended as %s: %+v", j.State, j.Error)
			}
			if err == nil {
				r.Saved = j.Result.Saved
			}
			return err
		})
	})
	err = errors.Join(err, e.Close())
	r.PeakKB = peak()
	return r, err
}

// BenchmarkHandOver hands a mailbox over, from the vault to the disk, and compares
// that with plainly copying what came out.
func BenchmarkHandOver(b *testing.B) {
	w := world{Accounts: 1, Mails: sized(5000, 100_000), Folders: 8}
	_, d, _ := firstCopy(b, w)
	for _, format := range []model.ExportFormat{model.ExportPST, model.ExportZIP, model.ExportEML} {
		b.Run(string(format), func(b *testing.B) {
			for b.Loop() {
				dir := b.TempDir()
				out := filepath.Join(dir, "out")
				r := play(b, "handover", handOver{d, model.ExportRequest{Paths: []string{"user00000@" + domain}, Format: format, Out: out}})
				require.EqualValues(b, w.Mails, r.Saved)
				bytes := folderBytes(b, dir)
				copied := copyPlain(b, dir, b.TempDir())
				b.ReportMetric(r.Seconds/copied.Seconds(), "x-copy")
				b.ReportMetric(float64(bytes)/1e6/r.Seconds, "MB/s")
				b.ReportMetric(float64(r.Saved)/r.Seconds, "mails/s")
				b.ReportMetric(r.CPU, "cpu-s")
				b.ReportMetric(r.peakMB(), "peak-MB")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// copyPlain copies a folder file by file, until each is on disk.
func copyPlain(b *testing.B, from, to string) time.Duration {
	b.Helper()
	begun := time.Now()
	require.NoError(b, filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		return copyFile(path, filepath.Join(to, rel))
	}))
	return time.Since(begun)
}

func copyFile(from, to string) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(struct{ io.Writer }{w}, r)
	return errors.Join(err, w.Sync(), w.Close())
}

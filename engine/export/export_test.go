package export_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/clock"
	"vangnet/engine/export"
	"vangnet/engine/fault"
	"vangnet/engine/job"
	"vangnet/engine/model"
	"vangnet/store/bucket"
	"vangnet/store/catalog"
)

// shelf is a drive with files of 4 MB that cannot be compressed, as index and as
// content. opened is told of each file that is read.
type shelf struct {
	files  int
	opened func(n int) error
}

const fileSize = 4 << 20

func (s *shelf) Walk(context.Context, model.TenantID, string, time.Time, model.Past) iter.Seq2[catalog.Found, error] {
	return func(yield func(catalog.Found, error) bool) {
		dir := model.Folder{ID: "f", Path: "Documenten"}
		row := model.Row{Resource: "anna@contoso.example/onedrive", Ref: model.Ref{Resource: "drive:1", Folder: "f"}}
		if !yield(catalog.Found{Row: row, Folder: dir}, nil) {
			return
		}
		for n := range s.files {
			name := fmt.Sprintf("%02d.bin", n)
			e := &model.Entry{ID: name, Name: name, Kind: model.KindFile, Size: fileSize, Object: model.ObjectID(fmt.Sprint(n))}
			row.Path = "anna@contoso.example/onedrive/Documenten/" + name
			if !yield(catalog.Found{Row: row, Folder: dir, Entry: e}, nil) {
				return
			}
		}
	}
}

func (s *shelf) WalkRef(context.Context, model.Ref, model.Past) iter.Seq2[catalog.Found, error] {
	return func(func(catalog.Found, error) bool) {}
}

func (s *shelf) Search(context.Context, model.SearchQuery) (model.SearchPage, error) {
	return model.SearchPage{}, nil
}

func (s *shelf) Folders(context.Context, model.TenantID, model.ResourceID, time.Time, bool) ([]catalog.FolderRow, error) {
	return nil, nil
}

func (s *shelf) Prefetch(context.Context, []model.ObjectID) error { return nil }

type file struct{ *bytes.Reader }

func (file) Close() error { return nil }

func (s *shelf) Open(_ context.Context, id model.ObjectID) (io.ReadSeekCloser, error) {
	var n int
	if _, err := fmt.Sscan(string(id), &n); err != nil {
		return nil, err
	}
	if s.opened != nil {
		if err := s.opened(n); err != nil {
			return nil, err
		}
	}
	b := make([]byte, fileSize)
	rnd := rand.NewChaCha8([32]byte{byte(n)})
	_, err := rnd.Read(b)
	return file{bytes.NewReader(b)}, err
}

func (s *shelf) run(ctx context.Context, r model.ExportRequest) (model.Result, error) {
	r.Paths, r.Format = []string{"anna@contoso.example"}, model.ExportZIP
	texts := model.ExportTexts{CoverName: "Read me", HashName: "SHA256SUMS", Zone: time.UTC, Cover: func(h model.Handover) model.CoverPage {
		return model.CoverPage{Language: "en", Title: fmt.Sprint(h.Items, " items"), More: func(n int) string { return fmt.Sprint(n) }}
	}}
	return export.Run(ctx, export.Options{Index: s, Content: s, Report: job.Discard(), Clock: clock.System(), Texts: texts}, r)
}

// files lists the files in the parts of an export, each as often as it is there.
func files(t *testing.T, res model.Result, dir string) map[string]int {
	t.Helper()
	seen := map[string]int{}
	for _, f := range res.Files {
		z, err := zip.OpenReader(filepath.Join(dir, f.Name))
		require.NoError(t, err)
		for _, e := range z.File {
			if filepath.Ext(e.Name) == ".bin" {
				seen[e.Name]++
			}
		}
		require.NoError(t, z.Close())
	}
	return seen
}

// TestGoesOn cuts an export off in its third part. It goes on after the second,
// and reads nothing of the first two again.
func TestGoesOn(t *testing.T) {
	dir := t.TempDir()
	r := model.ExportRequest{Out: filepath.Join(dir, "a.zip"), Split: 10 << 20}
	ctx, stop := context.WithCancel(t.Context())
	s := &shelf{files: 9, opened: func(n int) error {
		if n == 5 {
			stop()
		}
		return nil
	}}
	_, err := s.run(ctx, r)
	require.ErrorIs(t, err, context.Canceled)
	require.FileExists(t, filepath.Join(dir, "a.zip"))
	require.FileExists(t, filepath.Join(dir, "a-2.zip"))
	require.NoFileExists(t, filepath.Join(dir, "a-3.zip"))
	require.NoFileExists(t, filepath.Join(dir, "a-3.zip.part"))

	other := r
	other.Past.Deleted = true
	_, err = s.run(t.Context(), other)
	require.Equal(t, fault.OutExists, fault.Code(err), "another export does not go on with this one")

	var again []int
	s.opened = func(n int) error { again = append(again, n); return nil }
	res, err := s.run(t.Context(), r)
	require.NoError(t, err)
	require.EqualValues(t, 9, res.Saved)
	require.Equal(t, []int{4, 5, 6, 7, 8}, again)
	seen := files(t, res, dir)
	require.Len(t, seen, 9)
	for name, n := range seen {
		require.Equal(t, 1, n, name)
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, len(res.Files), "nothing but the parts is left")
}

// TestWhatFails holds that a damaged file costs itself alone, and that storage
// which cannot be reached ends the export.
func TestWhatFails(t *testing.T) {
	dir := t.TempDir()
	s := &shelf{files: 5, opened: func(n int) error {
		if n == 2 {
			return errors.New("damaged")
		}
		return nil
	}}
	res, err := s.run(t.Context(), model.ExportRequest{Out: filepath.Join(dir, "a.zip")})
	require.NoError(t, err)
	require.EqualValues(t, 4, res.Saved)
	require.EqualValues(t, 1, res.Failed)
	require.Equal(t, "anna@contoso.example/onedrive/Documenten/02.bin", res.Errors[0].Path)
	require.Len(t, files(t, res, dir), 4)

	s.opened = func(n int) error {
		if n == 3 {
			return bucket.ErrUnreachable
		}
		return nil
	}
	_, err = s.run(t.Context(), model.ExportRequest{Out: filepath.Join(dir, "b.zip")})
	require.ErrorIs(t, err, bucket.ErrUnreachable)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing of it is left")
}

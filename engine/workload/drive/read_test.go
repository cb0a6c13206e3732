package drive_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/engine/graph/quickxor"
	"vangnet/engine/model"
	"vangnet/engine/workload"
	"vangnet/engine/workload/drive"
	"vangnet/engine/workload/workloadtest"
)

// fakeDrive is a drive in memory whose files can change while they are read.
type fakeDrive struct {
	mu    sync.Mutex
	items map[string]*fakeFile
	log   []drive.Item // changes; a cursor is a place in it
	reads int
	count int
}

type fakeFile struct {
	drive.Item
	deliver func(read int) (string, error) // what the nth reading gives
	times   int
}

func newFakeDrive() *fakeDrive {
	d := &fakeDrive{items: map[string]*fakeFile{}}
	d.log = append(d.log, drive.Item{ID: "root", Root: true, Folder: true})
	return d
}

// put makes or changes a file that announces and delivers a text.
func (d *fakeDrive) put(id, text string) *fakeFile {
	d.count++
	sum := quickxor.Sum([]byte(text))
	f := &fakeFile{Item: drive.Item{
		ID: id, Parent: "root", Name: id + ".txt", Size: int64(len(text)), CTag: fmt.Sprint("c", d.count), ETag: fmt.Sprint("e", d.count),
		QuickXor: base64.StdEncoding.EncodeToString(sum[:]), Created: time.Unix(1000, 0), Modified: time.Unix(int64(1000+d.count), 0),
	}, deliver: func(int) (string, error) { return text, nil }}
	d.items[id] = f
	d.log = append(d.log, f.Item)
	return f
}

func (d *fakeDrive) Changes(_ context.Context, _, cursor string) (drive.Page, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	from := 0
	if cursor != "" {
		if _, err := fmt.Sscan(cursor, &from); err != nil {
			return drive.Page{}, err
		}
	}
	return drive.Page{Items: append([]drive.Item{{ID: "root", Root: true, Folder: true}}, d.log[from:]...), Next: fmt.Sprint(len(d.log)), Done: true}, nil
}

func (d *fakeDrive) Content(_ context.Context, _ string, item drive.Item) (io.ReadCloser, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reads++
	f := d.items[item.ID]
	if f == nil {
		return nil, graph.ErrNotFound
	}
	f.times++
	text, err := f.deliver(f.times)
	if d.items[item.ID] == nil && err == nil {
		err = graph.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return io.NopCloser(strings.NewReader(text)), nil
}

func (d *fakeDrive) Item(_ context.Context, _, id string) (drive.Item, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.items[id]; f != nil {
		return f.Item, nil
	}
	return drive.Item{}, graph.ErrNotFound
}

// desk runs one backup after the other of a fake drive.
type desk struct {
	*workloadtest.Desk
	t     *testing.T
	drive *fakeDrive
}

func newDesk(t *testing.T) *desk {
	return &desk{Desk: workloadtest.NewDesk(), t: t, drive: newFakeDrive()}
}

// run copies the drive and returns what the snapshot holds, "name=content" or
// "name=content (warning)" for each file in order of name.
func (d *desk) run() (string, workload.Result) {
	d.t.Helper()
	d.drive.reads = 0
	anna := model.Resource{Address: "anna@contoso.example/onedrive", DriveID: "d", Kind: model.Drive}
	res := d.Run(d.t, anna, func(task *workload.Task) (workload.Result, error) {
		r := drive.Reader{Task: task, Source: d.drive, Log: slog.New(slog.DiscardHandler)}
		return r.Read(d.t.Context())
	})
	var says []string
	for _, f := range res.Folders {
		for e, err := range d.Store.Entries(d.t.Context(), f.Listing) {
			require.NoError(d.t, err)
			text := e.Name + "=" + d.Store.Content(e.Object)
			if e.Warning != "" {
				text += " (" + e.Warning + ")"
			}
			says = append(says, text)
		}
	}
	return strings.Join(says, ", "), res
}

// What is not as announced is read again, taken as it is now, or kept with a
// warning; only what never settles fails.
func TestContentThatIsNotAsAnnounced(t *testing.T) {
	for _, c := range []struct {
		name  string
		do    func(d *fakeDrive, f *fakeFile)
		want  string
		fails string // code of what fails
		reads int
	}{
		{"as announced", func(*fakeDrive, *fakeFile) {}, "a.txt=old", "", 1},
		{"spoilt on the way, once", func(_ *fakeDrive, f *fakeFile) {
			f.deliver = func(n int) (string, error) { return []string{"olx", "old"}[n-1], nil }
		}, "a.txt=old", "", 2},
		{"changed since it was listed", func(d *fakeDrive, f *fakeFile) {
			f.deliver = func(int) (string, error) { d.put("a", "a new text"); return "a new text", nil }
		}, "a.txt=a new text", "", 2},
		{"changed while it was read", func(d *fakeDrive, f *fakeFile) {
			f.deliver = func(int) (string, error) { d.put("a", "a new text"); return "", graph.ErrChanged }
		}, "a.txt=a new text", "", 2},
		{"announced wrongly, for ever", func(_ *fakeDrive, f *fakeFile) {
			f.deliver = func(int) (string, error) { return "other", nil }
		}, "a.txt=other (" + fault.ItemDiffers + ")", "", 2},
		{"without a sum, of another size", func(d *fakeDrive, f *fakeFile) {
			f.QuickXor, d.log[len(d.log)-1].QuickXor = "", ""
			f.deliver = func(int) (string, error) { return "other", nil }
		}, "a.txt=other (" + fault.ItemDiffers + ")", "", 2},
		{"without a sum", func(d *fakeDrive, f *fakeFile) {
			f.QuickXor, d.log[len(d.log)-1].QuickXor = "", ""
		}, "a.txt=old", "", 1},
		{"spoilt each time", func(_ *fakeDrive, f *fakeFile) {
			f.deliver = func(n int) (string, error) { return fmt.Sprint("spoilt ", n), nil }
		}, "", fault.HashMismatch, 3},
		{"changing all the time", func(_ *fakeDrive, f *fakeFile) {
			f.deliver = func(int) (string, error) { return "", graph.ErrChanged }
		}, "", fault.HashMismatch, 3},
		{"gone when looked at again", func(d *fakeDrive, f *fakeFile) {
			f.deliver = func(int) (string, error) { delete(d.items, "a"); return "", graph.ErrChanged }
		}, "", "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			c.do(d.drive, d.drive.put("a", "old"))
			got, res := d.run()
			require.Equal(t, c.want, got)
			require.Equal(t, c.reads, d.drive.reads)
			if c.fails == "" {
				require.Zero(t, res.Failed)
			} else {
				require.Len(t, res.Errors, 1)
				require.Equal(t, c.fails, res.Errors[0].Code)
			}
			if f := d.drive.items["a"]; f != nil {
				text := c.want
				if c.fails != "" { // the next run tries again
					d.drive.put("a", "healed")
					text = "a.txt=healed"
				}
				got, _ := d.run()
				require.Equal(t, text, got, "the next run")
				if c.fails == "" {
					require.Zero(t, d.drive.reads, "what is kept is not read again")
				}
			}
		})
	}
}

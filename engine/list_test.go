package engine

import (
	"context"
	"strconv"
	"testing"
	"time"

	"vangnet/engine/fault"
	"vangnet/engine/model"
)

// longFolder is a catalog with one folder of n items, which grows between two
// pages when told to.
type longFolder struct{ n, grows, most int }

func (f *longFolder) Resolve(context.Context, model.TenantID, string, time.Time) (model.Row, error) {
	return model.Row{Path: "a/mail/Inbox", Ref: model.Ref{Folder: "f"}}, nil
}

func (f *longFolder) Children(context.Context, model.TenantID, string, time.Time, bool) ([]model.Row, error) {
	return []model.Row{{Name: "sub", Kind: model.KindFolder}}, nil
}

func (f *longFolder) List(_ context.Context, q model.ListQuery) ([]model.Row, int, error) {
	var rows []model.Row
	for i := q.Offset; i < min(q.Offset+q.Limit, f.n); i++ {
		rows = append(rows, model.Row{Name: strconv.Itoa(i)})
	}
	f.most = max(f.most, len(rows))
	n := f.n
	f.n += f.grows
	return rows, n, nil
}

// TestLongFolderIsListedWhole holds that a folder of more than a million items
// is listed to its end, a page at a time, and that one that changes meanwhile is
// not listed as if it were whole.
func TestLongFolderIsListedWhole(t *testing.T) {
	for _, c := range []struct {
		n, grows int
		want     string
	}{{0, 0, ""}, {listPage, 0, ""}, {listPage + 1, 0, ""}, {1_200_003, 0, ""}, {3 * listPage, 1, fault.ListingChanged}} {
		folder := &longFolder{n: c.n, grows: c.grows}
		seen := 0
		l := lister{index: folder, yield: func(model.Row, error) bool { seen++; return true }}
		err := l.list(t.Context(), "a/mail/Inbox")
		if got := fault.Code(err); got != c.want {
			t.Fatalf("%d items: %v", c.n, err)
		}
		if c.want == "" && seen != c.n+1 || folder.most > listPage {
			t.Errorf("%d of %d items seen, %d at once", seen, c.n+1, folder.most)
		}
	}
	l := lister{index: &longFolder{n: 5 * listPage}, yield: func(r model.Row, _ error) bool { return r.Name != "7" }}
	if err := l.list(t.Context(), "a"); err != errEnough {
		t.Errorf("nobody wanted more: %v", err)
	}
}

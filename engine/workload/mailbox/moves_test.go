package mailbox_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/model"
	"vangnet/engine/workload"
	"vangnet/engine/workload/mailbox"
	"vangnet/engine/workload/workloadtest"
)

// desk runs one backup after the other of a fake mailbox.
type desk struct {
	*workloadtest.Desk
	t   *testing.T
	box *fakeBox
}

func newDesk(t *testing.T, folders ...string) *desk {
	return &desk{Desk: workloadtest.NewDesk(), t: t, box: newFakeBox(folders...)}
}

// run copies the mailbox and returns what the snapshot holds: "folder: item item; …".
func (d *desk) run() string {
	d.t.Helper()
	d.box.asked = 0
	anna := model.Resource{Address: "anna@contoso.example", UserID: "anna", Kind: model.Mailbox}
	res := d.Run(d.t, anna, func(task *workload.Task) (workload.Result, error) {
		r := mailbox.Reader{Task: task, Source: d.box, Trust: mailbox.NewTrust(""), Log: slog.New(slog.DiscardHandler)}
		return r.Read(d.t.Context())
	})
	require.Zero(d.t, res.Failed, "%v", res.Errors)
	var says []string
	var n int64
	for _, f := range res.Folders {
		var names []string
		for e, err := range d.Store.Entries(d.t.Context(), f.Listing) {
			require.NoError(d.t, err)
			names = append(names, e.Mail.Subject)
		}
		require.Len(d.t, names, int(f.Items))
		n += f.Items
		slices.Sort(names)
		says = append(says, strings.TrimSpace(f.Path[len("mail/"):]+": "+strings.Join(names, " ")))
	}
	slices.Sort(says)
	require.Equal(d.t, n, res.Saved+res.Unchanged)
	return strings.Join(says, "; ")
}

// What moves, goes or changes while the folders are read one after the other
// is in the snapshot once, where it is in the end.
func TestMovesWhileFoldersAreRead(t *testing.T) {
	for _, c := range []struct {
		name  string
		after string // the folder after whose reading it happens
		do    func(b *fakeBox)
		want  string
		asked int // pages of changes: one a folder, and what looking again costs
	}{
		{"nothing", "A", func(*fakeBox) {}, "A: one; B: two; C: three; Empty:", 3},
		{"onward", "A", func(b *fakeBox) { b.move("one", "B") }, "A:; B: one two; C: three; Empty:", 3},
		{"onward, beside what is new", "A", func(b *fakeBox) { b.move("one", "B"); b.add("B", "new") }, "A:; B: new one two; C: three; Empty:", 3},
		{"back", "A", func(b *fakeBox) { b.move("two", "A") }, "A: one two; B:; C: three; Empty:", 5},
		{"back to a folder not asked", "A", func(b *fakeBox) { b.move("two", "Empty") }, "A: one; B:; C: three; Empty: two", 5},
		{"there and back", "A", func(b *fakeBox) { b.move("one", "B"); b.after("B", func() { b.move("one", "A") }) }, "A:; B: one two; C: three; Empty:", 3},
		{"deleted", "A", func(b *fakeBox) { b.remove("three") }, "A: one; B: two; C:; Empty:", 6},
		{"after the last", "C", func(b *fakeBox) { b.move("three", "A") }, "A: one; B: two; C: three; Empty:", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, "Empty", "A", "B", "C")
			d.box.add("A", "one")
			d.box.add("B", "two")
			d.box.add("C", "three")
			d.run()
			d.box.after(c.after, func() { c.do(d.box) })
			require.Equal(t, c.want, d.run())
			require.Equal(t, c.asked, d.box.asked)
			require.Equal(t, d.box.live(), d.run(), "the next run")
		})
	}
}

// What is named in two folders, or named and then gone, while its content is
// still on its way ends as it was named last.
func TestWhatIsOnItsWayWhenItMoves(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(b *fakeBox)
	}{
		{"moves", func(b *fakeBox) { b.move("slow", "B") }},
		{"goes", func(b *fakeBox) { b.remove("slow") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, "A", "B")
			d.box.pageSize = 20 // one batch a page
			for i := range 19 {
				d.box.add("A", fmt.Sprintf("a%02d", i))
			}
			d.box.add("A", "slow")
			d.box.slow = "slow"
			d.box.after("A", func() { d.box.add("A", "last"); c.do(d.box) }) // after its first page
			got := d.run()
			require.Equal(t, d.box.live(), got)
		})
	}
}

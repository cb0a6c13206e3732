package drives_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim/drives"
)

// mirror is what a careful client knows of a drive from delta alone.
type mirror struct {
	items map[string]map[string]any
	link  string
	pages int
	seen  []map[string]any // as they came in the last round
}

// follow reads a round of delta and applies it.
func (r *rig) follow(m *mirror, headers ...string) {
	r.t.Helper()
	m.seen, m.pages = nil, 0
	if m.items == nil {
		m.items = map[string]map[string]any{}
	}
	for {
		a := r.call("GET", m.link, nil, headers...)
		require.Equal(r.t, 200, a.StatusCode, "%s", a.raw)
		m.pages++
		for _, it := range a.items() {
			require.NotContains(r.t, it, "@removed")
			m.seen = append(m.seen, it)
			if _, gone := it["deleted"]; gone {
				delete(m.items, it["id"].(string))
				continue
			}
			if it["root"] == nil {
				parent := it["parentReference"].(map[string]any)["id"].(string)
				require.NotNil(r.t, m.items[parent], "the folder of %s comes before it", it["name"])
			}
			m.items[it["id"].(string)] = it
		}
		if m.link = a.str("@odata.nextLink"); m.link == "" {
			m.link = a.str("@odata.deltaLink")
			require.NotEmpty(r.t, m.link)
			return
		}
	}
}

// paths is the tree that the mirror believes in, built from parent ids.
func (m *mirror) paths() []string {
	var list []string
	for _, it := range m.items {
		path := ""
		if _, folder := it["file"]; !folder {
			path = "/"
		}
		for p := it; p["root"] == nil; {
			path = "/" + p["name"].(string) + path
			parent := p["parentReference"].(map[string]any)["id"].(string)
			if p = m.items[parent]; p == nil {
				path = "(lost)" + path
				break
			}
		}
		if path != "/" {
			list = append(list, strings.TrimPrefix(path, "/"))
		}
	}
	slices.Sort(list)
	return list
}

func (m *mirror) names() []string {
	list := []string{}
	for _, it := range m.seen {
		name, _ := it["name"].(string)
		if it["deleted"] != nil {
			name = "gone"
		}
		list = append(list, name)
	}
	return list
}

func sorted(list []string) []string { slices.Sort(list); return list }

func TestDeltaRounds(t *testing.T) {
	r := newRig(t)
	r.put("a/b/one.txt", "1")
	r.put("a/b/two.txt", "2")
	r.put("c/three.txt", "3")
	m := &mirror{link: "/root/delta"}
	r.follow(m)
	require.Equal(t, []string{"root", "a", "b", "one.txt", "two.txt", "c", "three.txt"}, m.names())
	require.NotContains(t, m.items[r.id("a/b/one.txt")]["parentReference"], "path")
	require.Contains(t, m.link, "delta(token=")

	r.follow(m)
	require.Equal(t, []string{"root"}, m.names(), "nothing changed")

	r.put("a/b/two.txt", "22")
	r.follow(m)
	require.Equal(t, []string{"root", "a", "b", "two.txt"}, m.names(), "with the folders above")
	r.put("a/b/two.txt", "222")
	r.follow(m, "Prefer: deltaExcludeParent")
	require.Equal(t, []string{"root", "two.txt"}, m.names())

	require.NoError(t, r.drive.Move("a", "c/moved"))
	r.follow(m)
	require.Equal(t, []string{"root", "c", "moved"}, m.names(), "a moved folder comes alone")
	require.Equal(t, sorted(r.paths()), m.paths())

	require.NoError(t, r.drive.Delete("c/moved"))
	r.follow(m)
	require.Equal(t, []string{"root", "c", "gone", "gone", "gone", "gone"}, m.names(), "all in a deleted folder is told")
	for _, it := range m.seen[2:] {
		require.Equal(t, map[string]any{"state": "deleted"}, it["deleted"])
		require.NotContains(t, it, "name")
	}

	r.put("brief.txt", "x")
	require.NoError(t, r.drive.Delete("brief.txt"))
	r.follow(m)
	require.Equal(t, []string{"root", "gone"}, m.names(), "made and deleted in between")

	fresh := &mirror{link: "/root/delta"}
	r.follow(fresh)
	require.Equal(t, []string{"root", "c", "three.txt"}, fresh.names(), "what is deleted is not in a first round")
}

// TestFoldersComeFirst has a folder change after what is in it.
func TestFoldersComeFirst(t *testing.T) {
	r := newRig(t)
	start := r.call("GET", "/root/delta?token=latest", nil).str("@odata.deltaLink")
	r.put("a/f.txt", "x")
	require.NoError(t, r.drive.Move("a", "b"))
	for _, link := range []string{"/root/delta", start} {
		m := &mirror{link: link}
		r.follow(m)
		require.Equal(t, []string{"root", "b", "f.txt"}, m.names())
	}
	r.put("b/g.txt", "x")
	require.NoError(t, r.drive.Move("b", "c"))
	m := &mirror{link: "/root/delta?$top=3"}
	r.follow(m)
	require.Equal(t, []string{"root", "c", "f.txt", "c", "g.txt"}, m.names(), "a folder repeated on the next page")
}

// TestDeltaConverges changes a drive at random between and during rounds, with
// pages of any size, and compares a client's belief with the truth.
func TestDeltaConverges(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r, rnd := newRig(t), rand.New(rand.NewPCG(seed, 5))
			m := &mirror{link: fmt.Sprintf("/root/delta?$top=%d", 1+rnd.IntN(20))}
			for range 12 {
				for range rnd.IntN(30) {
					r.scramble(rnd)
				}
				if rnd.IntN(2) == 0 { // one page, then more changes
					m.pageThen(r, func() { r.scramble(rnd) })
				}
				r.follow(m)
				require.Equal(t, sorted(r.paths()), m.paths())
			}
		})
	}
}

// pageThen reads one page of a round and lets something happen before the next.
func (m *mirror) pageThen(r *rig, change func()) {
	a := r.call("GET", m.link, nil)
	if m.items == nil {
		m.items = map[string]map[string]any{}
	}
	for _, it := range a.items() {
		delete(m.items, it["id"].(string))
		if it["deleted"] == nil {
			m.items[it["id"].(string)] = it
		}
	}
	if next := a.str("@odata.nextLink"); next != "" {
		m.link = next
	} else {
		m.link = a.str("@odata.deltaLink")
	}
	change()
}

// scramble makes one change at random.
func (r *rig) scramble(rnd *rand.Rand) {
	r.clock.Advance(time.Second)
	all := r.paths()
	any := func() string {
		if len(all) == 0 {
			return "x"
		}
		return strings.TrimSuffix(all[rnd.IntN(len(all))], "/")
	}
	name := fmt.Sprintf("n%d", rnd.IntN(40))
	switch rnd.IntN(6) {
	case 0, 1:
		_ = r.drive.Put(any()+"/"+name, drives.Generated(rnd.Uint64(), rnd.Int64N(1000)), drives.Times{})
	case 2:
		_ = r.drive.Put(name, drives.Generated(rnd.Uint64(), 10), drives.Times{})
	case 3:
		_ = r.drive.Mkdir(any()+"/"+name+"d", drives.Times{})
	case 4:
		_ = r.drive.Move(any(), any()+"/"+name)
	case 5:
		if rnd.IntN(3) == 0 {
			_ = r.drive.Delete(any())
		} else {
			_ = r.drive.Rename(any(), name)
		}
	}
}

// TestDeltaOfABusyFolder has one item change so often that the log is tidied.
func TestDeltaOfABusyFolder(t *testing.T) {
	r := newRig(t)
	r.put("Map/quiet.txt", "x")
	for i := range 5000 {
		require.NoError(t, r.drive.Move("Map/"+busyName(i), "Map/"+busyName(i+1)), "%d", i)
		if i == 2500 {
			r.put("late.txt", "x")
		}
	}
	m := &mirror{link: "/root/delta"}
	r.follow(m)
	require.Equal(t, []string{"Map/", "Map/busy5000", "late.txt"}, m.paths())
	require.Len(t, m.seen, 4, "each once")
}

func busyName(i int) string {
	if i == 0 {
		return "quiet.txt"
	}
	return fmt.Sprintf("busy%d", i)
}

// TestDeletedDuringTheFirstRound is about an item that the client has been told
// of and that goes before the round ends.
func TestDeletedDuringTheFirstRound(t *testing.T) {
	r := newRig(t)
	for i := range 6 {
		r.put(fmt.Sprintf("f%d", i), "x")
	}
	m := &mirror{link: "/root/delta?$top=3"}
	m.pageThen(r, func() { require.NoError(t, r.drive.Delete("f0")); require.NoError(t, r.drive.Delete("f5")) })
	r.follow(m)
	require.Equal(t, sorted(r.paths()), m.paths())
}

func TestDeltaTokens(t *testing.T) {
	r := newRig(t)
	r.put("old.txt", "1")
	r.clock.Advance(time.Hour)
	moment := r.clock.Now().Format(time.RFC3339)
	latest := r.call("GET", "/root/delta?token=latest", nil)
	require.Empty(t, latest.items())
	r.clock.Advance(time.Hour)
	r.put("new.txt", "2")

	for _, link := range []string{latest.str("@odata.deltaLink"), "/root/delta?token=" + url.QueryEscape(moment), "/root/delta(token='" + moment + "')"} {
		m := &mirror{link: link}
		r.follow(m)
		require.Equal(t, []string{"root", "new.txt"}, m.names(), link)
	}
	other := newRig(t, func(o *drives.Options) { o.Seed = "other" })
	theirs := other.call("GET", "/root/delta?token=latest", nil).str("@odata.deltaLink")
	token := theirs[strings.Index(theirs, "token='")+7 : strings.LastIndex(theirs, "'")]
	for _, bad := range []string{"nonsense", token, token[:len(token)-1]} {
		a := r.call("GET", "/root/delta?token="+bad, nil)
		require.Equal(t, 400, a.StatusCode, bad)
		require.Equal(t, "invalidRequest", a.code())
	}
	require.Equal(t, 400, r.call("GET", "/items/"+r.id("old.txt")+"/delta", nil).StatusCode)
}

func TestDeltaResync(t *testing.T) {
	r := newRig(t)
	for i := range 5 {
		r.put(fmt.Sprintf("f%d", i), "x")
	}
	m := &mirror{link: "/root/delta?$top=3&$select=id,name,parentReference,deleted,root"}
	r.follow(m)
	require.Greater(t, m.pages, 1)
	require.NotContains(t, m.seen[1], "size")

	for _, expire := range []func(){r.drive.ExpireDelta, func() { r.faults.next["delta410"] = true }} {
		expire()
		a := r.call("GET", m.link, nil)
		require.Equal(t, 410, a.StatusCode)
		require.Equal(t, "resyncRequired/resyncChangesApplyDifferences", a.code())
		m = &mirror{link: a.Header.Get("Location")}
		r.follow(m)
		require.Len(t, m.items, 6, "everything anew")
		require.NotContains(t, m.seen[1], "size", "with the options of before")
	}
}

func TestDeltaSharing(t *testing.T) {
	r := newRig(t)
	r.put("f.txt", "x")
	r.put("g.txt", "x")
	m := &mirror{link: "/root/delta?token=latest"}
	r.follow(m)
	require.NoError(t, r.drive.Share("f.txt", "users"))
	r.put("g.txt", "y")
	require.NoError(t, r.drive.Share("g.txt", "users"))

	plain := &mirror{link: m.link}
	r.follow(plain)
	require.Equal(t, []string{"root", "g.txt"}, plain.names(), "g changed also otherwise")
	with := &mirror{link: m.link}
	r.follow(with, "Prefer: deltashowsharingchanges, hierarchicalsharing")
	require.Equal(t, []string{"root", "f.txt", "g.txt"}, with.names())
	require.Equal(t, "True", with.seen[1]["@microsoft.graph.sharedChanged"])
	require.NotContains(t, with.seen[2], "@microsoft.graph.sharedChanged")
}

// TestLargeDrive is about time and memory: 300,000 files, listed in pages.
func TestLargeDrive(t *testing.T) {
	if testing.Short() {
		t.Skip("large")
	}
	const files = 300_000
	r := newRig(t)
	for i := range files {
		require.NoError(t, r.drive.Put(fmt.Sprintf("Map %d/f%d.txt", i/1000, i), drives.Generated(uint64(i), 2000), drives.Times{}))
	}
	n, folders, bytes := r.drive.Counts()
	require.Equal(t, []int64{files, 300, 2000 * files}, []int64{int64(n), int64(folders), bytes})
	m := &mirror{link: "/root/delta?token=latest"}
	r.follow(m)
	r.put("Map 7/f7001.txt", "new")
	r.follow(m)
	require.Equal(t, []string{"root", "Map 7", "f7001.txt"}, m.names())
	a := r.call("GET", "/root/delta?$top=1000", nil)
	require.Len(t, a.items(), 1000)
}

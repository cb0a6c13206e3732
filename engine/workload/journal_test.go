package workload_test

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vangnet/engine/model"
	"vangnet/engine/workload"
)

func open(t *testing.T, path, base string) *workload.Journal {
	t.Helper()
	j, err := workload.OpenJournal(path, base)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func merged(t *testing.T, j *workload.Journal, folder string, old []model.Entry) ([]model.Entry, workload.Tally) {
	t.Helper()
	entries := func() iter.Seq2[model.Entry, error] {
		return func(yield func(model.Entry, error) bool) {
			for _, e := range old {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
	seq, tally, err := workload.Merge(t.Context(), j, workload.Before{Folder: folder, Reserved: map[string]bool{"map": true}, Entries: entries})
	must(t, err)
	var list []model.Entry
	for e, err := range seq {
		must(t, err)
		list = append(list, e)
	}
	return list, tally
}

func names(list []model.Entry) string {
	var b strings.Builder
	for _, e := range list {
		fmt.Fprintf(&b, "%s=%s ", e.Name, e.ID)
	}
	return strings.TrimSpace(b.String())
}

func TestOnlyDurableSurvives(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x", "j.jsonl")
	j := open(t, path, "snap1")
	must(t, j.Put("f", model.Entry{ID: "1", Title: "one"}))
	must(t, j.Begin("f", true))
	must(t, j.Complete("f", "page2"))
	mark := j.Mark()
	must(t, j.Put("f", model.Entry{ID: "2", Title: "two"})) // arrives while the vault flushes
	must(t, j.Durable(mark))
	must(t, j.Put("f", model.Entry{ID: "3", Title: "three"}))
	must(t, j.Close())

	for range 3 { // opening it again and again must not lose what it had
		j = open(t, path, "snap1")
		if r := j.Round("f"); r.Cursor != "page2" || !r.Full || !r.Complete {
			t.Errorf("round %+v", r)
		}
		list, _ := merged(t, j, "f", nil)
		if got := names(list); got != "one=1" {
			t.Errorf("after restart: %s", got)
		}
		must(t, j.Close())
	}
	j = open(t, path, "snap2")
	if r := j.Round("f"); r.Begun {
		t.Errorf("a journal for another base was continued: %+v", r)
	}
}

func TestTornFileIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.jsonl")
	j := open(t, path, "s")
	must(t, j.Put("f", model.Entry{ID: "1", Title: "one"}))
	must(t, j.Durable(j.Mark()))
	must(t, j.Put("f", model.Entry{ID: "2", Title: "two"}))
	must(t, j.Close())
	whole, err := os.ReadFile(path)
	must(t, err)
	for cut := range len(whole) {
		must(t, os.WriteFile(path, whole[:cut], 0o600))
		j := open(t, path, "s")
		list, _ := merged(t, j, "f", nil)
		if got := names(list); got != "" && got != "one=1" {
			t.Fatalf("cut at %d: %s", cut, got)
		}
		must(t, j.Put("f", model.Entry{ID: "9", Title: "nine"}))
		must(t, j.Close())
	}
}

func TestMerge(t *testing.T) {
	old := []model.Entry{{ID: "a", Name: "Alpha"}, {ID: "b", Name: "Beta"}, {ID: "c", Name: "Gamma_", Title: "Gamma?"}, {ID: "d", Name: "beta ~1234"}}
	for _, c := range []struct {
		name string
		do   func(j *workload.Journal) error
		want string
		same bool
	}{
		{"nothing", func(*workload.Journal) error { return nil }, "Alpha=a Beta=b Gamma_=c beta ~1234=d", true},
		{"gone", func(j *workload.Journal) error { return j.Gone("f", "b") }, "Alpha=a Gamma_=c beta ~1234=d", false},
		{"changed keeps its name", func(j *workload.Journal) error { return j.Put("f", model.Entry{ID: "c", Title: "Gamma?"}) },
			"Alpha=a Beta=b Gamma_=c beta ~1234=d", false},
		{"renamed", func(j *workload.Journal) error { return j.Put("f", model.Entry{ID: "b", Title: "Zeta"}) },
			"Alpha=a Gamma_=c Zeta=b beta ~1234=d", false},
		{"same name again", func(j *workload.Journal) error { return j.Put("f", model.Entry{ID: "x", Title: "ALPHA"}) },
			"ALPHA ~2d71=x Alpha=a Beta=b Gamma_=c beta ~1234=d", false},
		{"twice, then gone", func(j *workload.Journal) error {
			for _, err := range []error{j.Put("f", model.Entry{ID: "x", Title: "X"}), j.Put("f", model.Entry{ID: "x", Title: "Y"}), j.Gone("f", "x")} {
				if err != nil {
					return err
				}
			}
			return nil
		}, "Alpha=a Beta=b Gamma_=c beta ~1234=d", true},
		{"full round", func(j *workload.Journal) error {
			for _, err := range []error{j.Begin("f", true), j.Keep("f", "a"), j.Put("f", model.Entry{ID: "b", Title: "Beta"}),
				j.Fail("f", workload.Failure{ItemFault: model.ItemFault{ID: "d"}})} {
				if err != nil {
					return err
				}
			}
			return nil
		}, "Alpha=a Beta=b beta ~1234=d", false},
		{"called like a folder", func(j *workload.Journal) error { return j.Put("f", model.Entry{ID: "m", Title: "Map"}) },
			"Alpha=a Beta=b Gamma_=c Map ~62c6=m beta ~1234=d", false},
	} {
		j := open(t, filepath.Join(t.TempDir(), "j.jsonl"), "s")
		must(t, c.do(j))
		list, tally := merged(t, j, "f", old)
		if got := names(list); got != c.want || tally.Same() != c.same {
			t.Errorf("%s: %s (same %v), want %s", c.name, got, tally.Same(), c.want)
		}
		if int64(len(list)) != tally.Saved+tally.Unchanged {
			t.Errorf("%s: tally %+v for %d entries", c.name, tally, len(list))
		}
	}
}

func TestMergeOrdersManyDuplicates(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j.jsonl"), "s")
	for i := range 5000 {
		must(t, j.Put("f", model.Entry{ID: fmt.Sprint(i), Title: []string{"Offerte", "offerte", "Aanslag"}[i%3]}))
	}
	list, _ := merged(t, j, "f", nil)
	seen := map[string]bool{}
	for i, e := range list {
		if seen[model.FoldName(e.Name)] || i > 0 && list[i-1].Name >= e.Name {
			t.Fatalf("%d: %q repeats or is out of order", i, e.Name)
		}
		seen[model.FoldName(e.Name)] = true
	}
	if len(list) != 5000 {
		t.Errorf("%d entries", len(list))
	}
}

func TestAnItemIsInOneFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.jsonl")
	j := open(t, path, "s")
	must(t, j.Put("a", model.Entry{ID: "1", Title: "one"}))
	must(t, j.Put("b", model.Entry{ID: "1", Title: "one"}))
	must(t, j.Durable(j.Mark()))
	must(t, j.Close())
	j = open(t, path, "s")
	inA, _ := merged(t, j, "a", nil)
	inB, _ := merged(t, j, "b", nil)
	if len(inA) != 0 || len(inB) != 1 {
		t.Errorf("a: %s, b: %s", names(inA), names(inB))
	}
}

func TestSweepDropsWhatIsNoLongerNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.jsonl")
	j := open(t, path, "s")
	must(t, j.Begin("f", true))
	must(t, j.Put("f", model.Entry{ID: "1", Title: "one"}))
	must(t, j.Put("f", model.Entry{ID: "2", Title: "two"}))
	must(t, j.Durable(j.Mark()))
	must(t, j.Close())

	j = open(t, path, "s") // "2" is deleted before the next run
	must(t, j.Begin("f", true))
	named := workload.Names{}
	named.Add("1")
	must(t, j.Sweep("f", named))
	must(t, j.Complete("f", "next"))
	list, _ := merged(t, j, "f", []model.Entry{{ID: "2", Name: "two"}})
	if got := names(list); got != "one=1" {
		t.Errorf("after sweep: %s", got)
	}
	if !j.Settled("f", "1") || !j.Settled("f", "2") || j.Settled("f", "3") {
		t.Error("what was saved or is gone is settled, and nothing else")
	}
}

func TestAMovedItemLeavesItsOldListing(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j.jsonl"), "s")
	must(t, j.Begin("a", false))
	must(t, j.Put("a", model.Entry{ID: "9", Title: "nine"}))
	must(t, j.Put("b", model.Entry{ID: "1", Title: "one"})) // it moved after "a" was read
	inA, _ := merged(t, j, "a", []model.Entry{{ID: "1", Name: "one"}})
	j.Forget("a")
	inB, _ := merged(t, j, "b", nil)
	if names(inA) != "nine=9" || names(inB) != "one=1" {
		t.Errorf("a: %s, b: %s", names(inA), names(inB))
	}
}

func TestAFolderTakesTheNameOfAnItem(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j.jsonl"), "s")
	list, tally := merged(t, j, "f", []model.Entry{{ID: "a", Name: "Alpha"}, {ID: "m", Name: "Map", Object: "o"}})
	if got := names(list); got != "Alpha=a Map ~62c6=m" || tally.Saved != 1 || list[1].Object != "o" || list[1].Title != "Map" {
		t.Errorf("%s, %+v, %+v", got, tally, list)
	}
}

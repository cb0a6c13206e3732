package say_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"vangnet/engine/fault"
	"vangnet/engine/model"
	"vangnet/ui/format"
	"vangnet/ui/i18n"
	"vangnet/ui/say"
)

func speak(t *testing.T, lang string) *say.Say {
	t.Helper()
	words, err := i18n.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return &say.Say{Words: words, Format: format.New(words, time.UTC)}
}

func TestSentences(t *testing.T) {
	en, nl := speak(t, "en"), speak(t, "nl")
	for _, c := range []struct{ got, want string }{
		{en.Reason(model.Reason{}), ""},
		{nl.Reason(model.Reason{Code: "items_failed", Args: map[string]string{"count": "1400"}}), "1.400 items mislukt"},
		{en.Reason(model.Reason{Code: "items_failed", Args: map[string]string{"count": "1"}}), "1 item failed"},
		{en.Reason(model.Reason{Code: "late", Args: map[string]string{"since": "2026-11-12T13:02:00Z"}}), "no good copy since 12 Nov 2026 13:02"},
		{en.Reason(model.Reason{Code: "made_up", Args: map[string]string{"b": "2", "a": "1"}}), "made up, a 1, b 2"},
		{en.Error(fault.New(fault.DiskFull, errors.New("write: no space"), "place", "/srv")), "The disk of /srv is full. Make room; the backup then goes on where it was."},
		// a sentence whose place has no value is not shown half empty
		{en.Error(fault.New(fault.NoBucket, errors.New("HTTP 404"))), "HTTP 404"},
		{en.Fault(&model.Fault{Code: "made_up", Detail: "EOF"}), "EOF"},
		{en.Fault(nil), ""},
		{en.Cause(model.ItemFault{Code: "made_up", Cause: "HTTP 499"}), "HTTP 499"},
		{en.Place("anna@x.example/mail/Inbox/2026"), "anna@x.example › Mail › Inbox › 2026"},
		{en.Place("/home/maud/Vangnet"), "/home/maud/Vangnet"}, {en.Place("anna@x.example"), "anna@x.example"},
		{en.Fact(model.Fact{Label: "size", Value: "84213"}), "84 kB"}, {en.Fact(model.Fact{Label: "tenants", Value: "1200"}), "1,200"},
		{en.Fact(model.Fact{Label: "lock"}), "–"}, {en.Fact(model.Fact{Label: "home", Value: "/x"}), "/x"},
		{en.Attachment(model.Fact{Label: "a.pdf", Value: "-1"}), "a.pdf"}, {nl.Attachment(model.Fact{Label: "a.pdf", Value: "1400000"}), "a.pdf (1,4 MB)"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// TestStatesDifferWithoutColour holds that shape and word tell every state apart.
func TestStatesDifferWithoutColour(t *testing.T) {
	en := speak(t, "en")
	marks, words := map[string]model.State{}, map[string]model.State{}
	for _, s := range []model.State{
		model.StateGood, model.StateAttention, model.StateFailing, model.StateRunning, model.StateWaiting, model.StateNotProtected, model.StateNeverRun,
	} {
		look := en.State(s)
		if other, taken := marks[string(look.Mark)]; taken {
			t.Errorf("%s and %s have the same shape", s, other)
		}
		if other, taken := words[look.Word]; taken {
			t.Errorf("%s and %s have the same word", s, other)
		}
		marks[string(look.Mark)], words[look.Word] = s, s
	}
}

func TestJobText(t *testing.T) {
	en := speak(t, "en")
	start := time.Date(2026, 11, 14, 9, 0, 0, 0, time.UTC)
	job := model.Job{Kind: model.JobBackup, Title: "Zuid", State: model.JobRunning, Started: start, Progress: model.Progress{Items: 3, Bytes: 1000}}
	if done, pace := en.JobProgress(job, start.Add(10*time.Second)); done != "3 items · 1.0 kB" || pace != "100 B/s" {
		t.Errorf("%q %q", done, pace)
	}
	job.State, job.Result = model.JobWarnings, &model.Result{Saved: 12, Bytes: 4000, Failed: 1}
	if got := en.JobEnd(job); got != "Backup of Zuid: 12 items saved, 4.0 kB · 1 item failed" {
		t.Errorf("%q", got)
	}
	job.Kind, job.Result.Target, job.Result.Failed = model.JobRestore, model.Target{Kind: model.TargetLive, Address: "anna@x.example/mail/Inbox"}, 0
	if got := en.JobEnd(job); got != "12 items put back into anna@x.example › Mail › Inbox" {
		t.Errorf("%q", got)
	}
	job.Result.Target = model.Target{Kind: model.TargetOriginal}
	if got := en.JobEnd(job); got != "12 items put back" {
		t.Errorf("%q", got)
	}
	nl := speak(t, "nl")
	for _, c := range []struct {
		say  *say.Say
		job  model.Job
		want string
	}{
		{en, model.Job{Kind: model.JobRestore, Title: "Offerte dakgoot", Path: "a@x.example/mail/Inbox/Offerte dakgoot"}, "Putting back Offerte dakgoot"},
		{en, model.Job{Kind: model.JobRestore, Title: "Offerte dakgoot", More: 1}, "Putting back Offerte dakgoot and 1 more"},
		{nl, model.Job{Kind: model.JobRestore, Title: "Offerte dakgoot", More: 1400}, "Terugzetten van Offerte dakgoot en nog 1.400"},
		{en, model.Job{Kind: model.JobRestore, Path: "a@x.example/mail/Inbox", More: 2}, "Putting back a@x.example › Mail › Inbox and 2 more"},
		{en, model.Job{Kind: model.JobRestore, Title: strings.Repeat("x", 100), More: 2}, "Putting back " + strings.Repeat("x", 60) + "… and 2 more"},
		{en, model.Job{Kind: model.JobRestore, Progress: model.Progress{ItemsTotal: 3}}, "Putting back 3 items"},
	} {
		if got := c.say.JobTitle(c.job); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	check := model.Job{Kind: model.JobVerify, Title: "Zuid", State: model.JobDone, Result: &model.Result{Verified: &model.VerifyReport{Snapshots: 12}}}
	if got := en.JobEnd(check); got != "Check of Zuid: Everything is there for 12 restore points; nothing was read back" {
		t.Errorf("%q", got)
	}
	check.Result.Verified.Read, check.Result.Verified.BytesRead = 3, 4000
	if got := nl.JobResult(check); got != "Geen schade gevonden in 12 herstelpunten; 4,0 kB teruggelezen" {
		t.Errorf("%q", got)
	}
	check.Result.Verified.Damage = []model.Damage{{What: "p1", Why: model.DamageMissing, Paths: []string{"a@x/mail/1", "a@x/mail/2"}}, {Why: model.DamageStockList}}
	if got := en.JobResult(check); got != "Damage in 2 places: see Details" {
		t.Errorf("%q", got)
	}
	faults := nl.JobFaults(check)
	if len(faults) != 3 || faults[1].What != "a@x/mail/2" || faults[1].Why != "p1 ontbreekt in de opslag." || faults[2].What != "Zuid" {
		t.Errorf("%+v", faults)
	}
	for _, c := range []struct {
		p    model.Progress
		want float64
	}{
		{model.Progress{Bytes: 5, BytesTotal: 10, Items: 1, ItemsTotal: 100}, 0.5}, {model.Progress{Items: 1, ItemsTotal: 4}, 0.25},
		{model.Progress{Bytes: 20, BytesTotal: 10}, 1}, {model.Progress{Items: 3}, -1},
	} {
		if got := say.Share(c.p); got != c.want {
			t.Errorf("share of %+v is %v", c.p, got)
		}
	}
}

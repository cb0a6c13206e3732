package say

import (
	"strings"
	"time"

	"vangnet/engine/model"
)

// maxTitle bounds the name of a thing in the title of a job, so that what comes
// after it is seen.
const maxTitle = 60

// JobTitle says what a job does and for whom, or with what.
func (s *Say) JobTitle(j model.Job) string {
	title := j.Title
	switch {
	case title == "" && j.Path != "":
		title = s.Place(j.Path)
	case title == "":
		n := max(j.Progress.ItemsTotal, j.Progress.Items)
		if r := j.Result; r != nil {
			n = max(n, r.Saved+r.Unchanged+r.Skipped+r.Failed)
		}
		title = s.N("things.item", n)
	}
	if runes := []rune(title); len(runes) > maxTitle && j.More > 0 {
		title = strings.TrimSpace(string(runes[:maxTitle])) + "…"
	}
	if j.More > 0 {
		title = s.N("job.more", int64(j.More), "name", title)
	}
	switch j.Kind {
	case model.JobBackup:
		return s.T("job.backup", "title", title)
	case model.JobRestore:
		return s.T("job.restore", "title", title)
	case model.JobExport:
		return s.T("job.export", "title", title)
	case model.JobVerify:
		return s.T("job.verify", "title", title)
	case model.JobCatalog:
		return s.T("job.catalog", "title", title)
	}
	return string(j.Kind) + " " + title
}

// Share is how much of a job is done, 0 to 1; below 0 when nobody knows.
func Share(p model.Progress) float64 {
	switch {
	case p.BytesTotal > 0:
		return min(float64(p.Bytes)/float64(p.BytesTotal), 1)
	case p.ItemsTotal > 0:
		return min(float64(p.Items)/float64(p.ItemsTotal), 1)
	case p.ResourcesTotal > 0:
		return min(float64(p.Resources)/float64(p.ResourcesTotal), 1)
	}
	return -1
}

// timeLeft is how long the rest takes at the pace so far; 0 when it cannot be said.
func timeLeft(p model.Progress, since time.Duration) time.Duration {
	done := Share(p)
	if done < 0.01 || since < 2*time.Second {
		return 0
	}
	return time.Duration(float64(since) * (1 - done) / done)
}

// JobProgress says how far a job is at a moment, and at what pace it goes on.
func (s *Say) JobProgress(j model.Job, now time.Time) (done, pace string) {
	p := j.Progress
	var parts []string
	switch {
	case j.Kind == model.JobVerify && p.ItemsTotal > p.Items: // items are pieces of content here
		parts = append(parts, s.T("job.pieces_of", "n", s.Count(p.Items), "total", s.Count(p.ItemsTotal)))
	case j.Kind == model.JobVerify:
		parts = append(parts, s.N("things.piece", p.Items))
	case p.ItemsTotal > 0:
		parts = append(parts, s.T("job.items_of", "n", s.Count(p.Items), "total", s.Count(p.ItemsTotal)))
	default:
		parts = append(parts, s.N("things.item", p.Items))
	}
	parts = append(parts, s.Bytes(p.Bytes))
	if p.Failed > 0 {
		parts = append(parts, s.N("job.failed_items", p.Failed))
	}
	done, parts = strings.Join(parts, " · "), nil
	since := now.Sub(j.Started)
	if !j.Started.IsZero() && since > time.Second && p.Bytes > 0 {
		parts = append(parts, s.Speed(float64(p.Bytes)/since.Seconds()))
	}
	if left := timeLeft(p, since); left > 0 {
		parts = append(parts, s.T("job.left", "time", s.About(left)))
	}
	return done, strings.Join(parts, " · ")
}

// JobResult says in one line what an ended job brought.
func (s *Say) JobResult(j model.Job) string {
	switch {
	case j.State == model.JobCancelled:
		return s.T("job.result.cancelled", "title", s.JobTitle(j))
	case j.Error != nil:
		return s.Fault(j.Error)
	case j.Result == nil:
		return s.Job(j.State).Word
	}
	r := j.Result
	switch {
	case j.Kind == model.JobVerify:
		return s.verified(r)
	case j.Kind == model.JobExport:
		return s.T("job.result.export", "things", s.N("things.item", r.Saved), "target", r.Target.Address) + s.failedPart(r)
	case j.Kind == model.JobRestore && r.Target.Address == "": // where it came from
		return s.T("job.result.putback", "things", s.N("things.item", r.Saved)) + s.failedPart(r)
	case j.Kind == model.JobRestore:
		line := s.T("job.result.restore", "things", s.N("things.item", r.Saved), "target", s.Target(r.Target))
		return line + s.failedPart(r)
	}
	if r.Saved == 0 && r.Failed == 0 {
		return s.T("job.result.unchanged")
	}
	return s.T("job.result.backup", "things", s.N("things.item", r.Saved), "size", s.Bytes(r.Bytes)) + s.failedPart(r)
}

// Target is the place that things were put back to.
func (s *Say) Target(t model.Target) string {
	if t.Kind == model.TargetLocal {
		return t.Address
	}
	return s.Place(t.Address)
}

// verified says in one line what the check of a vault found.
func (s *Say) verified(r *model.Result) string {
	v := r.Verified
	switch {
	case v == nil:
		return s.T("job.done")
	case len(v.Damage) > 0:
		return s.N("job.result.damage", int64(len(v.Damage)))
	case v.Read == 0:
		return s.T("job.result.there", "points", s.N("things.point", v.Snapshots))
	}
	return s.T("job.result.whole", "points", s.N("things.point", v.Snapshots), "size", s.Bytes(v.BytesRead))
}

// Damage is the sentence of a damage of a vault.
func (s *Say) Damage(d model.Damage) string {
	if text, ok := s.Lookup("damage."+string(d.Why), map[string]string{"what": d.What}); ok {
		return text
	}
	return string(d.Why) + " " + d.What
}

// JobFault is one thing that went wrong in a job, in words.
type JobFault struct{ What, Why, Detail string }

// JobFaults are the things that went wrong in an ended job: items that failed,
// or places that a damage of the vault spoils.
func (s *Say) JobFaults(j model.Job) []JobFault {
	if j.Result == nil {
		return nil
	}
	var list []JobFault
	for _, e := range j.Result.Errors {
		list = append(list, JobFault{e.Path, s.Cause(e), e.Code + " " + e.Cause})
	}
	if j.Result.Verified == nil {
		return list
	}
	for _, d := range j.Result.Verified.Damage {
		why := s.Damage(d)
		for _, p := range d.Paths {
			list = append(list, JobFault{p, why, d.Detail})
		}
		if len(d.Paths) == 0 {
			list = append(list, JobFault{j.Title, why, d.Detail})
		}
	}
	return list
}

func (s *Say) failedPart(r *model.Result) string {
	if r.Failed == 0 {
		return ""
	}
	return " · " + s.N("job.failed_items", r.Failed)
}

// JobEnd says which job ended and what it brought, where the job itself is not
// seen.
func (s *Say) JobEnd(j model.Job) string {
	if j.State == model.JobCancelled || (j.Kind == model.JobRestore || j.Kind == model.JobExport) && j.Error == nil {
		return s.JobResult(j)
	}
	return s.T("job.ended", "title", s.JobTitle(j), "result", s.JobResult(j))
}

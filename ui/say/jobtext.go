package say

import (
	"strings"
	"time"

	"vangnet/engine/model"
)

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
	if p.ItemsTotal > 0 {
		parts = append(parts, s.T("job.items_of", "n", s.Count(p.Items), "total", s.Count(p.ItemsTotal)))
	} else {
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
	if j.Kind == model.JobRestore && Original(r) {
		return s.T("job.result.putback", "things", s.N("things.item", r.Saved)) + s.failedPart(r)
	}
	if j.Kind == model.JobRestore {
		line := s.T("job.result.restore", "things", s.N("things.item", r.Saved), "target", s.Place(r.Target))
		return line + s.failedPart(r)
	}
	if r.Saved == 0 && r.Failed == 0 {
		return s.T("job.result.unchanged")
	}
	return s.T("job.result.backup", "things", s.N("things.item", r.Saved), "size", s.Bytes(r.Bytes)) + s.failedPart(r)
}

// Original reports that a restore put things back where they came from.
func Original(r *model.Result) bool { return r.Target == "" || r.Target == "original" }

func (s *Say) failedPart(r *model.Result) string {
	if r.Failed == 0 {
		return ""
	}
	return " · " + s.N("job.failed_items", r.Failed)
}

// JobEnd says which job ended and what it brought, where the job itself is not
// seen.
func (s *Say) JobEnd(j model.Job) string {
	if j.State == model.JobCancelled || j.Kind == model.JobRestore && j.Error == nil {
		return s.JobResult(j)
	}
	return s.T("job.ended", "title", s.JobTitle(j), "result", s.JobResult(j))
}

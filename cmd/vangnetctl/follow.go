package main

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"vangnet/engine"
	"vangnet/engine/fault"
	"vangnet/engine/model"
)

// How often progress is drawn, how wide its bar is, and what stays free at the
// end of the line, so that a ^C that the terminal writes does not break it.
const (
	redraw   = 250 * time.Millisecond
	barWidth = 30
	margin   = 4
)

// follow waits for a job and shows its progress where a person watches. When
// the call is stopped it stops the job, waits until it has ended cleanly and
// returns what it did.
func (a *app) follow(ctx context.Context, e *engine.Engine, id string) (model.Job, error) {
	stop := context.AfterFunc(ctx, func() { e.Cancel(id) })
	defer stop()
	draw, finish := a.progress()
	defer finish()
	calm := context.WithoutCancel(ctx)
	for {
		wait, done := context.WithTimeout(calm, redraw)
		job, err := e.WaitJob(wait, id)
		done()
		draw(job)
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return job, err
		}
		if !job.State.Ended() {
			continue
		}
		if job.Error != nil {
			return job, &fault.Error{Code: job.Error.Code, Args: job.Error.Args, Err: errors.New(job.Error.Detail)}
		}
		return job, nil
	}
}

// progress returns how to draw a job and how to end drawing: a bar on a
// terminal, nothing elsewhere.
func (a *app) progress() (draw func(model.Job), finish func()) {
	file, ok := a.err.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return func(model.Job) {}, func() {}
	}
	bars := mpb.New(mpb.WithOutput(file), mpb.WithRefreshRate(redraw))
	var last atomic.Pointer[model.Job] // drawn by the bar's own goroutine
	last.Store(&model.Job{})
	text := func(s decor.Statistics) string {
		return runewidth.Truncate(a.progressLine(*last.Load(), time.Now()), max(s.AvailableWidth-barWidth-margin, 20), "…")
	}
	bar := bars.AddBar(0, mpb.BarWidth(barWidth), mpb.AppendDecorators(decor.Any(text)), mpb.BarRemoveOnComplete())
	return func(j model.Job) {
			last.Store(&j)
			bar.SetTotal(max(j.Progress.ItemsTotal, j.Progress.Items+1), false)
			bar.SetCurrent(j.Progress.Items)
		}, func() {
			bar.Abort(true)
			bars.Wait()
		}
}

// progressLine says how far a job is: counts, then what it waits for or how
// long it will take, then what it is at.
func (a *app) progressLine(j model.Job, now time.Time) string {
	p := j.Progress
	if p.Items == 0 && p.ItemsTotal == 0 && j.State == model.JobRunning && !now.Before(p.WaitUntil) {
		return " " + a.words.T("ctl.progress.begin")
	}
	line := " " + a.words.Number(p.Items)
	if p.ItemsTotal > p.Items {
		line += "/" + a.words.Number(p.ItemsTotal)
	}
	line += "  " + a.size(p.Bytes)
	if p.Failed > 0 {
		line += "  " + a.words.T("ctl.progress.failed", "n", a.words.Number(p.Failed))
	}
	switch left := timeLeft(j, now); {
	case j.State == model.JobCancelling:
		line += "  " + a.words.T("ctl.stopping")
	case now.Before(p.WaitUntil):
		line += "  " + a.words.T("ctl.waiting", "time", p.WaitUntil.Local().Format("15:04:05"))
	case left > 0:
		line += "  " + a.words.T("ctl.left", "time", a.format.Span(left))
	}
	if p.Now != "" {
		line += "  " + clean(p.Now)
	}
	return line
}

// timeLeft guesses how long a job will still take; zero: too early to tell.
func timeLeft(j model.Job, now time.Time) time.Duration {
	p, took := j.Progress, now.Sub(j.Started)
	if j.Started.IsZero() || took < 5*time.Second || p.Items <= p.ItemsTotal/50 || p.Items >= p.ItemsTotal {
		return 0
	}
	return time.Duration(float64(took) * float64(p.ItemsTotal-p.Items) / float64(p.Items)).Round(time.Second)
}

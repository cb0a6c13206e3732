package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"vangnet/engine"
	"vangnet/engine/fault"
	"vangnet/engine/model"
)

// redraw is how often progress is drawn.
const redraw = 250 * time.Millisecond

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
	text := func(decor.Statistics) string { return a.progressLine(*last.Load()) }
	bar := bars.AddBar(0, mpb.PrependDecorators(decor.Name("")), mpb.AppendDecorators(decor.Any(text)), mpb.BarRemoveOnComplete())
	return func(j model.Job) {
			last.Store(&j)
			p := j.Progress
			bar.SetTotal(max(p.ItemsTotal, p.Items+1), false)
			bar.SetCurrent(p.Items)
		}, func() {
			bar.Abort(true)
			bars.Wait()
		}
}

// progressLine says how far a job is.
func (a *app) progressLine(j model.Job) string {
	p := j.Progress
	line := fmt.Sprintf(" %d/%d  %s", p.Items, max(p.Items, p.ItemsTotal), a.size(p.Bytes))
	if !p.WaitUntil.IsZero() && time.Now().Before(p.WaitUntil) {
		line += "  " + a.words.T("ctl.waiting", "time", stamp(p.WaitUntil))
	}
	if p.Now != "" {
		line += "  " + clean(p.Now)
	}
	return line
}

package job_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"vangnet/engine/clock"
	"vangnet/engine/event"
	"vangnet/engine/job"
	"vangnet/engine/model"
)

func start(t *testing.T, work job.Work) (*job.Manager, string) {
	t.Helper()
	m := job.NewManager(clock.System(), &event.Bus{})
	t.Cleanup(m.Close)
	id, err := m.Start(t.Context(), model.Job{Kind: model.JobBackup, Tenant: "t", Title: "Contoso"}, work)
	if err != nil {
		t.Fatal(err)
	}
	return m, id
}

func TestStates(t *testing.T) {
	for _, c := range []struct {
		name string
		work job.Work
		want model.JobState
	}{
		{"done", func(context.Context, *job.Reporter) (model.Result, error) { return model.Result{Saved: 1}, nil }, model.JobDone},
		{"some failed", func(context.Context, *job.Reporter) (model.Result, error) { return model.Result{Failed: 1}, nil }, model.JobWarnings},
		{"failed", func(context.Context, *job.Reporter) (model.Result, error) { return model.Result{}, errors.New("no") }, model.JobFailed},
	} {
		m, id := start(t, c.work)
		j, err := m.Wait(t.Context(), id)
		if err != nil || j.State != c.want {
			t.Errorf("%s: state %s, error %v", c.name, j.State, err)
		}
	}
}

func TestCancelAndProgress(t *testing.T) {
	begun := make(chan struct{})
	m, id := start(t, func(ctx context.Context, r *job.Reporter) (model.Result, error) {
		r.Expect(10, 1000)
		r.Item(100)
		r.Now("a/b")
		close(begun)
		<-ctx.Done()
		return model.Result{Saved: 1}, ctx.Err()
	})
	<-begun
	if p := m.Jobs()[0].Progress; p.Items != 1 || p.ItemsTotal != 10 || p.Bytes != 100 || p.Now != "a/b" {
		t.Errorf("progress %+v", p)
	}
	m.Cancel(id)
	j, err := m.Wait(t.Context(), id)
	if err != nil || j.State != model.JobCancelled || j.Result.Saved != 1 {
		t.Errorf("job %+v, error %v", j, err)
	}
}

func TestSlowListenerNeverBlocks(t *testing.T) {
	bus := &event.Bus{}
	ticks, stop := bus.Listen()
	for range 1000 {
		bus.Tick()
	}
	<-ticks
	select {
	case <-ticks:
		t.Error("more than one tick was kept")
	case <-time.After(10 * time.Millisecond):
	}
	stop()
	stop()
	bus.Tick()
}

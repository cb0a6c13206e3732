package bench_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine"
	"vangnet/engine/health"
	"vangnet/engine/model"
	"vangnet/store/bucket"
	"vangnet/store/workspace"
)

// BenchmarkStart opens a workspace of 300 tenants whose health is known, and
// asks for the overview of all. Yardstick, window included: 1 s. Nothing is
// fetched from the tenants' vaults.
func BenchmarkStart(b *testing.B) {
	const tenants, people = 300, 50
	d := newDesk(b, service{})
	require.NoError(b, engine.Init(b.Context(), d.options(), engine.Place{Storage: "file://" + d.Storage}))
	fillWorkspace(b, d, tenants, people)
	for b.Loop() {
		first := play(b, "start", d) // reads every document from the bucket
		require.EqualValues(b, tenants, first.Saved)
		again := play(b, "start", d)
		b.ReportMetric(first.Seconds, "first-s")
		b.ReportMetric(again.Seconds, "again-s")
		b.ReportMetric(again.CPU, "again-cpu-s")
		b.ReportMetric(again.peakMB(), "MB")
		b.ReportMetric(0, "ns/op")
	}
}

func playStart(part []byte) (any, error) {
	var d desk
	if err := json.Unmarshal(part, &d); err != nil {
		return nil, err
	}
	ctx := context.Background()
	var r report
	err := profile("start", func() error {
		begun := time.Now()
		e, err := engine.Open(ctx, d.options())
		if err != nil {
			return err
		}
		list, err := e.Tenants(ctx)
		r.Seconds, r.CPU, r.Saved, r.PeakKB = time.Since(begun).Seconds(), processor(os.Getpid()), int64(len(list)), peak()
		for _, t := range list {
			if t.State != model.StateGood {
				err = fmt.Errorf("%s is %s", t.Tenant.Domain, t.State)
			}
		}
		return errors.Join(err, e.Close())
	})
	return r, err
}

// fillWorkspace connects tenants and writes down fourteen nights of each, as
// a home keeps them.
func fillWorkspace(b *testing.B, d desk, tenants, people int) {
	b.Helper()
	place, err := bucket.Open(b.Context(), "file://"+d.Storage, bucket.Credentials{}, bucket.Options{})
	require.NoError(b, err)
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(b, err)
	space, err := workspace.Open(b.Context(), place, password, workspace.Options{Identity: workspace.Identity{Name: "Colleague", Key: key}})
	require.NoError(b, err)
	require.NoError(b, os.MkdirAll(filepath.Join(d.Home, "health"), 0o700))
	for i := range tenants {
		t := model.Tenant{
			ID:     model.TenantID(fmt.Sprintf("00000000-0000-4000-8000-%012d", i)),
			Domain: fmt.Sprintf("klant%03d.example", i), Name: fmt.Sprintf("Klant %d", i), ClientID: "app", Cloud: "global",
		}
		_, err := space.ConnectTenant(b.Context(), t, workspace.Credential{ClientSecret: workspace.NewSecret([]byte("secret"))}, "")
		require.NoError(b, err)
		book, runs := nights(t, people)
		for name, part := range map[string]any{".json": book, "-runs.json": runs} {
			text, err := json.Marshal(part)
			require.NoError(b, err)
			require.NoError(b, os.WriteFile(filepath.Join(d.Home, "health", string(t.ID)+name), text, 0o600))
		}
	}
}

func nights(t model.Tenant, people int) (*health.Book, health.Runs) {
	var runs health.Runs
	book := health.NewBook()
	now := time.Now()
	for night := range 14 {
		at := now.AddDate(0, 0, night-14).Add(20 * time.Hour)
		run := model.Run{ID: fmt.Sprintf("run-%d", night), Tenant: t.ID, Started: at, Ended: at.Add(time.Hour)}
		for p := range people {
			person := fmt.Sprintf("persoon%02d@%s", p, t.Domain)
			for _, kind := range []model.ResourceKind{model.Mailbox, model.Drive} {
				res := model.Resource{
					ID: model.ResourceID(fmt.Sprintf("%s:%d", kind, p)), Kind: kind, Address: person, Name: "Persoon", UserID: fmt.Sprint(p),
					Licensed: true, Enabled: true, Coverage: model.Protected,
				}
				run.Seats = append(run.Seats, model.Seat{Resource: res})
				run.Resources = append(run.Resources, model.ResourceRun{
					Tenant: t.ID, ID: res.ID, Address: res.Address, Outcome: model.Saved, Saved: 12, Unchanged: 5000, Errors: []model.ItemFault{},
				})
				book.Snapshot(model.Snapshot{ID: fmt.Sprint(night, res.ID), Tenant: t.ID, Resource: res.ID, Kind: kind, Address: res.Address, Time: at, Items: 5012})
			}
		}
		book.Run(run)
		runs = runs.Add(run)
	}
	return book, runs
}

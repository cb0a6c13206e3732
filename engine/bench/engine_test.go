package bench_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine"
	"vangnet/engine/model"
)

const password = "een goed wachtwoord"

// desk is a home folder and a storage folder, and the service to connect to.
type desk struct {
	Home, Storage string
	Service       service
}

func newDesk(b *testing.B, s service) desk {
	b.Helper()
	dir := b.TempDir()
	d := desk{Home: filepath.Join(dir, "home"), Storage: filepath.Join(dir, "storage"), Service: s}
	require.NoError(b, os.MkdirAll(d.Storage, 0o700))
	return d
}

func (d desk) options() engine.Options {
	return engine.Options{Home: d.Home, Password: func(context.Context) (string, error) { return password, nil }, Technician: "Bench"}
}

// open opens the desk's workspace, which is made at the first time.
func (d desk) open(ctx context.Context) (*engine.Engine, model.TenantID, error) {
	if _, err := os.Stat(filepath.Join(d.Home, "config.json")); errors.Is(err, os.ErrNotExist) {
		if err := engine.Init(ctx, d.options(), engine.Place{Storage: "file://" + d.Storage}); err != nil {
			return nil, "", err
		}
	}
	e, err := engine.Open(ctx, d.options())
	if err != nil {
		return nil, "", err
	}
	t, _, err := e.Connect(ctx, engine.ConnectRequest{
		Tenant: domain, ClientID: d.Service.ClientID, Secret: d.Service.Secret, Cloud: d.Service.URL, CloudCA: []byte(d.Service.CA),
	})
	if err != nil {
		return nil, "", errors.Join(err, e.Close())
	}
	return e, t.ID, nil
}

// playEngine makes one run of everything.
func playEngine(part []byte) (any, error) {
	engine.LimitMemory() // as the programs do
	var d desk
	if err := json.Unmarshal(part, &d); err != nil {
		return nil, err
	}
	ctx := context.Background()
	e, tenant, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	var r report
	var j model.Job
	err = r.work(d.Service, func() error {
		return profile("engine", func() error {
			j, err = backup(ctx, e, tenant)
			return err
		})
	})
	if j.Result != nil {
		r.Saved, r.Unchanged, r.Failed, r.Bytes = j.Result.Saved, j.Result.Unchanged, j.Result.Failed, j.Result.Bytes
		for _, rr := range j.Result.Runs {
			r.Requests += rr.Requests
		}
	}
	err = errors.Join(err, e.Close())
	r.PeakKB = peak()
	return r, err
}

func backup(ctx context.Context, e *engine.Engine, tenant model.TenantID) (model.Job, error) {
	id, err := e.Backup(ctx, tenant, "")
	if err != nil {
		return model.Job{}, err
	}
	j, err := e.WaitJob(ctx, id)
	if err == nil && (j.State != model.JobDone || j.Result == nil) {
		err = fmt.Errorf("the run ended as %s: %+v %+v", j.State, j.Error, j.Result)
	}
	return j, err
}

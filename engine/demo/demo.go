// Package demo makes a workspace to look around in: three tenants of different
// sizes out of the simulator, inside this program, in a vault in a temporary
// folder. Nothing about it is special to the engine: the tenants are connected,
// backed up and restored over HTTPS as any others are.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"

	"vangnet/engine"
	"vangnet/engine/clock"
	"vangnet/engine/graph/sim"
)

// password opens the demo's workspace; it protects made-up data.
const password = "demo"

// seed is what the made-up tenants derive from.
const seed = 1

// Demo is a running demonstration.
type Demo struct {
	Engine *engine.Engine
	server *sim.Server
	dir    string
	stop   context.CancelFunc
}

// Open makes the workspace and connects its tenants. It backs nothing up yet.
func Open(ctx context.Context, log *slog.Logger) (*Demo, error) {
	dir, err := os.MkdirTemp("", "vangnet-demo-*")
	if err != nil {
		return nil, fmt.Errorf("make demo: %w", err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	d := &Demo{dir: dir, stop: stop}
	if err := d.open(ctx, log); err != nil {
		return nil, errors.Join(fmt.Errorf("make demo: %w", err), d.Close())
	}
	return d, nil
}

func (d *Demo) open(ctx context.Context, log *slog.Logger) error {
	world := sim.NewWorld(seed, sim.NewShiftedClock(clock.System()))
	world.SetTemp(d.dir)
	if err := world.LoadDemo(); err != nil {
		return err
	}
	var err error
	if d.server, err = sim.Start(ctx, world, sim.Options{Listen: "127.0.0.1:0"}); err != nil {
		return err
	}
	if err := os.WriteFile(d.CAFile(), d.server.CA(), 0o600); err != nil {
		return err
	}
	o := engine.Options{
		Home: filepath.Join(d.dir, "home"), Technician: "Demo", Log: log,
		Password: func(context.Context) (string, error) { return password, nil },
	}
	if err := engine.Init(ctx, o, engine.Place{Storage: fileURL(filepath.Join(d.dir, "vault"))}); err != nil {
		return err
	}
	if d.Engine, err = engine.Open(ctx, o); err != nil {
		return err
	}
	for _, t := range world.Tenants() {
		_, _, err := d.Engine.Connect(ctx, engine.ConnectRequest{
			Tenant: t.ID(), ClientID: t.DefaultApp().ClientID, Secret: t.DefaultApp().Secret(), Cloud: d.server.URL(), CloudCA: d.server.CA(),
		})
		if err != nil {
			return fmt.Errorf("connect %s: %w", t.Domain(), err)
		}
	}
	return nil
}

// fileURL is the storage address of a folder.
func fileURL(dir string) string {
	slashed := filepath.ToSlash(dir)
	if slashed[0] != '/' { // C:/…
		slashed = "/" + slashed
	}
	return (&url.URL{Scheme: "file", Path: slashed}).String()
}

// BackUp starts the first backup of every tenant and returns the jobs.
func (d *Demo) BackUp(ctx context.Context) ([]string, error) {
	var jobs []string
	for _, t := range d.Engine.ConnectedTenants() {
		id, err := d.Engine.StartBackup(ctx, engine.BackupRequest{Tenant: t.ID})
		if err != nil {
			return jobs, err
		}
		jobs = append(jobs, id)
	}
	return jobs, nil
}

// Server is the simulator behind the tenants.
func (d *Demo) Server() *sim.Server { return d.server }

// CAFile is a PEM file with what the simulator's certificate is signed by. It
// goes away with the demo.
func (d *Demo) CAFile() string { return filepath.Join(d.dir, "ca.pem") }

// Close ends everything and removes the folder.
func (d *Demo) Close() error {
	var errs error
	if d.Engine != nil {
		errs = d.Engine.Close()
	}
	if d.server != nil {
		errs = errors.Join(errs, d.server.Close())
	}
	d.stop()
	return errors.Join(errs, os.RemoveAll(d.dir))
}

package main

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"fyne.io/fyne/v2"

	"vangnet/engine"
	"vangnet/engine/fault"
	"vangnet/ui"
)

// door opens workspaces for the first window and shows the program in them.
type door struct {
	ctx     context.Context
	app     fyne.App
	options options
	log     *slog.Logger
	engine  *engine.Engine // when a workspace is open
	unkept  error          // why typed keys could not be kept, although there is a key store
}

// engineOptions are the engine's options, with the keys that were typed, or else those of the
// environment.
func (d *door) engineOptions(a ui.Answers) engine.Options {
	o := engine.Options{
		Home: d.options.home, Log: d.log, Technician: a.Name, AccessKey: a.Access, SecretKey: a.Secret,
		Password: func(context.Context) (string, error) {
			if a.Password == "" {
				return "", fault.New(fault.PasswordMissing, errors.New("no workspace password given"))
			}
			return a.Password, nil
		},
	}
	if o.AccessKey == "" && o.SecretKey == "" {
		o.AccessKey, o.SecretKey = os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	}
	return o
}

// HasKeyStore implements ui.Door.
func (d *door) HasKeyStore() bool { return engine.HasKeyStore(d.options.home) }

// Enter implements ui.Door.
func (d *door) Enter(ctx context.Context, a ui.Answers) error {
	o, err := d.engineOptions(a), error(nil)
	place := engine.Place{Storage: a.Storage, Lock: a.Lock}
	switch {
	case a.Make:
		err = engine.Init(ctx, o, place)
	case a.Storage != "":
		err = engine.Join(ctx, o, place)
	}
	if err != nil {
		return err
	}
	if d.engine, err = engine.Open(ctx, o); err != nil {
		return err
	}
	if a.Access == "" || a.Secret == "" {
		return nil
	}
	d.unkept = engine.KeepStorageKeys(o.Home, a.Access, a.Secret)
	if fault.Code(d.unkept) == fault.NoKeyStore { // the window said so already
		d.unkept = nil
	}
	return nil
}

// Show implements ui.Door.
func (d *door) Show() error {
	window, err := ui.New(d.ctx, d.app, d.engine, uiOptions(d.options))
	if err != nil {
		return err
	}
	window.Show()
	if d.unkept != nil {
		window.Shell().NotKept(d.unkept)
	}
	return nil
}

// Close closes the workspace, if one was entered.
func (d *door) Close() error {
	if d.engine == nil {
		return nil
	}
	return d.engine.Close()
}

// Command vangnet is the desktop application.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"golang.org/x/sync/errgroup"

	"vangnet/engine"
	"vangnet/engine/demo"
	"vangnet/engine/fault"
	"vangnet/ui"
	"vangnet/ui/theme"
)

// appID is the program's name for the desktop.
const appID = "nl.vangnet.app"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	engine.LimitMemory()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "vangnet:", err)
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	home, lang, theme string
	demo, report      bool
}

func parse(args []string, errs io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("vangnet", flag.ContinueOnError)
	f.SetOutput(errs)
	f.StringVar(&o.home, "home", os.Getenv("VANGNET_HOME"), "folder for configuration, catalog, cache and logs (or VANGNET_HOME)")
	f.BoolVar(&o.demo, "demo", false, "open a demonstration: three made-up tenants, backed up into a temporary folder")
	f.StringVar(&o.lang, "lang", "", "nl or en (default: as last time, or the desktop's)")
	f.StringVar(&o.theme, "theme", "", "light, dark or system (default: as last time)")
	f.BoolVar(&o.report, "report", false, "with -demo: print where its simulator is as a line of JSON, and after the first backups the health table and \"ready\"")
	return o, f.Parse(args)
}

func run(ctx context.Context, args []string, out, errs io.Writer) error {
	o, err := parse(args, errs)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a := app.NewWithID(appID)
	go func() { // an interrupted program closes its window as if by hand
		<-ctx.Done()
		fyne.Do(a.Quit)
	}()
	if o.demo {
		return runDemo(ctx, a, o, log, out)
	}
	return runWorkspace(ctx, a, o, log)
}

// runDemo shows the demonstration.
func runDemo(ctx context.Context, a fyne.App, o options, log *slog.Logger, out io.Writer) (err error) {
	d, err := demo.Open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	window, err := ui.New(ctx, a, d.Engine, uiOptions(o))
	if err != nil {
		return err
	}
	jobs, err := d.BackUp(ctx)
	if err != nil {
		return err
	}
	var work errgroup.Group
	if o.report {
		work.Go(func() error {
			err := report(ctx, d, jobs, o.lang, out)
			if err != nil {
				fyne.Do(a.Quit)
			}
			return err
		})
	}
	window.Show()
	a.Run()
	return work.Wait()
}

// runWorkspace shows the technician's workspace, or the window in which one is
// made, joined or opened.
func runWorkspace(ctx context.Context, a fyne.App, o options, log *slog.Logger) (err error) {
	if o.home == "" {
		if o.home, err = engine.DefaultHome(); err != nil {
			return err
		}
	}
	d := &door{ctx: ctx, app: a, options: o, log: log}
	defer func() { err = errors.Join(err, d.Close()) }()
	problem := d.Enter(ctx, ui.Answers{Password: os.Getenv("VANGNET_PASSWORD")})
	switch code := fault.Code(problem); code {
	case "":
		err = d.Show()
	case fault.NoWorkspace:
		_, err = ui.NewFirst(ctx, a, uiOptions(o), d, false, nil)
	case fault.PasswordMissing, fault.WrongPassword, fault.StorageKeyMissing, fault.StorageKeyWrong, fault.StorageDenied:
		_, err = ui.NewFirst(ctx, a, uiOptions(o), d, true, problem)
	default:
		log.Error("open the workspace", "home", o.home, "error", problem)
		_, err = ui.ShowProblem(a, uiOptions(o), problem)
	}
	if err != nil {
		return err
	}
	a.Run()
	return nil
}

func uiOptions(o options) ui.Options {
	return ui.Options{Lang: o.lang, Theme: theme.Mode(o.theme)}
}

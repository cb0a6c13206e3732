// Command shot opens the program's real window over an engine without bytes,
// for looking at it and for driving it by hand or with xdotool.
//
//	shot -page explorer -theme dark -lang en -size 1440x900
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"vangnet/engine/clock"
	"vangnet/engine/fault"
	"vangnet/engine/model"
	"vangnet/ui"
	"vangnet/ui/desk"
	"vangnet/ui/theme"
	"vangnet/ui/uitest"
)

// door lets nobody in: its window is for looking at.
type door struct{}

func (door) HasKeyStore() bool { return true }

func (door) Enter(context.Context, ui.Answers) error {
	return fault.New(fault.StorageKeyWrong, errors.New("HTTP 403"), "place", "s3://vangnet-nl/backups")
}

func (door) Show() error { return nil }

func main() {
	page := flag.String("page", "overview", "overview, tenant, explorer, settings; or first, password")
	mode := flag.String("theme", "light", "light, dark, system")
	lang := flag.String("lang", "nl", "nl, en")
	size := flag.String("size", "1440x900", "of the window")
	tab := flag.Int("tab", 0, "tab of the tenant page")
	query := flag.String("query", "", "search in the explorer")
	resource := flag.String("resource", "", "resource shown in the explorer")
	folder := flag.String("folder", "", "folder shown in the explorer")
	jobs := flag.Bool("jobs", false, "with the jobs panel")
	hand := flag.Bool("hand", false, "with the hand-over dialog of the explorer")
	work := flag.Bool("work", false, "running jobs move on")
	number := flag.Int("tenant", 4, "which tenant")
	flag.Parse()

	var w, h float32
	if _, err := fmt.Sscanf(*size, "%fx%f", &w, &h); err != nil {
		log.Fatalf("-size %s: %v", *size, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	clk := clock.System()
	fake := uitest.NewFake(clk)
	tenants, err := fake.Tenants(ctx)
	if err != nil {
		log.Fatal(err)
	}
	route := desk.Route{Page: desk.Page(*page), Tab: *tab, Query: *query, Resource: model.ResourceID(*resource), Folder: *folder}
	if route.Page == desk.Tenant || route.Page == desk.Explorer {
		route.Tenant = tenants[*number].Tenant.ID
	}
	application := app.NewWithID("nl.vangnet.shot")
	opts := ui.Options{Lang: *lang, Theme: theme.Mode(*mode), Size: fyne.NewSize(w, h), Start: route}
	if *page == "first" || *page == "password" {
		var problem error
		if *page == "password" {
			problem = fault.New(fault.StorageKeyMissing, errors.New("no keys"), "place", "s3://vangnet-nl/backups")
		}
		if _, err := ui.NewFirst(ctx, application, opts, door{}, *page == "password", problem); err != nil {
			log.Fatal(err)
		}
		application.Run()
		return
	}
	a, err := ui.New(ctx, application, fake, opts)
	if err != nil {
		log.Fatal(err)
	}
	if *jobs {
		a.Shell().ShowJobs()
	}
	if *hand {
		go func() {
			if clk.Sleep(ctx, 3*time.Second) != nil {
				return
			}
			fyne.Do(func() {
				if h, ok := a.Shell().Screen().(desk.HandOverer); ok {
					h.HandOver()
				}
			})
		}()
	}
	if *work {
		go func() {
			for clk.Sleep(ctx, 400*time.Millisecond) == nil {
				fake.Step(0.04)
			}
		}()
	}
	a.Show()
	application.Run()
	for _, r := range fake.Restores() { // what was asked for, to check a drag
		fmt.Fprintf(os.Stdout, "restore refs=%d paths=%v to=%q dir=%q conflict=%s\n", len(r.Refs), r.Paths, r.To, r.ToDir, r.Conflict)
	}
}

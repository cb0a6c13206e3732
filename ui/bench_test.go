package ui_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"vangnet/ui"
	"vangnet/ui/desk"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/uitest"
)

// BenchmarkStart builds the window with the health of 300 tenants and lays it out.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		clk := uitest.Clock()
		fake := uitest.NewFake(clk)
		fake.Grow(300)
		a, err := ui.New(b.Context(), test.NewApp(), fake, ui.Options{
			Lang: "nl", Theme: theme.Light, Size: fyne.NewSize(1440, 900), Clock: clk, Run: task.Inline(b.Context()),
		})
		if err != nil {
			b.Fatal(err)
		}
		a.Window().Resize(fyne.NewSize(1440, 900))
		a.Close()
	}
}

// BenchmarkOpenFolder opens a folder of 200,000 items, first rows included.
func BenchmarkOpenFolder(b *testing.B) {
	clk := uitest.Clock()
	fake := uitest.NewFake(clk)
	a, err := ui.New(b.Context(), test.NewApp(), fake, ui.Options{
		Lang: "nl", Theme: theme.Light, Size: fyne.NewSize(1440, 900), Clock: clk, Run: task.Inline(b.Context()),
	})
	if err != nil {
		b.Fatal(err)
	}
	a.Window().Resize(fyne.NewSize(1440, 900))
	tenants, _ := fake.Tenants(b.Context())
	route := desk.Route{Page: desk.Explorer, Tenant: tenants[0].Tenant.ID, Resource: "drive:user-7", Folder: "f1"}
	a.Shell().Go(route)
	for b.Loop() {
		route.Folder = "f7" // 200,000 items
		a.Shell().Go(route)
		b.StopTimer()
		route.Folder = "f1"
		a.Shell().Go(route)
		b.StartTimer()
	}
}

package demo_test

import (
	"testing"

	"vangnet/engine/demo"
	"vangnet/engine/model"
)

func TestDemoIsBackedUp(t *testing.T) {
	d, err := demo.Open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	jobs, err := d.BackUp(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range jobs {
		job, err := d.Engine.WaitJob(t.Context(), id)
		if err != nil || !job.State.Ended() || job.Error != nil {
			t.Errorf("%s: %s, %+v, %v", job.Title, job.State, job.Error, err)
		}
	}
	list, err := d.Engine.Tenants(t.Context())
	if err != nil || len(list) != 3 {
		t.Fatalf("%d tenants, %v", len(list), err)
	}
	good := 0
	for _, h := range list {
		if h.State == model.StateGood {
			good++
		}
		if h.LastRun.IsZero() || h.Protected == 0 || h.Protected != h.Accounts || h.State == model.StateFailing {
			t.Errorf("%s: %s %+v, %d of %d protected", h.Tenant.Name, h.State, h.Reason, h.Protected, h.Accounts)
		}
	}
	if good != 2 {
		t.Errorf("%d tenants are good: one has a file that nobody may read", good)
	}
	page, err := d.Engine.Search(t.Context(), model.SearchQuery{Text: "offerte"})
	if err != nil || len(page.Rows) == 0 {
		t.Errorf("search found %d rows, %v", len(page.Rows), err)
	}
}

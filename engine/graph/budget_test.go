package graph_test

import (
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"vangnet/engine/graph"
)

var start = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func goodItem(w http.ResponseWriter, _ *http.Request) {
	reply(w, map[string]any{"id": "i", "file": map[string]any{}})
}

func TestRateLimitHeadersAreKept(t *testing.T) {
	s := newService(t)
	s.on("GET /v1.0/drives/d/items/i", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("RateLimit-Limit", "1250")
		w.Header().Set("RateLimit-Remaining", "0")
		w.Header().Set("RateLimit-Reset", "20")
		goodItem(w, r)
	})
	clock := &quickClock{now: start}
	c := s.client(func(o *graph.Options) { o.Clock = clock })
	for range 3 {
		if _, err := c.Item(t.Context(), "d", "i"); err != nil {
			t.Fatal(err)
		}
	}
	if got := clock.total(); got < 40*time.Second || got > 45*time.Second {
		t.Errorf("three calls with nothing left waited %v, want twice 20 s", got)
	}
	s.on("GET /v1.0/drives/d/items/i", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("RateLimit-Remaining", "10")
		w.Header().Set("RateLimit-Reset", "10")
		goodItem(w, r)
	})
	before := clock.total()
	for range 11 {
		if _, err := c.Item(t.Context(), "d", "i"); err != nil {
			t.Fatal(err)
		}
	}
	if got := clock.total() - before; got < 5*time.Second {
		t.Errorf("eleven calls where ten were left in 10 s waited %v", got)
	}
}

func TestDriveBudgetFollowsTheLicences(t *testing.T) {
	took := map[int]time.Duration{}
	for _, licences := range []int{100, 60_000} {
		s := newService(t)
		s.on("GET /v1.0/drives/d/items/i", goodItem)
		clock := &quickClock{now: start}
		c := s.client(func(o *graph.Options) { o.Clock, o.Budgets = clock, graph.Budgets{Scale: 0.1, Licences: licences} })
		for range 250 {
			if _, err := c.Item(t.Context(), "d", "i"); err != nil {
				t.Fatal(err)
			}
		}
		took[licences] = clock.total()
	}
	// A tenth of 1,250 and of 6,250 units a minute.
	if took[100] < 100*time.Second || took[100] > 130*time.Second || took[60_000] < 15*time.Second || took[60_000] > 25*time.Second {
		t.Errorf("250 units took %v", took)
	}
}

func TestDriveBudgetIsWidenedWhenLicencesAreKnown(t *testing.T) {
	s := newService(t)
	s.on("GET /v1.0/drives/d/items/i", goodItem)
	s.on("GET /v1.0/subscribedSkus", func(w http.ResponseWriter, _ *http.Request) {
		raw(w, `{"value":[{"skuId":"A","skuPartNumber":"SPE_E3","consumedUnits":60000},{"skuId":"B","skuPartNumber":"FLOW_FREE","consumedUnits":3}]}`)
	})
	clock := &quickClock{now: start}
	c := s.client(func(o *graph.Options) { o.Clock, o.Budgets = clock, graph.Budgets{Scale: 0.1} })
	skus, err := c.SKUs(t.Context())
	if err != nil || skus["a"].Part != "SPE_E3" {
		t.Fatal(skus, err)
	}
	for range 250 {
		if _, err := c.Item(t.Context(), "d", "i"); err != nil {
			t.Fatal(err)
		}
	}
	if took := clock.total(); took < 15*time.Second || took > 25*time.Second {
		t.Errorf("250 units of 625 a minute took %v", took)
	}
}

func TestThrottlingSlowsDown(t *testing.T) {
	s := newService(t)
	s.on("GET /v1.0/drives/d/items/i", goodItem)
	pace := func(refuse bool) time.Duration {
		clock := &quickClock{now: start}
		c := s.client(func(o *graph.Options) { o.Clock, o.Budgets = clock, graph.Budgets{Scale: 0.1} })
		if refuse {
			s.on("GET /v1.0/drives/d/items/i", first(1, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "1")
				refusal(w, 429, "activityLimitReached", "")
			}, goodItem))
		}
		for range 60 {
			if _, err := c.Item(t.Context(), "d", "i"); err != nil {
				t.Fatal(err)
			}
		}
		return clock.total()
	}
	if normal, slowed := pace(false), pace(true); slowed < normal+normal/10 {
		t.Errorf("%v without a refusal, %v with one", normal, slowed)
	}
}

func TestAppBudgetIsShared(t *testing.T) {
	clock := &quickClock{now: start}
	app := graph.NewApp(clock)
	s := newService(t)
	s.on("GET /v1.0/drives/d/items/i", goodItem)
	for range 2 {
		c := s.client(func(o *graph.Options) { o.Clock, o.App = clock, app })
		if _, err := c.Item(t.Context(), "d", "i"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOneMailboxOneBudget(t *testing.T) {
	s := newService(t)
	s.on("GET /beta/users/u/settings/exchange", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"primaryMailboxId": "MBX:x", "inPlaceArchiveMailboxId": "MBX:a"})
	})
	var mu sync.Mutex
	inFlight, most := 0, 0
	slow := func(body any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			mu.Lock()
			inFlight++
			most = max(most, inFlight)
			mu.Unlock()
			time.Sleep(2 * time.Millisecond)
			mu.Lock()
			inFlight--
			mu.Unlock()
			reply(w, body)
		}
	}
	delta := map[string]any{"value": []any{}, "@odata.deltaLink": "https://x/v1.0/y"}
	s.on("GET /v1.0/users/u/messages/m", slow(map[string]any{"id": "m"}))
	s.on("GET /v1.0/admin/exchange/mailboxes/MBX%3Ax/folders/delta", slow(delta))
	s.on("GET /v1.0/admin/exchange/mailboxes/MBX%3Aa/folders/delta", slow(delta))
	c := s.client()
	boxes, err := c.MailboxIDs(t.Context(), "u")
	if err != nil || boxes.Archive.ID != "MBX:a" || s.count("GET /beta/users/u/settings/exchange") != 1 {
		t.Fatal(boxes, err)
	}
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() { _, _ = c.Message(t.Context(), "u", "m") })
		wg.Go(func() { _, _ = c.FoldersDelta(t.Context(), boxes.Primary, "") })
		wg.Go(func() { _, _ = c.FoldersDelta(t.Context(), boxes.Archive, "") })
	}
	wg.Wait()
	if most > 4 {
		t.Errorf("%d calls at once on one user's mailboxes", most)
	}
}

func TestArchiveRefusedIsNotAbsent(t *testing.T) {
	s := newService(t)
	s.on("GET /beta/users/u/settings/exchange", func(w http.ResponseWriter, _ *http.Request) { refusal(w, 403, "ErrorAccessDenied", "no") })
	s.on("GET /v1.0/users/u/settings/exchange", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"primaryMailboxId": "MBX:x"})
	})
	boxes, err := s.client().MailboxIDs(t.Context(), "u")
	if err != nil || boxes.Primary.ID != "MBX:x" || errors.Is(boxes.ArchiveErr, graph.ErrNoArchive) || !errors.Is(boxes.ArchiveErr, graph.ErrForbidden) {
		t.Errorf("%+v, %v", boxes, err)
	}
}

// A sign-in that cannot be reached has its own patience; the call it was for
// must not multiply it.
func TestSignInPatienceIsNotMultiplied(t *testing.T) {
	s := newService(t)
	tried := 0
	s.signin = func(w http.ResponseWriter, _ *http.Request) { tried++; w.WriteHeader(503) }
	_, err := s.client().Organization(t.Context())
	if !errors.Is(err, graph.ErrUnavailable) && !errors.Is(err, graph.ErrSignIn) || tried > 12 {
		t.Errorf("%v after %d sign-ins", err, tried)
	}
	_, err = s.client().CreateMailFolder(t.Context(), exportBox, "", "x", "IPF.Note")
	if errors.Is(err, graph.ErrUncertain) {
		t.Errorf("nothing was sent, yet %v", err)
	}
}

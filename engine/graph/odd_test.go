package graph_test

import (
	"strings"
	"testing"
	"time"

	"vangnet/engine/graph/sim"
)

// oddFaults are what gateways and load balancers in front of the service do.
const oddFaults = "goaway=5%,slow=4%,pages=30%,509=3%,401=1%,503empty=3%,404empty=2%"

func oddWorld(t *testing.T) *world {
	t.Helper()
	plan, err := sim.ParseFaults(oddFaults)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, sim.Options{})
	w.seedMail(t)
	w.server.SetFaults(plan)
	return w
}

// TestMailboxBehindOddGateways copies mailboxes while connections are closed
// under it, bodies come slowly and pages come twice.
func TestMailboxBehindOddGateways(t *testing.T) {
	w := oddWorld(t)
	w.copyMail(t, false)
	w.disturbed(t)
}

// TestDriveBehindOddGateways reads and writes a drive on the same bad line.
func TestDriveBehindOddGateways(t *testing.T) {
	w := oddWorld(t)
	w.driveStory(t)
	w.disturbed(t)
}

// TestEachAccountIsListedOnce: a page of the directory that comes twice must
// not give its accounts twice.
func TestEachAccountIsListedOnce(t *testing.T) {
	w := newWorld(t, sim.Options{})
	for i := range 1100 { // more than one page
		if _, err := w.tenant.AddUser(sim.UserSpec{LocalPart: "u" + strings.Repeat("x", i%7) + time.Unix(int64(i), 0).Format("150405"), NoMailbox: true, NoDrive: true}); err != nil {
			t.Fatal(err)
		}
	}
	want := len(w.tenant.Users())
	w.server.SetFaults(sim.FaultPlan{sim.FaultPages: {Share: 1}})
	seen := map[string]int{}
	for u, err := range w.client.Users(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		seen[u.ID]++
	}
	for id, n := range seen {
		if n != 1 {
			t.Fatalf("account %s came %d times", id, n)
		}
	}
	if len(seen) != want {
		t.Errorf("%d accounts, not %d", len(seen), want)
	}
	if pages := w.calls("/users"); pages < 3 {
		t.Errorf("%d pages: none came twice", pages)
	}
}

// calls counts the calls of a route.
func (w *world) calls(template string) (n int64) {
	for _, c := range w.server.Calls() {
		if c.Template == template {
			n += c.Count
		}
	}
	return n
}

// TestEverySingleOddityIsBorne strikes one call each, so that none hides
// behind another.
func TestEverySingleOddityIsBorne(t *testing.T) {
	w := newWorld(t, sim.Options{})
	w.seedMail(t)
	boxes, err := w.client.MailboxIDs(t.Context(), w.user("bram").ID)
	if err != nil {
		t.Fatal(err)
	}
	whole := len(w.readMailbox(t, boxes.Primary))
	for _, fault := range []string{
		sim.FaultGoAway, sim.FaultSlow, sim.FaultPages, sim.Fault509, sim.Fault401, sim.Fault503Empty, sim.Fault404Empty, sim.FaultReset, sim.FaultTruncate,
	} {
		for _, route := range []string{"/folders", "/items/delta", "/exportItems"} {
			if route == "/exportItems" && (fault == sim.FaultPages || fault == sim.FaultTruncate) {
				continue // no page, and a POST
			}
			w.server.SetFaults(sim.FaultPlan{fault + "@" + route: {Times: 1}})
			if got := len(w.readMailbox(t, boxes.Primary)); got != whole {
				t.Errorf("%s on %s: %d items instead of %d", fault, route, got, whole)
			}
		}
	}
}

package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vangnet/engine/graph/sim"
	"vangnet/engine/graph/sim/drives"
	"vangnet/engine/graph/sim/mailboxes"
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

// TestPagesOfItemsComeTwice: the same for the items of a folder and of a drive,
// of which callers take the last.
func TestPagesOfItemsComeTwice(t *testing.T) {
	w := newWorld(t, sim.Options{})
	const n = 1100 // more than two pages
	box, drive := w.user("anna").Mailbox(), w.user("anna").Drive()
	for i := range n {
		name := fmt.Sprintf("Bericht %d", i)
		if err := box.Put("mail/Inbox", mailboxes.Bytes("Subject: "+name+"\r\n\r\nx\r\n"), mailboxes.Meta{}); err != nil {
			t.Fatal(err)
		}
		if err := drive.Put(name+".txt", drives.Bytes([]byte("x")), drives.Times{}); err != nil {
			t.Fatal(err)
		}
	}
	boxes, err := w.client.MailboxIDs(t.Context(), w.user("anna").ID)
	if err != nil {
		t.Fatal(err)
	}
	w.server.SetFaults(sim.FaultPlan{sim.FaultPages: {Share: 1}})
	if items := w.readMailbox(t, boxes.Primary); len(items) != n {
		t.Errorf("%d items of %d", len(items), n)
	}
	items, cursor := enumerate(t, w.client, drive.ID(), "")
	if len(items) != n+1 {
		t.Errorf("%d files of %d", len(items)-1, n)
	}
	if later, _ := enumerate(t, w.client, drive.ID(), cursor); len(later) > 1 {
		t.Errorf("nothing changed, and yet %d", len(later))
	}
	if delta := w.calls("/drives/{drive}/root/delta"); delta < 6 {
		t.Errorf("%d pages: none came twice", delta)
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
	read := func() (items int, calls int64) {
		w.server.ResetCalls()
		items = len(w.readMailbox(t, boxes.Primary))
		for _, c := range w.server.Calls() {
			calls += c.Count
		}
		return items, calls
	}
	whole, usual := read()
	for _, fault := range []string{
		sim.FaultGoAway, sim.FaultSlow, sim.Fault509, sim.Fault401, sim.Fault503Empty, sim.Fault404Empty, sim.FaultReset, sim.FaultTruncate,
	} {
		for _, route := range []string{"/folders", "/items/delta", "/exportItems"} {
			if route == "/exportItems" && fault == sim.FaultTruncate {
				continue // a POST
			}
			w.server.SetFaults(sim.FaultPlan{fault + "@" + route: {Times: 1}})
			got, calls := read()
			if got != whole {
				t.Errorf("%s on %s: %d items instead of %d", fault, route, got, whole)
			}
			if calls <= usual && fault != sim.FaultSlow {
				t.Errorf("%s on %s: no call was struck", fault, route)
			}
		}
	}
}

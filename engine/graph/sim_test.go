package graph_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"vangnet/engine/clock"
	"vangnet/engine/graph"
	"vangnet/engine/graph/quickxor"
	"vangnet/engine/graph/sim"
	"vangnet/engine/graph/sim/drives"
)

// world is a simulated tenant and a client for it.
type world struct {
	t      *testing.T
	tenant *sim.Tenant
	server *sim.Server
	client *graph.Client
}

// newWorld starts a simulator with one tenant. Waiting for it costs no time:
// the client's clock jumps, and the simulator's goes with it.
func newWorld(t *testing.T, o sim.Options) *world {
	t.Helper()
	// Today, because MSAL signs its assertions by the computer's own clock.
	c := &quickClock{now: time.Now().UTC().Truncate(time.Second)}
	w := sim.NewWorld(11, c)
	w.SetTemp(t.TempDir())
	tenant := w.AddTenant("contoso.example", "Contoso B.V.")
	for _, u := range []sim.UserSpec{
		{LocalPart: "anna", DisplayName: "Anna de Vries", Licences: []string{"SPB"}},
		{LocalPart: "bram", Licences: []string{"SPB"}, Archive: true},
		{LocalPart: "info", Kind: sim.KindShared},
		{LocalPart: "zaal1", Kind: sim.KindRoom},
		{LocalPart: "dienst", NoMailbox: true, NoDrive: true},
		{LocalPart: "gast_elders.example", Kind: sim.KindGuest, NoMailbox: true, NoDrive: true},
	} {
		if _, err := tenant.AddUser(u); err != nil {
			t.Fatal(err)
		}
	}
	s, err := sim.Start(context.Background(), w, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return &world{t: t, tenant: tenant, server: s, client: clientOf(t, s, tenant, c)}
}

func clientOf(t *testing.T, s *sim.Server, tenant *sim.Tenant, c clock.Clock, change ...func(*graph.Options)) *graph.Client {
	t.Helper()
	cloud, err := graph.ParseCloud(s.URL(), s.CA())
	if err != nil {
		t.Fatal(err)
	}
	app := tenant.DefaultApp()
	o := graph.Options{
		Cloud: cloud, Tenant: tenant.ID(), ClientID: app.ClientID, Credential: graph.Credential{Secret: app.Secret()}, Clock: c, TempDir: t.TempDir(),
	}
	for _, f := range change {
		f(&o)
	}
	client, err := graph.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func (w *world) user(name string) *sim.User {
	w.t.Helper()
	u := w.tenant.User(name + "@contoso.example")
	if u == nil {
		w.t.Fatalf("no user %s", name)
	}
	return u
}

func TestDirectory(t *testing.T) {
	w := newWorld(t, sim.Options{})
	org, err := w.client.Organization(t.Context())
	if err != nil || org.ID != w.tenant.ID() || org.Domain != "contoso.example" || org.Name != "Contoso B.V." {
		t.Errorf("%+v, %v", org, err)
	}
	skus, err := w.client.SKUs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	users := map[string]graph.User{}
	var ids []string
	for u, err := range w.client.Users(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		users[u.UPN] = u
		ids = append(ids, u.ID)
	}
	anna := users["anna@contoso.example"]
	if len(users) != 6 || anna.Name != "Anna de Vries" || !anna.Enabled || len(anna.Licences) != 1 || skus[anna.Licences[0]].Part != "SPB" {
		t.Errorf("%d users, anna %+v, licences %v", len(users), anna, skus)
	}
	if info := users["info@contoso.example"]; info.Enabled || len(info.Licences) != 0 {
		t.Errorf("shared mailbox: %+v", info)
	}
	purposes, err := w.client.MailboxPurposes(t.Context(), ids)
	if err != nil || len(purposes) != 6 {
		t.Fatal(purposes, err)
	}
	for name, want := range map[string]string{"anna": "user", "info": "shared", "zaal1": "room", "dienst": ""} {
		p := purposes[w.user(name).ID]
		if p.Purpose != want || (want == "") != errors.Is(p.Err, graph.ErrNoMailbox) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestRights(t *testing.T) {
	w := newWorld(t, sim.Options{})
	all, err := w.client.Rights(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if !r.Granted || len(r.For) == 0 {
			t.Errorf("%+v", r)
		}
	}
	w.tenant.DefaultApp().SetRoles("User.Read.All", "Files.ReadWrite.All")
	some, err := clientOf(t, w.server, w.tenant, nil).Rights(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	granted := map[string]bool{}
	for _, r := range some {
		granted[r.Name] = r.Granted
	}
	if !granted["User.Read.All"] || !granted["Files.Read.All"] || granted["Mail.Read"] || granted["MailboxItem.ImportExport.All"] {
		t.Errorf("%v", granted)
	}
}

func TestSignInAgainstTheSimulator(t *testing.T) {
	w := newWorld(t, sim.Options{})
	for name, c := range map[string]struct {
		change func(*graph.Options)
		want   error
	}{
		"wrong secret":   {func(o *graph.Options) { o.Credential.Secret = "wrong" }, graph.ErrWrongSecret},
		"unknown tenant": {func(o *graph.Options) { o.Tenant = "11111111-2222-3333-4444-555555555555" }, graph.ErrUnknownTenant},
		"unknown app":    {func(o *graph.Options) { o.ClientID = "11111111-2222-3333-4444-555555555555" }, graph.ErrUnknownApp},
		"bad pem":        {func(o *graph.Options) { o.Credential = graph.Credential{Certificate: []byte("no")} }, graph.ErrBadCertificate},
		"untrusted":      {func(o *graph.Options) { o.Cloud.CA = nil }, graph.ErrNetwork},
	} {
		err := clientOf(t, w.server, w.tenant, nil, c.change).SignIn(graph.Hasty(t.Context()))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// content is bytes that look random and are the same every time.
func content(seed uint64, n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	_, _ = r.Read(b)
	return b
}

func bytesSource(b []byte) graph.Source {
	return graph.Source{Size: int64(len(b)), Open: func(offset int64) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b[offset:])), nil
	}}
}

// enumerate reads a round of a drive's changes.
func enumerate(t *testing.T, c *graph.Client, drive, cursor string) (map[string]graph.DriveItem, string) {
	t.Helper()
	items := map[string]graph.DriveItem{}
	for {
		p, err := c.DriveDelta(t.Context(), drive, cursor)
		if errors.Is(err, graph.ErrGone) {
			cursor, items = graph.Restart(err), map[string]graph.DriveItem{}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.Broken > 0 {
			t.Errorf("%d broken values", p.Broken)
		}
		for _, i := range p.Items {
			items[i.ID] = i
		}
		if cursor = p.Cursor; p.Done {
			return items, cursor
		}
	}
}

func byName(items map[string]graph.DriveItem, name string) graph.DriveItem {
	for _, i := range items {
		if i.Name == name {
			return i
		}
	}
	return graph.DriveItem{}
}

func TestDriveFromEndToEnd(t *testing.T) {
	w := newWorld(t, sim.Options{})
	w.driveStory(t)
}

// TestDriveThroughFaults tells the same story on a bad line.
func TestDriveThroughFaults(t *testing.T) {
	plan, err := sim.ParseFaults("429=10%,503=5%,504=4%,500=2%,reset=5%,truncate=5%,expire=4%")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, sim.Options{Faults: plan})
	w.driveStory(t)
	w.disturbed(t)
}

// disturbed makes sure that a story on a bad line proves something.
func (w *world) disturbed(t *testing.T) {
	t.Helper()
	hurt := 0
	for _, c := range w.server.Calls() {
		if c.Status >= 400 || c.Status == 0 {
			hurt += int(c.Count)
		}
	}
	if hurt < 5 {
		t.Errorf("only %d calls were disturbed: the story proves nothing", hurt)
	}
}

func (w *world) driveStory(t *testing.T) {
	anna := w.user("anna")
	if _, err := w.client.Drive(t.Context(), w.user("dienst").ID); !errors.Is(err, graph.ErrNoDrive) {
		t.Errorf("user without a drive: %v", err)
	}
	drive, err := w.client.Drive(t.Context(), anna.ID)
	if err != nil || drive.ID != anna.Drive().ID() {
		t.Fatal(drive, err)
	}
	created := time.Date(2020, 2, 29, 12, 0, 0, 0, time.UTC)
	big := content(1, 3<<20)
	for name, b := range map[string][]byte{"Documenten/plan.docx": big, "leeg.txt": nil, "Foto's/100% #1 é🎉.jpg": content(2, 5000)} {
		if err := anna.Drive().Put(name, drives.Bytes(b), drives.Times{Created: created, Modified: created}); err != nil {
			t.Fatal(err)
		}
	}
	items, cursor := enumerate(t, w.client, drive.ID, "")
	plan := byName(items, "plan.docx")
	if len(items) != 6 || plan.Size != int64(len(big)) || !plan.Modified.Equal(created) || !byName(items, "Documenten").Folder ||
		items[items[plan.Parent].Parent].Root != true {
		t.Errorf("%d items, plan %+v", len(items), plan)
	}
	w.readAll(t, drive.ID, items)
	if again, _ := enumerate(t, w.client, drive.ID, cursor); len(again) > 1 {
		t.Errorf("nothing changed, and yet %v", again)
	}
	w.writeStory(t, drive.ID, plan.Parent, created)

	if err := anna.Drive().Delete("Foto's"); err != nil {
		t.Fatal(err)
	}
	changes, _ := enumerate(t, w.client, drive.ID, cursor)
	gone := 0
	for _, i := range changes {
		if i.Deleted {
			gone++
		}
	}
	if gone < 2 || byName(changes, "groot.bin").ID == "" {
		t.Errorf("changes %+v", changes)
	}
}

func (w *world) readAll(t *testing.T, drive string, items map[string]graph.DriveItem) {
	t.Helper()
	for _, i := range items {
		if i.Folder || i.Root {
			continue
		}
		for _, url := range []string{i.DownloadURL, ""} {
			r := w.client.Download(t.Context(), drive, i.ID, graph.DownloadOptions{URL: url, Hash: quickxor.New(), Want: i.QuickXor, Size: i.Size})
			n, err := io.Copy(io.Discard, r)
			if err != nil || n != i.Size {
				t.Errorf("%s: %d bytes, %v", i.Name, n, err)
			}
			_ = r.Close()
		}
	}
	plan := byName(items, "plan.docx")
	r := w.client.Download(t.Context(), drive, plan.ID, graph.DownloadOptions{Hash: quickxor.New(), Want: "AAAAAAAAAAAAAAAAAAAAAAAAAAA="})
	if _, err := io.Copy(io.Discard, r); !errors.Is(err, graph.ErrHash) {
		t.Errorf("wrong checksum: %v", err)
	}
	_ = r.Close()
}

func (w *world) writeStory(t *testing.T, drive, parent string, when time.Time) {
	t.Helper()
	c, ctx := w.client, t.Context()
	folder, err := c.CreateFolder(ctx, drive, parent, "Terug: 100% #é", graph.Rename)
	if err == nil {
		t.Errorf("a name with a colon was taken: %+v", folder)
	}
	if folder, err = c.CreateFolder(ctx, drive, parent, "Terug 100% #é", graph.Replace); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateFolder(ctx, drive, parent, "Terug 100% #é", graph.Fail); !errors.Is(err, graph.ErrExists) {
		t.Errorf("second folder of one name: %v", err)
	}
	big := content(9, 21<<20+7)
	var progress []int64
	done, err := c.Upload(ctx, drive, folder.ID, "groot.bin", bytesSource(big), graph.UploadOptions{
		Created: when, Modified: when.Add(time.Hour), Progress: func(n int64) { progress = append(progress, n) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if done.Size != int64(len(big)) || !done.Created.Equal(when) || !done.Modified.Equal(when.Add(time.Hour)) || !slices.IsSorted(progress) || len(progress) < 2 {
		t.Errorf("uploaded %+v, progress %v", done, progress)
	}
	h := quickxor.New()
	_, _ = h.Write(big)
	r := c.Download(ctx, drive, done.ID, graph.DownloadOptions{Offset: 20 << 20})
	tail, err := io.ReadAll(r)
	_ = r.Close()
	if err != nil || !bytes.Equal(tail, big[20<<20:]) {
		t.Errorf("tail of %d bytes: %v", len(tail), err)
	}
	empty, err := c.Upload(ctx, drive, folder.ID, "leeg #2.txt", bytesSource(nil), graph.UploadOptions{Modified: when, Conflict: graph.Replace})
	if err != nil || !empty.Modified.Equal(when) {
		t.Errorf("empty file: %+v, %v", empty, err)
	}
	found, err := c.ItemByPath(ctx, drive, parent, "Terug 100% #é", "leeg #2.txt")
	if err != nil || found.ID != empty.ID {
		t.Errorf("by path: %+v, %v", found, err)
	}
	children, err := c.Children(ctx, drive, folder.ID)
	if err != nil || len(children) != 2 {
		t.Errorf("children %+v, %v", children, err)
	}
	moved, err := c.PatchItem(ctx, drive, empty.ID, graph.ItemChange{Name: "anders.txt", Parent: parent})
	if err != nil || moved.Name != "anders.txt" || moved.Parent != parent {
		t.Errorf("moved %+v, %v", moved, err)
	}
	versions, err := c.Versions(ctx, drive, done.ID)
	if err != nil || len(versions) != 1 {
		t.Errorf("versions %+v, %v", versions, err)
	}
	for range 2 {
		if err := c.DeleteDriveItem(ctx, drive, moved.ID); err != nil {
			t.Error(err)
		}
	}
	if _, err := c.Item(ctx, drive, moved.ID); !errors.Is(err, graph.ErrNotFound) {
		t.Errorf("deleted item: %v", err)
	}
}

func TestDeltaStartsAnewWhenItsLinkIsForgotten(t *testing.T) {
	w := newWorld(t, sim.Options{})
	anna := w.user("anna")
	for i := range 700 { // more than a page
		if err := anna.Drive().Put(fmt.Sprintf("map/%04d.txt", i), drives.Bytes([]byte{byte(i)}), drives.Times{}); err != nil {
			t.Fatal(err)
		}
	}
	items, cursor := enumerate(t, w.client, anna.Drive().ID(), "")
	if len(items) != 702 {
		t.Errorf("%d items", len(items))
	}
	anna.Drive().ExpireDelta()
	_, err := w.client.DriveDelta(t.Context(), anna.Drive().ID(), cursor)
	if !errors.Is(err, graph.ErrGone) || graph.Restart(err) == "" {
		t.Fatalf("%v, restart %q", err, graph.Restart(err))
	}
	if items, _ = enumerate(t, w.client, anna.Drive().ID(), graph.Restart(err)); len(items) != 702 {
		t.Errorf("%d items after the restart", len(items))
	}
}

func TestMalwareIsWithheld(t *testing.T) {
	w := newWorld(t, sim.Options{})
	anna := w.user("anna")
	_ = anna.Drive().Put("virus.exe", drives.Bytes([]byte("X5O!")), drives.Times{})
	if err := anna.Drive().MarkInfected("virus.exe", "EICAR"); err != nil {
		t.Fatal(err)
	}
	items, _ := enumerate(t, w.client, anna.Drive().ID(), "")
	virus := byName(items, "virus.exe")
	r := w.client.Download(t.Context(), anna.Drive().ID(), virus.ID, graph.DownloadOptions{URL: virus.DownloadURL})
	defer r.Close() //nolint:errcheck // a test
	if _, err := io.ReadAll(r); !virus.Malware || !errors.Is(err, graph.ErrMalware) {
		t.Errorf("%+v, %v", virus, err)
	}
}

package graph_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"slices"
	"testing"
	"time"

	"vangnet/engine/graph"
	"vangnet/engine/graph/sim"
	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/mapi/mailtest"
)

func TestMailboxFromEndToEnd(t *testing.T) { newWorld(t, sim.Options{}).mailStory(t) }

// TestMailboxThroughFaults tells the same story on a bad line.
func TestMailboxThroughFaults(t *testing.T) {
	plan, err := sim.ParseFaults("429=10%,503=5%,504=4%,500=2%,reset=5%,truncate=5%,expire=3%")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, sim.Options{})
	w.seedMail(t)
	w.server.SetFaults(plan)
	w.copyMail(t, false)
	w.disturbed(t)
}

func (w *world) mailStory(t *testing.T) {
	w.seedMail(t)
	w.copyMail(t, true)
	w.plainMail(t)
	w.brokenMail(t)
}

const seeded = 60

func (w *world) seedMail(t *testing.T) {
	t.Helper()
	box := w.user("bram").Mailbox()
	when := time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC)
	for i, m := range mailtest.Generate(3, seeded) {
		folder := []string{"mail/Inbox", "mail/Inbox/Projecten/Dak", "archive/Oud"}[i%3]
		meta := mailboxes.Meta{Received: when.Add(time.Duration(i) * time.Hour), Read: i%2 == 0, Flagged: i%5 == 0}
		if err := box.Put(folder, mailboxes.Bytes(m.Bytes), meta); err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
	}
}

// copyMail reads bram's mailboxes and puts all into the shared mailbox's own
// folder. exact: the line is good, so counts are too.
func (w *world) copyMail(t *testing.T, exact bool) {
	t.Helper()
	ctx, c := t.Context(), w.client
	if _, err := c.MailboxIDs(ctx, w.user("dienst").ID); !errors.Is(err, graph.ErrNoMailbox) {
		t.Errorf("user without a mailbox: %v", err)
	}
	from, err := c.MailboxIDs(ctx, w.user("bram").ID)
	if err != nil || from.ArchiveErr != nil || from.Archive.ID == "" || from.Primary.ID != w.user("bram").Mailbox().ID() {
		t.Fatalf("%+v, %v", from, err)
	}
	to, err := c.MailboxIDs(ctx, w.user("info").ID)
	if err != nil || !errors.Is(to.ArchiveErr, graph.ErrNoArchive) {
		t.Fatalf("%+v, %v", to, err)
	}
	target, err := c.CreateMailFolder(ctx, to.Primary, "", "Terug", "IPF.Note")
	if err != nil && !exact && errors.Is(err, graph.ErrUncertain) { // made or not: look
		target, err = c.CreateMailFolder(ctx, to.Primary, "", "Terug 2", "IPF.Note")
	}
	if err != nil {
		t.Fatal(err)
	}
	im := c.Importer(to.Primary)
	var meter graph.Meter
	ctx = graph.WithMeter(ctx, &meter)
	total := 0
	for _, mbx := range []graph.Mailbox{from.Primary, from.Archive} {
		for id, stream := range w.readMailbox(t, mbx) {
			total++
			if _, err := im.Import(ctx, graph.ImportItem{Folder: target.ID, Content: bytesSource(stream)}); err != nil {
				if exact || !errors.Is(err, graph.ErrUncertain) {
					t.Errorf("import %s: %v", id, err)
				}
			}
		}
	}
	if total != seeded {
		t.Errorf("read %d items", total)
	}
	if meter.Requests() < seeded || meter.BytesOut() == 0 {
		t.Errorf("meter: %d requests, %d bytes out", meter.Requests(), meter.BytesOut())
	}
	want, got := w.hashes(t, "bram"), w.hashes(t, "info")
	if exact && !slices.Equal(want, got) {
		t.Errorf("%d hashes became %d others", len(want), len(got))
	}
}

// readMailbox reads every item of a mailbox.
func (w *world) readMailbox(t *testing.T, mbx graph.Mailbox) map[string][]byte {
	t.Helper()
	folders, cursor, err := w.client.MailFolders(t.Context(), mbx)
	if err != nil || cursor == "" {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range folders {
		if f.Search {
			continue
		}
		var ids []string
		for cursor := ""; ; {
			p, err := w.client.ItemsDelta(t.Context(), mbx, f.ID, cursor)
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			for _, i := range p.Items {
				if i.ChangeKey == "" || i.Class == "" || i.Size == 0 || i.Created.IsZero() {
					t.Errorf("%+v", i)
				}
				ids = append(ids, i.ID)
			}
			if cursor = p.Cursor; p.Done {
				break
			}
		}
		for part := range slices.Chunk(ids, graph.MaxExport) {
			failed, err := w.client.Export(t.Context(), mbx, part, func(id, _ string, data io.Reader) error {
				b, err := io.ReadAll(data)
				if err == nil {
					out[id] = b
				}
				return err
			})
			if err != nil || len(failed) > 0 {
				t.Fatal(failed, err)
			}
		}
	}
	return out
}

func (w *world) hashes(t *testing.T, user string) []string {
	t.Helper()
	list, err := w.user(user).Mailbox().Tree("")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		if e.Hash != "" {
			out = append(out, e.Hash)
		}
	}
	slices.Sort(out)
	return out
}

func (w *world) plainMail(t *testing.T) {
	t.Helper()
	ctx, c, bram := t.Context(), w.client, w.user("bram").ID
	known, err := c.KnownFolders(ctx, bram)
	if err != nil || len(known) < 8 {
		t.Fatal(known, err)
	}
	var inbox string
	for id, name := range known {
		if name == "inbox" {
			inbox = id
		}
	}
	var list []graph.Message
	for m, err := range c.MessagesIn(ctx, bram, inbox) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, m)
	}
	if len(list) != seeded/3 {
		t.Fatalf("%d messages", len(list))
	}
	seeds := map[string]bool{}
	for _, m := range mailtest.Generate(3, seeded) {
		seeds[string(m.Bytes)] = true
	}
	for _, m := range list[:5] {
		full, err := c.Message(ctx, bram, m.ID)
		if err != nil || full.Subject != m.Subject || full.Folder != inbox {
			t.Errorf("%+v, %v", full, err)
		}
		if err := c.MIME(ctx, bram, m.ID, func(data io.Reader) error {
			b, err := io.ReadAll(data)
			if err == nil && !seeds[string(b)] {
				t.Errorf("MIME of %q is no seed", m.Subject)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
		if m.MessageID != "" {
			found, err := c.FindMessage(ctx, bram, m.MessageID)
			if err != nil || len(found) == 0 {
				t.Errorf("find %q: %d, %v", m.MessageID, len(found), err)
			}
		}
	}
	for range 2 {
		if err := c.DeleteMessage(ctx, bram, list[0].ID, "IPM.Note"); err != nil {
			t.Error(err)
		}
	}
	if err := c.DeleteMessage(ctx, bram, list[1].ID, "IPM.Appointment"); !errors.Is(err, graph.ErrForbidden) {
		t.Errorf("a meeting may be deleted: %v", err)
	}
}

// brokenMail: items that Exchange cannot give cost only themselves.
func (w *world) brokenMail(t *testing.T) {
	t.Helper()
	box := w.user("bram").Mailbox()
	list, err := box.Tree("mail/Inbox/Projecten/Dak")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	var broken string
	for _, e := range list {
		if e.Hash == "" {
			continue
		}
		if broken == "" {
			broken = e.ID
			if err := box.SetBroken(e.Path, mailboxes.Corrupt); err != nil {
				t.Fatal(err)
			}
		}
		ids = append(ids, e.ID)
	}
	got := 0
	failed, err := w.client.Export(t.Context(), graph.Mailbox{ID: box.ID()}, ids[:10], func(_, _ string, data io.Reader) error {
		n, err := io.Copy(io.Discard, data)
		if err == nil && n > 0 {
			got++
		}
		return err
	})
	if err != nil || got != 9 || !errors.Is(failed[broken], graph.ErrItem) {
		t.Errorf("%d items, failed %v, %v", got, failed, err)
	}
}

func TestSignInWithCertificate(t *testing.T) {
	w := newWorld(t, sim.Options{})
	now := time.Now()
	good, der := certificate(t, now.Add(-time.Hour), now.AddDate(1, 0, 0))
	if err := w.tenant.DefaultApp().AddCertificate(der); err != nil {
		t.Fatal(err)
	}
	stranger, _ := certificate(t, now.Add(-time.Hour), now.AddDate(1, 0, 0))
	old, _ := certificate(t, now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0))
	for name, c := range map[string]struct {
		pem  []byte
		want error
	}{"registered": {good, nil}, "not registered": {stranger, graph.ErrBadCertificate}, "expired": {old, graph.ErrExpiredCert}} {
		client := clientOf(t, w.server, w.tenant, nil, func(o *graph.Options) { o.Credential = graph.Credential{Certificate: c.pem} })
		_, err := client.Organization(graph.Hasty(t.Context()))
		if !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if client.CredentialExpires().IsZero() {
			t.Errorf("%s: no term", name)
		}
	}
}

func certificate(t *testing.T, from, until time.Time) (bundle, der []byte) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Vangnet"}, NotBefore: from, NotAfter: until}
	if der, err = x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key); err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_ = pem.Encode(&b, &pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	return b.Bytes(), der
}

func TestMissingPermissionIsNamed(t *testing.T) {
	w := newWorld(t, sim.Options{})
	w.tenant.DefaultApp().SetRoles("User.Read.All")
	c := clientOf(t, w.server, w.tenant, nil)
	_, _, err := c.MailFolders(t.Context(), graph.Mailbox{ID: w.user("bram").Mailbox().ID()})
	if !errors.Is(err, graph.ErrForbidden) || errors.Is(err, graph.ErrNoMailbox) {
		t.Error(err)
	}
	if _, err = c.DriveDelta(t.Context(), w.user("bram").Drive().ID(), ""); !errors.Is(err, graph.ErrForbidden) {
		t.Error(err)
	}
}

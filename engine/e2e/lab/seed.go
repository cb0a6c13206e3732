package lab

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
	"vangnet/engine/graph/sim/drives"
	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/mapi/mailtest"
)

// Small adds one account with a few mails and files.
func Small(t testing.TB, tenant *sim.Tenant) {
	u := User(t, tenant, "anna")
	Mails(t, u, "mail/Inbox", 1, 12)
	Mails(t, u, "mail/Inbox/Projecten", 2, 6)
	Put(t, u, "Documenten/plan.txt", []byte("het plan"))
	Put(t, u, "Documenten/begroting.xlsx", Noise(3, 40_000))
	Put(t, u, "leeg.txt", nil)
}

// Odd adds what twenty years leave behind: an account with odd mails, archive,
// appointments, contacts, tasks, notes and awkward file names, one that is
// plain, and a shared mailbox. big is the size of the largest attachment.
func Odd(big int) func(t testing.TB, tenant *sim.Tenant) {
	return func(t testing.TB, tenant *sim.Tenant) {
		anna := User(t, tenant, "anna")
		oddMails(t, anna, big)
		Mails(t, anna, "archive/Inbox", 21, 30)
		Mails(t, anna, "archive/Oud/2009", 22, 10)
		otherItems(t, anna)
		awkwardFiles(t, anna)
		Mails(t, User(t, tenant, "bram"), "mail/Inbox", 31, 20)
		Put(t, tenant.User("bram@"+Domain), "Afbeeldingen/dak.jpg", Noise(32, 300_000))
		info, err := tenant.AddUser(sim.UserSpec{LocalPart: "info", Kind: sim.KindShared})
		require.NoError(t, err)
		Mails(t, info, "mail/Inbox", 41, 15)
		Mails(t, info, "mail/Sent Items", 42, 5)
	}
}

// User adds an account with mailbox, archive and drive.
func User(t testing.TB, tenant *sim.Tenant, local string) *sim.User {
	t.Helper()
	u, err := tenant.AddUser(sim.UserSpec{LocalPart: local, Licences: []string{"SPE_E3"}, Archive: true, Language: "en-US"})
	require.NoError(t, err)
	return u
}

// Mails puts odd mails into a folder.
func Mails(t testing.TB, u *sim.User, folder string, seed int64, n int) {
	t.Helper()
	putMails(t, u, folder, mailtest.Make(mailtest.Options{Seed: seed, Count: n, Big: 60_000}))
}

func putMails(t testing.TB, u *sim.User, folder string, mails []mailtest.Mail) {
	t.Helper()
	for i, m := range mails {
		meta := mailboxes.Meta{
			Read: i%2 == 0, Flagged: i%7 == 3, Importance: i%3 - 1,
			Received: time.Date(2025, 3, 1, 9, 0, i, 0, time.UTC).AddDate(0, 0, i),
		}
		if i%5 == 1 {
			meta.Categories = []string{"Blauw", "Klant É"}
		}
		require.NoError(t, u.Mailbox().Put(folder, mailboxes.Bytes(m.Bytes), meta), m.Name)
	}
}

func oddMails(t testing.TB, u *sim.User, big int) {
	mails := mailtest.Make(mailtest.Options{Seed: 11, Count: 320, Big: big})
	putMails(t, u, "mail/Inbox", mails[:160])
	putMails(t, u, "mail/Inbox/Projecten/2026 — dak", mails[160:280])
	putMails(t, u, "mail/Sent Items", mails[280:])
	for _, folder := range []string{"mail/Leeg", "mail/Klanten/A & Zn. #1", "mail/" + strings.Repeat("lang", 40)} {
		require.NoError(t, u.Mailbox().Mkdir(folder))
	}
	Mails(t, u, "mail/Klanten/A & Zn. #1", 12, 3)
	equal := mailtest.Generate(13, 1)[0]
	for range 3 { // the same mail three times is three mails
		require.NoError(t, u.Mailbox().Put("mail/Klanten", mailboxes.Bytes(equal.Bytes), mailboxes.Meta{Received: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}))
	}
}

func otherItems(t testing.TB, u *sim.User) {
	day := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	for i := range 8 {
		put := func(folder string, err error) { require.NoError(t, err, folder) }
		at := day.AddDate(0, 0, i)
		put("calendar", u.Mailbox().PutMessage("calendar/Calendar", mailboxes.Appointment(fmt.Sprintf("Schouw %d", i), "Dorpsstraat 1", "sleutel mee", at, at.Add(time.Hour)), mailboxes.Meta{}))
		put("contacts", u.Mailbox().PutMessage("contacts/Contacts", mailboxes.Contact("Piet", fmt.Sprintf("Jansen %d", i), "Dak & Co", fmt.Sprintf("piet%d@dak.example", i), "0201234567"), mailboxes.Meta{}))
		put("tasks", u.Mailbox().PutMessage("tasks/Tasks", mailboxes.Task(fmt.Sprintf("Bellen %d", i), "over lood", at, i%2 == 0), mailboxes.Meta{}))
		put("notes", u.Mailbox().PutMessage("mail/Notes", mailboxes.Note(fmt.Sprintf("onthouden %d\nladder", i)), mailboxes.Meta{}))
	}
}

// awkwardNames are names that OneDrive takes and that something else stumbles over.
var awkwardNames = []string{
	"gewoon.txt", "zonder extensie", "spatie  dubbel.txt", "100% zeker #1.txt", "plus+plus&meer;komma,.txt", "haakjes (1) [2] {3}.txt",
	"Ünïcödé ñandú.txt", "日本語ファイル.txt", "العربية.txt", "עברית.txt", "emoji 🏠🔨.txt", "e\u0301 los accent.txt", "é vast accent.txt",
	"aanhaling 'enkel'.txt", "tilde~1.txt", "dollar$.txt", "apenstaartje@.txt", "is=gelijk.txt", "dakje^ `gravis`.txt", ".verborgen",
	"punt.in.midden..txt", "-begint-met-streep", "%2e%2e%2f.txt", "a.part", "a", strings.Repeat("lang ", 34) + "einde.txt",
}

func awkwardFiles(t testing.TB, u *sim.User) {
	for i, name := range awkwardNames {
		Put(t, u, name, []byte("inhoud van "+name))
		if i%3 == 0 {
			Put(t, u, "Map "+name+"/dieper/"+name, Noise(uint64(i), 2000+i))
		}
	}
	Put(t, u, "leeg.bin", nil)
	Put(t, u, "groot.bin", Noise(99, 12<<20))
	Put(t, u, "Documenten/plan.docx", Noise(98, 90_000))
	for _, dir := range []string{"Lege map", "Boven/Midden/Leeg onder"} {
		require.NoError(t, u.Drive().Mkdir(dir, drives.Times{Created: date(5), Modified: date(6)}))
	}
}

func date(day int) time.Time { return time.Date(2024, 2, day, 11, 12, 13, 0, time.UTC) }

// Put puts a file into an account's drive.
func Put(t testing.TB, u *sim.User, path string, content []byte) {
	t.Helper()
	day := 1 + len(path)%27
	require.NoError(t, u.Drive().Put(path, drives.Bytes(content), drives.Times{Created: date(day), Modified: date(day + 1)}), path)
}

// Noise is content that does not compress; the same seed gives the same.
func Noise(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 77))
	var b bytes.Buffer
	for b.Len() < n {
		v := r.Uint64()
		b.Write([]byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24), byte(v >> 32), byte(v >> 40), byte(v >> 48), byte(v >> 56)})
	}
	return b.Bytes()[:n]
}

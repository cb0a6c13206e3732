package sim

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"vangnet/engine/graph/sim/drives"
	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/mapi/mailtest"
)

// demoTenant is one company of the demonstration.
type demoTenant struct {
	domain, name, licence string
	staff                 int // users with a licence
	mails, files          int // about how many for each
	shared, rooms         []string
	infected              bool // has a file that nobody may read
	trade                 demoTrade
}

// LoadDemo fills the world with three Dutch companies of different sizes, the
// same each time for one seed and one day.
func (w *World) LoadDemo() error {
	for _, d := range demoTenants {
		if err := w.demoTenant(d); err != nil {
			return fmt.Errorf("make demonstration tenant %s: %w", d.domain, err)
		}
	}
	return nil
}

// demoMaker makes up one tenant's content.
type demoMaker struct {
	demoTenant
	world  *World
	tenant *Tenant
	random *rand.Rand
	today  time.Time
	people []*User
}

func (w *World) demoTenant(d demoTenant) error {
	sum := w.digest("demo", d.domain)
	m := &demoMaker{demoTenant: d, world: w, tenant: w.AddTenant(d.domain, d.name), random: rand.New(rand.NewChaCha8(sum))}
	m.today = w.clock.Now().Truncate(24 * time.Hour)
	if err := m.hire(); err != nil {
		return err
	}
	for i, u := range m.people {
		if err := m.fill(u); err != nil {
			return err
		}
		if err := m.office(u); err != nil {
			return err
		}
		if i == 0 {
			if err := m.oddThings(u); err != nil {
				return err
			}
		}
	}
	m.tenant.SetSeats(d.licence, d.staff+d.staff/4+1)
	return nil
}

// hire adds the staff and what else has a user object: shared mailboxes, rooms,
// a guest, somebody who left, and an account of a machine.
func (m *demoMaker) hire() error {
	add := func(s UserSpec) (*User, error) {
		s.Language = "nl-NL"
		return m.tenant.AddUser(s)
	}
	taken := map[string]bool{}
	for len(m.people) < m.staff {
		given, surname := pick(m.random, demoGiven), pick(m.random, demoSurnames)
		local := strings.ToLower(plainLetters.Replace(given + "." + strings.ReplaceAll(surname, " ", "")))
		if taken[local] {
			continue
		}
		taken[local] = true
		n := len(m.people)
		u, err := add(UserSpec{LocalPart: local, DisplayName: given + " " + surname, GivenName: given, Surname: surname,
			JobTitle: m.trade.jobs[min(n, len(m.trade.jobs)-1)], Licences: []string{m.licence}, Archive: n == 0 && m.staff > 8})
		if err != nil {
			return err
		}
		m.people = append(m.people, u)
	}
	specs := []UserSpec{
		{LocalPart: "oud.medewerker", DisplayName: "Oud Medewerker", Disabled: true, Licences: []string{"EXCHANGESTANDARD"}, NoDrive: true},
		{LocalPart: "svc-scanner", DisplayName: "Scanner kantoor", NoMailbox: true, NoDrive: true},
		{LocalPart: "adviseur_accountants.example", DisplayName: "Adviseur (extern)", Kind: KindGuest},
	}
	for _, name := range m.shared {
		specs = append(specs, UserSpec{LocalPart: strings.ToLower(name), DisplayName: name, Kind: KindShared})
	}
	for _, name := range m.rooms {
		specs = append(specs, UserSpec{LocalPart: strings.ToLower(strings.ReplaceAll(name, " ", "")), DisplayName: name, Kind: KindRoom})
	}
	for _, s := range specs {
		u, err := add(s)
		if err != nil {
			return err
		}
		if s.Kind == KindShared {
			m.people = append(m.people, u)
		}
	}
	m.tenant.AddGroup(Group{DisplayName: "Alle medewerkers", Mail: "allen@" + m.domain, Unified: true, Members: ids(m.people)})
	return nil
}

func ids(users []*User) []string {
	var list []string
	for _, u := range users {
		list = append(list, u.ID)
	}
	return list
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// fill puts about the tenant's number of mails and files into a user's mailbox
// and drive.
func (m *demoMaker) fill(u *User) error {
	for n := range m.mails/2 + m.random.IntN(m.mails) {
		if err := m.mail(u, n); err != nil {
			return err
		}
	}
	if u.Drive() == nil {
		return nil
	}
	for range m.files/2 + m.random.IntN(m.files) {
		if err := m.file(u.Drive()); err != nil {
			return err
		}
	}
	return nil
}

var demoFolders = []string{"mail/Inbox", "mail/Inbox", "mail/Inbox", "mail/Sent Items", "mail/Sent Items", "mail/Inbox/Projecten", "mail/Inbox/Facturen", "mail/Deleted Items"}

func (m *demoMaker) mail(u *User, n int) error {
	folder := pick(m.random, demoFolders)
	when := m.moment()
	l := letter{id: m.world.newID("demo mail", u.ID, n), when: when, to: address(u), from: m.stranger()}
	if m.random.IntN(2) == 0 {
		l.from = address(pick(m.random, m.people))
	}
	if folder == "mail/Sent Items" {
		l.from, l.to = address(u), m.stranger()
	}
	m.write(&l)
	if u.Archive && m.random.IntN(3) == 0 {
		folder, when = "archive/Inbox", when.AddDate(-3, 0, 0)
		l.when = when
	}
	meta := mailboxes.Meta{Received: when, Sent: when.Add(-20 * time.Second), Read: m.random.IntN(4) > 0 || folder == "mail/Sent Items", Flagged: m.random.IntN(15) == 0}
	if m.random.IntN(12) == 0 {
		meta.Categories = []string{pick(m.random, []string{"Blauwe categorie", "Groene categorie", "Klant", "Urgent"})}
	}
	if m.random.IntN(20) == 0 {
		meta.Importance = 1
	}
	return u.Mailbox().Put(folder, mailboxes.Bytes(l.bytes()), meta)
}

// moment is a time in office hours of the last year and a half, more often a
// recent one.
func (m *demoMaker) moment() time.Time {
	days := m.random.IntN(540) * m.random.IntN(540) / 540
	return m.today.AddDate(0, 0, -1-days).Add(time.Duration(7*60+m.random.IntN(11*60)) * time.Minute)
}

func address(u *User) string { return fmt.Sprintf("%s <%s>", encodedWord(u.DisplayName), u.Mail) }

func (m *demoMaker) stranger() string {
	given, surname := pick(m.random, demoGiven), pick(m.random, demoSurnames)
	domain := pick(m.random, []string{"klant.example", "leverancier.example", "gemeente.example", "bouwmaat.example", "kpnmail.example", "accountants.example"})
	local := strings.ToLower(plainLetters.Replace(given[:1] + "." + strings.ReplaceAll(surname, " ", "")))
	return fmt.Sprintf("%s <%s@%s>", encodedWord(given+" "+surname), local, domain)
}

// words fills a template's blanks.
func (m *demoMaker) words(template string) string {
	return strings.NewReplacer(
		"{straat}", pick(m.random, demoStreets)+fmt.Sprintf(" %d", 1+m.random.IntN(180)),
		"{bedrag}", fmt.Sprintf("€ %d.%03d,%02d", 1+m.random.IntN(24), m.random.IntN(1000), m.random.IntN(100)),
		"{klant}", "fam. "+pick(m.random, demoSurnames),
		"{nummer}", fmt.Sprintf("%d-%04d", m.today.Year(), 1+m.random.IntN(1800)),
		"{dag}", pick(m.random, []string{"maandag", "dinsdag", "woensdag", "donderdag", "vrijdag"}),
		"{tijd}", fmt.Sprintf("%d:%02d", 8+m.random.IntN(9), 15*m.random.IntN(4)),
	).Replace(template)
}

// write makes up subject, text and perhaps an attachment.
func (m *demoMaker) write(l *letter) {
	t := pick(m.random, m.trade.letters)
	l.subject, l.text = m.words(t[0]), m.words(t[1])
	if m.random.IntN(4) == 0 {
		l.subject = "RE: " + l.subject
	}
	if m.random.IntN(5) == 0 {
		name := m.words(pick(m.random, m.trade.documents))
		l.attach(name+".pdf", "application/pdf", pdfPage(name, l.text))
	}
	l.html = m.random.IntN(2) == 0
}

func (m *demoMaker) file(d *drives.Drive) error {
	name, folder := m.words(pick(m.random, m.trade.documents)), m.words(pick(m.random, m.trade.folders))
	when := m.moment()
	content, extension := m.document(name)
	return d.Put(folder+"/"+name+extension, drives.Bytes(content), drives.Times{Created: when.Add(-time.Hour), Modified: when})
}

func (m *demoMaker) document(name string) (content []byte, extension string) {
	text := m.words(pick(m.random, m.trade.letters)[1])
	switch m.random.IntN(4) {
	case 0:
		return pdfPage(name, text), ".pdf"
	case 1:
		var b strings.Builder
		b.WriteString("Omschrijving;Aantal;Bedrag\r\n")
		for range 5 + m.random.IntN(200) {
			fmt.Fprintf(&b, "%s;%d;%d,%02d\r\n", pick(m.random, m.trade.documents), 1+m.random.IntN(40), m.random.IntN(3000), m.random.IntN(100))
		}
		return []byte(b.String()), ".csv"
	case 2:
		return []byte(name + "\r\n\r\n" + text), ".txt"
	default:
		return wordDocument(name, text), ".docx"
	}
}

// oddThings are what every real tenant has somewhere.
func (m *demoMaker) oddThings(u *User) error {
	d, when := u.Drive(), m.moment()
	times := drives.Times{Created: when, Modified: when}
	for _, odd := range []struct {
		name    string
		content drives.Content
	}{
		{"Documenten/leeg bestand.txt", drives.Bytes(nil)},
		{"Documenten/50% korting & meer #1.txt", drives.Bytes([]byte("actie"))},
		{"Documenten/🏠 Foto's van het dak.jpg", drives.Generated(1, 480_000)},
		{"Documenten/Café crème – offerte (kopie) (2).txt", drives.Bytes([]byte("kopie van een kopie"))},
		{"Documenten/Archief/2019/Oud/Ouder/Oudst.txt", drives.Bytes([]byte("diep weg"))},
		{"Video/Rondleiding.mp4", drives.Generated(2, 6<<20)},
		{"Notities/Algemeen.one", drives.Bytes([]byte("one"))},
		{"Downloads/factuur_scan.js", drives.Bytes([]byte("// niet openen"))},
	} {
		if err := d.Put(odd.name, odd.content, times); err != nil {
			return err
		}
	}
	if err := d.Mkdir("Documenten/Lege map", times); err != nil {
		return err
	}
	if err := d.MakeNotebook("Notities"); err != nil {
		return err
	}
	if !m.infected {
		return m.oddMail(u, when)
	}
	if err := d.MarkInfected("Downloads/factuur_scan.js", "JS/Downloader"); err != nil {
		return err
	}
	return m.oddMail(u, when)
}

// oddMail puts one message of each uncommon form into a folder of its own.
func (m *demoMaker) oddMail(u *User, when time.Time) error {
	odd := mailtest.Make(mailtest.Options{
		Seed: int64(m.world.number(1<<62, "odd mail", u.ID)), Count: len(mailtest.Kinds()), Start: when.AddDate(0, -3, 0), To: u.Mail,
	})
	for _, mail := range odd {
		if err := u.Mailbox().Put("mail/Inbox/Vreemd", mailboxes.Bytes(mail.Bytes), mailboxes.Meta{Read: true}); err != nil {
			return err
		}
	}
	return nil
}

package sim

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/mapi"
)

// teamSize is how many of the staff meet each other weekly.
const teamSize = 6

// demoOffice makes up what a user has beside mail and files. It draws numbers of
// its own, so that neither depends on the other.
type demoOffice struct {
	demoMaker
	user *User
	say  officeWords
}

// office fills calendar, contacts, tasks and notes of a user.
func (m *demoMaker) office(u *User) error {
	o := &demoOffice{demoMaker: *m, user: u, say: demoOffices[m.domain]}
	o.random = rand.New(rand.NewChaCha8(m.world.digest("demo office", u.ID)))
	for _, part := range []struct {
		name string
		fill func() error
	}{{"calendar", o.calendar}, {"contacts", o.contacts}, {"tasks", o.tasks}, {"notes", o.notes}} {
		if err := part.fill(); err != nil {
			return fmt.Errorf("make up %s of %s: %w", part.name, u.PrincipalName, err)
		}
	}
	return nil
}

// person reports that a person reads the mailbox, and not several.
func (o *demoOffice) person() bool { return o.user.Kind == KindUser }

// read puts what a text holds into a folder. Made-up texts are free of faults.
func (o *demoOffice) read(folder string, read itemReader, text string) error {
	items, warnings, err := read(strings.NewReader(text))
	if err != nil {
		return err
	}
	if len(warnings) > 0 {
		return fmt.Errorf("made-up text for %s: %s", folder, strings.Join(warnings, ", "))
	}
	for _, msg := range items {
		if err := o.put(folder, msg, o.today); err != nil {
			return err
		}
	}
	return nil
}

func (o *demoOffice) put(folder string, msg *mapi.Message, when time.Time) error {
	mailboxes.Complete(msg, mapi.Address{Name: o.user.DisplayName, SMTP: o.user.Mail})
	return o.user.Mailbox().PutMessage(folder, msg, outlookTimes(msg, when))
}

// day is a working day so many days from today, or the next one.
func (o *demoOffice) day(from int) time.Time {
	d := o.today.AddDate(0, 0, from)
	for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		d = d.AddDate(0, 0, 1)
	}
	return d
}

// between is a number from low to high.
func (o *demoOffice) between(low, high int) int { return low + o.random.IntN(high-low+1) }

// notes puts a few of the tenant's into the mailbox.
func (o *demoOffice) notes() error {
	for n, i := range o.random.Perm(len(o.say.notes))[:o.between(2, min(4, len(o.say.notes)))] {
		text := strings.ReplaceAll(o.words(o.say.notes[i]), "\n", "\r\n")
		if err := o.put("mail/Notes", mailboxes.Note(text), o.today.AddDate(0, 0, -5-9*n).Add(11*time.Hour)); err != nil {
			return err
		}
	}
	return nil
}

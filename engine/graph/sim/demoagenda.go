package sim

import (
	"math/rand/v2"
	"strings"
	"time"
)

// calendar makes up the agenda of a user, around today.
func (o *demoOffice) calendar() error {
	var events []demoEvent
	if o.person() {
		events = append(events, o.teamMeeting())
		events = append(events, o.personal()...)
	}
	events = append(events, o.birthdays()...)
	events = append(events, o.deadlines()...)
	events = append(events, o.visits()...)
	for n := range events {
		e := &events[n]
		if e.uid == "" {
			e.uid = o.world.newID("demo event", o.user.ID, n) + "@" + o.domain
		}
		if e.made.IsZero() {
			e.made = o.planned(e.start)
		}
		if err := o.read("calendar/Calendar", readCalendar, e.calendar()); err != nil {
			return err
		}
	}
	return o.companyCalendar()
}

// planned is when somebody may have thought of what begins on a day.
func (o *demoOffice) planned(start time.Time) time.Time {
	if start.After(o.today) {
		start = o.today
	}
	return start.Truncate(24*time.Hour).AddDate(0, 0, -o.between(1, 30)).Add(time.Duration(o.between(8*60, 17*60)) * time.Minute)
}

// team are those that meet weekly: number n, with its members.
func (o *demoOffice) team() (n int, members []*User) {
	for i, u := range o.people {
		if u == o.user {
			n = i / teamSize
		}
	}
	for _, u := range o.people[n*teamSize : min((n+1)*teamSize, len(o.people))] {
		if u.Kind == KindUser {
			members = append(members, u)
		}
	}
	return n, members
}

// teamMeeting is the weekly meeting of the user's team, the same for all in it:
// one was moved, one was cancelled, one is elsewhere.
func (o *demoOffice) teamMeeting() demoEvent {
	n, members := o.team()
	same := *o
	same.random = rand.New(rand.NewChaCha8(o.world.digest("demo team", o.domain, n)))
	monday := o.today.AddDate(0, 0, -(int(o.today.Weekday())+6)%7)
	weekday := same.between(0, 4)
	e := timed(monday.AddDate(0, 0, weekday-12*7), same.between(8, 10), 30*same.between(0, 1), 60)
	e.uid = o.world.newID("demo team meeting", o.domain, n) + "@" + o.domain
	e.subject, e.place, e.rule = o.say.meeting, o.say.room, "FREQ=WEEKLY;COUNT=52"
	points := strings.Split(o.say.agenda, "; ")
	e.text = "Agenda:\r\n- " + strings.Join(points, "\r\n- ")
	e.html = "<html><body><p>Agenda:</p><ul><li>" + strings.Join(points, "</li><li>") + "</li></ul></body></html>"
	e.organizer, e.category, e.made = members[0], "Overleg", e.start.AddDate(0, 0, -6).Add(-time.Hour)
	for i, u := range members {
		answer := []string{"ACCEPTED", "ACCEPTED", "ACCEPTED", "TENTATIVE", "NEEDS-ACTION"}[same.between(0, 4)]
		if i == 0 {
			answer = "ACCEPTED"
		}
		e.guests = append(e.guests, guest{u.DisplayName, u.Mail, answer, i == len(members)-1 && i > 2})
	}
	week := func(n int) time.Time { return e.start.AddDate(0, 0, 7*n) }
	change := func(n int, subject, place string, later time.Duration) {
		c := demoEvent{uid: e.uid, subject: subject, place: place, text: e.text, organizer: e.organizer, guests: e.guests, category: e.category,
			reminder: e.reminder, made: e.made.AddDate(0, 0, 7*n), instead: week(n), start: week(n).Add(later)}
		c.end = c.start.Add(e.end.Sub(e.start))
		e.changed = append(e.changed, c)
	}
	change(10, e.subject, e.place, 4*time.Hour)
	change(13, e.subject+": jaarplan", o.say.elsewhere, 0)
	e.without = []time.Time{week(8), week(15)}
	return e
}

// personal is what concerns only the user: leave, a doctor, something private,
// and talks with whom the team belongs to.
func (o *demoOffice) personal() []demoEvent {
	away := func(from, days int, subject string) demoEvent {
		e := wholeDays(o.day(from), days)
		e.subject, e.busy, e.category = subject, "OOF", "Verlof"
		return e
	}
	doctor := timed(o.day(o.between(3, 25)), o.between(8, 16), 15*o.between(0, 3), 45)
	doctor.subject, doctor.place, doctor.class, doctor.busy = o.say.doctor, o.words("{straat}"), "PRIVATE", "OOF"
	school := timed(o.day(o.between(-30, 40)), 19, 30, 90)
	school.subject, school.class, school.text = "Ouderavond", "PRIVATE", "Lokaal 12, tienminutengesprek om 20:10."
	list := []demoEvent{
		away(-o.between(40, 120), o.between(1, 5), "Vrij"), away(o.between(20, 90), o.between(5, 12), "Vakantie"), doctor, school,
	}
	if _, members := o.team(); members[0] != o.user {
		e := timed(o.day(-o.between(30, 50)), o.between(13, 16), 0, 30)
		e.subject, e.rule, e.organizer = "Bijpraten "+members[0].GivenName+" en "+o.user.GivenName, "FREQ=WEEKLY;INTERVAL=2", members[0]
		e.guests = []guest{{o.user.DisplayName, o.user.Mail, "ACCEPTED", false}}
		list = append(list, e)
	}
	month := timed(o.day(-o.between(100, 140)), 16, 0, 60)
	month.subject, month.rule, month.busy = o.say.monthly, "FREQ=MONTHLY;BYDAY=-1FR", "TENTATIVE"
	return append(list, month)
}

// birthdays are those of two colleagues, every year.
func (o *demoOffice) birthdays() []demoEvent {
	var list []demoEvent
	for range 2 {
		u := pick(o.random, o.people)
		if u.Kind != KindUser {
			continue
		}
		born := time.Date(1962+o.between(0, 40), time.Month(o.between(1, 12)), o.between(1, 28), 0, 0, 0, 0, time.UTC)
		e := wholeDays(born, 1)
		e.subject, e.rule, e.busy, e.category = "Verjaardag "+u.GivenName, "FREQ=YEARLY", "FREE", "Verjaardag"
		e.made = o.today.AddDate(-1, 0, -o.between(0, 300)).Add(9 * time.Hour)
		list = append(list, e)
	}
	return list
}

// deadlines are days on which something has to be ready.
func (o *demoOffice) deadlines() []demoEvent {
	var list []demoEvent
	for _, i := range o.random.Perm(len(o.say.deadlines))[:o.between(2, 3)] {
		e := wholeDays(o.day(o.between(-20, 60)), 1)
		e.subject, e.busy, e.category = "Deadline: "+o.words(o.say.deadlines[i]), "FREE", "Deadline"
		list = append(list, e)
	}
	return list
}

// visits are appointments with customers and others, more of them behind us.
func (o *demoOffice) visits() []demoEvent {
	var list []demoEvent
	order := o.random.Perm(len(o.say.visits))
	for n := range o.between(10, 15) {
		what := o.say.visits[order[n%len(order)]]
		e := timed(o.day(o.between(-90, 30)), o.between(8, 16), 15*o.between(0, 3), 30*o.between(1, 4))
		e.subject, e.place = o.words(what[0]), o.words(what[1])
		if o.random.IntN(2) == 0 {
			e.text = o.words(pick(o.random, o.trade.letters)[1])
		}
		if o.random.IntN(4) == 0 {
			given, surname := pick(o.random, demoGiven), pick(o.random, demoSurnames)
			e.organizer = o.user
			e.guests = []guest{{given + " " + surname, mailName(given, surname) + "@klant.example", pick(o.random, []string{"ACCEPTED", "NEEDS-ACTION", "DECLINED"}), false}}
		}
		if o.random.IntN(4) == 0 {
			e.category = "Klant"
		}
		list = append(list, e)
	}
	return list
}

// companyCalendar gives the first of the staff a second calendar: who is away.
func (o *demoOffice) companyCalendar() error {
	if o.user != o.people[0] {
		return nil
	}
	for n, u := range o.people {
		if u.Kind != KindUser || n > 9 {
			continue
		}
		e := wholeDays(o.day(o.between(-60, 90)), o.between(1, 10))
		e.uid = o.world.newID("demo leave", u.ID) + "@" + o.domain
		e.subject, e.busy, e.made = u.DisplayName+": verlof", "FREE", o.planned(e.start)
		if err := o.read("calendar/Verlof en vakantie", readCalendar, e.calendar()); err != nil {
			return err
		}
	}
	return nil
}

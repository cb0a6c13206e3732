package sim

import (
	"time"

	"vangnet/engine/graph/sim/todo"
)

// tasks makes up what the user has to do: some done, some late, one that comes
// again, the others open.
func (o *demoOffice) tasks() error {
	list := []todo.Task{o.task("completed", -o.between(10, 60)), o.task("completed", -o.between(4, 30)), o.task("notStarted", -o.between(4, 14)), o.chore()}
	for range o.between(2, 5) {
		list = append(list, o.task(pick(o.random, []string{"notStarted", "notStarted", "inProgress", "waitingOnOthers", "deferred"}), o.between(1, 40)))
	}
	titles := o.random.Perm(len(o.say.todo))
	for n, t := range list {
		if t.Title == "" {
			t.Title = o.words(o.say.todo[titles[n%len(titles)]])
		}
		msg, err := t.Message()
		if err != nil {
			return err
		}
		if err := o.put("tasks/Tasks", msg, o.today); err != nil {
			return err
		}
	}
	return nil
}

// task is one without a title that is due so many days from today.
func (o *demoOffice) task(status string, due int) todo.Task {
	day := o.day(due)
	t := todo.Task{Status: status, DueDateTime: &todo.Moment{Wall: day, Zone: demoZone}}
	made := day.AddDate(0, 0, -o.between(2, 20))
	if last := o.today.AddDate(0, 0, -1); made.After(last) {
		made = last
	}
	t.CreatedDateTime = made.Add(time.Duration(o.between(8*60, 16*60)) * time.Minute)
	t.LastModifiedDateTime = t.CreatedDateTime
	if o.random.IntN(2) == 0 {
		t.StartDateTime = &todo.Moment{Wall: made, Zone: demoZone}
	}
	if o.random.IntN(3) == 0 {
		t.Body.Content = o.words(pick(o.random, o.trade.letters)[1])
	}
	if o.random.IntN(4) == 0 {
		t.Importance, t.Categories = "high", []string{"Urgent"}
	}
	if status == "completed" {
		done := day.AddDate(0, 0, -o.between(0, 2))
		t.CompletedDateTime = &todo.Moment{Wall: done, Zone: demoZone}
		if at := done.Add(15 * time.Hour); at.After(t.CreatedDateTime) {
			t.LastModifiedDateTime = at
		}
		return t
	}
	if o.random.IntN(2) == 0 {
		t.IsReminderOn, t.ReminderDateTime = true, &todo.Moment{Wall: day.Add(9 * time.Hour), Zone: demoZone}
	}
	return t
}

// chore is a task that comes again every week or month, with steps.
func (o *demoOffice) chore() todo.Task {
	t := o.task("notStarted", o.between(1, 7))
	t.Title, t.StartDateTime = pick(o.random, o.say.chores), nil
	t.Recurrence = &todo.Recurrence{Pattern: todo.Pattern{Type: "weekly", Interval: o.between(1, 2), DaysOfWeek: []string{t.DueDateTime.Wall.Weekday().String()}}}
	if o.random.IntN(3) == 0 {
		t.Recurrence.Pattern = todo.Pattern{Type: "absoluteMonthly", Interval: 1, DayOfMonth: min(28, t.DueDateTime.Wall.Day())}
	}
	t.ChecklistItems = []todo.Step{{DisplayName: "voorbereiden", IsChecked: true}, {DisplayName: "uitvoeren"}, {DisplayName: "afmelden"}}
	return t
}

package mailboxes

import (
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/recur"
)

var todoProperties = []string{
	"id", "createdDateTime", "lastModifiedDateTime", "categories", "title", "status", "importance", "isReminderOn", "hasAttachments", "body",
	"bodyLastModifiedDateTime", "startDateTime", "dueDateTime", "completedDateTime", "reminderDateTime", "recurrence",
}

func (m *Mailbox) todoJSON(r *wire.Request, s *state, msg *mapi.Message) object {
	p := msg.Props
	o := m.outlookJSON(r, s)
	delete(o, "changeKey") // todoTask is no outlookItem
	status, _ := p.NamedInt(mapi.TaskStatus)
	o["title"], o["importance"], o["hasAttachments"] = s.subject, importanceText(s.importance), hasVisible(msg)
	o["status"] = pickText([]string{"notStarted", "inProgress", "completed", "waitingOnOthers", "deferred"}, status)
	o["body"], o["bodyLastModifiedDateTime"] = bodyOf(msg, r.Prefer["outlook.body-content-type"]), o["lastModifiedDateTime"]
	o["isReminderOn"] = p.NamedBool(mapi.ReminderSet)
	for name, from := range map[string]mapi.Name{
		"startDateTime": mapi.TaskStart, "dueDateTime": mapi.TaskDueDate, "completedDateTime": mapi.TaskDateCompleted, "reminderDateTime": mapi.ReminderTime,
	} {
		if t := p.NamedTime(from); !t.IsZero() {
			o[name] = wall(t)
		}
	}
	blob, _ := p.Named(mapi.TaskRecurrence)
	b, _ := blob.Value.([]byte)
	if pattern, err := recur.DecodePattern(b); err == nil && p.NamedBool(mapi.TaskRecurring) {
		o["recurrence"] = recurrenceJSON(pattern, "UTC")
	}
	return o
}

// recurrenceJSON is a pattern as patternedRecurrence.
func recurrenceJSON(p recur.Pattern, zoneName string) object {
	pattern := object{"type": "daily", "interval": p.Period, "month": 0, "dayOfMonth": 0, "firstDayOfWeek": day(p.FirstDay), "index": "first"}
	if days := daysJSON(p.Weekdays); len(days) > 0 {
		pattern["daysOfWeek"] = days
	}
	period := "Monthly"
	if p.Period%12 == 0 {
		period = "Yearly"
		pattern["interval"], pattern["month"] = p.Period/12, int(p.Start.Month())
	}
	switch p.Kind {
	case recur.EachDay:
		pattern["interval"], pattern["month"] = p.Period, 0
	case recur.OnWeekdays:
		pattern["type"], pattern["interval"], pattern["month"] = "weekly", p.Period, 0
	case recur.OnNth:
		pattern["type"] = "relative" + period
		pattern["index"] = pickText([]string{"first", "first", "second", "third", "fourth", "last"}, int64(p.Nth))
	default:
		pattern["type"], pattern["dayOfMonth"] = "absolute"+period, p.Day
	}
	reach := object{"type": "noEnd", "startDate": p.Start.Format(time.DateOnly), "endDate": "0001-01-01", "recurrenceTimeZone": zoneName, "numberOfOccurrences": 0}
	switch p.End {
	case recur.ByDate:
		reach["type"], reach["endDate"] = "endDate", p.Until.Format(time.DateOnly)
	case recur.ByCount:
		reach["type"], reach["endDate"], reach["numberOfOccurrences"] = "numbered", p.Until.Format(time.DateOnly), p.Count
	}
	return object{"pattern": pattern, "range": reach}
}

func day(d time.Weekday) string { return strings.ToLower(d.String()) }

func daysJSON(set recur.Weekdays) []string {
	var out []string
	for d := time.Sunday; d <= time.Saturday; d++ {
		if set.Has(d) {
			out = append(out, day(d))
		}
	}
	return out
}

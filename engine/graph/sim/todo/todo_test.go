package todo_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"vangnet/engine/graph/sim/todo"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/recur"
)

func read(t *testing.T, text string) *mapi.Message {
	t.Helper()
	items, err := todo.Read(strings.NewReader(text))
	if err != nil || len(items) != 1 {
		t.Fatalf("%s: %d items, %v", text, len(items), err)
	}
	return items[0]
}

func TestStates(t *testing.T) {
	for status, want := range map[string]struct {
		status  int64
		percent float64
		done    bool
	}{
		"notStarted": {0, 0, false}, "inProgress": {1, 0.5, false}, "completed": {2, 1, true}, "waitingOnOthers": {3, 0, false}, "deferred": {4, 0, false}, "": {},
	} {
		p := read(t, `{"title":"x","status":"`+status+`"}`).Props
		have, _ := p.NamedInt(mapi.TaskStatus)
		percent, _ := p.Named(mapi.TaskPercent)
		if have != want.status || percent.Value != want.percent || p.NamedBool(mapi.TaskComplete) != want.done {
			t.Errorf("%q: %d %v %v", status, have, percent.Value, p.NamedBool(mapi.TaskComplete))
		}
	}
}

func TestTimes(t *testing.T) {
	for value, want := range map[string]string{
		`"2026-03-06"`: "2026-03-06T00:00:00Z", `"2026-03-06T23:30:00Z"`: "2026-03-06T23:30:00Z",
		`{"dateTime":"2026-03-06T23:30:00.0000000","timeZone":"UTC"}`:                   "2026-03-06T23:30:00Z",
		`{"dateTime":"2026-07-06T23:30:00","timeZone":"W. Europe Standard Time"}`:       "2026-07-06T21:30:00Z",
		`{"dateTime":"2026-07-06T23:30","timeZone":"America/New_York"}`:                 "2026-07-07T03:30:00Z",
		`{"dateTime":"2026-01-06T00:30:00.1234567","timeZone":"Pacific Standard Time"}`: "2026-01-06T08:30:00.1234567Z",
	} {
		p := read(t, `{"title":"x","reminderDateTime":`+value+`,"dueDateTime":`+value+`}`).Props
		if have := p.NamedTime(mapi.ReminderTime).Format(time.RFC3339Nano); have != want {
			t.Errorf("%s: a reminder at %s", value, have)
		}
		day := value[strings.Index(value, "2026"):][:10]
		if have := p.NamedTime(mapi.TaskDueDate).Format(time.RFC3339); have != day+"T00:00:00Z" {
			t.Errorf("%s: due %s", value, have)
		}
	}
}

func TestRecurrences(t *testing.T) {
	const from = `"range":{"type":"noEnd","startDate":"2026-03-02"}`
	for text, want := range map[string]string{
		`"pattern":{"type":"daily","interval":2},` + from:                                                                      "2026-03-02 2026-03-04 2026-03-06",
		`"pattern":{"type":"weekly","interval":2,"daysOfWeek":["monday","friday"],"firstDayOfWeek":"monday"},` + from:          "2026-03-02 2026-03-06 2026-03-16",
		`"pattern":{"type":"weekly","interval":1,"daysOfWeek":["Sunday"]},` + from:                                             "2026-03-08 2026-03-15 2026-03-22",
		`"pattern":{"type":"absoluteMonthly","interval":1,"dayOfMonth":15},` + from:                                            "2026-03-15 2026-04-15 2026-05-15",
		`"pattern":{"type":"relativeMonthly","interval":1,"daysOfWeek":["friday"],"index":"last"},` + from:                     "2026-03-27 2026-04-24 2026-05-29",
		`"pattern":{"type":"absoluteYearly","interval":1,"dayOfMonth":30,"month":4},` + from:                                   "2026-04-30 2027-04-30 2028-04-30",
		`"pattern":{"type":"relativeYearly","interval":1,"daysOfWeek":["monday"],"index":"first","month":9},` + from:           "2026-09-07 2027-09-06 2028-09-04",
		`"pattern":{"type":"daily","interval":1},"range":{"type":"numbered","numberOfOccurrences":2,"startDate":"2026-03-02"}`: "2026-03-02 2026-03-03",
		`"pattern":{"type":"daily","interval":1},"range":{"type":"endDate","endDate":"2026-03-03","startDate":"2026-03-02"}`:   "2026-03-02 2026-03-03",
	} {
		p := read(t, `{"title":"x","recurrence":{`+text+`}}`).Props
		blob, _ := p.Named(mapi.TaskRecurrence)
		pattern, err := recur.DecodePattern(blob.Value.([]byte))
		if err != nil {
			t.Fatal(err)
		}
		var days []string
		for d := range pattern.Dates() {
			if days = append(days, d.Format(time.DateOnly)); len(days) == 3 {
				break
			}
		}
		if have := strings.Join(days, " "); have != want || !p.NamedBool(mapi.TaskRecurring) || p.NamedTime(mapi.TaskDueDate).Format(time.DateOnly) != days[0] {
			t.Errorf("%s: %s, due %s", text, have, p.NamedTime(mapi.TaskDueDate))
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, text := range []string{
		``, `{`, `"x"`, `7`, `{}`, `{"title":" "}`, `[{"title":5}]`, `{"title":"x","importance":"huge"}`, `{"title":"x","body":{"content":"x","contentType":"rtf"}}`,
		`{"title":"x","reminderDateTime":{"dateTime":"2026-01-01T00:00:00","timeZone":"Nergens"}}`, `{"title":"x","startDateTime":[]}`,
		`{"title":"x","recurrence":{"pattern":{"type":"hourly"},"range":{"startDate":"2026-01-01"}}}`,
		`{"title":"x","recurrence":{"pattern":{"type":"daily"},"range":{}}}`,
		`{"title":"x","recurrence":{"pattern":{"type":"daily"},"range":{"startDate":"ooit"}}}`,
		`{"title":"x","recurrence":{"pattern":{"type":"daily"},"range":{"type":"numbered","startDate":"2026-01-01"}}}`,
		`{"title":"x","recurrence":{"pattern":{"type":"daily"},"range":{"type":"endDate","endDate":"x","startDate":"2026-01-01"}}}`,
		`{"title":"x","recurrence":{"pattern":{"type":"relativeMonthly","index":"fifth","daysOfWeek":["monday"]},"range":{"startDate":"2026-01-01"}}}`,
		`{"title":"x","recurrence":{"pattern":{"type":"weekly","firstDayOfWeek":"zondag"},"range":{"startDate":"2026-01-01"}}}`,
		`{"title":"x","recurrence":{"pattern":{"type":"daily","interval":100000000},"range":{"startDate":"2026-01-01"}}}`,
	} {
		if items, err := todo.Read(strings.NewReader(text)); err == nil {
			t.Errorf("%s: %d items", text, len(items))
		}
	}
	if _, err := todo.Read(strings.NewReader("[" + strings.Repeat(`{"title":"x"},`, 10_000) + `{"title":"x"}]`)); !errors.Is(err, todo.ErrTooLarge) {
		t.Error(err)
	}
	if _, err := todo.Read(strings.NewReader(strings.Repeat(" ", 17<<20))); !errors.Is(err, todo.ErrTooLarge) {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"title":"x","body":{"content":"<p>y","contentType":"html"},"checklistItems":[{"displayName":"a","isChecked":true}],"categories":["c"]}`)
	f.Add(`[{"title":"x","dueDateTime":{"dateTime":"2026-01-01T00:00:00","timeZone":"UTC"},"recurrence":{"pattern":{"type":"absoluteYearly","month":2,"dayOfMonth":30},"range":{"type":"numbered","numberOfOccurrences":9}}}]`)
	f.Add(`{"value":[{"title":"x","status":"completed","completedDateTime":"0001-01-01"}]}`)
	f.Add("\uFEFF[]")
	f.Fuzz(func(t *testing.T, text string) {
		items, err := todo.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, m := range items {
			if !m.IsClass("IPM.Task") || !m.Props.Has(mapi.Subject) {
				t.Errorf("%q became %+v", text, m.Props)
			}
			if blob, ok := m.Props.Named(mapi.TaskRecurrence); ok {
				if _, err := recur.DecodePattern(blob.Value.([]byte)); err != nil {
					t.Errorf("%q: %v", text, err)
				}
			}
		}
	})
}

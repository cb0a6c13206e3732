package todo

import (
	"fmt"
	"html"
	"strings"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// statuses are the values of PidLidTaskStatus by name ("taskStatus values").
var statuses = map[string]int32{"": 0, "notstarted": 0, "inprogress": 1, "completed": 2, "waitingonothers": 3, "deferred": 4}

var importances = map[string]int64{"low": 0, "": 1, "normal": 1, "high": 2}

const (
	statusInProgress = 1
	statusCompleted  = 2
)

// Message makes the item of the task.
func (t Task) Message() (*mapi.Message, error) {
	m := &mapi.Message{}
	p := &m.Props
	p.SetString(mapi.MessageClass, "IPM.Task")
	p.SetString(mapi.Subject, t.Title)
	p.SetInt(mapi.MessageFlags, mapi.FlagRead)
	for _, step := range []func(*mapi.Bag) error{t.state, t.body, t.dates, t.reminder, t.recurrence} {
		if err := step(p); err != nil {
			return nil, fmt.Errorf("task %q: %w", t.Title, err)
		}
	}
	if len(t.Categories) > 0 {
		p.SetNamed(mapi.Keywords, mapi.TypeString|mapi.Multi, t.Categories)
	}
	p.SetTime(mapi.CreationTime, t.CreatedDateTime)
	p.SetTime(mapi.LastModificationTime, t.LastModifiedDateTime)
	return m, nil
}

func (t Task) state(p *mapi.Bag) error {
	status, ok := statuses[strings.ToLower(t.Status)]
	if !ok {
		return fmt.Errorf("no status is called %q", t.Status)
	}
	importance, ok := importances[strings.ToLower(t.Importance)]
	if !ok {
		return fmt.Errorf("importance %q is none of low, normal and high", t.Importance)
	}
	p.SetInt(mapi.Importance, importance)
	p.SetNamed(mapi.TaskStatus, mapi.TypeInt32, status)
	p.SetNamed(mapi.TaskComplete, mapi.TypeBool, status == statusCompleted)
	percent := 0.0
	switch status {
	case statusInProgress:
		percent = 0.5 // todoTask does not say how far
	case statusCompleted:
		percent = 1
	}
	p.SetNamed(mapi.TaskPercent, mapi.TypeFloat64, percent)
	return nil
}

// body writes the text with the steps below it.
func (t Task) body(p *mapi.Bag) error {
	switch strings.ToLower(t.Body.ContentType) {
	case "", "text":
		t.textBody(p)
	case "html":
		t.htmlBody(p)
	default:
		return fmt.Errorf("no content type is called %q", t.Body.ContentType)
	}
	return nil
}

func (t Task) textBody(p *mapi.Bag) {
	text := strings.TrimRight(strings.ReplaceAll(t.Body.Content, "\r\n", "\n"), "\n")
	for i, s := range t.ChecklistItems {
		if i == 0 && text != "" {
			text += "\n"
		}
		text += "\n[" + mark(s) + "] " + s.DisplayName
	}
	if text = strings.TrimLeft(text, "\n"); text == "" {
		return
	}
	p.SetString(mapi.Body, strings.ReplaceAll(text, "\n", "\r\n"))
	p.SetInt(mapi.NativeBody, 1)
}

func (t Task) htmlBody(p *mapi.Bag) {
	text := t.Body.Content
	if len(t.ChecklistItems) > 0 {
		text += "\r\n<ul>"
		for _, s := range t.ChecklistItems {
			text += "<li>[" + mark(s) + "] " + html.EscapeString(s.DisplayName) + "</li>"
		}
		text += "</ul>"
	}
	p.SetBytes(mapi.BodyHTML, []byte(text))
	p.SetInt(mapi.InternetCodepage, charset.UTF8)
	p.SetInt(mapi.NativeBody, 3)
}

func mark(s Step) string {
	if s.IsChecked {
		return "x"
	}
	return " "
}

func (t Task) dates(p *mapi.Bag) error {
	for _, d := range []struct {
		from  *Moment
		names []mapi.Name
	}{
		{t.StartDateTime, []mapi.Name{mapi.TaskStart, mapi.CommonStart}},
		{t.DueDateTime, []mapi.Name{mapi.TaskDueDate, mapi.CommonEnd}},
		{t.CompletedDateTime, []mapi.Name{mapi.TaskDateCompleted}},
	} {
		if d.from == nil {
			continue
		}
		for _, n := range d.names {
			p.SetNamed(n, mapi.TypeTime, mapi.FileTimeOf(d.from.day()))
		}
	}
	return nil
}

func (t Task) reminder(p *mapi.Bag) error {
	p.SetNamed(mapi.ReminderSet, mapi.TypeBool, t.IsReminderOn)
	if t.ReminderDateTime == nil {
		return nil
	}
	at, err := t.ReminderDateTime.instant()
	if err != nil {
		return fmt.Errorf("reminder: %w", err)
	}
	for _, n := range []mapi.Name{mapi.ReminderTime, mapi.ReminderSignal} {
		p.SetNamed(n, mapi.TypeTime, mapi.FileTimeOf(at))
	}
	return nil
}

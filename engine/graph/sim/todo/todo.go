// Package todo reads tasks in the shape of Graph's todoTask ("todoTask resource
// type") into the items that Exchange keeps them as (MS-OXOTASK). It is for
// seeds of the simulator: text that a person wrote, so what is wrong is an error
// that says where.
package todo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/zone"
)

// Bounds of one file.
const (
	maxSize  = 16 << 20 // bytes
	maxTasks = 10_000
)

// ErrTooLarge is wrapped by the error of a file beyond the bounds.
var ErrTooLarge = errors.New("too large")

// Task is one todoTask. Properties that say nothing of the task itself (ids,
// links) are not read.
type Task struct {
	Title                string      `json:"title"`
	Body                 Body        `json:"body"`
	Status               string      `json:"status"`     // notStarted, inProgress, completed, waitingOnOthers, deferred
	Importance           string      `json:"importance"` // low, normal, high
	StartDateTime        *Moment     `json:"startDateTime"`
	DueDateTime          *Moment     `json:"dueDateTime"`
	CompletedDateTime    *Moment     `json:"completedDateTime"`
	ReminderDateTime     *Moment     `json:"reminderDateTime"`
	IsReminderOn         bool        `json:"isReminderOn"`
	Categories           []string    `json:"categories"`
	Recurrence           *Recurrence `json:"recurrence"`
	ChecklistItems       []Step      `json:"checklistItems"`
	CreatedDateTime      time.Time   `json:"createdDateTime"`
	LastModifiedDateTime time.Time   `json:"lastModifiedDateTime"`
}

// Body is itemBody.
type Body struct {
	Content     string `json:"content"`
	ContentType string `json:"contentType"` // text, html
}

// Step is checklistItem. Exchange has no such thing: steps become part of the text.
type Step struct {
	DisplayName string `json:"displayName"`
	IsChecked   bool   `json:"isChecked"`
}

// Moment is dateTimeTimeZone: a wall clock somewhere. A plain text in its place
// is one in UTC.
type Moment struct {
	Wall time.Time // the clock's fields, in UTC
	Zone string    // a name of Windows or IANA; empty: UTC
}

// UnmarshalJSON reads either form.
func (m *Moment) UnmarshalJSON(b []byte) error {
	var whole struct {
		DateTime string `json:"dateTime"`
		TimeZone string `json:"timeZone"`
	}
	if err := json.Unmarshal(b, &whole.DateTime); err != nil {
		if err := json.Unmarshal(b, &whole); err != nil {
			return fmt.Errorf("read a dateTimeTimeZone: %w", err)
		}
	}
	for _, form := range []string{"2006-01-02T15:04:05.9999999", time.RFC3339, "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(form, whole.DateTime); err == nil {
			m.Wall, m.Zone = t.UTC(), whole.TimeZone
			return nil
		}
	}
	return fmt.Errorf("read a dateTimeTimeZone: %q is no date", whole.DateTime)
}

// instant is the moment in UTC.
func (m Moment) instant() (time.Time, error) {
	if m.Zone == "" {
		return m.Wall, nil
	}
	loc, _, ok := zone.Location(m.Zone)
	if !ok {
		return time.Time{}, fmt.Errorf("no time zone is called %q", m.Zone)
	}
	w := m.Wall
	return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), w.Nanosecond(), loc).UTC(), nil
}

// day is midnight of the wall clock's day, as Exchange keeps the dates of tasks.
func (m Moment) day() time.Time { return m.Wall.Truncate(24 * time.Hour) }

// Read reads one task, a list of tasks, or a list as Graph answers it
// ({"value":[…]}), each as an item of class IPM.Task.
func Read(r io.Reader) ([]*mapi.Message, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read tasks: %w", err)
	}
	if len(data) > maxSize {
		return nil, fmt.Errorf("read tasks of more than %d bytes: %w", maxSize, ErrTooLarge)
	}
	list, err := decode(bytes.TrimPrefix(data, []byte("\uFEFF")))
	if err != nil {
		return nil, fmt.Errorf("read tasks: %w", err)
	}
	if len(list) > maxTasks {
		return nil, fmt.Errorf("read %d tasks: %w", len(list), ErrTooLarge)
	}
	items := make([]*mapi.Message, len(list))
	for i, t := range list {
		if items[i], err = t.Message(); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func decode(data []byte) ([]Task, error) {
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '[' {
		var list []Task
		err := json.Unmarshal(data, &list)
		return list, err
	}
	var one struct {
		Value *[]Task `json:"value"`
		Task
	}
	if err := json.Unmarshal(data, &one); err != nil {
		return nil, err
	}
	if one.Value != nil {
		return *one.Value, nil
	}
	if strings.TrimSpace(one.Title) == "" {
		return nil, errors.New("the task has no title")
	}
	return []Task{one.Task}, nil
}

// Package say turns what the engine tells in codes into what a technician
// reads: states into shape, word and colour, reasons and faults into sentences.
package say

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"vangnet/engine/fault"
	"vangnet/engine/model"
	"vangnet/ui/format"
	"vangnet/ui/i18n"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// Say speaks one language.
type Say struct {
	*i18n.Words
	*format.Format
}

// Look is how a state is shown: never by colour alone.
type Look struct {
	Mark  widgets.Mark
	Color fyne.ThemeColorName
	Word  string
	Level int // height of its bar in the strip of nights
}

// State is how a state looks. An unknown one shows its own word.
func (s *Say) State(state model.State) Look {
	switch state {
	case model.StateGood:
		return Look{widgets.Dot, theme.Good, s.T("state.good"), 2}
	case model.StateAttention:
		return Look{widgets.Triangle, theme.Attention, s.T("state.attention"), 3}
	case model.StateFailing:
		return Look{widgets.Square, theme.Failing, s.T("state.failing"), 3}
	case model.StateRunning:
		return Look{widgets.Arc, theme.Primary, s.T("state.running"), 2}
	case model.StateWaiting:
		return Look{widgets.Bars, theme.Waiting, s.T("state.waiting"), 1}
	case model.StateNotProtected:
		return Look{widgets.Ring, theme.Muted, s.T("state.not_protected"), 1}
	case model.StateNeverRun, "":
		return Look{widgets.Dash, theme.Muted, s.T("state.never_run"), 0}
	}
	return Look{widgets.Dash, theme.Muted, string(state), 1}
}

// Coverage is how a coverage looks.
func (s *Say) Coverage(c model.Coverage) Look {
	switch c {
	case model.Protected:
		return Look{widgets.Dot, theme.Good, s.T("coverage.protected"), 2}
	case model.NotProtected:
		return Look{widgets.Ring, theme.Attention, s.T("coverage.not_protected"), 1}
	case model.CannotBeProtected:
		return Look{widgets.Dash, theme.Muted, s.T("coverage.cannot_be_protected"), 1}
	}
	return Look{widgets.Dash, theme.Muted, string(c), 1}
}

// Outcome is how the outcome of a run looks.
func (s *Say) Outcome(o model.Outcome) Look {
	switch o {
	case model.Saved:
		return Look{widgets.Dot, theme.Good, s.T("outcome.saved"), 2}
	case model.Unchanged:
		return Look{widgets.Dot, theme.Good, s.T("outcome.unchanged"), 2}
	case model.Partial:
		return Look{widgets.Triangle, theme.Attention, s.T("outcome.partial"), 3}
	case model.Failed:
		return Look{widgets.Square, theme.Failing, s.T("outcome.failed"), 3}
	case model.Skipped:
		return Look{widgets.Ring, theme.Muted, s.T("outcome.skipped"), 1}
	case model.Cancelled:
		return Look{widgets.Dash, theme.Muted, s.T("outcome.cancelled"), 1}
	}
	return Look{widgets.Dash, theme.Muted, string(o), 1}
}

// Job is how the state of a job looks.
func (s *Say) Job(state model.JobState) Look {
	switch state {
	case model.JobQueued:
		return Look{widgets.Bars, theme.Muted, s.T("job.queued"), 1}
	case model.JobRunning:
		return Look{widgets.Arc, theme.Primary, s.T("job.running"), 1}
	case model.JobCancelling:
		return Look{widgets.Arc, theme.Muted, s.T("job.cancelling"), 1}
	case model.JobCancelled:
		return Look{widgets.Dash, theme.Muted, s.T("job.cancelled"), 1}
	case model.JobDone:
		return Look{widgets.Dot, theme.Good, s.T("job.done"), 1}
	case model.JobWarnings:
		return Look{widgets.Triangle, theme.Attention, s.T("job.done_with_failures"), 1}
	case model.JobFailed:
		return Look{widgets.Square, theme.Failing, s.T("job.failed"), 1}
	}
	return Look{widgets.Dash, theme.Muted, string(state), 1}
}

// Reason is the sentence of a reason; "" for none. A code without a sentence
// shows itself and its values, honestly.
func (s *Say) Reason(r model.Reason) string {
	if r.Code == "" {
		return ""
	}
	return s.code(r.Code, r.Args, "", "reason.", "fault.")
}

// Fault is the sentence of a fault: what happened, to what, what to do.
func (s *Say) Fault(f *model.Fault) string {
	if f == nil {
		return ""
	}
	return s.code(f.Code, f.Args, f.Detail, "fault.", "reason.")
}

// Error is the sentence of an error.
func (s *Say) Error(err error) string { return s.Fault(fault.Of(err)) }

// Cause is why an item failed.
func (s *Say) Cause(f model.ItemFault) string {
	return s.code(f.Code, map[string]string{"path": f.Path}, f.Cause, "fault.")
}

// Warning is the sentence of an item's warning code.
func (s *Say) Warning(code string) string {
	if code == "" {
		return ""
	}
	return s.code(code, nil, "", "fault.", "reason.")
}

// code finds a sentence under one of the families of keys. When one is missing
// or still has an empty place, the detail or the bare code is the truth.
func (s *Say) code(code string, args map[string]string, detail string, families ...string) string {
	args = s.shown(args)
	for _, family := range families {
		if text, ok := s.Lookup(family+code+".one", args); ok && args["count"] == "1" {
			return text
		}
		if text, ok := s.Lookup(family+code, args); ok && !strings.Contains(text, "{") {
			return text
		}
	}
	if detail != "" {
		return detail
	}
	names := make([]string, 0, len(args))
	for name := range args {
		names = append(names, name)
	}
	sort.Strings(names)
	var b strings.Builder
	b.WriteString(strings.ReplaceAll(code, "_", " "))
	for _, name := range names {
		b.WriteString(", " + name + " " + args[name])
	}
	return b.String()
}

// shown writes the values of a sentence as the language does.
func (s *Say) shown(args map[string]string) map[string]string {
	shown := make(map[string]string, len(args))
	for name, value := range args {
		shown[name] = value
		if t, err := time.Parse(time.RFC3339, value); err == nil {
			shown[name] = s.Full(t)
		} else if n, err := strconv.ParseInt(value, 10, 64); err == nil && name == "count" {
			shown[name] = s.Count(n)
		}
	}
	return shown
}

// Workload is the name of a kind of content.
func (s *Say) Workload(w model.Workload) string { return s.named("workload.", string(w)) }

// Fact is the value of a fact as it is shown: moments and sizes come as RFC
// 3339 and as plain numbers.
func (s *Say) Fact(f model.Fact) string {
	if t, err := time.Parse(time.RFC3339, f.Value); err == nil {
		return s.Full(t)
	}
	n, err := strconv.ParseInt(f.Value, 10, 64)
	switch {
	case f.Value == "":
		return "–"
	case err == nil && f.Label == "size":
		return s.Bytes(n)
	case err == nil:
		return s.Count(n)
	}
	return f.Value
}

// Attachment is an attachment's name with its size, where that is known.
func (s *Say) Attachment(f model.Fact) string {
	if n, err := strconv.ParseInt(f.Value, 10, 64); err == nil {
		if n < 0 {
			return f.Label
		}
		return f.Label + " (" + s.Bytes(n) + ")"
	}
	return f.Label
}

// Place writes an address the way people read it: anna@x.example › Mail ›
// Inbox. A folder of this computer stays as it is.
func (s *Say) Place(address string) string {
	parts := strings.Split(address, "/")
	if len(parts) < 2 || !strings.Contains(parts[0], "@") {
		return address
	}
	parts[1] = s.Workload(model.Workload(parts[1]))
	return strings.Join(parts, " › ")
}

// Label is the name of a fact.
func (s *Say) Label(code string) string { return s.named("label.", code) }

// Handed is what a form of handing over is called.
func (s *Say) Handed(f model.ExportFormat) string { return s.named("handed.", string(f)) }

// Purpose is what an account is for.
func (s *Say) Purpose(code string) string { return s.named("purpose.", code) }

// Need says what does not work without a right.
func (s *Say) Need(code string) string { return s.named("need.", code) }

func (s *Say) named(family, code string) string {
	if text, ok := s.Lookup(family+strings.ToLower(code), nil); ok {
		return text
	}
	return code
}

// Things counts items of a kind in words: 3 mails.
func (s *Say) Things(kind model.ItemKind, n int64) string {
	switch kind {
	case model.KindMessage:
		return s.N("things.mail", n)
	case model.KindEvent:
		return s.N("things.event", n)
	case model.KindContact:
		return s.N("things.contact", n)
	case model.KindTask:
		return s.N("things.task", n)
	case model.KindFile:
		return s.N("things.file", n)
	case model.KindFolder:
		return s.N("things.folder", n)
	}
	return s.N("things.item", n)
}

// KindMark is the sign of a kind of item.
func KindMark(kind model.ItemKind) widgets.Mark {
	switch kind {
	case model.KindMessage:
		return widgets.Envelope
	case model.KindEvent:
		return widgets.Calendar
	case model.KindContact:
		return widgets.Person
	case model.KindTask:
		return widgets.Check
	case model.KindFolder:
		return widgets.Folder
	}
	return widgets.File
}

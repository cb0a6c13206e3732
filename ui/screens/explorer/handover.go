package explorer

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"vangnet/engine/model"
	"vangnet/ui/cover"
	"vangnet/ui/desk"
	"vangnet/ui/dialogs"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// formats are those that the dialog offers, in its order.
var formats = []model.ExportFormat{model.ExportPST, model.ExportZIP, model.ExportEML, model.ExportMBOX}

// splits are the sizes of parts that the dialog offers, in bytes: 4 GB fits a
// stick with FAT32. 0 is as large as the form likes.
var splits = []int64{0, 10e9, 4e9, 2e9, 500e6}

// handOver asks how things are handed over, and starts it.
type handOver struct {
	screen *Screen
	plan   task.Slot
	start  task.Slot

	sel      Selection
	name     string // proposed, without folder and extension
	format   *widgets.Choice
	out      *widgets.Input
	from     *widgets.Input
	until    *widgets.Input
	split    *widgets.Choice
	pieces   *fyne.Container // the line with the size of parts
	password *widgets.Input
	secret   *fyne.Container // the line with the password
	deleted  *widgets.Button
	versions *widgets.Button
	past     model.Past
	box      *fyne.Container
	text     *widgets.Paragraph
	note     *widgets.Paragraph
	yes      *widgets.Button
}

func (h *handOver) stop() { h.plan.Stop() }

// ask opens the dialog with a form that suits what is chosen; format "" leaves
// that to it.
func (h *handOver) ask(sel Selection, format model.ExportFormat) {
	s := h.screen
	say := s.desk.Say
	if v := s.targets.verdict(sel, Target{Kind: HandOver, Format: format, Name: say.T("handover.title")}); !v.Accept {
		s.desk.Frame.Status(v.Why)
		return
	}
	s.desk.Frame.Status("")
	if sel.Rest != nil {
		s.complete(&h.plan, sel, func(whole Selection) { h.ask(whole, format) })
		return
	}
	if format == "" {
		format = proposed(sel)
	}
	h.sel, h.past = sel, model.Past{}
	h.name = h.proposedName()
	h.make(format)
	no := widgets.NewButton(say.T("dialog.cancel"), widgets.Plain, func() { s.desk.Dialogs.Cancel() })
	s.desk.Dialogs.Show(say.T("handover.ask", "things", sel.Label), h.box, h.plan.Stop, no, no, h.yes)
	h.count()
}

// make makes the parts of the dialog.
func (h *handOver) make(format model.ExportFormat) {
	say := h.screen.desk.Say
	names, at := make([]string, len(formats)), 0
	for i, f := range formats {
		names[i] = say.Handed(f)
		if f == format {
			at = i
		}
	}
	h.format = widgets.NewChoice(names, at, func(int) { h.formChanged() })
	h.out = widgets.NewInput(say.T("handover.out"))
	h.from, h.until = widgets.NewInput(say.T("handover.first")), widgets.NewInput(say.T("handover.last"))
	sizes := []string{say.T("handover.whole")}
	for _, size := range splits[1:] {
		sizes = append(sizes, say.T("handover.pieces", "size", say.Bytes(size)))
	}
	h.split = widgets.NewChoice(sizes, 0, func(int) { h.count() })
	h.password = widgets.NewInput(say.T("handover.password"))
	h.password.Password = true
	h.deleted = widgets.NewButton(say.T("handover.deleted"), widgets.Ghost, func() { h.toggle(h.deleted, &h.past.Deleted) }).Marked(widgets.BoxOff)
	h.versions = widgets.NewButton(say.T("handover.versions"), widgets.Ghost, func() { h.toggle(h.versions, &h.past.Versions) }).Marked(widgets.BoxOff)
	h.text = widgets.NewParagraph(say.T("putback.counting"), dialogs.Width, theme.Text)
	h.note = widgets.NewParagraph("", dialogs.Width, theme.Muted)
	h.yes = widgets.NewButton(say.T("handover.verb", "things", h.sel.Label), widgets.Main, h.run)
	h.yes.Disable()
	label := func(text string) fyne.CanvasObject { return widgets.Sized(110, 0, widgets.NewLine(text).Whole()) }
	browse := widgets.NewButton(say.T("handover.browse"), widgets.Plain, h.browse)
	h.pieces = widgets.Row(8, label(say.T("handover.split")), h.split)
	h.secret = widgets.StretchRow(8, h.password, label(say.T("handover.password.label")), h.password)
	h.box = widgets.Stack(10,
		widgets.Row(8, label(say.T("handover.form")), h.format),
		widgets.StretchRow(8, h.out, label(say.T("handover.to")), h.out, browse),
		widgets.Row(8, label(say.T("handover.period")), widgets.Sized(120, 0, h.from), widgets.NewLine(say.T("handover.until")).Whole(), widgets.Sized(120, 0, h.until)),
		widgets.Row(8, label(say.T("handover.also")), h.deleted, h.versions),
		h.pieces, h.secret, h.text, h.note,
	)
	h.formChanged()
	for _, input := range []*widgets.Input{h.out, h.from, h.until} {
		input.OnChanged = func(string) { h.count() }
	}
}

func (h *handOver) toggle(b *widgets.Button, what *bool) {
	*what = !*what
	mark := widgets.BoxOff
	if *what {
		mark = widgets.BoxOn
	}
	b.SetMark(mark, theme.Text)
	h.count()
}

// formChanged proposes a name that suits the form.
func (h *handOver) formChanged() {
	f := formats[h.format.At()]
	ext := "." + string(f)
	if f.IsFolder() {
		ext = ""
	}
	dir := filepath.Dir(h.out.Text)
	if h.out.Text == "" {
		dir = localFolder()
	}
	h.out.SetText(filepath.Join(dir, h.name+ext))
	h.password.SetText("")
	show(h.secret, f == model.ExportZIP)
	show(h.pieces, !f.IsFolder())
	h.count()
	h.screen.desk.Dialogs.Resize()
}

func show(o fyne.CanvasObject, yes bool) {
	if yes {
		o.Show()
	} else {
		o.Hide()
	}
}

// browse lets choose the folder; the name stays.
func (h *handOver) browse() {
	say := h.screen.desk.Say
	h.screen.desk.Dialogs.Folder(say.T("handover.folder"), say.T("handover.choose"), filepath.Dir(h.out.Text), func(dir string) {
		h.out.SetText(filepath.Join(dir, filepath.Base(h.out.Text)))
	})
}

// proposedName is what the file is called unless somebody says otherwise: whose
// it is, the folder where it is of one, and of when.
func (h *handOver) proposedName() string {
	var parts []string
	if len(h.sel.Parts) > 0 {
		address := strings.Split(h.sel.Parts[0], "/")
		parts = address[:1]
		if last := len(address) - 1; last > 1 && len(h.sel.Parts) == 1 {
			if len(h.sel.Rows) > 0 { // an item: its folder
				last--
			}
			parts = append(parts[:1:1], address[last])
		}
	}
	day := h.sel.At
	if day.IsZero() {
		day = h.screen.desk.Clock.Now()
	}
	return model.SafeName(strings.Join(append(parts, day.Local().Format(time.DateOnly)), " "))
}

// proposed is the form that suits a selection: mailboxes and folders of mail go
// to Outlook, single mails loose, all else as ZIP.
func proposed(sel Selection) model.ExportFormat {
	for _, part := range sel.Parts {
		if room := family(part); room == string(model.OneDrive) || room == "" && len(sel.Rows) > 0 {
			return model.ExportZIP
		}
	}
	if len(sel.Paths) == 0 && len(sel.Rows) <= 5 {
		return model.ExportEML
	}
	return model.ExportPST
}

// request is what the dialog says. problem is what is wrong with it, in words.
func (h *handOver) request() (r model.ExportRequest, problem string) {
	say := h.screen.desk.Say
	r = model.ExportRequest{
		Tenant: h.sel.Tenant, Paths: h.sel.Paths, At: h.sel.At, Past: h.past,
		Format: formats[h.format.At()], Out: strings.TrimSpace(h.out.Text), Password: h.password.Text,
	}
	if !r.Format.IsFolder() {
		r.Split = splits[h.split.At()]
	}
	for _, row := range h.sel.Rows {
		r.Refs = append(r.Refs, row.Ref)
	}
	var ok bool
	if r.From, ok = day(h.from.Text, 0); !ok {
		return r, say.T("handover.noday", "day", h.from.Text)
	}
	if r.Until, ok = day(h.until.Text, 1); !ok {
		return r, say.T("handover.noday", "day", h.until.Text)
	}
	if r.Out == "" || !filepath.IsAbs(r.Out) {
		return r, say.T("handover.noout")
	}
	return r, ""
}

// day reads a day, as it is written in this country or in order; later adds days.
func day(text string, later int) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, true
	}
	for _, layout := range []string{time.DateOnly, "2-1-2006", "2/1/2006"} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t.AddDate(0, 0, later), true
		}
	}
	return time.Time{}, false
}

// count asks the engine what would be handed over and says so.
func (h *handOver) count() {
	if h.yes == nil {
		return
	}
	s := h.screen
	say := s.desk.Say
	h.yes.Disable()
	r, problem := h.request()
	if problem != "" {
		h.plan.Stop()
		h.text.Set(problem)
		h.note.Set("")
		s.desk.Dialogs.Resize()
		return
	}
	task.Load(s.desk.Run, &h.plan, func(ctx context.Context) (model.ExportPlan, error) {
		return s.engine.PlanExport(ctx, r)
	}, func(plan model.ExportPlan, err error) {
		if err != nil {
			h.text.Set(say.Error(err))
			h.note.Set("")
		} else {
			h.show(plan)
		}
		s.desk.Dialogs.Resize()
	})
}

func (h *handOver) show(plan model.ExportPlan) {
	say := h.screen.desk.Say
	took := say.About(time.Duration(plan.Seconds * float64(time.Second)))
	h.text.Set(say.T("putback.plan", "things", say.N("things.item", plan.Items), "size", say.Bytes(plan.Bytes), "time", took))
	note := ""
	if plan.Unfit > 0 {
		note = say.N("handover.unfit", plan.Unfit)
	}
	switch {
	case plan.Blocked:
		note = strings.TrimSpace(note + " " + say.T("handover.exists"))
	case plan.Continues:
		note = strings.TrimSpace(note + " " + say.T("handover.continues"))
	}
	h.note.Set(note)
	if plan.Items > plan.Unfit && !plan.Blocked {
		h.yes.Enable()
	}
}

// run starts the hand-over.
func (h *handOver) run() {
	s, label := h.screen, h.sel.Label
	say := s.desk.Say
	r, problem := h.request()
	if problem != "" {
		return
	}
	s.desk.Dialogs.Close()
	texts := cover.Writer{Words: say.Words, Format: say.Format, Zone: time.Local, Tenant: s.where.tenantName(r.Tenant), Cause: say.Cause}
	task.Load(s.desk.Run, &h.start, func(ctx context.Context) (string, error) {
		if err := os.MkdirAll(filepath.Dir(r.Out), 0o755); err != nil {
			return "", err
		}
		return s.engine.Export(ctx, r, texts.Texts())
	}, func(_ string, err error) {
		if err != nil {
			s.desk.Fail(say.T("handover.failed", "things", label), err)
			return
		}
		s.desk.Frame.Toast(desk.Toast{
			Text: say.T("handover.started", "things", label), Look: say.Job(model.JobRunning), Action: say.T("jobs.show"), Do: s.desk.Frame.ShowJobs,
		})
	})
}

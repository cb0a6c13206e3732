package export

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"vangnet/engine/export/archive"
	"vangnet/engine/model"
)

// merge adds what a finished part holds to the result.
func (e *exporter) merge(t Tally) {
	e.hand = joined(e.hand, t)
	e.result.Saved, e.result.Failed, e.result.Bytes, e.result.Errors = e.hand.Items, e.hand.Failed, e.hand.Bytes, e.hand.Errors
	e.result.Files = e.hand.Files
}

// joined is a hand-over with another part.
func joined(h model.Handover, t Tally) model.Handover {
	h.Items, h.Failed, h.Bytes = h.Items+t.Saved, h.Failed+t.Failed, h.Bytes+t.Bytes
	h.Errors = slices.Concat(h.Errors, t.Errors)
	h.Errors = slices.Clip(h.Errors[:min(len(h.Errors), maxErrors)])
	h.Files = slices.Concat(h.Files, t.Files)
	if h.Kinds = maps.Clone(h.Kinds); h.Kinds == nil {
		h.Kinds = map[string]int64{}
	}
	for kind, n := range t.Kinds {
		h.Kinds[kind] += n
	}
	at := map[string]int{}
	h.Resources = slices.Clone(h.Resources)
	for i, r := range h.Resources {
		at[r.Resource] = i
	}
	for _, r := range t.Resources {
		i, ok := at[r.Resource]
		if !ok {
			i = len(h.Resources)
			at[r.Resource] = i
			h.Resources = append(h.Resources, model.HandoverPart{Resource: r.Resource})
		}
		sum := &h.Resources[i]
		sum.Items, sum.Bytes, sum.Failed = sum.Items+r.Items, sum.Bytes+r.Bytes, sum.Failed+r.Failed
	}
	if t.Moment.After(h.Moment) {
		h.Moment = t.Moment
	}
	return h
}

// cover is the page that tells of everything, the open part included.
func (w *parts) cover() model.CoverPage { return w.Texts.Cover(joined(w.hand, w.tally)) }

// beside writes the cover page and the hashes of the files next to what cannot
// hold them itself.
func (w *parts) beside() error {
	if w.req.Format != model.ExportPST {
		return nil
	}
	stem := strings.TrimSuffix(filepath.Clean(w.req.Out), filepath.Ext(w.req.Out))
	page := w.Texts.Cover(w.hand)
	err := besideFile(stem+".html", func(f io.Writer) error { return archive.Cover(f, pageOf(page)) })
	return errors.Join(err, besideFile(stem+".sha256", func(f io.Writer) error {
		b := bufio.NewWriter(f)
		for _, file := range w.hand.Files {
			if _, err := fmt.Fprintf(b, "%s  %s\n", file.SHA256, file.Name); err != nil {
				return err
			}
		}
		return b.Flush()
	}))
}

// pageOf is a cover page as the archive writes it.
func pageOf(c model.CoverPage) archive.CoverPage {
	p := archive.CoverPage{Language: c.Language, Title: c.Title, Subtitle: c.Subtitle, Footer: []string{c.Footer}, More: c.More}
	for _, f := range c.Rows {
		p.Facts = append(p.Facts, archive.Fact(f))
	}
	for _, t := range c.Tables {
		table := archive.Table{Title: t.Title}
		for _, col := range t.Columns {
			table.Columns = append(table.Columns, archive.Column(col))
		}
		for _, r := range t.Rows {
			table.Rows = append(table.Rows, archive.Row{Cells: r})
		}
		p.Tables = append(p.Tables, table)
	}
	if len(c.Faults.Items) > 0 {
		n := archive.Notices{Title: c.Faults.Title, Beyond: c.Faults.Beyond}
		for _, f := range c.Faults.Items {
			n.Items = append(n.Items, archive.Notice{What: f.Label, Why: f.Value})
		}
		p.Notices = append(p.Notices, n)
	}
	return p
}

func besideFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return nil
}

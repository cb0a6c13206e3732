package workload

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"vangnet/engine/model"
)

// line is one record of the file. Exactly one of the pointers is set.
type line struct {
	Head    *headLine    `json:"head,omitempty"`
	Folder  string       `json:"f,omitempty"`
	Item    *model.Entry `json:"item,omitempty"`
	Gone    string       `json:"gone,omitempty"`
	Kept    string       `json:"kept,omitempty"`
	Fault   *Failure     `json:"fault,omitempty"`
	Round   *roundLine   `json:"round,omitempty"`
	Durable *int64       `json:"durable,omitempty"` // everything before this offset
}

type headLine struct {
	Form int    `json:"form"`
	Base string `json:"base"` // what the run builds on: the previous snapshot
}

type roundLine struct {
	Cursor   string `json:"cursor"`
	Full     bool   `json:"full"`
	Complete bool   `json:"complete"`
	Begin    bool   `json:"begin,omitempty"` // kept and gone of the folder no longer count
}

// Failure is an item that could not be saved, with what is known of it.
type Failure struct {
	model.ItemFault
	Of model.Entry `json:"of"`
}

// journalForm is the version of the file's form; another one is not continued.
const journalForm = 2

// durableEnd finds how much of the file may be believed: 0 when it builds on
// another base or has no durable mark.
func durableEnd(file *os.File, base string) (int64, error) {
	var end int64
	first := true
	err := eachLine(file, -1, func(_ span, l *line) bool {
		if first {
			first = false
			return l.Head != nil && l.Head.Form == journalForm && l.Head.Base == base
		}
		if l.Durable != nil {
			end = *l.Durable
		}
		return true
	})
	return end, err
}

// load indexes the first end bytes and drops the rest.
func (j *Journal) load(end int64, base string) error {
	if err := eachLine(j.file, end, func(at span, l *line) bool {
		j.apply(at, l)
		return true
	}); err != nil {
		return err
	}
	if err := j.file.Truncate(end); err != nil {
		return err
	}
	if _, err := j.file.Seek(end, io.SeekStart); err != nil {
		return err
	}
	j.size = end
	j.w = bufio.NewWriterSize(j.file, 1<<16)
	if end == 0 {
		return j.add(&line{Head: &headLine{Form: journalForm, Base: base}})
	}
	return j.add(&line{Durable: &end}) // the mark that said so was cut off with the rest
}

// eachLine calls fn for every whole line up to limit (-1: all) until it says
// false. A line cut off by a crash ends it silently.
func eachLine(file *os.File, limit int64, fn func(at span, l *line) bool) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r := bufio.NewReaderSize(file, 1<<16)
	var at int64
	for limit < 0 || at < limit {
		text, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var l line
		if json.Unmarshal(text, &l) != nil || !fn(span{at, int32(len(text))}, &l) {
			return nil
		}
		at += int64(len(text))
	}
	return nil
}

// add writes one line and indexes it. The caller holds mu, or is alone.
func (j *Journal) add(l *line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	text = append(text, '\n')
	if _, err := j.w.Write(text); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	j.apply(span{j.size, int32(len(text))}, l)
	j.size += int64(len(text))
	return nil
}

// entryAt reads one item's line. The caller holds mu.
func (j *Journal) entryAt(at span) (model.Entry, error) {
	var l line
	if err := j.decode(at, &l); err != nil {
		return model.Entry{}, err
	}
	if l.Item == nil {
		return model.Entry{}, fmt.Errorf("read journal at %d: no item there", at.at)
	}
	return *l.Item, nil
}

// titleLine is what naming an entry asks of its line: most of the rest is text
// for searching.
type titleLine struct {
	Item struct {
		ID      string    `json:"i"`
		Title   string    `json:"t"`
		Created time.Time `json:"c"`
	} `json:"item"`
}

// decode reads one line into a value of its form. The caller holds mu.
func (j *Journal) decode(at span, into any) error {
	if j.w.Buffered() > 0 {
		if err := j.w.Flush(); err != nil {
			return fmt.Errorf("write journal: %w", err)
		}
	}
	j.text = slices.Grow(j.text[:0], int(at.size))[:at.size]
	if _, err := j.file.ReadAt(j.text, at.at); err != nil {
		return fmt.Errorf("read journal at %d: %w", at.at, err)
	}
	if err := json.Unmarshal(j.text, into); err != nil {
		return fmt.Errorf("read journal at %d: %w", at.at, err)
	}
	return nil
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

// listing is how a list of any length is shown as it is read: as an array in
// the document of --json, or as a table.
type listing[T any] struct {
	name  string           // of the array
	one   func(T) any      // an element of it
	heads []string         // of the table
	cells func(T) []string // a row of it
	none  string           // key of what is said where there is nothing
	rest  func() []member  // what else the document has; asked at the end
}

// member is a named value of a JSON document.
type member struct {
	name  string
	value any
}

// show writes a list as it comes. Where it breaks off, what was read is shown
// and the document says why there is no more.
func (l listing[T]) show(a *app, rows iter.Seq2[T, error]) error {
	if a.json {
		return l.document(a, rows)
	}
	var w *table
	for row, err := range rows {
		if err != nil && w != nil {
			return errors.Join(err, w.close())
		}
		if err != nil {
			return err
		}
		if w == nil {
			w = a.table(l.heads...)
		}
		w.add(l.cells(row)...)
		if w.err != nil { // nobody reads it
			return w.err
		}
	}
	if w == nil {
		a.note(a.words.T(l.none))
		return nil
	}
	return w.close()
}

func (l listing[T]) document(a *app, rows iter.Seq2[T, error]) error {
	d := streamed{w: a.out, name: l.name}
	for row, err := range rows {
		if err != nil && !d.begun {
			return err
		}
		if err != nil {
			a.printed = true
			return errors.Join(err, d.end(member{"error", a.jsonFailure("", err)}))
		}
		a.printed = true
		if err := d.add(l.one(row)); err != nil {
			return err
		}
	}
	a.printed = true
	var rest []member
	if l.rest != nil {
		rest = l.rest()
	}
	return d.end(rest...)
}

// streamed writes one JSON object whose first member is an array that is
// written as it comes.
type streamed struct {
	w     io.Writer
	name  string
	begun bool
	text  bytes.Buffer
}

// add writes an element of the array.
func (d *streamed) add(v any) error {
	d.text.Reset()
	if d.begun {
		d.text.WriteString(",\n    ")
	} else {
		fmt.Fprintf(&d.text, "{\n  %q: [\n    ", d.name)
	}
	d.begun = true
	if err := d.value(v, "    "); err != nil {
		return err
	}
	return d.flush()
}

// end writes what comes after the array, and closes the object.
func (d *streamed) end(rest ...member) error {
	d.text.Reset()
	if d.begun {
		d.text.WriteString("\n  ]")
	} else {
		fmt.Fprintf(&d.text, "{\n  %q: []", d.name)
	}
	for _, m := range rest {
		fmt.Fprintf(&d.text, ",\n  %q: ", m.name)
		if err := d.value(m.value, "  "); err != nil {
			return err
		}
	}
	d.text.WriteString("\n}\n")
	return d.flush()
}

func (d *streamed) value(v any, indent string) error {
	enc := json.NewEncoder(&d.text)
	enc.SetIndent(indent, "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	d.text.Truncate(d.text.Len() - 1) // the line's end
	return nil
}

func (d *streamed) flush() error {
	if _, err := d.w.Write(d.text.Bytes()); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

// all yields a list that is here already.
func all[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

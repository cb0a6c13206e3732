package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/fault"
)

// numbers yields n numbers and then, if there is one, an error.
func numbers(n int, end error) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
		if end != nil {
			yield(0, end)
		}
	}
}

func numberListing(more bool) listing[int] {
	return listing[int]{
		name: "items", one: func(n int) any { return map[string]int{"n": n} }, none: "ctl.nothing", heads: []string{"ctl.col.id"},
		cells: func(n int) []string { return []string{count(int64(n))} }, rest: func() []member { return []member{{"more", more}} },
	}
}

func TestListingIsOneDocument(t *testing.T) {
	broken := fault.New(fault.ListingChanged, errors.New("3 and now 4"), "path", "a/b")
	for _, c := range []struct {
		n    int
		end  error
		want string
	}{
		{0, nil, `{"items":[],"more":true}`},
		{2, nil, `{"items":[{"n":0},{"n":1}],"more":true}`},
		{1, broken, `{"items":[{"n":0}],"error":{"code":"listing_changed","message":"a/b changed while it was being listed. Run the same command again.","detail":"3 and now 4"}}`},
	} {
		var out bytes.Buffer
		a := newApp(t, &out)
		a.json = true
		require.Equal(t, c.end, flat(numberListing(true).show(a, numbers(c.n, c.end))))
		require.True(t, a.printed)
		require.JSONEq(t, c.want, out.String())
		var indented bytes.Buffer
		require.NoError(t, json.Indent(&indented, out.Bytes(), "", "  "))
		require.Equal(t, indented.String(), out.String(), "it looks like any other document")
	}
}

// flat is the one error that an error joins.
func flat(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	return err
}

// TestListingThatNeverBegan leaves the document to whoever tells of the error.
func TestListingThatNeverBegan(t *testing.T) {
	for _, asJSON := range []bool{true, false} {
		var out bytes.Buffer
		a := newApp(t, &out)
		a.json = asJSON
		require.Error(t, numberListing(false).show(a, numbers(0, errors.New("no"))))
		require.False(t, a.printed)
		require.Empty(t, out.String())
	}
}

// TestListingStreams holds that rows are written before all are read, as a table
// and as a document.
func TestListingStreams(t *testing.T) {
	for _, asJSON := range []bool{true, false} {
		var out bytes.Buffer
		a := newApp(t, &out)
		a.json = asJSON
		held := 0
		err := numberListing(false).show(a, func(yield func(int, error) bool) {
			for i := range 20 * chunk {
				if !yield(i, nil) {
					return
				}
				if i == 3*chunk {
					held = out.Len()
				}
			}
		})
		require.NoError(t, err)
		require.NotZero(t, held, "nothing was written after %d rows", 3*chunk)
	}
}

// TestListingStopsWhenNobodyReads holds that a closed pipe ends the reading.
func TestListingStopsWhenNobodyReads(t *testing.T) {
	for _, asJSON := range []bool{true, false} {
		a := newApp(t, &bytes.Buffer{})
		a.json, a.out = asJSON, shut{}
		read := 0
		err := numberListing(false).show(a, func(yield func(int, error) bool) {
			for read = 0; read < 100*chunk && yield(read, nil); read++ {
			}
		})
		require.Error(t, err)
		require.Less(t, read, 3*chunk)
	}
}

// shut is a pipe whose reader is gone.
type shut struct{}

func (shut) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

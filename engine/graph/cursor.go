package graph

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// looseTime is a moment as services write it. One that cannot be read is zero:
// a strange date must not cost its item.
type looseTime time.Time

// UnmarshalJSON never fails.
func (t *looseTime) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `"`)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} { // without a zone: UTC
		if v, err := time.Parse(layout, s); err == nil {
			*t = looseTime(v.UTC())
			return nil
		}
	}
	*t = looseTime{}
	return nil
}

// checkCursor refuses pages that would make a caller walk for ever or lose its
// place.
func checkCursor(what, was, is string, done bool) error {
	switch {
	case is == "":
		return fmt.Errorf("%s: %w: neither a next page nor an end", what, ErrBadAnswer)
	case is == was && !done:
		return fmt.Errorf("%s: %w: the next page is the same page", what, ErrBadAnswer)
	}
	return nil
}

// goneIfForgotten recognises services that have forgotten a cursor but do not
// say 410: Exchange also answers 400 with a code, or that it does not know the
// token's parameter.
func goneIfForgotten(err error) error {
	e, ok := asError(err)
	if !ok || errors.Is(err, ErrGone) || e.Status != 400 {
		return err
	}
	if strings.Contains(e.Message, "'DeltaToken' not supported") || strings.EqualFold(e.Code, "ErrorInvalidSyncStateData") {
		out := *e
		out.Kind = ErrGone
		return &out
	}
	return err
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

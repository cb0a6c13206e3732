package workspace

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"slices"
)

// Secret is a value that does not print itself, log itself or marshal itself.
type Secret struct{ value []byte }

// NewSecret keeps a copy of value.
func NewSecret(value []byte) Secret { return Secret{slices.Clone(value)} }

// Reveal returns a copy of the value.
func (s Secret) Reveal() []byte { return slices.Clone(s.value) }

// Empty reports whether there is none.
func (s Secret) Empty() bool { return len(s.value) == 0 }

// Equal compares without telling by its time where two secrets differ.
func (s Secret) Equal(o Secret) bool { return subtle.ConstantTimeCompare(s.value, o.value) == 1 }

const hidden = "(secret)"

// String hides the value.
func (s Secret) String() string { return hidden }

// Format hides the value, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue hides the value.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText refuses: a secret that leaves does so by Reveal.
func (s Secret) MarshalText() ([]byte, error) {
	return nil, errors.New("a secret does not marshal")
}

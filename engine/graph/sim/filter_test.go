package sim_test

import (
	"testing"

	"vangnet/engine/graph/sim"
)

func FuzzFilter(f *testing.F) {
	for _, s := range []string{"a eq 'x''y'", "not(startswith(a,'b') and b/any(c:c/d ne 1))", "a in ('x','y') or b/$count ge 2", "(((", "'"} {
		f.Add(s)
	}
	object := map[string]any{"a": "x", "b": []any{map[string]any{"d": 1}}, "c": []string{"x"}}
	f.Fuzz(func(t *testing.T, text string) {
		if match, err := sim.ParseFilter(text); err == nil {
			match(object)
		}
	})
}

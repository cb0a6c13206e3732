package cause_test

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/cause"
	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/store/bucket"
	"vangnet/store/vault"
)

func TestCode(t *testing.T) {
	for want, err := range map[string]error{
		"":                       nil,
		fault.Unexpected:         errors.New("iets"),
		fault.Cancelled:          fmt.Errorf("copy: %w", context.Canceled),
		fault.WrongSecret:        fmt.Errorf("sign in: %w", graph.ErrWrongSecret),
		fault.SignIn:             graph.ErrSignIn,
		fault.MissingPermission:  graph.ErrForbidden,
		fault.Network:            graph.ErrNetwork,
		fault.NoMailbox:          graph.ErrNoMailbox,
		fault.DiskFull:           fmt.Errorf("flush: %w", bucket.ErrFull),
		fault.StorageUnreachable: bucket.ErrUnreachable,
		fault.VaultDamaged:       fmt.Errorf("read: %w", vault.ErrMissing),
		fault.WrongUse:           fmt.Errorf("wrapped: %w", fault.New(fault.WrongUse, graph.ErrNetwork)), // a mark wins
	} {
		require.Equal(t, want, cause.Code(err), "%v", err)
	}
	require.Equal(t, fault.DiskFull, cause.Code(fmt.Errorf("write: %w", syscall.ENOSPC)))
	require.Equal(t, fault.WrongSecret, cause.Code(errors.Join(graph.ErrSignIn, graph.ErrWrongSecret)), "the narrower kind counts")
}

func TestMark(t *testing.T) {
	require.NoError(t, cause.Mark(nil))
	err := cause.Mark(fmt.Errorf("look: %w", graph.ErrNetwork), "host", "graph.example")
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, fault.Network, f.Code)
	require.Equal(t, "graph.example", f.Args["host"])
	require.ErrorIs(t, err, graph.ErrNetwork)
	require.Same(t, f, cause.Mark(err, "host", "other"), "marked once")
	stopped := fmt.Errorf("x: %w", context.Canceled)
	require.Equal(t, stopped, cause.Mark(stopped), "a stop is no fault")
}

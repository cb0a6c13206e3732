package graph

import (
	"context"
	"net/http"
	"testing"
	"time"

	"vangnet/engine/clock"
)

// NewForTest is a client that needs no sign-in and whose answers come from rt.
func NewForTest(t testing.TB, rt http.RoundTripper) *Client {
	t.Helper()
	cloud := Cloud{Name: "test", Authority: "https://test.example", Root: "https://test.example", Local: true}
	c, err := New(Options{Cloud: cloud, Tenant: "t", ClientID: "c", Credential: Credential{Secret: "s"}, Clock: fleeting{clock.System()}, Transport: rt})
	if err != nil {
		t.Fatal(err)
	}
	// Answers of the stand-in carry no token; leave the authorizer out.
	c.retry.next = &spender{next: &refuser{next: rt, clock: c.clock}, pools: c.pools, backoff: c.retry.backoff}
	return c
}

// fleeting does not sleep.
type fleeting struct{ clock.Clock }

func (fleeting) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

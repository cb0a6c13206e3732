package graph

import (
	"context"
	crand "crypto/rand"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"vangnet/engine/clock"
)

// Options make a Client.
type Options struct {
	Cloud      Cloud
	Tenant     string // tenant id, or one of its domains
	ClientID   string // of the app registration
	Credential Credential

	Clock   clock.Clock   // nil: the computer's
	Rand    rand.Source   // spreads repeats; nil: seeded by the system
	Log     *slog.Logger  // requests at debug level; nil: none
	Budgets Budgets       // what the client allows itself
	App     *App          // shared with the clients of other tenants; may be nil
	Waiting func(Waiting) // told when calls stand still and when they go on; may be nil
	TempDir string        // for what must be put aside while it is read; "": the system's
	Agent   string        // application and version, such as Vangnet/1.0; "": Vangnet/1.0

	Transport http.RoundTripper // the network; nil: one of our own. For tests
}

// Client speaks with Microsoft 365 for one tenant. Many goroutines may use it.
type Client struct {
	cloud   Cloud
	tenant  string
	clock   clock.Clock
	tempDir string
	signer  *signer
	pools   *pools
	retry   *retrier // the whole chain
	idle    func()
	sdk     sdk
}

// NewApp makes the budget that the clients of all tenants share.
func NewApp(c clock.Clock) *App {
	if c == nil {
		c = clock.System()
	}
	p := &pool{name: "app", clock: c}
	p.buckets = []*bucket{newBucket(appRequests, appWindow, c.Now())}
	return &App{pool: p}
}

// New makes a client. It does not touch the network: the first call signs in.
func New(o Options) (*Client, error) {
	if o.Cloud.Root == "" {
		return nil, errors.New("graph client without a cloud")
	}
	o.setDefaults()
	c := &Client{cloud: o.Cloud, tenant: o.Tenant, clock: o.Clock, tempDir: o.TempDir, idle: func() {}}
	if o.Transport == nil {
		t := newTransport(o.Cloud)
		o.Transport, c.idle = t, t.CloseIdleConnections
	}
	blank := func(name, key string) *pool {
		return &pool{name: name, key: key, clock: o.Clock, report: o.Waiting}
	}
	c.pools = newPools(o.Budgets, o.Clock.Now(), blank, o.App)

	dice := newDice(o.Rand)
	var rt http.RoundTripper = &tracer{next: &pacer{next: o.Transport, after: stallAfter}, log: o.Log, clock: o.Clock}
	rt = &stamper{next: &unzipper{next: rt}, agent: o.Agent}
	c.signer = newSigner(o, &refuser{next: rt, clock: o.Clock}, &retrier{clock: o.Clock, rand: dice})
	rt = &zipper{next: rt}
	rt = &authorizer{next: rt, signer: c.signer, host: strings.TrimPrefix(o.Cloud.Root, "https://")}
	rt = &refuser{next: rt, clock: o.Clock}
	c.retry = &retrier{clock: o.Clock, rand: dice}
	c.retry.next = &spender{next: rt, pools: c.pools, backoff: c.retry.backoff}
	return c, c.sdk.prepare(c)
}

func (o *Options) setDefaults() {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Rand == nil {
		var seed [32]byte
		_, _ = crand.Read(seed[:]) // never fails
		o.Rand = rand.NewChaCha8(seed)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Cloud.Local && o.Budgets == (Budgets{}) {
		o.Budgets.Off = true
	}
	// The form that "Avoid getting throttled or blocked in SharePoint Online" asks for.
	if o.Agent == "" {
		o.Agent = "Vangnet/1.0"
	}
	o.Agent = "ISV|Vangnet|" + o.Agent
}

// Tenant is the tenant the client speaks for, as given.
func (c *Client) Tenant() string { return c.tenant }

// Close drops idle connections. Calls under way are not disturbed.
func (c *Client) Close() { c.idle() }

// SignIn gets a token. It fails with
// one of the kinds below ErrSignIn, or with ErrNetwork.
func (c *Client) SignIn(ctx context.Context) error {
	_, err := c.signer.token(ctx, "", "")
	return err
}

// CredentialExpires is the end of the certificate's term; zero when unknown.
func (c *Client) CredentialExpires() time.Time { return c.signer.cred.Expires() }

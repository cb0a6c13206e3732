package graph

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Budgets are the limits that a client keeps by itself. The zero value means
// Microsoft's documented ones for a cloud of Microsoft's, and none for a cloud
// given by URL; what the service says (Retry-After, RateLimit) is always kept.
type Budgets struct {
	Off      bool    // keep none
	Scale    float64 // share of the documented limits, 0 means 1
	Licences int     // seats of the tenant: decides the band for files; 0: as SKUs finds them
	InFlight int     // calls at once per mailbox, 0 means the documented 4
}

// App is what all tenants share: one application registration has one budget
// over all of them. Nil means no such budget.
type App struct{ pool *pool }

// band is one line of "Avoid getting throttled or blocked in SharePoint Online":
// resource units an application may use in one tenant.
type band struct {
	seats       int
	minute, day float64
}

var bands = []band{
	{1_000, 1_250, 1_200_000}, {5_000, 2_500, 2_400_000}, {15_000, 3_750, 3_600_000},
	{50_000, 5_000, 4_800_000}, {1 << 31, 6_250, 6_000_000},
}

// Documented limits ("Microsoft Graph service-specific throttling limits").
const (
	appRequests       = 130_000 // per appWindow, all tenants
	appWindow         = 10 * time.Second
	mailboxRequests   = 10_000 // per mailboxWindow, application and mailbox
	mailboxWindow     = 10 * time.Minute
	mailboxInFlight   = 4
	mailboxUpload     = 150 << 20 // bytes per uploadWindow
	uploadWindow      = 5 * time.Minute
	directoryUnits    = 3_500 // per directoryWindow, the smallest tenants' share
	directoryWindow   = 10 * time.Second
	maxMailboxPools   = 4096 // kept at once; idle ones are dropped
	keepIdleForAWhile = mailboxWindow
)

// pools finds the pool of a call.
type pools struct {
	budgets   Budgets
	make      func(name, key string) *pool
	app       *pool
	drive     *pool
	directory *pool

	mu        sync.Mutex
	mailboxes map[string]*mailboxPool
	alias     map[string]string // mailbox id of the import/export API → user id
}

type mailboxPool struct {
	*pool
	used time.Time
}

func newPools(b Budgets, now time.Time, blank func(name, key string) *pool, app *App) *pools {
	p := &pools{budgets: b, make: blank, mailboxes: map[string]*mailboxPool{}, alias: map[string]string{}}
	p.drive, p.directory = blank("drive", ""), blank("directory", "")
	if app != nil {
		p.app = app.pool
	}
	if !b.Off {
		k := bandOf(b.Licences)
		p.drive.buckets = []*bucket{p.bucket(k.minute, time.Minute, now), p.bucket(k.day, 24*time.Hour, now)}
		p.directory.buckets = []*bucket{p.bucket(directoryUnits, directoryWindow, now)}
	}
	return p
}

func bandOf(seats int) band {
	i := 0
	for i < len(bands)-1 && seats > bands[i].seats {
		i++
	}
	return bands[i]
}

// seats moves the tenant to the band of its licences, once they are known.
func (p *pools) seats(n int, now time.Time) {
	if p.budgets.Off || p.budgets.Licences > 0 {
		return
	}
	k := bandOf(n)
	p.drive.buckets[0].widen(k.minute*p.scale(), time.Minute, now)
	p.drive.buckets[1].widen(k.day*p.scale(), 24*time.Hour, now)
}

func (p *pools) scale() float64 {
	if p.budgets.Scale <= 0 {
		return 1
	}
	return p.budgets.Scale
}

func (p *pools) bucket(units float64, window time.Duration, now time.Time) *bucket {
	return newBucket(units*p.scale(), window, now)
}

// mailbox is the pool of a mailbox, named by user id or by mailbox id.
func (p *pools) mailbox(key string) *pool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if user, ok := p.alias[key]; ok {
		key = user
	}
	m, ok := p.mailboxes[key]
	if !ok {
		m = &mailboxPool{pool: p.make("mailbox", key)}
		m.slots = make(chan struct{}, max(1, cmpOr(p.budgets.InFlight, mailboxInFlight)))
		now := m.clock.Now()
		if !p.budgets.Off {
			m.buckets = []*bucket{p.bucket(mailboxRequests, mailboxWindow, now)}
			m.upload = p.bucket(mailboxUpload, uploadWindow, now)
		}
		p.drop(now)
		p.mailboxes[key] = m
	}
	m.used = m.clock.Now()
	return m.pool
}

// drop forgets mailboxes that have not been asked for longer than any budget
// remembers, so that a tenant of any size costs bounded memory.
func (p *pools) drop(now time.Time) {
	if len(p.mailboxes) < maxMailboxPools {
		return
	}
	for k, m := range p.mailboxes {
		if now.Sub(m.used) > keepIdleForAWhile && len(m.slots) == 0 {
			delete(p.mailboxes, k)
		}
	}
}

// same notes that a mailbox id belongs to a user: both spend one budget.
func (p *pools) same(mailbox, user string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.alias[mailbox] = user
}

func cmpOr(a, b int) int {
	if a != 0 {
		return a
	}
	return b
}

// spender charges each attempt to its pools and keeps its place in flight until
// the answer has been read.
type spender struct {
	next    http.RoundTripper
	pools   *pools
	backoff func(n int) time.Duration
}

func (s *spender) RoundTrip(req *http.Request) (*http.Response, error) {
	c := callOf(req.Context())
	if s.pools.app != nil {
		leave, err := s.pools.app.enter(req.Context(), 1)
		if err != nil {
			return nil, err
		}
		leave()
	}
	if c.pool == nil {
		return s.next.RoundTrip(req)
	}
	leave, err := c.pool.enter(req.Context(), c.cost())
	if err != nil {
		return nil, fmt.Errorf("wait for the budget of %s %s: %w", c.pool.name, c.pool.key, err)
	}
	var sent *countingBody
	if c.pool.upload != nil && req.Body != nil {
		sent = &countingBody{ReadCloser: req.Body}
		req = req.Clone(req.Context())
		req.Body = sent
	}
	resp, err := s.next.RoundTrip(req)
	if sent != nil {
		c.pool.uploaded(sent.n.Load())
	}
	if err != nil {
		leave()
		if e, ok := asError(err); ok && throttled(e) {
			c.pool.refused(e, s.backoff)
		}
		return nil, err
	}
	c.pool.answered(readLimits(resp.Header))
	resp.Body = &leavingBody{ReadCloser: resp.Body, leave: leave}
	return resp, nil
}

// leavingBody gives the place in flight back when the answer has been read.
type leavingBody struct {
	io.ReadCloser
	leave func()
}

func (b *leavingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.leave()
	}
	return n, err
}

func (b *leavingBody) Close() error {
	b.leave()
	return b.ReadCloser.Close()
}

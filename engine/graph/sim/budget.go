package sim

import (
	"strconv"
	"sync"
	"time"

	"vangnet/engine/clock"
)

// Budgets are throttling limits. A zero limit does not limit.
type Budgets struct {
	OutlookRequests     int // per app and mailbox in OutlookWindow
	OutlookWindow       time.Duration
	OutlookConcurrent   int   // per app and mailbox
	OutlookUpload       int64 // bytes of POST, PATCH and PUT per app and mailbox in OutlookUploadWindow
	OutlookUploadWindow time.Duration
	DriveUnitsMinute    int // resource units per app and tenant
	DriveUnitsDay       int
	DriveUnitsTenant    int // per tenant, of all apps together, in 5 minutes
	DirectoryUnits      int // resource units per app and tenant in 10 seconds
	DirectoryWrites     int // changes per app and tenant in 150 seconds
	// BlockAfter is how often an app may come before it was told to, after which
	// it gets nothing but 503 for BlockFor.
	BlockAfter int
	BlockFor   time.Duration
}

// StandardBudgets are the limits of a tenant with up to 1,000 licences
// ("Microsoft Graph service-specific throttling limits", "How to avoid getting
// throttled or blocked in SharePoint Online").
func StandardBudgets() *Budgets {
	return &Budgets{
		OutlookRequests: 10_000, OutlookWindow: 10 * time.Minute, OutlookConcurrent: 4,
		OutlookUpload: 150 << 20, OutlookUploadWindow: 5 * time.Minute,
		DriveUnitsMinute: 1250, DriveUnitsDay: 1_200_000, DriveUnitsTenant: 18_750,
		DirectoryUnits: 3500, DirectoryWrites: 3000,
		BlockAfter: 200, BlockFor: 10 * time.Minute,
	}
}

// limiter counts what calls cost against the budgets.
type limiter struct {
	clock   clock.Clock
	budgets *Budgets

	mu      sync.Mutex
	windows map[string]*window
	running map[string]int
}

// window counts in fixed stretches of time.
type window struct {
	ends    time.Time
	used    int64
	refused time.Time // when it was first overdrawn; zero: it is not
	ignored int       // calls that came although they were told to wait
	blocked bool      // for too many of these
}

// Calls that come within ignoreGrace of the first refusal were under way when
// it was given. Later ones ignore it, and each makes the wait longer by a part
// of the window, up to lengthened windows.
const (
	ignoreGrace = time.Second
	ignoreShare = 10
	lengthened  = 5
)

// verdict is what the limiter says about a call.
type verdict struct {
	refused    bool
	blocked    bool // refused without regard to what is left
	retryAfter time.Duration
	message    string
	header     map[string]string // RateLimit headers near the limit
	release    func()            // when the call ends; nil if there is nothing to do
}

func newLimiter(c clock.Clock, b *Budgets) *limiter {
	return &limiter{clock: c, budgets: b, windows: map[string]*window{}, running: map[string]int{}}
}

// seconds writes a wait as Retry-After has it: whole seconds, at least one.
func seconds(d time.Duration) string {
	return strconv.Itoa(max(1, int((d+time.Second-1)/time.Second)))
}

package sim

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The faults that a plan may name.
const (
	Fault429      = "429"      // throttled
	Fault503      = "503"      // service unavailable, with Retry-After
	Fault504      = "504"      // gateway timeout
	Fault500      = "500"      // internal error
	Fault502      = "502"      // bad gateway
	Fault509      = "509"      // bandwidth is used up, without Retry-After
	Fault401      = "401"      // a good access token is refused once
	Fault503Empty = "503empty" // service unavailable, with neither body nor Retry-After
	Fault404Empty = "404empty" // a gateway finds nothing: no body
	FaultReset    = "reset"    // the connection dies in the middle
	FaultTruncate = "truncate" // the body ends early, without a sign of it
	FaultGoAway   = "goaway"   // HTTP/2 GOAWAY, and the connection is closed in the body
	FaultSlow     = "slow"     // the body comes in pieces, a second between them
	FaultPages    = "pages"    // a page comes twice, under another link
	FaultExpire   = "expire"   // an access token or pre-authenticated URL is refused
	FaultDelta410 = "delta410" // a delta link has become too old
	FaultItem     = "item"     // an item cannot be read, by its id
)

var faultNames = []string{
	Fault429, Fault503, Fault504, Fault500, Fault502,
	Fault509, Fault401, Fault503Empty, Fault404Empty,
	FaultReset, FaultTruncate, FaultGoAway, FaultSlow, FaultPages, FaultExpire, FaultDelta410, FaultItem,
}

// FaultNames lists the faults that a plan may name.
func FaultNames() []string { return slices.Clone(faultNames) }

// FaultRule says how often a fault strikes: a share of calls from 0 to 1, or
// the next Times calls.
type FaultRule struct {
	Share float64
	Times int
}

// FaultPlan maps a fault's name to its rule. A name may be limited to routes
// whose method and template contain a text: "429@/mailboxSettings".
type FaultPlan map[string]FaultRule

// ParseFaults reads the form of the command line: "429=5%,reset=1%,504=2x".
func ParseFaults(s string) (FaultPlan, error) {
	values := map[string]string{}
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			return nil, fmt.Errorf("read fault %q: want name=5%%", part)
		}
		values[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return parseFaultValues(values)
}

// parseFaultValues reads rules such as "5%", "0.05" and "3x".
func parseFaultValues(values map[string]string) (FaultPlan, error) {
	plan := FaultPlan{}
	for name, value := range values {
		base, _, _ := strings.Cut(name, "@")
		if !slices.Contains(faultNames, base) {
			return nil, fmt.Errorf("read faults: no fault is called %q; known are %s", base, strings.Join(faultNames, ", "))
		}
		rule, err := parseFaultRule(value)
		if err != nil {
			return nil, fmt.Errorf("read fault %s: %w", name, err)
		}
		if base == FaultItem && rule.Times > 0 {
			return nil, fmt.Errorf("read fault item=%s: items fail by share, not by count", value)
		}
		plan[name] = rule
	}
	return plan, nil
}

func parseFaultRule(value string) (FaultRule, error) {
	if n, ok := strings.CutSuffix(value, "x"); ok {
		times, err := strconv.Atoi(n)
		if err != nil || times < 0 {
			return FaultRule{}, fmt.Errorf("%q is no count", value)
		}
		return FaultRule{Times: times}, nil
	}
	number, percent := strings.CutSuffix(value, "%")
	share, err := strconv.ParseFloat(number, 64)
	if percent {
		share /= 100
	}
	if err != nil || !(share >= 0 && share <= 1) {
		return FaultRule{}, fmt.Errorf("%q is no share from 0%% to 100%%", value)
	}
	return FaultRule{Share: share}, nil
}

// faultSet decides from the seed and a counter for each fault and route, so
// that the same calls meet the same faults.
type faultSet struct {
	world *World

	mu       sync.Mutex
	plan     FaultPlan
	counters map[string]uint64
}

func newFaultSet(w *World, p FaultPlan) *faultSet {
	f := &faultSet{world: w}
	f.set(p)
	return f
}

func (f *faultSet) set(p FaultPlan) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.plan, f.counters = maps.Clone(p), map[string]uint64{}
}

// roll decides whether a fault strikes a call of a route ("GET /users").
func (f *faultSet) roll(name, route string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, rule := range f.plan {
		base, where, limited := strings.Cut(key, "@")
		if base != name || limited && !strings.Contains(strings.ToLower(route), strings.ToLower(where)) {
			continue
		}
		if rule.Times > 0 {
			rule.Times--
			f.plan[key] = rule
			return true
		}
		if rule.Share == 0 {
			continue
		}
		f.counters[key+" "+route]++
		if f.share(key, route, f.counters[key+" "+route]) < rule.Share {
			return true
		}
	}
	return false
}

func (f *faultSet) item(id string) bool {
	f.mu.Lock()
	rule := f.plan[FaultItem]
	f.mu.Unlock()
	return rule.Share > 0 && f.share(FaultItem, id) < rule.Share
}

// share is an even number from 0 to below 1.
func (f *faultSet) share(words ...any) float64 {
	sum := f.world.digest(append([]any{"fault"}, words...)...)
	return float64(binary.LittleEndian.Uint64(sum[:8])>>11) / (1 << 53)
}

// routeFaults is what handlers of one route ask.
type routeFaults struct {
	set   *faultSet
	route string
}

func (r routeFaults) Roll(name string) bool { return r.set.roll(name, r.route) }
func (r routeFaults) Item(id string) bool   { return r.set.item(id) }

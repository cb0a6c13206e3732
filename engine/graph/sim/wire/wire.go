// Package wire is what the parts of the simulator share: how a route is
// declared, what a handler is given and what it answers. The server in
// package sim does everything that is the same for all routes (TLS, tokens,
// roles, gzip, throttling, faults, recording, headers, $select, @odata.context,
// error form); a handler only knows its own subject.
package wire

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"vangnet/engine/clock"
)

// Pool says whose throttling budget a call is charged to.
type Pool string

// The pools of Microsoft's "Microsoft Graph service-specific throttling limits".
const (
	PoolNone      Pool = ""          // sign-in, control, metadata
	PoolDirectory Pool = "directory" // per app and tenant, resource units
	PoolOutlook   Pool = "outlook"   // per app and mailbox, requests; 4 at once
	PoolDrive     Pool = "drive"     // per app and tenant, resource units
)

// Route binds a method and a path template to a handler.
//
// Templates are written without the version, such as
// "/users/{user}/mailFolders/{folder}/messages". Fixed segments match without
// regard to case, a {name} takes one percent-decoded segment or a key in
// parentheses (mailFolders('x')). A segment naming a function is written
// "delta" and also matches "delta()", "microsoft.graph.delta()" and
// "delta(token='x')", whose parameters appear in Params. Path addressing is
// written "/drives/{drive}/root:/{path...}:/content"; {path...} takes the
// decoded path between the colons.
type Route struct {
	Method   string
	Template string
	Versions []string // "v1.0", "beta"; empty: both
	Roles    []string // application permissions, any of which suffices; empty: any valid token
	Pool     Pool
	Units    int // resource units it costs; 0 counts as 1
	// Public routes are pre-authenticated URLs: no bearer token is wanted. Their
	// template is matched against the whole path, without a version before it.
	Public bool
	// Known lists the properties that $select may name; another is refused with
	// 400. Empty: the server does not check.
	Known []string
	// Default lists the properties returned when there is no $select; the
	// handler may then always return everything. Empty: all of them.
	Default []string
	// MaxTop is the largest $top; 0: the handler looks after it.
	MaxTop int
	// Accepts lists the media types of a request body. Empty: JSON and text/plain
	// for POST and PATCH, anything for PUT and public routes. A refused one is
	// answered 415.
	Accepts []string
	Handle  Handler
}

// Handler answers one request. An error that is no *Error is answered 500.
type Handler func(*Request) (*Response, error)

// Request is what a handler is given.
type Request struct {
	*http.Request
	Version  string            // "v1.0" or "beta"
	TenantID string            // of the token; for public routes empty
	AppID    string            // client id of the token
	Params   map[string]string // path parameters, decoded
	Query    url.Values        // option names in lower case, without a leading $
	Select   []string          // of $select, as written
	Prefer   map[string]string // Prefer values of all headers: "odata.maxpagesize":"50", "idtype":"ImmutableId"; names in lower case
	Base     string            // scheme and authority the client used: "https://localhost:8443"
	FileBase string            // the same of the host that keeps the tenant's files; empty: as Base
	// Elsewhere is the scheme and authority at which another host of Microsoft's
	// is reached, "" where that name does not lead here. nil: none does.
	Elsewhere func(host string) string
	Clock     clock.Clock
	Body      io.Reader // decoded (gzip undone)
	Faults    Faults    // never nil in the server
	Sealer    *Sealer   // for opaque tokens in links
}

// Faults decides which calls go wrong on purpose. The server itself rolls for
// 429, 503, 504, reset, truncate and expired bearer tokens; handlers ask about
// what only they can do.
type Faults interface {
	// Roll reports whether the named fault strikes this call: "delta410" (a
	// delta link has become too old), "expire" (a pre-authenticated URL has).
	Roll(name string) bool
	// Item reports whether reading the item with this id fails. The answer for
	// one id stays the same until the fault plan is changed.
	Item(id string) bool
}

// NoFaults never strikes.
type NoFaults struct{}

// Roll is always false.
func (NoFaults) Roll(string) bool { return false }

// Item is always false.
func (NoFaults) Item(string) bool { return false }

// Root is the service root for absolute links: https://host/v1.0.
func (r *Request) Root() string { return r.Base + "/" + r.Version }

// Files is the scheme and authority for pre-authenticated links to files.
func (r *Request) Files() string {
	if r.FileBase != "" {
		return r.FileBase
	}
	return r.Base
}

// At is the scheme and authority for a pre-authenticated link that in the
// service lives on another host: there if that leads here too, else where the
// client is.
func (r *Request) At(host string) string {
	if r.Elsewhere != nil {
		if base := r.Elsewhere(host); base != "" {
			return base
		}
	}
	return r.Base
}

// MaxPageSize is the page size the client prefers, bounded by the two numbers.
func (r *Request) MaxPageSize(standard, most int) int {
	var n int
	if _, err := fmt.Sscanf(r.Prefer["odata.maxpagesize"], "%d", &n); err != nil || n < 1 {
		return standard
	}
	return min(n, most)
}

// ImmutableID reports whether the client asked for ids that survive a move.
func (r *Request) ImmutableID() bool { return strings.EqualFold(r.Prefer["idtype"], "ImmutableId") }

// Response is what a handler answers. Exactly one of JSON, Stream or neither is set.
type Response struct {
	Status int               // 0: 200, or 204 when there is no body
	Header map[string]string // beyond those the server sets by itself
	JSON   any               // encoded, with @odata.context from Context
	// Context is what follows $metadata#, such as users('x')/messages or, for
	// one entity of a set, users('x')/messages/$entity. The server puts the
	// select list in. Empty: no @odata.context.
	Context string
	Stream  io.ReadCloser // raw body; the server closes it
	Length  int64         // of Stream; -1: unknown
	Applied []string      // Preference-Applied values
	// Selected says that the handler has obeyed $select by itself; else the
	// server drops what was not selected.
	Selected bool
}

// Error is a refusal in Graph's form.
type Error struct {
	Status  int
	Code    string
	Message string
	Inner   string            // innerError.code, if any
	Header  map[string]string // such as Retry-After, Location
}

func (e *Error) Error() string { return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message) }

// Errorf makes an Error.
func Errorf(status int, code, format string, args ...any) *Error {
	return &Error{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// Time is how Graph writes a moment: UTC, whole seconds, ending in Z.
func Time(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

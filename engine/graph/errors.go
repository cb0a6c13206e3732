package graph

import (
	"errors"
	"fmt"
	"time"
)

// The kinds of failure. Test for them with errors.Is.
var (
	ErrSignIn         = errors.New("sign-in refused")                      // any of the sign-in kinds below
	ErrWrongSecret    = errors.New("client secret is wrong")               // AADSTS7000215
	ErrExpiredSecret  = errors.New("client secret has expired")            // AADSTS7000222
	ErrBadCertificate = errors.New("certificate is not accepted")          // AADSTS700027, or unreadable
	ErrExpiredCert    = errors.New("certificate has expired")              // found here, or AADSTS700027 with an expired term
	ErrUnknownTenant  = errors.New("tenant does not exist")                // AADSTS90002
	ErrUnknownApp     = errors.New("application is not in this tenant")    // AADSTS700016
	ErrNoConsent      = errors.New("application has no consent")           // AADSTS65001
	ErrForbidden      = errors.New("permission is missing")                // 403
	ErrNotFound       = errors.New("not found")                            // 404
	ErrGone           = errors.New("change history has ended")             // 410: start the delta anew
	ErrExists         = errors.New("name is taken")                        // 409
	ErrChanged        = errors.New("changed meanwhile")                    // 412, or a file that changed while it was read
	ErrThrottled      = errors.New("Microsoft asks to wait")               // 429 and its like, after patience ended
	ErrNoMailbox      = errors.New("has no mailbox")                       // an account without a mailbox in Exchange Online
	ErrNoArchive      = errors.New("has no archive mailbox")               // or the tenant does not tell
	ErrNoDrive        = errors.New("has no OneDrive")                      // an account without a drive
	ErrMalware        = errors.New("withheld as malware")                  // file content that Microsoft does not give
	ErrLocked         = errors.New("is locked")                            // 423
	ErrQuota          = errors.New("quota is full")                        // 507, ErrorQuotaExceeded
	ErrUnavailable    = errors.New("service does not answer properly")     // 5xx after patience ended
	ErrNetwork        = errors.New("cannot reach Microsoft 365")           // no answer at all
	ErrItem           = errors.New("item cannot be read")                  // one item that the service cannot give
	ErrTruncated      = errors.New("item came incomplete")                 // one item that keeps arriving cut off
	ErrBadAnswer      = errors.New("answer makes no sense")                // not what the protocol promises
	ErrHash           = errors.New("content differs from its checksum")    // after a download
	ErrUncertain      = errors.New("unknown whether it has been done")     // the line broke after a request that must not be sent twice
	ErrSession        = errors.New("upload or import session has ended")   // expired or unknown
	errNoBody         = errors.New("request body cannot be sent again")    // programming error
	errOtherHost      = errors.New("link leads away from Microsoft 365")   // an answer with a link to a stranger
	errStalled        = errors.New("no data arrived for a long time")      // see watch
	errTooLarge       = errors.New("answer is larger than it ever may be") // see maxPage
)

// parents names the wider kind of a kind.
var parents = map[error]error{
	ErrWrongSecret: ErrSignIn, ErrExpiredSecret: ErrSignIn, ErrBadCertificate: ErrSignIn, ErrExpiredCert: ErrSignIn,
	ErrUnknownTenant: ErrSignIn, ErrUnknownApp: ErrSignIn, ErrNoConsent: ErrSignIn,
	ErrNoMailbox: ErrNotFound, ErrNoDrive: ErrNotFound, ErrNoArchive: ErrNotFound, ErrTruncated: ErrItem,
}

// Error is a refusal by Microsoft 365.
type Error struct {
	Status    int    // HTTP status; 0 where there was none
	Code      string // Graph's or Entra's code, the most specific one: ErrorItemNotFound, AADSTS7000215
	Message   string // Microsoft's text
	RequestID string // what Microsoft's support asks for
	Kind      error  // one of the kinds above; nil for any other refusal

	retryAfter time.Duration // what the service asked for; 0 nothing
	limits     rateLimit
	location   string // of a 410: where a fresh enumeration begins
	empty      bool   // no body at all
}

// Error tells kind, status, code and Microsoft's text.
func (e *Error) Error() string {
	s := ""
	if e.Kind != nil {
		s = e.Kind.Error() + ": "
	}
	if e.Status != 0 {
		s += fmt.Sprintf("%d ", e.Status)
	}
	s += e.Code
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.RequestID != "" {
		s += " (request " + e.RequestID + ")"
	}
	return s
}

// Is reports whether target is the error's kind or a wider one.
func (e *Error) Is(target error) bool {
	for k := e.Kind; k != nil; k = parents[k] {
		if k == target {
			return true
		}
	}
	return false
}

// Restart is where a fresh enumeration begins after ErrGone, as the service
// told it; empty where it told nothing: begin without a cursor.
func Restart(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.location
	}
	return ""
}

// refuse makes a refusal that never left this computer or came without a status.
func refuse(kind error, code, message string) *Error {
	return &Error{Kind: kind, Code: code, Message: message}
}

// lineError is a failure of the network: kind says what that means, cause why.
type lineError struct {
	kind  error
	cause error
	sent  bool // the service may have got the request
}

func (e *lineError) Error() string   { return e.kind.Error() + ": " + e.cause.Error() }
func (e *lineError) Unwrap() []error { return []error{e.kind, e.cause} }

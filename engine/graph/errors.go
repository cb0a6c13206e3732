package graph

import (
	"errors"
	"fmt"
	"time"
)

// The kinds of failure. Test for them with errors.Is.
var (
	ErrSignIn         = errors.New("sign-in refused")                            // any refusal to sign in, also those below
	ErrWrongSecret    = narrower(ErrSignIn, "client secret is wrong")            // AADSTS7000215
	ErrExpiredSecret  = narrower(ErrSignIn, "client secret has expired")         // AADSTS7000222
	ErrBadCertificate = narrower(ErrSignIn, "certificate is not accepted")       // AADSTS700027, or unreadable
	ErrExpiredCert    = narrower(ErrSignIn, "certificate has expired")           // found here, or AADSTS700027 with an expired term
	ErrUnknownTenant  = narrower(ErrSignIn, "tenant does not exist")             // AADSTS90002
	ErrUnknownApp     = narrower(ErrSignIn, "application is not in this tenant") // AADSTS700016
	ErrNoConsent      = narrower(ErrSignIn, "application has no consent")        // AADSTS65001
	ErrForbidden      = errors.New("permission is missing")                      // 403
	ErrNotFound       = errors.New("not found")                                  // 404
	ErrGone           = errors.New("change history has ended")                   // 410: start the delta anew
	ErrExists         = errors.New("name is taken")                              // 409
	ErrChanged        = errors.New("changed meanwhile")                          // 412, or a file that changed while it was read
	ErrThrottled      = errors.New("told to wait by Microsoft")                  // 429 and its like, after patience ended
	ErrNoMailbox      = narrower(ErrNotFound, "has no mailbox")                  // an account without a mailbox in Exchange Online
	ErrNoArchive      = narrower(ErrNotFound, "has no archive mailbox")          // or the tenant does not tell
	ErrNoDrive        = narrower(ErrNotFound, "has no OneDrive")                 // an account without a drive
	ErrMalware        = errors.New("withheld as malware")                        // file content that Microsoft does not give
	ErrLocked         = errors.New("is locked")                                  // 423
	ErrQuota          = errors.New("quota is full")                              // 507, ErrorQuotaExceeded
	ErrUnavailable    = errors.New("service does not answer properly")           // 5xx after patience ended
	ErrNetwork        = errors.New("cannot reach Microsoft 365")                 // no answer at all
	ErrItem           = errors.New("item cannot be read")                        // one item that the service cannot give
	ErrTruncated      = narrower(ErrItem, "item came incomplete")                // one item that keeps arriving cut off
	ErrBadAnswer      = errors.New("answer makes no sense")                      // not what the protocol promises
	ErrHash           = errors.New("content differs from its checksum")          // after a download
	ErrUncertain      = errors.New("unknown whether it has been done")           // the line broke after a request that must not be sent twice
	ErrSession        = errors.New("upload or import session has ended")         // expired or unknown
	errNoBody         = errors.New("request body cannot be sent again")          // programming error
	errOtherHost      = errors.New("link leads away from Microsoft 365")         // an answer with a link to a stranger
	errTooLarge       = errors.New("answer is larger than it ever may be")       // see maxPage
)

// narrower is a kind that is also a case of a wider one.
func narrower(wider error, text string) error { return &kind{text: text, wider: wider} }

type kind struct {
	text  string
	wider error
}

func (k *kind) Error() string { return k.text }
func (k *kind) Unwrap() error { return k.wider }

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

// Unwrap gives the kind, so that errors.Is finds it and the wider ones.
func (e *Error) Unwrap() error { return e.Kind }

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
}

func (e *lineError) Error() string   { return e.kind.Error() + ": " + e.cause.Error() }
func (e *lineError) Unwrap() []error { return []error{e.kind, e.cause} }

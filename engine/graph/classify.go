package graph

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxErrorBody bounds what is read of an error answer.
const maxErrorBody = 64 << 10

// maxErrorText bounds Microsoft's text in an error of ours, in bytes.
const maxErrorText = 1000

// readError turns an answer of 400 and above into an Error and closes its body.
// Bodies come in odd shapes: Graph's own, Entra's, HTML of a proxy, nothing.
func readError(resp *http.Response, now time.Time) *Error {
	defer resp.Body.Close() //nolint:errcheck // nothing is left to lose
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	e := &Error{
		Status:     resp.StatusCode,
		RequestID:  resp.Header.Get("request-id"),
		retryAfter: retryAfter(resp.Header.Get("Retry-After"), now),
		limits:     readLimits(resp.Header),
		empty:      len(bytes.TrimSpace(body)) == 0,
	}
	if resp.StatusCode == http.StatusGone {
		e.location = resp.Header.Get("Location")
	}
	e.readBody(body)
	if e.Code == "" {
		e.Code = strings.ReplaceAll(http.StatusText(resp.StatusCode), " ", "")
	}
	if virus := resp.Header.Get("X-Virus-Infected"); virus != "" {
		e.Code, e.Kind = "malwareDetected", ErrMalware
	}
	if e.Kind == nil {
		e.Kind = kindOf(e)
	}
	return e
}

// innerError is Graph's chain of ever more specific codes.
type innerError struct {
	Code      string          `json:"code"`
	RequestID string          `json:"request-id"`
	Inner     json.RawMessage `json:"innerError"` // also matches innererror
}

func (e *Error) readBody(body []byte) {
	var doc struct {
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"`
		Message     string          `json:"message"`
	}
	if json.Unmarshal(sanitize(body), &doc) != nil {
		if text := strings.TrimSpace(string(body)); !strings.HasPrefix(text, "<") {
			e.Message = clip(text)
		}
		return
	}
	var outer struct {
		innerError
		Message string `json:"message"`
	}
	if json.Unmarshal(doc.Error, &outer) == nil {
		e.Code, e.Message = outer.Code, clip(outer.Message)
		e.walk(outer.Inner)
		return
	}
	_ = json.Unmarshal(doc.Error, &e.Code) // Entra: a word
	e.Message = clip(doc.Description + doc.Message)
}

// walk goes down the inner errors: the innermost code says most.
func (e *Error) walk(raw json.RawMessage) {
	for depth := 0; len(raw) > 0 && depth < 8; depth++ {
		var inner innerError
		if json.Unmarshal(raw, &inner) != nil {
			return
		}
		if e.RequestID == "" {
			e.RequestID = inner.RequestID
		}
		if inner.Code != "" && !generalCode(inner.Code) {
			e.Code = inner.Code
		}
		raw = inner.Inner
	}
}

func generalCode(code string) bool {
	return strings.EqualFold(code, "UnknownError") || strings.EqualFold(code, "generalException")
}

// clip bounds a service's text and takes addresses' secrets out of it.
func clip(s string) string {
	s = maskText(s)
	if len(s) <= maxErrorText {
		return strings.ToValidUTF8(s, "�")
	}
	s = s[:maxErrorText]
	for !utf8.ValidString(s) && len(s) > 0 {
		s = s[:len(s)-1]
	}
	return s + "…"
}

// codeKinds are codes that say more than the status they come with. Graph
// writes them in differing case. Sources: "Microsoft Graph error responses and
// resource types", "Get incremental changes to messages", and what others met.
var codeKinds = map[string]error{
	"mailboxnotenabledforrestapi": ErrNoMailbox, "errorinvaliduser": ErrNoMailbox, "mailboxnothostedinexchangeonline": ErrNoMailbox,
	"errornonexistentmailbox": ErrNoMailbox, "errormailboxnotfound": ErrNoMailbox,
	"syncstatenotfound": ErrGone, "syncstateinvalid": ErrGone, "resyncrequired": ErrGone,
	"resyncchangesapplydifferences": ErrGone, "resyncchangesuploaddifferences": ErrGone,
	"resyncapplydifferences": ErrGone, "resyncuploaddifferences": ErrGone,
	"errorfolderexists": ErrExists, "namealreadyexists": ErrExists,
	"erroritemnotfound": ErrNotFound, "errorsyncfoldernotfound": ErrNotFound,
	"resourcemodified": ErrChanged, "errorirresolvableconflict": ErrChanged,
	"errorcorruptdata": ErrItem, "errorcannotopenfileattachment": ErrItem, "errorinvalidrecipients": ErrItem,
	"errorquotaexceeded": ErrQuota, "quotalimitreached": ErrQuota, "insufficientstorage": ErrQuota,
	"malwaredetected": ErrMalware, "virussuspicious": ErrMalware,
	"resourcelocked":       ErrLocked,
	"applicationthrottled": ErrThrottled, "activitylimitreached": ErrThrottled, "throttledrequest": ErrThrottled,
	"toomanyrequests": ErrThrottled, "request_throttledtemporarily": ErrThrottled, "errorserverbusy": ErrThrottled,
	"errortoomanyobjectsopened": ErrThrottled,
	"uploadsessionnotfound":     ErrSession,
}

func kindOf(e *Error) error {
	if k, ok := codeKinds[strings.ToLower(e.Code)]; ok {
		return k
	}
	switch e.Status {
	case http.StatusUnauthorized:
		return ErrSignIn
	case http.StatusForbidden:
		return ErrForbidden
	case http.StatusNotFound:
		return ErrNotFound
	case http.StatusConflict:
		return ErrExists
	case http.StatusGone:
		return ErrGone
	case http.StatusPreconditionFailed:
		return ErrChanged
	case http.StatusLocked:
		return ErrLocked
	case http.StatusTooManyRequests, 509:
		return ErrThrottled
	case http.StatusInsufficientStorage:
		return ErrQuota
	}
	if e.Status >= 500 && e.Status != http.StatusNotImplemented {
		return ErrUnavailable
	}
	return nil
}

// retryAfter reads seconds (also with a fraction) or a date.
func retryAfter(v string, now time.Time) time.Duration {
	if v == "" {
		return 0
	}
	if s, err := strconv.ParseFloat(v, 64); err == nil {
		return time.Duration(min(max(s, 0), maxWait.Seconds()) * float64(time.Second))
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxWait)
}

// sanitize makes JSON of what Exchange calls JSON: raw control characters, which
// do occur inside its strings, become spaces. It works in place.
func sanitize(b []byte) []byte {
	for i, c := range b {
		if c < 0x20 {
			b[i] = ' '
		}
	}
	return b
}

package sim

import (
	"fmt"
	"net/http"
)

// oauthError is a refusal as Entra words it ("Microsoft Entra authentication
// and authorization error codes").
type oauthError struct {
	status int
	code   string // OAuth's, such as invalid_client
	number int    // AADSTS…
	text   string
}

func (e *oauthError) Error() string { return fmt.Sprintf("AADSTS%d: %s", e.number, e.text) }

func unknownTenant(tenant string) *oauthError {
	return &oauthError{http.StatusBadRequest, "invalid_request", 90002,
		fmt.Sprintf("Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.", tenant)}
}

func unknownApp(clientID string, t *Tenant) *oauthError {
	return &oauthError{http.StatusBadRequest, "unauthorized_client", 700016,
		fmt.Sprintf("Application with identifier '%s' was not found in the directory '%s'.", clientID, t.DisplayName())}
}

// missingPrincipal refuses an app that nobody has let into the tenant.
func missingPrincipal(clientID string, t *Tenant) *oauthError {
	return &oauthError{http.StatusUnauthorized, "invalid_client", 7000229,
		fmt.Sprintf("The client application %s is missing service principal in the tenant %s.", clientID, t.ID())}
}

func badRequest(text string) *oauthError {
	return &oauthError{http.StatusBadRequest, "invalid_request", 900144, text}
}

func badGrant(number int, text string) *oauthError {
	return &oauthError{http.StatusBadRequest, "invalid_grant", number, text}
}

func badClient(number int, text string) *oauthError {
	return &oauthError{http.StatusUnauthorized, "invalid_client", number, text}
}

// fail answers with the error in Entra's form.
func (si *signIn) fail(x *exchange, e *oauthError) {
	now := si.server.now.Now().UTC().Format("2006-01-02 15:04:05Z")
	trace, correlation := x.id, x.r.Header.Get("client-request-id")
	if correlation == "" {
		correlation = x.id
	}
	x.sendJSON(e.status, map[string]any{
		"error":             e.code,
		"error_description": fmt.Sprintf("%s Trace ID: %s Correlation ID: %s Timestamp: %s", e, trace, correlation, now),
		"error_codes":       []int{e.number},
		"timestamp":         now,
		"trace_id":          trace,
		"correlation_id":    correlation,
		"error_uri":         fmt.Sprintf("%s/error?code=%d", base(x.r), e.number),
	})
}

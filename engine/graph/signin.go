package graph

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	msal "github.com/AzureAD/microsoft-authentication-library-for-go/apps/errors"

	"vangnet/engine/clock"
)

// signer gets tokens for one tenant. MSAL keeps them; one caller at a time asks
// it, so that a hundred first calls fetch one token.
type signer struct {
	cloud    Cloud
	tenant   string
	clientID string
	cred     Credential
	http     *http.Client
	clock    clock.Clock
	retry    *retrier

	turn   chan struct{} // holds one token: whose turn it is
	client confidential.Client
	ready  bool
}

// newSigner signs in over rt, which does not retry: MSAL bounds each of its
// calls to 30 seconds, so patience must lie around it.
func newSigner(o Options, rt http.RoundTripper, retry *retrier) *signer {
	s := &signer{
		cloud: o.Cloud, tenant: o.Tenant, clientID: o.ClientID, cred: o.Credential, clock: o.Clock,
		http: &http.Client{Transport: rt}, retry: retry, turn: make(chan struct{}, 1),
	}
	s.turn <- struct{}{}
	return s
}

// token is a valid token. stale, when not empty, is one that the service has
// just refused; claims is what it wants of the next one (continuous access
// evaluation).
func (s *signer) token(ctx context.Context, stale, claims string) (string, error) {
	select {
	case <-s.turn:
		defer func() { s.turn <- struct{}{} }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	t, err := s.acquire(ctx, "")
	if err != nil || stale == "" || t != stale {
		return t, err
	}
	if claims == "" { // MSAL believes its own copy is good: forget it
		s.ready = false
	}
	return s.acquire(ctx, claims)
}

func (s *signer) acquire(ctx context.Context, claims string) (string, error) {
	if err := s.prepare(); err != nil {
		return "", err
	}
	var opts []confidential.AcquireByCredentialOption
	if claims != "" {
		opts = append(opts, confidential.WithClaims(claims))
	}
	ctx = withCall(ctx, call{what: "sign in", repeat: true, bare: true})
	var token string
	err := s.retry.persist(ctx, func() error {
		result, err := s.client.AcquireTokenByCredential(ctx, []string{s.cloud.Root + "/.default"}, opts...)
		if err != nil {
			return s.explain(ctx, err)
		}
		token = result.AccessToken
		return nil
	})
	return token, err
}

func (s *signer) prepare() error {
	if s.ready {
		return nil
	}
	if end := s.cred.Expires(); !end.IsZero() && s.clock.Now().After(end) {
		return refuse(ErrExpiredCert, "certificate_expired", "the certificate's term ended on "+end.UTC().Format(time.DateOnly))
	}
	cred, err := s.cred.msal()
	if err != nil {
		return err
	}
	client, err := confidential.New(s.cloud.Authority+"/"+s.tenant, s.clientID, cred,
		confidential.WithHTTPClient(s.http),
		// Only Microsoft's own directory knows Microsoft's own authorities.
		confidential.WithInstanceDiscovery(!s.cloud.Local),
		confidential.WithClientCapabilities([]string{"CP1"}))
	if err != nil {
		return fmt.Errorf("prepare sign-in to tenant %s: %w", s.tenant, err)
	}
	s.client, s.ready = client, true
	return nil
}

// aadsts finds Entra's number in its text ("Microsoft Entra authentication and
// authorization error codes").
var aadsts = regexp.MustCompile(`AADSTS(\d{4,7})`)

var aadstsKinds = map[string]error{
	"7000215": ErrWrongSecret, "7000218": ErrWrongSecret, "7000222": ErrExpiredSecret,
	"700027": ErrBadCertificate, "700024": ErrBadCertificate, "700030": ErrBadCertificate,
	"700016": ErrUnknownApp, "900381": ErrUnknownApp, "7000112": ErrUnknownApp,
	"90002": ErrUnknownTenant, "900021": ErrUnknownTenant, "900023": ErrUnknownTenant, "900382": ErrUnknownTenant,
	"65001": ErrNoConsent,
}

// explain turns MSAL's error into one of ours.
func (s *signer) explain(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	what := "sign in to tenant " + s.tenant
	if e, ok := asError(err); ok {
		return fmt.Errorf("%s: %w", what, entra(e))
	}
	var line *lineError
	if errors.As(err, &line) {
		return fmt.Errorf("%s: %w", what, line)
	}
	e := &Error{Kind: ErrSignIn, Message: clip(err.Error())}
	var answered msal.CallErr
	if errors.As(err, &answered) && answered.Resp != nil {
		e.Status = answered.Resp.StatusCode
	}
	return fmt.Errorf("%s: %w", what, entra(e))
}

// entra reads Entra's number out of its text.
func entra(e *Error) *Error {
	out := *e
	if e.Status < 500 && !errors.Is(e, ErrThrottled) {
		out.Kind = ErrSignIn
	}
	m := aadsts.FindStringSubmatch(e.Message)
	if m == nil {
		return &out
	}
	out.Code = m[0]
	if kind, ok := aadstsKinds[m[1]]; ok {
		out.Kind = kind
	}
	if out.Kind == ErrBadCertificate && strings.Contains(strings.ToLower(e.Message), "expired") {
		out.Kind = ErrExpiredCert
	}
	return &out
}

// authorizer puts the token on requests to Graph, and to nobody else. When the
// service refuses it, a new one is fetched once.
type authorizer struct {
	next   http.RoundTripper
	signer *signer
	host   string
}

func (a *authorizer) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if callOf(ctx).bare {
		return a.next.RoundTrip(req)
	}
	if req.URL.Scheme != "https" || !strings.EqualFold(req.URL.Host, a.host) {
		return nil, refuse(ErrBadAnswer, "other_host", errOtherHost.Error()+": "+req.URL.Host)
	}
	token, err := a.signer.token(ctx, "", "")
	if err != nil {
		return nil, &settled{err} // it has had its own patience
	}
	resp, err := a.next.RoundTrip(bearing(req, token))
	if err != nil || resp.StatusCode != http.StatusUnauthorized || !resendable(req) {
		return resp, err
	}
	claims := challenge(resp.Header.Values("WWW-Authenticate"))
	fresh, err := a.signer.token(ctx, token, claims)
	if err != nil || fresh == token {
		return resp, nil //nolint:nilerr // the refusal at hand says more
	}
	_ = resp.Body.Close()
	if req, err = again(req); err != nil {
		return nil, err
	}
	return a.next.RoundTrip(bearing(req, fresh))
}

func bearing(req *http.Request, token string) *http.Request {
	out := req.Clone(req.Context())
	out.Header.Set("Authorization", "Bearer "+token)
	return out
}

var claimsParam = regexp.MustCompile(`(?i)[\s,]claims="([^"]+)"`)

// challenge is the claims document of a refusal that asks for one ("Claims
// challenges, claims requests and client capabilities").
func challenge(headers []string) string {
	for _, h := range headers {
		m := claimsParam.FindStringSubmatch(h)
		if m == nil {
			continue
		}
		for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding, base64.URLEncoding, base64.RawStdEncoding} {
			if b, err := enc.DecodeString(m[1]); err == nil && json.Valid(b) {
				return string(b)
			}
		}
	}
	return ""
}

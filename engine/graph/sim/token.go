package sim

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"vangnet/engine/graph/sim/wire"
)

// graphAudience is the application id of Microsoft Graph.
const graphAudience = "00000003-0000-0000-c000-000000000000"

// claims is what an access token says. Real ones look like this, and clients
// do look inside (graph.md 10.1).
type claims struct {
	TenantID  string   `json:"tid"`
	AppID     string   `json:"appid"`
	AppName   string   `json:"app_displayname,omitempty"`
	ObjectID  string   `json:"oid"`
	Kind      string   `json:"idtyp"` // app or user
	Roles     []string `json:"roles,omitempty"`
	Scopes    string   `json:"scp,omitempty"`
	Name      string   `json:"name,omitempty"`
	Principal string   `json:"upn,omitempty"`
	Version   string   `json:"ver"`
	Unique    string   `json:"uti"`
	jwt.RegisteredClaims
}

// tokenKeys signs access tokens and remembers which were revoked.
type tokenKeys struct {
	key     *rsa.PrivateKey
	mu      sync.Mutex
	revoked map[string]time.Time // unique id → when the token would end anyway
}

func newTokenKeys() (*tokenKeys, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("make key for access tokens: %w", err)
	}
	return &tokenKeys{key: key, revoked: map[string]time.Time{}}, nil
}

func (k *tokenKeys) revoke(c *claims) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.revoked[c.Unique] = c.ExpiresAt.Time
}

func (k *tokenKeys) isRevoked(c *claims) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, ok := k.revoked[c.Unique]
	return ok
}

func (k *tokenKeys) sign(c jwt.Claims) (string, error) {
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, c)
	t.Header["kid"] = "sim"
	text, err := t.SignedString(k.key)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return text, nil
}

// grant is what a token is issued for: an app by itself, or a user through it.
type grant struct {
	tenant *Tenant
	app    *App
	user   *User    // nil: the app itself
	scopes []string // delegated, by their short names
	asked  string   // the scopes as the client wrote them
}

// issue makes an access token.
func (s *Server) issue(g grant) (string, error) {
	now := s.now.Now()
	c := &claims{
		TenantID: g.tenant.ID(), AppID: g.app.ClientID, AppName: g.app.DisplayName, Version: "1.0",
		ObjectID: g.app.ObjectID, Kind: "app", Unique: s.requestID(),
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: "https://sts.windows.net/" + g.tenant.ID() + "/", Audience: jwt.ClaimStrings{s.cloud.audience()},
			IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(s.options.TokenLifetime)),
		},
	}
	c.Subject = c.ObjectID
	if g.user != nil {
		c.ObjectID, c.Kind, c.Subject = g.user.ID, "user", g.user.ID
		c.Name, c.Principal, c.Scopes = g.user.DisplayName, g.user.PrincipalName, strings.Join(g.scopes, " ")
	} else {
		c.Roles = g.app.Roles()
	}
	return s.keys.sign(c)
}

// authenticate checks the bearer token of a call.
func (s *Server) authenticate(c *call) error {
	kind, text, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if text == "" || !strings.EqualFold(kind, "Bearer") {
		return s.unauthorized("Access token is empty.")
	}
	token, err := s.verify(strings.TrimSpace(text))
	if err != nil {
		return s.unauthorized("IDX14100: JWT is not well formed or its signature is not valid.")
	}
	switch {
	case !s.now.Now().Before(token.ExpiresAt.Time), s.keys.isRevoked(token):
		// With a challenge, because the world's clock may have been set forward: by
		// the client's own clock the token it keeps is still good.
		return s.challenge("Lifetime validation failed, the token is expired.")
	case s.world.Tenant(token.TenantID) == nil:
		return s.unauthorized("The tenant of the token does not exist.")
	}
	if token.Kind == "user" {
		token.Roles = strings.Fields(token.Scopes)
	}
	c.token = token
	return nil
}

// verify checks a token's signature, once for each token.
func (s *Server) verify(text string) (*claims, error) {
	if known, ok := s.verified.Load(text); ok {
		copied := *known.(*claims)
		return &copied, nil
	}
	var c claims
	_, err := jwt.ParseWithClaims(text, &c, func(*jwt.Token) (any, error) { return &s.keys.key.PublicKey, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithoutClaimsValidation())
	if err != nil {
		return nil, fmt.Errorf("verify access token: %w", err)
	}
	if c.ExpiresAt == nil || !slices.Contains(c.Audience, s.cloud.audience()) {
		return nil, errors.New("verify access token: it is for somebody else")
	}
	s.verified.Store(text, &c)
	copied := c
	return &copied, nil
}

func (s *Server) unauthorized(message string) error {
	e := wire.Errorf(http.StatusUnauthorized, "InvalidAuthenticationToken", "%s", message)
	e.Header = map[string]string{"WWW-Authenticate": s.cloud.realm()}
	return e
}

// challenge refuses a token as continuous access evaluation does: the client is
// to ask for a new one with the claims ("How to use Continuous Access
// Evaluation enabled APIs in your applications").
func (s *Server) challenge(message string) error {
	want := fmt.Sprintf(`{"access_token":{"nbf":{"essential":true,"value":"%d"}}}`, s.now.Now().Unix())
	e := wire.Errorf(http.StatusUnauthorized, "InvalidAuthenticationToken", "%s", message)
	e.Header = map[string]string{"WWW-Authenticate": s.cloud.realm() + `, error="insufficient_claims", claims="` +
		base64.StdEncoding.EncodeToString([]byte(want)) + `"`}
	return e
}

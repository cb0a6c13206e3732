package sim

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// formLimit is the largest token request read.
const formLimit = 256 << 10

// token answers the token endpoint for every flow.
func (si *signIn) token(x *exchange, tenant string) {
	if x.r.Method == http.MethodGet || x.r.Method == http.MethodHead { // reachability checks of clients
		si.fail(x, badRequest("The request body must contain the following parameter: 'grant_type'."))
		return
	}
	form, refused := readForm(x.r)
	if refused != nil {
		si.fail(x, refused)
		return
	}
	g, refused := si.grant(x, tenant, form)
	if refused != nil {
		si.fail(x, refused)
		return
	}
	si.sendToken(x, g)
}

func readForm(r *http.Request) (url.Values, *oauthError) {
	r.Body = http.MaxBytesReader(nil, r.Body, formLimit)
	if err := r.ParseForm(); err != nil {
		return nil, badRequest("The request body cannot be read.")
	}
	if id, secret, ok := r.BasicAuth(); ok { // client_secret_basic, values form-encoded (RFC 6749, 2.3.1)
		for name, v := range map[string]string{"client_id": id, "client_secret": secret} {
			if plain, err := url.QueryUnescape(v); err == nil && r.PostForm.Get(name) == "" {
				r.PostForm.Set(name, plain)
			}
		}
	}
	return r.PostForm, nil
}

// grant decides what a token request is entitled to.
func (si *signIn) grant(x *exchange, tenant string, form url.Values) (grant, *oauthError) {
	kind := form.Get("grant_type")
	switch kind {
	case "client_credentials":
		return si.grantClient(x, tenant, form)
	case "authorization_code":
		return si.grantCode(x, form)
	case "device_code", "urn:ietf:params:oauth:grant-type:device_code":
		return si.grantDevice(form)
	case "refresh_token":
		return si.grantRefresh(form)
	case "":
		return grant{}, badRequest("The request body must contain the following parameter: 'grant_type'.")
	}
	return grant{}, &oauthError{http.StatusBadRequest, "unsupported_grant_type", 70003, "The app requested an unsupported grant type '" + kind + "'."}
}

func (si *signIn) grantClient(x *exchange, tenant string, form url.Values) (grant, *oauthError) {
	if shared(tenant) {
		return grant{}, &oauthError{http.StatusBadRequest, "invalid_request", 53003, "Client credentials need the authority of a tenant."}
	}
	t, app, refused := si.client(tenant, form.Get("client_id"))
	if refused != nil {
		return grant{}, refused
	}
	if !app.hasPrincipal(si.server.now.Now()) {
		return grant{}, missingPrincipal(app.ClientID, t)
	}
	scopes := strings.Fields(form.Get("scope"))
	// MSAL sends openid, offline_access and profile here as well; they count for
	// nothing. A bare .default means Microsoft Graph; rclone asks so.
	if !slices.ContainsFunc(scopes, func(s string) bool { return s == ".default" || strings.HasSuffix(s, "/.default") }) {
		return grant{}, &oauthError{http.StatusBadRequest, "invalid_scope", 1002012,
			"The provided value for scope " + form.Get("scope") + " is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."}
	}
	if form.Has("client_assertion") {
		return grant{tenant: t, app: app}, si.checkAssertion(x, app, form)
	}
	secret := form.Get("client_secret")
	if secret == "" {
		return grant{}, badClient(7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
	}
	known, valid := app.checkSecret(secret, si.server.now.Now())
	switch {
	case !known:
		return grant{}, badClient(7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '"+app.ClientID+"'.")
	case !valid:
		return grant{}, badClient(7000222, "The provided client secret keys for app '"+app.ClientID+"' are expired.")
	}
	return grant{tenant: t, app: app}, nil
}

// client finds tenant and app of a request; a shared authority means the
// tenant in which the app is registered.
func (si *signIn) client(tenant, clientID string) (*Tenant, *App, *oauthError) {
	if clientID == "" {
		return nil, nil, badRequest("The request body must contain the following parameter: 'client_id'.")
	}
	t := si.server.world.Tenant(tenant)
	if shared(tenant) {
		t = si.server.world.appTenant(clientID)
	}
	if t == nil {
		return nil, nil, unknownTenant(tenant)
	}
	app := t.App(clientID)
	if app == nil || si.server.now.Now().Before(app.known) {
		return nil, nil, unknownApp(clientID, t)
	}
	return t, app, nil
}

// checkAssertion verifies a client assertion: RSA-PSS, signed with a
// registered certificate, for this token endpoint, used once. Its times are
// those of the client's clock, which does not follow the world's ("Microsoft
// identity platform application authentication certificate credentials").
func (si *signIn) checkAssertion(x *exchange, app *App, form url.Values) *oauthError {
	if form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		return badRequest("The request body must contain the following parameter: 'client_assertion_type'.")
	}
	now := si.server.now.Now()
	var c jwt.RegisteredClaims
	unregistered := errors.New("unregistered")
	_, err := jwt.ParseWithClaims(form.Get("client_assertion"), &c, func(t *jwt.Token) (any, error) {
		cert := app.certificate(t.Header)
		if cert == nil {
			return nil, unregistered
		}
		if now.After(cert.NotAfter) || now.Before(cert.NotBefore) {
			return nil, jwt.ErrTokenExpired
		}
		return cert.PublicKey, nil
	}, jwt.WithValidMethods([]string{"PS256", "RS256"}), jwt.WithExpirationRequired(), jwt.WithLeeway(5*time.Minute))
	switch {
	case errors.Is(err, unregistered):
		return badClient(700027, "The certificate with identifier used to sign the client assertion is not registered on application.")
	case errors.Is(err, jwt.ErrTokenExpired):
		return badClient(700027, "The certificate with identifier used to sign the client assertion is expired on application, or the assertion is not within its valid time range.")
	case err != nil:
		return badClient(700027, "Client assertion failed signature validation.")
	}
	if !slices.ContainsFunc(c.Audience, func(a string) bool { return strings.HasSuffix(strings.ToLower(a), strings.ToLower(x.r.URL.Path)) }) {
		return badClient(700023, "Client assertion audience claim does not match Realm issuer.")
	}
	if c.Issuer != app.ClientID || c.Subject != app.ClientID {
		return badClient(700021, "Client assertion application identifier doesn't match 'client_id' parameter.")
	}
	return si.useOnce(c)
}

func (si *signIn) useOnce(c jwt.RegisteredClaims) *oauthError {
	si.mu.Lock()
	defer si.mu.Unlock()
	now := si.server.now.Now()
	for id, until := range si.jtis {
		if now.After(until) {
			delete(si.jtis, id)
		}
	}
	if _, seen := si.jtis[c.ID]; c.ID == "" || seen {
		return badClient(700027, "Client assertion contains no unique identifier, or one that was used before.")
	}
	si.jtis[c.ID] = now.Add(time.Hour)
	return nil
}

func (si *signIn) grantRefresh(form url.Values) (grant, *oauthError) {
	si.mu.Lock()
	defer si.mu.Unlock()
	g, ok := si.refresh[form.Get("refresh_token")]
	if !ok || g.app.ClientID != form.Get("client_id") {
		return grant{}, badGrant(9002313, "The provided refresh token is not valid.")
	}
	if g.tenant.User(g.user.ID) == nil {
		return grant{}, badGrant(50034, "The user account does not exist in the directory.")
	}
	return g, nil
}

// sendToken answers with an access token and, for users, what comes beside it.
func (si *signIn) sendToken(x *exchange, g grant) {
	text, err := si.server.issue(g)
	if err != nil {
		si.fail(x, &oauthError{http.StatusInternalServerError, "server_error", 90033, err.Error()})
		return
	}
	life := int(si.server.options.TokenLifetime / time.Second)
	body := map[string]any{"token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": text}
	if g.user != nil {
		if err := si.addUser(x, body, g); err != nil {
			si.fail(x, &oauthError{http.StatusInternalServerError, "server_error", 90033, err.Error()})
			return
		}
	}
	x.sendJSON(http.StatusOK, body)
}

// addUser adds refresh token, id token and client info to a token answer.
func (si *signIn) addUser(x *exchange, body map[string]any, g grant) error {
	now := si.server.now.Now()
	id, err := si.server.keys.sign(jwt.MapClaims{
		"aud": g.app.ClientID, "iss": base(x.r) + "/" + g.tenant.ID() + "/v2.0", "iat": now.Unix(), "nbf": now.Unix(),
		"exp": now.Add(time.Hour).Unix(), "name": g.user.DisplayName, "oid": g.user.ID, "sub": g.user.ID,
		"preferred_username": g.user.PrincipalName, "tid": g.tenant.ID(), "ver": "2.0",
	})
	if err != nil {
		return err
	}
	refresh := "0.A" + si.server.world.secretText("refresh", x.id) + si.server.world.secretText("refresh 2", x.id)
	si.mu.Lock()
	si.refresh[refresh] = g
	si.mu.Unlock()
	info := encode(map[string]string{"uid": g.user.ID, "utid": g.tenant.ID()})
	body["scope"] = g.asked // in the client's own words: MSAL takes a scope it does not find for declined
	body["refresh_token"], body["id_token"] = refresh, id
	body["client_info"] = base64.RawURLEncoding.EncodeToString(info)
	return nil
}

// keySet publishes the key that tokens are signed with.
func (si *signIn) keySet(x *exchange) {
	public := si.server.keys.key.PublicKey
	enc := base64.RawURLEncoding.EncodeToString
	x.sendJSON(http.StatusOK, map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "use": "sig", "kid": "sim", "n": enc(public.N.Bytes()), "e": enc(big.NewInt(int64(public.E)).Bytes()),
	}}})
}

// s256 is the code challenge for a verifier (RFC 7636).
func s256(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

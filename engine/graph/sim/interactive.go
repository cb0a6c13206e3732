package sim

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// authCode is a one-time code of the authorize page.
type authCode struct {
	grant     grant
	redirect  string
	challenge string
	until     time.Time
}

// deviceFlow is one sign-in by device code.
type deviceFlow struct {
	tenant   *Tenant
	app      *App
	scopes   []string
	asked    string
	userCode string
	until    time.Time
	user     *User // set when approved
	declined bool
	polled   time.Time // last
}

// deviceInterval is how long clients are to wait between two questions.
const deviceInterval = 5 * time.Second

// formPost is the page that posts the answer to the client's listener by
// itself: MSAL for Go takes nothing else.
var formPost = template.Must(template.New("form_post").Parse(`<html><head><title>Working...</title></head><body>
<form method="POST" name="hiddenform" action="{{.Action}}">{{range $name, $value := .Fields}}
<input type="hidden" name="{{$name}}" value="{{$value}}" />{{end}}
<noscript><p>Script is disabled. Click Submit to continue.</p><input type="submit" value="Submit" /></noscript></form>
<script language="javascript">document.forms[0].submit();</script></body></html>
`))

// authorize signs the user in without asking: the one in login_hint, else the
// tenant's first.
func (si *signIn) authorize(x *exchange, tenant string) {
	q := x.r.URL.Query()
	t, app, refused := si.client(tenant, q.Get("client_id"))
	redirect, err := url.Parse(q.Get("redirect_uri"))
	if refused == nil && (err != nil || redirect.Scheme == "" || q.Get("redirect_uri") == "") {
		refused = &oauthError{http.StatusBadRequest, "invalid_request", 50011, "The redirect URI specified in the request does not match the redirect URIs configured for the application."}
	}
	if refused == nil && q.Get("response_type") != "code" {
		refused = &oauthError{http.StatusBadRequest, "unsupported_response_type", 700054, "The response type is not enabled for the application."}
	}
	if refused != nil {
		si.fail(x, refused)
		return
	}
	fields := url.Values{"state": {q.Get("state")}}
	user := si.pickUser(t, q.Get("login_hint"))
	switch {
	case user == nil:
		fields.Set("error", "access_denied")
		fields.Set("error_description", "AADSTS50034: The user account does not exist in the directory.")
	case q.Get("code_challenge") != "" && q.Get("code_challenge_method") != "S256":
		fields.Set("error", "invalid_request")
		fields.Set("error_description", "AADSTS501491: The code challenge method is not supported.")
	default:
		fields.Set("code", si.newCode(x, grant{t, app, user, grantedScopes(app, q.Get("scope")), q.Get("scope")}, q))
		fields.Set("session_state", x.id)
	}
	si.sendBack(x, redirect, q.Get("response_mode"), fields)
}

func (si *signIn) sendBack(x *exchange, redirect *url.URL, mode string, fields url.Values) {
	switch mode {
	case "form_post":
		flat := map[string]string{}
		for k := range fields {
			flat[k] = fields.Get(k)
		}
		var page strings.Builder
		if err := formPost.Execute(&page, map[string]any{"Action": redirect.String(), "Fields": flat}); err != nil {
			si.fail(x, badRequest(err.Error()))
			return
		}
		x.send(&answer{status: http.StatusOK, header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, body: []byte(page.String())})
	case "fragment":
		redirect.Fragment = fields.Encode()
		x.redirect(redirect.String())
	default:
		redirect.RawQuery = fields.Encode()
		x.redirect(redirect.String())
	}
}

func (si *signIn) pickUser(t *Tenant, hint string) *User {
	if hint != "" {
		if u := t.User(hint); u != nil && !u.Disabled {
			return u
		}
		return nil
	}
	users := t.Users()
	if i := slices.IndexFunc(users, func(u *User) bool { return u.Kind == KindUser && !u.Disabled }); i >= 0 {
		return users[i]
	}
	return nil
}

// grantedScopes are the delegated scopes a user's token gets: those asked for
// that the app has, or all it has for /.default.
func grantedScopes(app *App, asked string) []string {
	var scopes []string
	for s := range strings.FieldsSeq(asked) {
		name := s[strings.LastIndexByte(s, '/')+1:]
		switch {
		case name == ".default":
			return app.Roles()
		case name != "openid" && name != "profile" && name != "offline_access" && name != "email":
			scopes = append(scopes, name)
		}
	}
	return scopes
}

func (si *signIn) newCode(x *exchange, g grant, q url.Values) string {
	code := "0.A" + si.server.world.secretText("code", x.id)
	si.mu.Lock()
	defer si.mu.Unlock()
	si.codes[code] = &authCode{g, q.Get("redirect_uri"), q.Get("code_challenge"), si.server.now.Now().Add(10 * time.Minute)}
	return code
}

func (si *signIn) grantCode(x *exchange, form url.Values) (grant, *oauthError) {
	si.mu.Lock()
	defer si.mu.Unlock()
	code := si.codes[form.Get("code")]
	delete(si.codes, form.Get("code"))
	switch {
	case code == nil || code.grant.app.ClientID != form.Get("client_id"):
		return grant{}, badGrant(54005, "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.")
	case si.server.now.Now().After(code.until):
		return grant{}, badGrant(70008, "The provided authorization code is expired.")
	case code.redirect != form.Get("redirect_uri"):
		return grant{}, badGrant(50011, "The redirect URI does not match the one of the authorization request.")
	case code.challenge != "" && s256(form.Get("code_verifier")) != code.challenge:
		return grant{}, badGrant(501481, "The Code_Verifier does not match the code_challenge supplied in the authorization request.")
	}
	return code.grant, nil
}

// deviceStart begins a device code flow.
func (si *signIn) deviceStart(x *exchange, tenant string) {
	form, refused := readForm(x.r)
	var t *Tenant
	var app *App
	if refused == nil {
		t, app, refused = si.client(tenant, form.Get("client_id"))
	}
	if refused != nil {
		si.fail(x, refused)
		return
	}
	const letters = "BCDFGHJKLMNPQRSTVWXZ23456789"
	var user strings.Builder
	for i := range 9 {
		user.WriteByte(letters[si.server.world.number(len(letters), "user code", x.id, i)])
	}
	device := si.server.world.secretText("device", x.id)
	si.mu.Lock()
	si.devices[device] = &deviceFlow{tenant: t, app: app, scopes: grantedScopes(app, form.Get("scope")), asked: form.Get("scope"), userCode: user.String(), until: si.server.now.Now().Add(15 * time.Minute)}
	si.mu.Unlock()
	x.sendJSON(http.StatusOK, map[string]any{
		"user_code": user.String(), "device_code": device, "verification_uri": si.server.cloud.deviceURI,
		"expires_in": 900, "interval": int(deviceInterval / time.Second),
		"message": "To sign in, use a web browser to open the page " + si.server.cloud.deviceURI + " and enter the code " + user.String() + " to authenticate.",
	})
}

func (si *signIn) grantDevice(form url.Values) (grant, *oauthError) {
	si.mu.Lock()
	defer si.mu.Unlock()
	code := form.Get("device_code")
	d := si.devices[code]
	switch {
	case d == nil || d.app.ClientID != form.Get("client_id"):
		return grant{}, &oauthError{http.StatusBadRequest, "bad_verification_code", 70018, "The device code is not known."}
	case si.server.now.Now().After(d.until):
		delete(si.devices, code)
		return grant{}, &oauthError{http.StatusBadRequest, "expired_token", 70020, "The device code has expired."}
	case d.declined:
		delete(si.devices, code)
		return grant{}, &oauthError{http.StatusBadRequest, "authorization_declined", 70021, "The user declined the request."}
	case d.user == nil && si.server.now.Now().Sub(d.polled) < deviceInterval:
		d.polled = si.server.now.Now()
		return grant{}, &oauthError{http.StatusBadRequest, "slow_down", 70032, "The polling interval is too short. Slow down."}
	case d.user == nil:
		d.polled = si.server.now.Now()
		return grant{}, &oauthError{http.StatusBadRequest, "authorization_pending", 70016, "OAuth 2.0 device flow error. Authorization is pending. Continue polling."}
	}
	delete(si.devices, code)
	return grant{d.tenant, d.app, d.user, d.scopes, d.asked}, nil
}

// ApproveDevice lets the sign-in with a user code succeed, as if the user had
// typed the code; with decline it is refused. An empty name means the tenant's
// first user.
func (s *Server) ApproveDevice(userCode, principalName string, decline bool) error {
	si := s.signin
	si.mu.Lock()
	defer si.mu.Unlock()
	for _, d := range si.devices {
		if d.userCode != userCode {
			continue
		}
		if d.declined = decline; !decline {
			d.user = si.pickUser(d.tenant, principalName)
			if d.user == nil {
				return ErrNotFound
			}
		}
		return nil
	}
	return ErrNotFound
}

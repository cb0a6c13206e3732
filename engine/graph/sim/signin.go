package sim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// signIn is the OAuth side: what login.microsoftonline.com does.
type signIn struct {
	server *Server

	mu      sync.Mutex
	codes   map[string]*authCode   // one-time codes of the authorize page
	devices map[string]*deviceFlow // by device code
	refresh map[string]grant
	jtis    map[string]time.Time // assertions seen, by id
}

func newSignIn(s *Server) *signIn {
	return &signIn{server: s, codes: map[string]*authCode{}, devices: map[string]*deviceFlow{}, refresh: map[string]grant{}, jtis: map[string]time.Time{}}
}

// endpoint splits a sign-in path into its tenant and what follows, in lower case.
func (si *signIn) endpoint(path string) (tenant, rest string, ok bool) {
	tenant, rest, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	rest = strings.ToLower(strings.TrimSuffix(rest, "/"))
	switch rest {
	case "discovery/instance", "v2.0/.well-known/openid-configuration", ".well-known/openid-configuration",
		"oauth2/v2.0/authorize", "oauth2/v2.0/token", "oauth2/v2.0/devicecode", "adminconsent", "v2.0/adminconsent",
		"discovery/v2.0/keys":
		tenant, err := url.PathUnescape(tenant)
		return tenant, rest, err == nil
	}
	return "", "", false
}

func (si *signIn) serves(path string) bool {
	_, _, ok := si.endpoint(path)
	return ok
}

func (si *signIn) handle(x *exchange) {
	tenant, rest, _ := si.endpoint(x.r.URL.EscapedPath())
	x.template = "sign-in " + rest
	switch rest {
	case "discovery/instance":
		si.discovery(x)
	case "v2.0/.well-known/openid-configuration", ".well-known/openid-configuration":
		si.metadata(x, tenant)
	case "oauth2/v2.0/authorize":
		si.authorize(x, tenant)
	case "oauth2/v2.0/token":
		si.token(x, tenant)
	case "oauth2/v2.0/devicecode":
		si.deviceStart(x, tenant)
	case "discovery/v2.0/keys":
		si.keySet(x)
	default:
		si.adminConsent(x, tenant)
	}
}

// shared reports the authorities that belong to no tenant.
func shared(tenant string) bool {
	switch strings.ToLower(tenant) {
	case "common", "organizations", "consumers":
		return true
	}
	return false
}

// metadata answers the OpenID configuration. The tenant in the addresses is
// the id, whatever name was asked for; the word "token" may stand nowhere but
// at the end of the token endpoint, because MSAL replaces all of them.
func (si *signIn) metadata(x *exchange, tenant string) {
	id, issuer := strings.ToLower(tenant), "{tenantid}"
	if !shared(tenant) {
		t := si.server.world.Tenant(tenant)
		if t == nil {
			si.fail(x, unknownTenant(tenant))
			return
		}
		id, issuer = t.ID(), t.ID()
	}
	root := base(x.r) + "/" + id
	x.sendJSON(http.StatusOK, map[string]any{
		"authorization_endpoint":                root + "/oauth2/v2.0/authorize",
		"token_endpoint":                        root + "/oauth2/v2.0/token",
		"device_authorization_endpoint":         root + "/oauth2/v2.0/devicecode",
		"jwks_uri":                              root + "/discovery/v2.0/keys",
		"issuer":                                base(x.r) + "/" + issuer + "/v2.0",
		"response_types_supported":              []string{"code", "id_token", "code id_token"},
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"subject_types_supported":               []string{"pairwise"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		"tenant_region_scope":                   si.server.cloud.region,
		"cloud_instance_name":                   si.server.cloud.name,
		"msgraph_host":                          si.server.cloud.graph,
	})
}

// discovery answers which names stand for the same cloud.
func (si *signIn) discovery(x *exchange) {
	endpoint := x.r.URL.Query().Get("authorization_endpoint")
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || !si.server.knowsHost(u.Host, x.r.Host) {
		si.fail(x, &oauthError{status: http.StatusBadRequest, code: "invalid_instance", number: 50049, text: "Unknown or invalid instance."})
		return
	}
	tenant, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	hosts := []string{u.Host}
	if known := si.server.cloud.login; u.Host == known[0] {
		hosts = known
	}
	x.sendJSON(http.StatusOK, map[string]any{
		"tenant_discovery_endpoint": "https://" + u.Host + "/" + tenant + "/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1",
		"metadata":                  []any{map[string]any{"preferred_network": hosts[0], "preferred_cache": hosts[min(1, len(hosts)-1)], "aliases": hosts}},
	})
}

func (s *Server) knowsHost(host, own string) bool {
	return host == own || slices.Contains(s.cloud.login, host)
}

// adminConsent sends the browser back as if an administrator had agreed.
func (si *signIn) adminConsent(x *exchange, tenant string) {
	q := x.r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Scheme == "" {
		si.fail(x, &oauthError{status: http.StatusBadRequest, code: "invalid_request", number: 50011, text: "The redirect URI specified in the request is not valid."})
		return
	}
	t := si.server.world.Tenant(tenant)
	if t == nil {
		t = si.server.world.appTenant(q.Get("client_id"))
	}
	values := url.Values{"state": {q.Get("state")}}
	if t == nil || t.App(q.Get("client_id")) == nil {
		values.Set("error", "access_denied")
		values.Set("error_description", "AADSTS700016: The application was not found in the directory.")
	} else {
		t.App(q.Get("client_id")).SetRoles(allRoles...)
		values.Set("admin_consent", "True")
		values.Set("tenant", t.ID())
		values.Set("scope", q.Get("scope"))
	}
	back.RawQuery = values.Encode()
	x.redirect(back.String())
}

func (x *exchange) redirect(to string) {
	x.send(&answer{status: http.StatusFound, header: http.Header{"Location": {to}}})
}

func (x *exchange) sendJSON(status int, v any) {
	x.send(&answer{status: status, header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, body: encode(v)})
}

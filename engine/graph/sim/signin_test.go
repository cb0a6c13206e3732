package sim_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
)

var graphScope = []string{"https://graph.microsoft.com/.default"}

func (s *stage) confidential(cred confidential.Credential) confidential.Client {
	s.t.Helper()
	c, err := confidential.New(s.server.URL()+"/"+s.tenant.Domain(), s.tenant.DefaultApp().ClientID, cred,
		confidential.WithInstanceDiscovery(false), confidential.WithHTTPClient(s.server.Client()))
	require.NoError(s.t, err)
	return c
}

func (s *stage) public() public.Client {
	s.t.Helper()
	c, err := public.New(s.tenant.DefaultApp().ClientID, public.WithAuthority(s.server.URL()+"/"+s.tenant.ID()),
		public.WithInstanceDiscovery(false), public.WithHTTPClient(s.server.Client()))
	require.NoError(s.t, err)
	return c
}

func TestClientSecret(t *testing.T) {
	s := newStage(t, sim.Options{})
	cred, err := confidential.NewCredFromSecret(s.tenant.DefaultApp().Secret())
	require.NoError(t, err)
	result, err := s.confidential(cred).AcquireTokenByCredential(context.Background(), graphScope)
	require.NoError(t, err)

	claims := jwt.MapClaims{}
	_, _, err = jwt.NewParser().ParseUnverified(result.AccessToken, claims)
	require.NoError(t, err)
	require.Equal(t, s.tenant.ID(), claims["tid"])
	require.Equal(t, s.tenant.DefaultApp().ClientID, claims["appid"])
	require.Equal(t, "app", claims["idtyp"])
	require.Contains(t, claims["roles"], "MailboxItem.ImportExport.All")
	require.InDelta(t, 3599, time.Until(result.ExpiresOn).Seconds(), 5)

	s.token = result.AccessToken
	require.Equal(t, 200, s.get("/v1.0/users").StatusCode)
}

func TestClientSecretRefused(t *testing.T) {
	s := newStage(t, sim.Options{})
	app := s.tenant.DefaultApp()
	app.AddSecret("expired-secret", s.clock.Now().Add(-time.Hour))
	for secret, want := range map[string]string{"wrong": "AADSTS7000215", "expired-secret": "AADSTS7000222"} {
		cred, err := confidential.NewCredFromSecret(secret)
		require.NoError(t, err)
		_, err = s.confidential(cred).AcquireTokenByCredential(context.Background(), graphScope)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "invalid_client")
	}
}

func TestTokenErrors(t *testing.T) {
	s := newStage(t, sim.Options{})
	app := s.tenant.DefaultApp()
	good := url.Values{"grant_type": {"client_credentials"}, "client_id": {app.ClientID}, "client_secret": {app.Secret()}, "scope": {"https://graph.microsoft.com/.default openid"}}
	for _, c := range []struct {
		name, tenant, field, value string
		status                     int
		code                       string
		number                     float64
	}{
		{"unknown tenant", "nowhere.example", "", "", 400, "invalid_request", 90002},
		{"unknown app", "", "client_id", "11111111-1111-4111-8111-111111111111", 400, "unauthorized_client", 700016},
		{"no grant type", "", "grant_type", "", 400, "invalid_request", 900144},
		{"strange grant type", "", "grant_type", "magic", 400, "unsupported_grant_type", 70003},
		{"no default scope", "", "scope", "User.Read", 400, "invalid_scope", 1002012},
		{"no secret", "", "client_secret", "", 401, "invalid_client", 7000218},
	} {
		t.Run(c.name, func(t *testing.T) {
			form, tenant := url.Values{}, s.tenant.ID()
			for k, v := range good {
				form[k] = v
			}
			if c.field != "" {
				form.Set(c.field, c.value)
			}
			if c.tenant != "" {
				tenant = c.tenant
			}
			resp, err := s.client.PostForm(s.server.URL()+"/"+tenant+"/oauth2/v2.0/token", form)
			require.NoError(t, err)
			var body map[string]any
			decode(t, resp, &body)
			require.Equal(t, c.status, resp.StatusCode)
			require.Equal(t, c.code, body["error"])
			require.Equal(t, []any{c.number}, body["error_codes"])
			for _, field := range []string{"error_description", "trace_id", "correlation_id", "timestamp"} {
				require.NotEmpty(t, body[field], field)
			}
		})
	}
}

// certificate makes a self-signed one.
func certificate(t *testing.T, until time.Time) (*x509.Certificate, *rsa.PrivateKey) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Vangnet"}, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return cert, key
}

func TestCertificate(t *testing.T) {
	s := newStage(t, sim.Options{})
	ask := func(cert *x509.Certificate, key *rsa.PrivateKey) (confidential.AuthResult, error) {
		cred, err := confidential.NewCredFromCert([]*x509.Certificate{cert}, key)
		require.NoError(t, err)
		return s.confidential(cred).AcquireTokenByCredential(context.Background(), graphScope)
	}
	cert, key := certificate(t, time.Now().AddDate(1, 0, 0))
	_, err := ask(cert, key)
	require.ErrorContains(t, err, "AADSTS700027")
	require.ErrorContains(t, err, "not registered")

	require.NoError(t, s.tenant.DefaultApp().AddCertificate(cert.Raw))
	result, err := ask(cert, key)
	require.NoError(t, err)
	s.token = result.AccessToken
	require.Equal(t, 200, s.get("/v1.0/organization").StatusCode)

	_, otherKey := certificate(t, time.Now().AddDate(1, 0, 0))
	sum := sha256.Sum256(cert.Raw)
	forged := jwt.NewWithClaims(jwt.SigningMethodPS256, jwt.MapClaims{"jti": "1", "exp": time.Now().Add(time.Minute).Unix()})
	forged.Header["x5t#S256"] = base64.StdEncoding.EncodeToString(sum[:]) // the right thumbprint, another key
	assertion, err := forged.SignedString(otherKey)
	require.NoError(t, err)
	refused := s.do(http.MethodPost, "/"+s.tenant.ID()+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {s.tenant.DefaultApp().ClientID}, "scope": graphScope, "client_assertion": {assertion},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	require.Equal(t, 401, refused.StatusCode)
	require.Contains(t, refused.JSON["error_description"], "signature")

	s.clock.Advance(30 * 24 * time.Hour) // assertions carry the client's time, not the world's
	_, err = ask(cert, key)
	require.NoError(t, err)

	old, oldKey := certificate(t, time.Now().Add(-time.Hour))
	require.NoError(t, s.tenant.DefaultApp().AddCertificate(old.Raw))
	_, err = ask(old, oldKey)
	require.ErrorContains(t, err, "expired")
}

func TestAssertionIsUsedOnce(t *testing.T) {
	s := newStage(t, sim.Options{})
	cert, key := certificate(t, time.Now().AddDate(1, 0, 0))
	app := s.tenant.DefaultApp()
	require.NoError(t, app.AddCertificate(cert.Raw))
	var sent string
	client := s.server.Client()
	client.Transport = spy{client.Transport, func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token") {
			body, _ := io.ReadAll(r.Body)
			sent = string(body)
			r.Body = io.NopCloser(strings.NewReader(sent))
		}
	}}
	cred, err := confidential.NewCredFromCert([]*x509.Certificate{cert}, key)
	require.NoError(t, err)
	c, err := confidential.New(s.server.URL()+"/"+s.tenant.ID(), app.ClientID, cred, confidential.WithInstanceDiscovery(false), confidential.WithHTTPClient(client))
	require.NoError(t, err)
	_, err = c.AcquireTokenByCredential(context.Background(), graphScope)
	require.NoError(t, err)
	again := s.do(http.MethodPost, "/"+s.tenant.ID()+"/oauth2/v2.0/token", sent, "Content-Type", "application/x-www-form-urlencoded")
	require.Equal(t, 401, again.StatusCode)
}

type spy struct {
	next http.RoundTripper
	see  func(*http.Request)
}

func (s spy) RoundTrip(r *http.Request) (*http.Response, error) {
	s.see(r)
	return s.next.RoundTrip(r)
}

func TestDeviceCode(t *testing.T) {
	s := newStage(t, sim.Options{})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	flow, err := s.public().AcquireTokenByDeviceCode(ctx, []string{"https://graph.microsoft.com/User.Read.All"})
	require.NoError(t, err)
	require.Contains(t, flow.Result.Message, flow.Result.UserCode)
	require.Error(t, s.server.ApproveDevice("NOSUCHCODE", "", false))
	approved := s.do(http.MethodPost, "/sim/device/approve", `{"user_code":"`+flow.Result.UserCode+`","user":"bram@contoso.example"}`)
	require.Equal(t, 200, approved.StatusCode, approved.Text)
	result, err := flow.AuthenticationResult(ctx)
	require.NoError(t, err)
	require.Equal(t, "bram@contoso.example", result.Account.PreferredUsername)

	s.token = result.AccessToken
	require.Equal(t, 200, s.get("/v1.0/users").StatusCode)
	require.Equal(t, 403, s.get("/v1.0/users/bram@contoso.example/mailboxSettings").StatusCode)
	require.Equal(t, "bram@contoso.example", s.get("/v1.0/me?$select=userPrincipalName").JSON["userPrincipalName"])
}

func TestDeviceCodeDeclined(t *testing.T) {
	s := newStage(t, sim.Options{})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	flow, err := s.public().AcquireTokenByDeviceCode(ctx, graphScope)
	require.NoError(t, err)
	require.NoError(t, s.server.ApproveDevice(flow.Result.UserCode, "", true))
	_, err = flow.AuthenticationResult(ctx)
	require.ErrorContains(t, err, "authorization_declined")
}

func TestDeviceCodeExpires(t *testing.T) {
	s := newStage(t, sim.Options{})
	app := s.tenant.DefaultApp().ClientID
	post := func(endpoint string, form url.Values) (body map[string]any) {
		form.Set("client_id", app)
		resp, err := s.client.PostForm(s.server.URL()+"/organizations/oauth2/v2.0/"+endpoint, form)
		require.NoError(t, err)
		decode(t, resp, &body)
		return body
	}
	start := post("devicecode", url.Values{"scope": {"User.Read.All"}})
	require.EqualValues(t, 900, start["expires_in"])
	poll := func() any {
		return post("token", url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {start["device_code"].(string)}})["error"]
	}
	require.Equal(t, "authorization_pending", poll())
	s.clock.Advance(16 * time.Minute)
	require.Equal(t, "expired_token", poll())
	require.Equal(t, "bad_verification_code", poll())
}

var hidden = regexp.MustCompile(`name="(\w+)" value="([^"]*)"`)

// browser does what a browser does with the authorize page: posts the form.
func (s *stage) browser(authorize string) error {
	resp, err := s.client.Get(authorize)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	form := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(string(page), -1) {
		form.Set(m[1], strings.ReplaceAll(m[2], "&#43;", "+"))
	}
	action := regexp.MustCompile(`action="([^"]+)"`).FindStringSubmatch(string(page))
	back, err := http.PostForm(action[1], form)
	if err != nil {
		return err
	}
	return back.Body.Close()
}

func TestInteractiveAndRefresh(t *testing.T) {
	s := newStage(t, sim.Options{})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	client := s.public()
	result, err := client.AcquireTokenInteractive(ctx, []string{"User.Read.All"}, public.WithOpenURL(s.browser), public.WithLoginHint("anna@contoso.example"))
	require.NoError(t, err)
	require.Equal(t, "anna@contoso.example", result.Account.PreferredUsername)

	silent, err := client.AcquireTokenSilent(ctx, []string{"User.Read.All"}, public.WithSilentAccount(result.Account), public.WithClaims(`{"access_token":{"nbf":{"essential":true,"value":"1"}}}`))
	require.NoError(t, err)
	require.NotEqual(t, result.AccessToken, silent.AccessToken)

	_, err = client.AcquireTokenInteractive(ctx, []string{"User.Read.All"}, public.WithOpenURL(s.browser), public.WithLoginHint("oud@contoso.example"))
	require.ErrorContains(t, err, "AADSTS50034")
}

func TestAuthorizeCodeIsCheckedAndUsedOnce(t *testing.T) {
	s := newStage(t, sim.Options{})
	app := s.tenant.DefaultApp()
	q := url.Values{"client_id": {app.ClientID}, "response_type": {"code"}, "redirect_uri": {"http://localhost:9"}, "scope": {"User.Read.All"},
		"state": {"st"}, "code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"}} // RFC 7636, appendix B
	redeem := func(verifier string) int {
		page := s.get("/" + s.tenant.ID() + "/oauth2/v2.0/authorize?" + q.Encode())
		require.Equal(t, 302, page.StatusCode)
		back, err := url.Parse(page.Header.Get("Location"))
		require.NoError(t, err)
		require.Equal(t, "st", back.Query().Get("state"))
		form := url.Values{"grant_type": {"authorization_code"}, "client_id": {app.ClientID}, "code": {back.Query().Get("code")}, "redirect_uri": {"http://localhost:9"}, "code_verifier": {verifier}}
		var status int
		for range 2 {
			resp, err := s.client.PostForm(s.server.URL()+"/"+s.tenant.ID()+"/oauth2/v2.0/token", form)
			require.NoError(t, err)
			resp.Body.Close()
			if status == 200 {
				require.Equal(t, 400, resp.StatusCode, "a code is good once")
				return 200
			}
			status = resp.StatusCode
		}
		return status
	}
	require.Equal(t, 200, redeem("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
	require.Equal(t, 400, redeem("another verifier"))
}

func TestDiscoveryAndMetadata(t *testing.T) {
	s := newStage(t, sim.Options{})
	host := strings.TrimPrefix(s.server.URL(), "https://")
	ask := func(h string) reply {
		return s.get("/common/discovery/instance?api-version=1.1&authorization_endpoint=" + url.QueryEscape("https://"+h+"/common/oauth2/v2.0/authorize"))
	}
	known := ask(host)
	require.Equal(t, 200, known.StatusCode)
	require.Contains(t, known.JSON["tenant_discovery_endpoint"], "/common/v2.0/.well-known/openid-configuration")
	require.Equal(t, "invalid_instance", ask("evil.example").JSON["error"])
	for _, tenant := range []string{s.tenant.ID(), s.tenant.Domain(), "common", "organizations"} {
		m := s.get("/" + tenant + "/v2.0/.well-known/openid-configuration?")
		require.Equal(t, 200, m.StatusCode)
		endpoint := m.JSON["token_endpoint"].(string)
		require.Equal(t, 1, strings.Count(endpoint, "token"), "MSAL makes the device endpoint by replacing the word")
	}
	require.Equal(t, 400, s.get("/nowhere.example/v2.0/.well-known/openid-configuration").StatusCode)
	require.Equal(t, 200, s.do(http.MethodHead, "/", "").StatusCode)
}

func TestAdminConsentGrantsRoles(t *testing.T) {
	s := newStage(t, sim.Options{})
	app := s.tenant.DefaultApp()
	app.SetRoles("User.Read.All")
	back := func(client string) url.Values {
		r := s.get("/organizations/v2.0/adminconsent?client_id=" + client + "&redirect_uri=http%3A%2F%2Flocalhost%3A9%2Fback&state=s1&scope=x")
		require.Equal(t, 302, r.StatusCode)
		u, err := url.Parse(r.Header.Get("Location"))
		require.NoError(t, err)
		require.Equal(t, "s1", u.Query().Get("state"))
		return u.Query()
	}
	require.Equal(t, "access_denied", back("unknown").Get("error"))
	s.token = s.signIn(s.tenant)
	require.Equal(t, 403, s.get("/v1.0/groups").StatusCode)
	ok := back(app.ClientID)
	require.Equal(t, "True", ok.Get("admin_consent"))
	require.Equal(t, s.tenant.ID(), ok.Get("tenant"))
	require.Equal(t, 403, s.get("/v1.0/groups").StatusCode, "old tokens keep old roles")
	s.token = s.signIn(s.tenant)
	require.Equal(t, 200, s.get("/v1.0/groups").StatusCode)
}

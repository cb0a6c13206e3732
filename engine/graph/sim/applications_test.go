package sim_test

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
)

const readUsersRole = "df021288-bdef-4463-88db-98f22de89214" // User.Read.All

// administrator signs in as a person by device code, with scopes.
func (s *stage) administrator(scopes string) string {
	s.t.Helper()
	app := s.tenant.DefaultApp().ClientID
	post := func(endpoint string, form url.Values) (body map[string]any) {
		form.Set("client_id", app)
		resp, err := s.client.PostForm(s.server.URL()+"/"+s.tenant.ID()+"/oauth2/v2.0/"+endpoint, form)
		require.NoError(s.t, err)
		decode(s.t, resp, &body)
		return body
	}
	start := post("devicecode", url.Values{"scope": {scopes}})
	require.NoError(s.t, s.server.ApproveDevice(start["user_code"].(string), "anna@contoso.example", false))
	token := post("token", url.Values{"grant_type": {"device_code"}, "device_code": {start["device_code"].(string)}})
	return token["access_token"].(string)
}

// signInAs asks for a token with a secret; "" is refused, with why.
func (s *stage) signInAs(client, secret string) (token, why string) {
	s.t.Helper()
	resp, err := s.client.PostForm(s.server.URL()+"/"+s.tenant.ID()+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {client}, "client_secret": {secret}, "scope": {"https://graph.microsoft.com/.default"},
	})
	require.NoError(s.t, err)
	var body map[string]any
	decode(s.t, resp, &body)
	token, _ = body["access_token"].(string)
	why, _ = body["error_description"].(string)
	return token, why
}

// TestRegisteringAnApplication goes the way of a bootstrap client: registration,
// secret, certificate, service principal, roles, first sign-in.
func TestRegisteringAnApplication(t *testing.T) {
	path := filepath.Join(t.TempDir(), "calls.jsonl")
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	s := newStage(t, sim.Options{Record: file})
	require.Equal(t, 403, s.do("POST", "/v1.0/applications", `{"displayName":"Nieuw"}`).StatusCode, "the world's own app may not")
	s.token = s.administrator("Application.ReadWrite.All AppRoleAssignment.ReadWrite.All Directory.Read.All")

	app := s.do("POST", "/v1.0/applications", `{"displayName":"Vangnet backup","signInAudience":"AzureADMyOrg","requiredResourceAccess":[{"resourceAppId":"00000003-0000-0000-c000-000000000000","resourceAccess":[{"id":"`+readUsersRole+`","type":"Role"}]}]}`)
	require.Equal(t, 201, app.StatusCode, app.Text)
	object, client := app.JSON["id"].(string), app.JSON["appId"].(string)
	require.Equal(t, 400, s.do("POST", "/v1.0/applications", `{"displayName":"x","passwordCredentials":[{"displayName":"y"}]}`).StatusCode)

	secret := s.do("POST", "/v1.0/applications/"+object+"/addPassword", `{"passwordCredential":{"displayName":"eerste"}}`)
	require.Equal(t, 200, secret.StatusCode, secret.Text)
	text := secret.JSON["secretText"].(string)
	require.True(t, len(text) >= 16 && len(text) <= 64)
	end, err := time.Parse(time.RFC3339, secret.JSON["endDateTime"].(string))
	require.NoError(t, err)
	require.InDelta(t, s.clock.Now().AddDate(2, 0, 0).Unix(), end.Unix(), 2)
	shown := s.get("/v1.0/applications/" + object)
	require.NotContains(t, shown.Text, text, "told once")
	require.Contains(t, shown.Text, readUsersRole)
	_, why := s.signInAs(client, text)
	require.Contains(t, why, "AADSTS7000229", "nobody has let it in yet")

	cert, key := certificate(t, time.Now().AddDate(1, 0, 0))
	patch := `{"keyCredentials":[{"type":"AsymmetricX509Cert","usage":"Verify","key":"` + base64.StdEncoding.EncodeToString(cert.Raw) + `","displayName":"CN=Vangnet"}]}`
	require.Equal(t, 204, s.do("PATCH", "/v1.0/applications/"+object, patch).StatusCode)
	require.Equal(t, 400, s.do("PATCH", "/v1.0/applications/"+object, `{"keyCredentials":[{"type":"AsymmetricX509Cert","usage":"Verify","key":"AAAA"}]}`).StatusCode)

	principal := s.do("POST", "/v1.0/servicePrincipals", `{"appId":"`+client+`"}`)
	require.Equal(t, 201, principal.StatusCode, principal.Text)
	require.Equal(t, 409, s.do("POST", "/v1.0/servicePrincipals", `{"appId":"`+client+`"}`).StatusCode)
	graph := s.get("/v1.0/servicePrincipals?$filter=" + url.QueryEscape("appId eq '00000003-0000-0000-c000-000000000000'") + "&$select=id,appRoles").value()
	require.Len(t, graph, 1)
	resource := graph[0]["id"].(string)
	grant := `{"principalId":"` + principal.JSON["id"].(string) + `","resourceId":"` + resource + `","appRoleId":"` + readUsersRole + `"}`
	given := s.do("POST", "/v1.0/servicePrincipals/"+resource+"/appRoleAssignedTo", grant)
	require.Equal(t, 201, given.StatusCode, given.Text)
	again := s.do("POST", "/v1.0/servicePrincipals/"+resource+"/appRoleAssignedTo", grant)
	require.Equal(t, 400, again.StatusCode)
	require.Contains(t, again.Text, "Permission being assigned already exists")
	require.Len(t, s.get("/v1.0/servicePrincipals/"+principal.JSON["id"].(string)+"/appRoleAssignments").value(), 1)

	admin := s.token
	var refused string
	s.token, refused = s.signInAs(client, text)
	require.Empty(t, refused)
	require.Equal(t, 200, s.get("/v1.0/users").StatusCode)
	require.Equal(t, 403, s.get("/v1.0/groups").StatusCode, "no role for it")
	cred, err := confidential.NewCredFromCert([]*x509.Certificate{cert}, key)
	require.NoError(t, err)
	c, err := confidential.New(s.server.URL()+"/"+s.tenant.ID(), client, cred, confidential.WithInstanceDiscovery(false), confidential.WithHTTPClient(s.server.Client()))
	require.NoError(t, err)
	_, err = c.AcquireTokenByCredential(context.Background(), graphScope)
	require.NoError(t, err)

	s.token = admin
	require.Equal(t, 204, s.do("DELETE", "/v1.0/servicePrincipals/"+resource+"/appRoleAssignedTo/"+given.JSON["id"].(string), "").StatusCode)
	require.Equal(t, 204, s.do("POST", "/v1.0/applications/"+object+"/removePassword", `{"keyId":"`+secret.JSON["keyId"].(string)+`"}`).StatusCode)
	_, why = s.signInAs(client, text)
	require.Contains(t, why, "AADSTS7000215")
	require.Equal(t, client, s.get("/v1.0/applications(appId='" + client + "')").JSON["appId"])
	require.Equal(t, client, s.get("/v1.0/servicePrincipals(appId='" + client + "')").JSON["appId"])
	require.Equal(t, 204, s.do("DELETE", "/v1.0/applications/"+object, "").StatusCode)
	require.Equal(t, 404, s.get("/v1.0/applications/"+object).StatusCode)
	require.NoError(t, s.server.Close())
	graphcheck(t, path)
}

// TestNewApplicationsAreUnknownAtFirst: replicas learn of them later.
func TestNewApplicationsAreUnknownAtFirst(t *testing.T) {
	s := newStage(t, sim.Options{})
	require.Equal(t, 200, s.do("POST", "/sim/tenant", `{"tenant":"contoso.example","replication_delay":"30s"}`).StatusCode)
	s.token = s.administrator("Application.ReadWrite.All")
	app := s.do("POST", "/v1.0/applications", `{"displayName":"Vangnet backup"}`)
	require.Equal(t, 201, app.StatusCode, app.Text)
	object, client := app.JSON["id"].(string), app.JSON["appId"].(string)
	make := func() reply { return s.do("POST", "/v1.0/servicePrincipals", `{"appId":"`+client+`"}`) }
	require.Equal(t, 404, s.get("/v1.0/applications/"+object).StatusCode)
	require.Equal(t, 404, s.do("POST", "/v1.0/applications/"+object+"/addPassword", `{}`).StatusCode)
	early := make()
	require.Equal(t, 400, early.StatusCode)
	require.Equal(t, "Request_BadRequest", early.code())
	s.clock.Advance(30 * time.Second)
	secret := s.do("POST", "/v1.0/applications/"+object+"/addPassword", `{}`)
	require.Equal(t, 200, secret.StatusCode)
	principal := make()
	require.Equal(t, 201, principal.StatusCode)
	require.Equal(t, 404, s.get("/v1.0/servicePrincipals/"+principal.JSON["id"].(string)).StatusCode)
	_, why := s.signInAs(client, secret.JSON["secretText"].(string))
	require.Contains(t, why, "AADSTS7000229")
	s.clock.Advance(30 * time.Second)
	_, why = s.signInAs(client, secret.JSON["secretText"].(string))
	require.Empty(t, why)
}

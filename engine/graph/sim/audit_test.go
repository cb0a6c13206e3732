package sim_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
	"vangnet/engine/graph/sim/drives"
)

// TestMutationsAreReadable: who changed what, with which words, and whom
// Microsoft would have written to.
func TestMutationsAreReadable(t *testing.T) {
	s := newStage(t, sim.Options{})
	require.NoError(t, s.tenant.User("anna@contoso.example").Drive().Put("plan.txt", drives.Bytes([]byte("x")), drives.Times{}))
	item := "/v1.0/users/anna@contoso.example/drive/root:/plan.txt:"
	require.Equal(t, 201, s.do("POST", "/v1.0/users/anna@contoso.example/messages", `{"subject":"Nieuw"}`).StatusCode)
	require.Equal(t, 400, s.do("DELETE", "/v1.0/users/anna@contoso.example/messages/x", "").StatusCode)
	for _, send := range []string{"false", "true"} {
		r := s.do("POST", item+"/invite", `{"recipients":[{"email":"klant@elders.example"}],"roles":["read"],"sendInvitation":`+send+`}`)
		require.Equal(t, 200, r.StatusCode, r.Text)
	}
	audit := s.get("/sim/mutations").JSON
	list := audit["mutations"].([]any)
	require.Len(t, list, 3, "what was refused changed nothing")
	first := list[0].(map[string]any)
	require.Equal(t, s.tenant.DefaultApp().ClientID, first["app"])
	require.Equal(t, `{"subject":"Nieuw"}`, first["body"])
	require.NotEmpty(t, first["time"])
	require.EqualValues(t, 1, audit["mail_count"])
	mail := audit["mails"].([]any)[0].(map[string]any)
	require.Equal(t, "invitation", mail["kind"])
	require.Equal(t, s.tenant.ID(), mail["tenant"])

	long := `{"subject":"` + strings.Repeat("a", 5000) + `"}`
	require.Equal(t, 201, s.do("POST", "/v1.0/users/anna@contoso.example/messages", long).StatusCode)
	kept := s.server.Mutations()
	require.Equal(t, long[:1024], kept[len(kept)-1].Body)
}

func TestQuirksOverTheNetwork(t *testing.T) {
	s := newStage(t, sim.Options{})
	require.NoError(t, s.tenant.User("anna@contoso.example").Drive().Put("plan.txt", drives.Bytes([]byte("hallo")), drives.Times{}))
	require.Equal(t, 200, s.do("POST", "/sim/quirks", `{"path":"anna@contoso.example","no_hashes":true,"whole_files":true,"empty_pages":true}`).StatusCode)
	item := s.get("/v1.0/users/anna@contoso.example/drive/root:/plan.txt")
	require.NotContains(t, item.Text, "quickXorHash")
	whole := s.get(item.JSON["@microsoft.graph.downloadUrl"].(string), "Authorization", "", "Range", "bytes=2-3")
	require.Equal(t, 200, whole.StatusCode)
	require.Equal(t, "hallo", whole.Text)
	page := s.get("/v1.0/users/anna@contoso.example/drive/root/delta")
	require.Empty(t, page.value())
	require.NotEmpty(t, page.JSON["@odata.nextLink"])
	require.Equal(t, 200, s.do("POST", "/sim/quirks", `{}`).StatusCode)
	part := s.get(item.JSON["@microsoft.graph.downloadUrl"].(string), "Authorization", "", "Range", "bytes=2-3")
	require.Equal(t, 206, part.StatusCode)
	require.Equal(t, "ll", part.Text)
}

func TestUsageReports(t *testing.T) {
	s := newStage(t, sim.Options{})
	for report, want := range map[string]string{"getMailboxUsageDetail": "bram@contoso.example,Bram Bakker", "getOneDriveUsageAccountDetail": "anna@contoso.example"} {
		r := s.get("/v1.0/reports/" + report + "(period='D7')")
		require.Equal(t, 302, r.StatusCode, r.Text)
		file := s.get(r.Header.Get("Location"), "Authorization", "")
		require.Equal(t, 200, file.StatusCode)
		require.Contains(t, file.Text, "Report Refresh Date,")
		require.Contains(t, file.Text, want)
		s.clock.Advance(6 * time.Minute)
		require.Equal(t, 401, s.get(r.Header.Get("Location"), "Authorization", "").StatusCode)
		require.Equal(t, 400, s.get("/v1.0/reports/"+report+"(period='D8')").StatusCode)
	}
}

func TestMetadataIsServedFromTheOfficialFile(t *testing.T) {
	require.Equal(t, 501, newStage(t, sim.Options{}).get("/v1.0/$metadata").StatusCode)
	file := filepath.Join(t.TempDir(), "metadata.xml")
	require.NoError(t, os.WriteFile(file, []byte("<edmx:Edmx/>"), 0o600))
	s := newStage(t, sim.Options{Metadata: file})
	r := s.get("/v1.0/$metadata", "Authorization", "")
	require.Equal(t, 200, r.StatusCode)
	require.Equal(t, "application/xml", r.Header.Get("Content-Type"))
	require.Equal(t, "<edmx:Edmx/>", r.Text)
}

func TestNationalClouds(t *testing.T) {
	s := newStage(t, sim.Options{Cloud: sim.CloudChina, Hosts: []string{"contoso-my.sharepoint.cn", "partner.outlook.cn"}})
	m := s.get("/" + s.tenant.ID() + "/v2.0/.well-known/openid-configuration")
	require.Equal(t, "microsoftgraph.chinacloudapi.cn", m.JSON["msgraph_host"])
	require.Equal(t, "partner.microsoftonline.cn", m.JSON["cloud_instance_name"])
	instance := func(host string) int {
		return s.get("/common/discovery/instance?api-version=1.1&authorization_endpoint=" + url.QueryEscape("https://"+host+"/common/oauth2/v2.0/authorize")).StatusCode
	}
	require.Equal(t, 200, instance("login.partner.microsoftonline.cn"))
	require.Equal(t, 400, instance("login.microsoftonline.com"))
	require.Contains(t, s.get("/v1.0/users", "Authorization", "Bearer x").Header.Get("WWW-Authenticate"), "https://login.partner.microsoftonline.cn/")

	require.Equal(t, 200, s.get("/v1.0/users").StatusCode)
	require.Equal(t, 200, s.get("/v1.0/users/anna@contoso.example/messages").StatusCode)
	for _, path := range []string{"/v1.0/users/anna@contoso.example/settings/exchange", "/v1.0/admin/exchange/mailboxes/x/folders", "/beta/admin/exchange/mailboxes/x/folders"} {
		r := s.get(path)
		require.Equal(t, 400, r.StatusCode, path)
		require.Contains(t, r.Text, "Resource not found for the segment 'exchange'.")
	}
	upload := s.under("microsoftgraph.chinacloudapi.cn", "POST", "/v1.0/users/anna@contoso.example/drive/root:/a.txt:/createUploadSession", "{}")
	require.True(t, strings.HasPrefix(upload.JSON["uploadUrl"].(string), "https://contoso-my.sharepoint.cn/"), upload.JSON)
	require.Equal(t, 400, s.under("microsoftgraph.chinacloudapi.cn", "GET", "/sim/calls", "").StatusCode)

	global := newStage(t, sim.Options{})
	require.Equal(t, 401, global.get("/v1.0/users", "Authorization", "Bearer "+s.token).StatusCode, "a token of another cloud")
	_, err := sim.ParseCloud("mars")
	require.Error(t, err)
}

func TestDeviceCodeSlowsDown(t *testing.T) {
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
	poll := func() any {
		return post("token", url.Values{"grant_type": {"device_code"}, "device_code": {start["device_code"].(string)}})["error"]
	}
	require.Equal(t, "authorization_pending", poll())
	require.Equal(t, "slow_down", poll())
	s.clock.Advance(5 * time.Second)
	require.Equal(t, "authorization_pending", poll())
	require.NoError(t, s.server.ApproveDevice(start["user_code"].(string), "", false))
	require.Nil(t, poll(), "approved is approved, however fast")
}

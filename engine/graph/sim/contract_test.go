package sim_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
	"vangnet/engine/graph/sim/drives"
)

// TestPreferencesComeInAnyForm: several headers, commas, any order and case.
func TestPreferencesComeInAnyForm(t *testing.T) {
	s := newStage(t, sim.Options{})
	for i := range 5 {
		s.do("POST", "/v1.0/users/anna@contoso.example/mailFolders/inbox/messages", `{"subject":"`+strings.Repeat("x", i+1)+`"}`)
	}
	path := "/v1.0/users/anna@contoso.example/mailFolders/inbox/messages/delta?$select=subject"
	plain := s.get(path).value()[0]["id"]
	for _, lines := range [][]string{
		{`IdType="ImmutableId"`, "odata.maxpagesize=2"}, {"odata.maxpagesize=2", `idtype="immutableid"`},
		{`odata.maxpagesize=2, IdType="ImmutableId", outlook.timezone="UTC"`}, {`outlook.body-content-type="text",IdType="ImmutableId",odata.maxpagesize=2`},
	} {
		q, err := http.NewRequest(http.MethodGet, s.server.URL()+path, nil)
		require.NoError(t, err)
		q.Header.Set("Authorization", "Bearer "+s.token)
		q.Header["Prefer"] = lines
		resp, err := s.client.Do(q)
		require.NoError(t, err)
		r := reply{Response: resp}
		decode(t, resp, &r.JSON)
		require.Len(t, r.value(), 2, lines)
		require.NotEqual(t, plain, r.value()[0]["id"], "%v: immutable ids", lines)
		for _, want := range []string{"odata.track-changes", "odata.maxpagesize=2", `IdType="ImmutableId"`} {
			require.Contains(t, r.Header.Get("Preference-Applied"), want, lines)
		}
	}
}

// TestBatchCarriesOtherThanJSON: texts go and come as base64, redirects with
// their address.
func TestBatchCarriesOtherThanJSON(t *testing.T) {
	s := newStage(t, sim.Options{})
	require.NoError(t, s.tenant.User("anna@contoso.example").Drive().Put("a.txt", drives.Bytes([]byte("x")), drives.Times{}))
	mime := base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(offer)))) // the body is base64 itself
	r := s.do("POST", "/v1.0/$batch", `{"requests":[
		{"id":"1","method":"GET","url":"/users/$count","headers":{"ConsistencyLevel":"eventual"}},
		{"id":"2","method":"POST","url":"/users/anna@contoso.example/messages","headers":{"Content-Type":"text/plain"},"body":"`+mime+`"},
		{"id":"3","method":"GET","url":"/users/anna@contoso.example/drive/root:/a.txt:/content"},
		{"id":"4","method":"POST","url":"/users/anna@contoso.example/messages","body":{"subject":"x"}}]}`)
	require.Equal(t, 200, r.StatusCode, r.Text)
	got := map[string]map[string]any{}
	for _, v := range r.JSON["responses"].([]any) {
		got[v.(map[string]any)["id"].(string)] = v.(map[string]any)
	}
	require.Equal(t, base64.StdEncoding.EncodeToString([]byte("7")), got["1"]["body"])
	require.EqualValues(t, 201, got["2"]["status"], got["2"])
	require.Equal(t, "Offerte dakgoot", got["2"]["body"].(map[string]any)["subject"])
	require.EqualValues(t, 302, got["3"]["status"])
	require.Contains(t, got["3"]["headers"].(map[string]any)["Location"], "tempauth=")
	require.EqualValues(t, 400, got["4"]["status"], "a body needs its type")
}

// TestPathsInAllTheirForms: names without regard to case, options with or
// without a dollar sign, keys in parentheses, ids encoded or not.
func TestPathsInAllTheirForms(t *testing.T) {
	s := newStage(t, sim.Options{})
	drive := s.get("/v1.0/users/anna@contoso.example/drive").JSON["id"].(string)
	for _, path := range []string{
		"/v1.0/USERS/anna%40contoso.example/MAILFOLDERS/Inbox/messages", "/v1.0/users('anna@contoso.example')/mailfolders('inbox')/messages?top=1&SELECT=subject",
		"/v1.0/users/anna@contoso.example/mailFolders/inbox/messages/microsoft.graph.delta()?", "/v1.0/users/anna@contoso.example/mailFolders('inbox')/messages/delta",
		"/v1.0/drives/" + drive + "/root/delta(token='latest')", "/v1.0/drives/" + strings.Replace(drive, "!", "%21", 1) + "/items/root/children?$TOP=1",
	} {
		require.Equal(t, 200, s.get(path).StatusCode, path)
	}
	upper := s.do("POST", "/v1.0/users/anna@contoso.example/messages", `{"subject":"x"}`).JSON["id"].(string)
	require.Equal(t, 200, s.get("/v1.0/users/anna@contoso.example/messages/"+strings.ReplaceAll(upper, "=", "%3D")).StatusCode)
	require.NotEqual(t, 200, s.get("/v1.0/users/anna@contoso.example/messages/"+strings.ToLower(upper)).StatusCode, "ids are case-sensitive")
}

func TestTokenLifetimeAndReachability(t *testing.T) {
	s := newStage(t, sim.Options{TokenLifetime: 2 * time.Minute})
	require.Equal(t, 200, s.get("/v1.0/users").StatusCode)
	s.clock.Advance(2 * time.Minute)
	require.Equal(t, 401, s.get("/v1.0/users").StatusCode)
	require.Equal(t, 400, s.get("/"+s.tenant.ID()+"/oauth2/v2.0/token").StatusCode, "a client looks whether anybody is there")
}

// TestNoDrive: the words by which clients know users without a OneDrive.
func TestNoDrive(t *testing.T) {
	s := newStage(t, sim.Options{})
	none := s.get("/v1.0/users/oud@contoso.example/drive")
	require.Equal(t, 404, none.StatusCode)
	require.Contains(t, none.Text, "User's mysite not found")
	require.Equal(t, 200, s.do("POST", "/sim/tenant", `{"tenant":"contoso.example","without_sharepoint":true}`).StatusCode)
	without := s.get("/v1.0/users/anna@contoso.example/drive")
	require.Equal(t, 400, without.StatusCode)
	require.Contains(t, without.Text, "Tenant does not have a SPO license")
}

// TestBrokenMailOnDemand: an item that cannot be read, one that is listed and
// not there, and one whose JSON holds what JSON must not.
func TestBrokenMailOnDemand(t *testing.T) {
	s := newStage(t, sim.Options{})
	_, err := s.world.LoadSeed(seedFolder(t, seedFiles))
	require.NoError(t, err)
	s.token = s.signIn(s.tenant)
	const messages = "/v1.0/users/anna@contoso.example/mailFolders/inbox/messages"
	id := ""
	for _, m := range s.get(messages + "?$select=subject").value() {
		if m["subject"] == "Offerte dakgoot" {
			id = m["id"].(string)
		}
	}
	broken := func(how string) reply {
		r := s.do("POST", "/sim/edit", `{"path":"anna@contoso.example/mail/Inbox/Offerte dakgoot","broken":"`+how+`"}`)
		require.Equal(t, 200, r.StatusCode, r.Text)
		return s.get("/v1.0/users/anna@contoso.example/messages/" + id)
	}
	corrupt := broken("corrupt")
	require.Equal(t, 500, corrupt.StatusCode)
	require.Equal(t, "ErrorCorruptData", corrupt.code())
	missing := broken("missing")
	require.Equal(t, 404, missing.StatusCode)
	require.Equal(t, "ErrorItemNotFound", missing.code())
	require.Len(t, s.get(messages).value(), 2, "it is listed all the same")
	controls := broken("controls")
	require.Equal(t, 200, controls.StatusCode)
	require.False(t, json.Valid([]byte(controls.Text)))
	require.Contains(t, controls.Text, "\x0b")
	require.Equal(t, "Offerte dakgoot", broken("").JSON["subject"])
}

// TestNamesOfTheWholeWorld come back as they went: emoji, combining marks,
// right-to-left, the longest there are, % and #.
func TestNamesOfTheWholeWorld(t *testing.T) {
	s := newStage(t, sim.Options{})
	drive := "/v1.0/drives/" + s.get("/v1.0/users/anna@contoso.example/drive").JSON["id"].(string)
	for _, name := range []string{"👩‍🚒 brand 🇳🇱.txt", "e\u0301te\u0301.txt", "שלום עולם.txt", strings.Repeat("n", 251) + ".txt", "50% & #1 'q' +.txt", "～全角.txt"} {
		put := s.do("PUT", drive+"/root:/"+url.PathEscape(name)+":/content", name)
		require.Equal(t, 201, put.StatusCode, "%s: %s", name, put.Text)
		require.Equal(t, name, put.JSON["name"])
		item := s.get(drive + "/items/" + put.JSON["id"].(string))
		require.Equal(t, name, item.JSON["name"])
		content := s.get(s.get(drive+"/root:/"+url.PathEscape(name)+":/content").Header.Get("Location"), "Authorization", "")
		require.Equal(t, name, content.Text)

		folder := s.do("POST", "/v1.0/users/anna@contoso.example/mailFolders", string(must(json.Marshal(map[string]string{"displayName": name}))))
		require.Equal(t, 201, folder.StatusCode, folder.Text)
		require.Equal(t, name, s.get("/v1.0/users/anna@contoso.example/mailFolders/" + folder.JSON["id"].(string)).JSON["displayName"])
		again := s.do("POST", "/v1.0/users/anna@contoso.example/mailFolders", string(must(json.Marshal(map[string]string{"displayName": name}))))
		require.Equal(t, "ErrorFolderExists", again.code())
	}
}

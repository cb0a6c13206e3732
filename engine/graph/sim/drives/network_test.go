package drives_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim"
	"vangnet/engine/graph/sim/drives"
)

// network is the whole simulator with one user's drive behind it.
type network struct {
	*rig
	sim    *sim.Server
	tenant *sim.Tenant
	token  string
}

func newNetwork(t *testing.T, o sim.Options) *network {
	c := clock.NewManual(time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC))
	world := sim.NewWorld(3, c)
	in := world.AddTenant("contoso.example", "Contoso")
	anna, err := in.AddUser(sim.UserSpec{LocalPart: "anna", Licences: []string{"SPB"}})
	require.NoError(t, err)
	server, err := sim.Start(context.Background(), world, o)
	require.NoError(t, err)
	t.Cleanup(func() { server.Close() })
	n := &network{rig: &rig{t: t, drive: anna.Drive(), clock: c}, sim: server, tenant: in}
	resp, err := server.Client().PostForm(server.URL()+"/"+in.ID()+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {in.DefaultApp().ClientID},
		"client_secret": {in.DefaultApp().Secret()}, "scope": {"https://graph.microsoft.com/.default"}})
	require.NoError(t, err)
	defer resp.Body.Close()
	var grant struct {
		AccessToken string `json:"access_token"`
	}
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&grant))
	n.token = grant.AccessToken
	return n
}

// ask calls Graph below the drive with a token, or a whole URL without one.
func (n *network) ask(method, path, body string, headers ...string) answer {
	n.t.Helper()
	target, open := path, strings.HasPrefix(path, "https://") && !strings.Contains(path, "/v1.0/")
	if !strings.HasPrefix(path, "https://") {
		target = n.sim.URL() + "/v1.0/drives/" + n.drive.ID() + path
	}
	req, err := http.NewRequest(method, target, strings.NewReader(body))
	require.NoError(n.t, err)
	if !open {
		req.Header.Set("Authorization", "Bearer "+n.token)
	}
	if strings.HasPrefix(body, "{") {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		k, v, _ := strings.Cut(h, ": ")
		req.Header.Set(k, v)
	}
	client := n.sim.Client()
	defer client.CloseIdleConnections()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	require.NoError(n.t, err)
	defer resp.Body.Close()
	a := answer{Response: resp}
	a.raw, err = io.ReadAll(resp.Body)
	require.NoError(n.t, err)
	_ = json.Unmarshal(a.raw, &a.json)
	return a
}

// TestOverTheNetwork does all that drives can do through the real server and
// has the traffic judged by Microsoft's metadata.
func TestOverTheNetwork(t *testing.T) {
	record := filepath.Join(t.TempDir(), "calls.jsonl")
	file, err := os.Create(record)
	require.NoError(t, err)
	defer file.Close()
	n := newNetwork(t, sim.Options{Record: file})
	for i := range 5 {
		n.put(fmt.Sprintf("Documenten/f%d.docx", i), strings.Repeat("x", i*100))
	}
	require.NoError(t, n.drive.MakeNotebook("Notities"))
	n.put("Notities/Sectie.one", "x")
	n.put("virus.exe", "x")
	require.NoError(t, n.drive.MarkInfected("virus.exe", "EICAR"))
	require.NoError(t, n.drive.MarkSpecial("Documenten", "documents"))
	require.NoError(t, n.drive.Share("Documenten/f1.docx", "users"))
	for _, step := range []struct {
		status       int
		method, path string
		body         string
		header       string
	}{
		{200, "GET", "", "", ""},
		{200, "GET", n.sim.URL() + "/v1.0/users/anna@contoso.example/drive?$select=id,quota", "", ""},
		{200, "GET", n.sim.URL() + "/v1.0/users/anna@contoso.example/drives", "", ""},
		{200, "GET", n.sim.URL() + "/v1.0/users/anna@contoso.example/drive/root", "", ""},
		{200, "GET", "/root:/Documenten/f1.docx", "", ""},
		{200, "GET", "/root:/Documenten/f1.docx?$select=id,name,content.downloadUrl", "", ""},
		{200, "GET", "/root:/Documenten/f1.docx?$select=id,@microsoft.graph.downloadUrl", "", ""},
		{400, "GET", "/root:/Documenten/f1.docx?$select=id,nonsense", "", ""},
		{404, "GET", "/root:/Documenten/nothing.docx", "", ""},
		{200, "GET", "/root/children?$top=1", "", ""},
		{200, "GET", "/root:/Documenten:/children?$select=id,name,size&$count=true", "", ""},
		{200, "GET", "/root:/virus.exe", "", ""},
		{403, "GET", "/root:/virus.exe:/content", "", ""},
		{503, "GET", "/root:/Notities/Sectie.one:/content", "", ""},
		{302, "GET", "/root:/Documenten/f1.docx:/content", "", ""},
		{201, "PUT", "/root:/nieuw.txt:/content", "content", ""},
		{200, "PUT", "/root:/nieuw.txt:/content", "content two", ""},
		{201, "PUT", "/root:/%7B%20f.json:/content", `{"a":"b"}`, ""},
		{409, "PUT", "/root:/nieuw.txt:/content?@microsoft.graph.conflictBehavior=fail", "x", ""},
		{400, "PUT", "/root:/CON:/content", "x", ""},
		{200, "GET", "/root:/nieuw.txt:/versions", "", ""},
		{200, "GET", "/root:/nieuw.txt:/versions/1.0", "", ""},
		{302, "GET", "/root:/nieuw.txt:/versions/1.0/content", "", ""},
		{204, "POST", "/root:/nieuw.txt:/versions/1.0/restoreVersion", "", ""},
		{200, "GET", "/root:/nieuw.txt:/permissions", "", ""},
		{200, "POST", "/root:/Documenten:/invite", `{"recipients":[{"email":"bram@contoso.example"}],"roles":["read"],"requireSignIn":true,"sendInvitation":false}`, ""},
		{201, "POST", "/root:/nieuw.txt:/createLink", `{"type":"view","scope":"anonymous","expirationDateTime":"2027-01-01T00:00:00Z"}`, ""},
		{200, "GET", "/root:/nieuw.txt:/permissions", "", ""},
		{200, "GET", "/root:/Documenten/f1.docx:/permissions", "", ""},
		{200, "GET", "/root:/nieuw.txt:/permissions/owner", "", ""},
		{403, "DELETE", "/root:/nieuw.txt:/permissions/owner", "", ""},
		{202, "POST", "/root:/Documenten:/copy", `{"name":"Kopie"}`, ""},
		{201, "POST", "/root/children", `{"name":"Map","folder":{},"@microsoft.graph.conflictBehavior":"fail"}`, ""},
		{409, "POST", "/root/children", `{"name":"Map","folder":{},"@microsoft.graph.conflictBehavior":"fail"}`, ""},
		{200, "PATCH", "/root:/nieuw.txt", `{"name":"oud.txt","fileSystemInfo":{"lastModifiedDateTime":"2020-01-01T00:00:00Z"}}`, ""},
		{412, "PATCH", "/root:/oud.txt", `{"name":"ander.txt"}`, `If-Match: "x"`},
		{204, "DELETE", "/root:/oud.txt", "", ""},
		{200, "GET", "/root/delta?token=latest", "", "Prefer: deltashowremovedasdeleted, deltatraversepermissiongaps,deltashowsharingchanges,hierarchicalsharing"},
		{400, "GET", "/root/delta?token=nonsense", "", ""},
	} {
		var headers []string
		if step.header != "" {
			headers = append(headers, step.header)
		}
		a := n.ask(step.method, step.path, step.body, headers...)
		require.Equal(t, step.status, a.StatusCode, "%s %s: %s", step.method, step.path, a.raw)
	}
	n.deltaOverNetwork()
	n.uploadOverNetwork()
	require.NoError(t, n.sim.Close())
	judge(t, record)
}

// deltaOverNetwork reads whole rounds and an expired link.
func (n *network) deltaOverNetwork() {
	link := ""
	for next := "/root/delta()?$top=4"; next != ""; {
		a := n.ask("GET", next, "", "Prefer: hierarchicalsharing")
		require.Equal(n.t, 200, a.StatusCode, "%s", a.raw)
		next, link = a.str("@odata.nextLink"), a.str("@odata.deltaLink")
	}
	require.NoError(n.t, n.drive.Delete("Documenten"))
	a := n.ask("GET", link, "")
	require.Equal(n.t, 200, a.StatusCode)
	require.Equal(n.t, "deleted", a.items()[len(a.items())-1]["deleted"].(map[string]any)["state"])
	n.drive.ExpireDelta()
	a = n.ask("GET", link, "")
	require.Equal(n.t, 410, a.StatusCode)
	require.Equal(n.t, 200, n.ask("GET", a.Header.Get("Location"), "").StatusCode)
}

// uploadOverNetwork uploads in pieces, with a status and a late conflict.
func (n *network) uploadOverNetwork() {
	data := string(generate(n.t, 2*unit))
	a := n.ask("POST", "/root:/groot.bin:/createUploadSession", `{"item":{"@microsoft.graph.conflictBehavior":"fail","name":"groot.bin"}}`)
	require.Equal(n.t, 200, a.StatusCode, "%s", a.raw)
	link := a.str("uploadUrl")
	a = n.ask("PUT", link, data[:unit], fmt.Sprintf("Content-Range: bytes 0-%d/%d", unit-1, 2*unit))
	require.Equal(n.t, 202, a.StatusCode, "%s", a.raw)
	require.Equal(n.t, 200, n.ask("GET", link, "").StatusCode)
	n.put("groot.bin", "faster")
	a = n.ask("PUT", link, data[unit:], fmt.Sprintf("Content-Range: bytes %d-%d/%d", unit, 2*unit-1, 2*unit))
	require.Equal(n.t, 409, a.StatusCode, "%s", a.raw)
	require.NoError(n.t, n.drive.Delete("groot.bin"))
	a = n.ask("POST", link, "") // TestLateConflict has the way by sourceUrl, which the metadata does not know
	require.Equal(n.t, 201, a.StatusCode, "%s", a.raw)
	content := n.ask("GET", "/items/"+a.str("id")+"/content", "").Header.Get("Location")
	require.Equal(n.t, data, string(n.ask("GET", content, "").raw))
	require.Equal(n.t, data[100:200], string(n.ask("GET", content, "", "Range: bytes=100-199").raw))
}

// judge has graphcheck look at recorded traffic where it is at hand: beside the
// repository, or in VANGNET_SHARED.
func judge(t *testing.T, record string) {
	t.Helper()
	shared := os.Getenv("VANGNET_SHARED")
	if shared == "" {
		shared = "../../../../../shared"
	}
	tool := filepath.Join(shared, "graphcheck", "graphcheck")
	if _, err := os.Stat(tool); err != nil {
		t.Skip("graphcheck is not at hand")
	}
	out, err := exec.Command(tool, "--coverage", record).CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Logf("%s", out)
}

// TestTextIsNotHurtByGzip downloads text as a client that likes gzip.
func TestTextIsNotHurtByGzip(t *testing.T) {
	n := newNetwork(t, sim.Options{})
	text := strings.Repeat("regel\n", 1000)
	require.NoError(t, n.drive.Put("f.txt", drives.Bytes([]byte(text)), drives.Times{}))
	link := n.ask("GET", "/root:/f.txt:/content", "").Header.Get("Location")
	require.Equal(t, text, string(n.ask("GET", link, "").raw))
	require.Equal(t, text[10:20], string(n.ask("GET", link, "", "Range: bytes=10-19").raw))
}

package sim_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
)

// mailboxID asks for the id by which the import and export API knows a mailbox.
func (s *stage) mailboxID(user string) string {
	s.t.Helper()
	return url.PathEscape(s.get("/v1.0/users/" + user + "/settings/exchange").JSON["primaryMailboxId"].(string))
}

func TestMailSurvivesExportAndImport(t *testing.T) {
	recording := filepath.Join(t.TempDir(), "calls.jsonl")
	file, err := os.Create(recording)
	require.NoError(t, err)
	defer file.Close()
	s := newStage(t, sim.Options{Record: file})
	_, err = s.world.LoadSeed(seedFolder(t, seedFiles))
	require.NoError(t, err)
	s.token = s.signIn(s.tenant)
	const inbox = "anna@contoso.example/mail/Inbox"
	before := paths(t, s.world, inbox)
	box := "/v1.0/admin/exchange/mailboxes/" + s.mailboxID("anna@contoso.example")

	folder := ""
	for next := s.server.URL() + box + "/folders"; next != "" && folder == ""; {
		page := s.get(next)
		require.Equal(t, 200, page.StatusCode, page.Text)
		for _, f := range page.value() {
			if f["displayName"] == "Inbox" {
				folder = f["id"].(string)
			}
		}
		next, _ = page.JSON["@odata.nextLink"].(string)
	}
	require.NotEmpty(t, folder)
	items := s.get(box+"/folders/"+folder+"/items/delta", "Prefer", "odata.maxpagesize=50")
	require.Equal(t, 200, items.StatusCode, items.Text)
	require.Len(t, items.value(), 2) // a.eml and c.eml
	var ids []string
	for _, i := range items.value() {
		ids = append(ids, i["id"].(string))
	}
	exported := s.do(http.MethodPost, box+"/exportItems", `{"itemIds":["`+strings.Join(ids, `","`)+`"]}`)
	require.Equal(t, 200, exported.StatusCode, exported.Text)
	require.Len(t, exported.value(), 2)

	require.NoError(t, s.world.Delete(inbox+"/Offerte dakgoot"))
	require.NoError(t, s.world.Delete(inbox+"/Los"))
	require.Len(t, paths(t, s.world, inbox), len(before)-2)
	session := s.do(http.MethodPost, box+"/createImportSession", "")
	require.Contains(t, []int{200, 201}, session.StatusCode, session.Text)
	link := session.JSON["importUrl"].(string)
	require.True(t, strings.HasPrefix(link, s.server.URL()), link)
	for _, x := range exported.value() {
		r := s.do(http.MethodPost, link, `{"FolderId":"`+folder+`","Mode":"create","Data":"`+x["data"].(string)+`"}`, "Authorization", "")
		require.Equal(t, 200, r.StatusCode, r.Text)
	}
	require.Equal(t, before, paths(t, s.world, inbox))

	value := s.get("/v1.0/users/anna@contoso.example/mailFolders/inbox/messages?$select=subject")
	require.Equal(t, 200, value.StatusCode, value.Text)
	require.NotEmpty(t, s.server.Mutations())
	require.NoError(t, s.server.Close())
	graphcheck(t, recording)
}

func TestItemFaultsStay(t *testing.T) {
	s := newStage(t, sim.Options{})
	_, err := s.world.LoadSeed(seedFolder(t, seedFiles))
	require.NoError(t, err)
	s.token = s.signIn(s.tenant)
	box := "/v1.0/admin/exchange/mailboxes/" + s.mailboxID("anna@contoso.example")
	items := s.get("/v1.0/users/anna@contoso.example/messages?$select=id", "Prefer", `IdType="ImmutableId"`).value()
	require.Len(t, items, 3)
	export := func() (failed []string) {
		for _, i := range items {
			r := s.do(http.MethodPost, box+"/exportItems", `{"itemIds":["`+i["id"].(string)+`"]}`)
			require.Equal(t, 200, r.StatusCode, r.Text)
			if r.value()[0]["error"] != nil {
				failed = append(failed, i["id"].(string))
			}
		}
		return failed
	}
	require.Empty(t, export())
	s.server.SetFaults(sim.FaultPlan{"item": {Share: 1}})
	require.Len(t, export(), 3)
	s.server.SetFaults(sim.FaultPlan{"item": {Share: 0.5}})
	first := export()
	require.Equal(t, first, export())
	s.server.SetFaults(nil)
	require.Empty(t, export())
}

func TestMailboxConcurrencyIsLimited(t *testing.T) {
	s := newStage(t, sim.Options{Budgets: sim.StandardBudgets()})
	_, err := s.world.LoadSeed(seedFolder(t, map[string]string{"contoso.example/users/anna/mail/Inbox/a.eml": "Subject: Groot\r\n\r\n" + strings.Repeat("x", 12<<20)}))
	require.NoError(t, err)
	s.token = s.signIn(s.tenant)
	id := s.get("/v1.0/users/anna@contoso.example/messages?$select=id").value()[0]["id"].(string)
	open := func() *http.Response {
		q, err := http.NewRequest(http.MethodGet, s.server.URL()+"/v1.0/users/anna@contoso.example/messages/"+id+"/$value", nil)
		require.NoError(t, err)
		q.Header.Set("Authorization", "Bearer "+s.token)
		q.Header.Set("Accept-Encoding", "identity")
		resp, err := s.client.Do(q)
		require.NoError(t, err)
		t.Cleanup(func() { resp.Body.Close() })
		return resp
	}
	for range 4 { // not read, so they stay under way
		require.Equal(t, 200, open().StatusCode)
	}
	fifth := open()
	require.Equal(t, 429, fifth.StatusCode)
	require.Equal(t, "1", fifth.Header.Get("Retry-After"))
	require.Equal(t, 200, s.get("/v1.0/users/bram@contoso.example/messages").StatusCode)
}

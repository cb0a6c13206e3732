package sim_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
	"vangnet/engine/mapi/mailtest"
)

// TestOddMailsSurviveExportAndImport takes mails of every odd kind out of a
// mailbox and puts them back, over the network, in batches of 20.
func TestOddMailsSurviveExportAndImport(t *testing.T) {
	s := newStage(t, sim.Options{})
	dir := t.TempDir()
	inbox := filepath.Join(dir, "contoso.example", "users", "anna", "mail", "Inbox")
	require.NoError(t, os.MkdirAll(inbox, 0o755))
	for _, m := range mailtest.Generate(5, 2*len(mailtest.Kinds())) {
		require.NoError(t, os.WriteFile(filepath.Join(inbox, m.Name+".eml"), m.Bytes, 0o644))
	}
	_, err := s.world.LoadSeed(dir)
	require.NoError(t, err)
	s.token = s.signIn(s.tenant)
	const address = "anna@contoso.example/mail/Inbox"
	before := paths(t, s.world, address)
	box := "/v1.0/admin/exchange/mailboxes/" + s.mailboxID("anna@contoso.example")
	folder := s.get(box + "/folders/inbox").JSON["id"].(string)
	var ids []string
	for next := s.server.URL() + box + "/folders/" + folder + "/items/delta"; next != ""; {
		page := s.get(next)
		require.Equal(t, 200, page.StatusCode, page.Text)
		for _, i := range page.value() {
			ids = append(ids, i["id"].(string))
		}
		next, _ = page.JSON["@odata.nextLink"].(string)
	}
	require.Len(t, ids, len(before)-1) // and the folder
	var streams []string
	for len(ids) > 0 {
		n := min(20, len(ids))
		r := s.do(http.MethodPost, box+"/exportItems", `{"itemIds":["`+strings.Join(ids[:n], `","`)+`"]}`)
		for _, x := range r.value() {
			require.Nil(t, x["error"])
			streams = append(streams, x["data"].(string))
		}
		ids = ids[n:]
	}
	require.NoError(t, s.world.Delete("anna@contoso.example"))
	session := s.do(http.MethodPost, box+"/createImportSession", "")
	for _, data := range streams {
		r := s.do(http.MethodPost, session.JSON["importUrl"].(string), `{"FolderId":"`+folder+`","Mode":"create","Data":"`+data+`"}`, "Authorization", "")
		require.Equal(t, 200, r.StatusCode, r.Text)
	}
	require.Equal(t, before, paths(t, s.world, address))
}

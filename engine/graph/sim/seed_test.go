package sim_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim"
)

// seedFolder writes files, named by path, into a new folder.
func seedFolder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	when := time.Date(2025, 5, 4, 3, 2, 1, 0, time.UTC)
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		if strings.HasSuffix(name, "/") {
			require.NoError(t, os.MkdirAll(path, 0o755))
			continue
		}
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		require.NoError(t, os.Chtimes(path, when, when))
	}
	return dir
}

const offer = "From: Jan <jan@klant.example>\r\nTo: anna@contoso.example\r\nSubject: Offerte dakgoot\r\nDate: Mon, 02 Jun 2025 10:00:00 +0200\r\nMessage-ID: <1@klant.example>\r\n\r\nDag Anna\r\n"

var seedFiles = map[string]string{
	"contoso.example/tenant.json":                         `{"display_name":"Contoso B.V.","licences":{"SPB":10},"client_secret":"geheim","groups":[{"name":"Verkoop","team":true,"members":["anna"]}]}`,
	"contoso.example/users/anna/mail/Inbox/a.eml":         offer,
	"contoso.example/users/anna/mail/Inbox/a.json":        `{"read":true,"flagged":true,"categories":["Blauw"],"importance":"high"}`,
	"contoso.example/users/anna/mail/Inbox/Klanten/b.eml": "X-Sim-Received: 2024-01-02T03:04:05Z\r\nSubject: Vraag\r\n\r\nx\r\n",
	"contoso.example/users/anna/mail/Inbox/Leeg/":         "",
	"contoso.example/users/anna/mail/c.eml":               strings.Replace(offer, "Offerte dakgoot", "Los", 1),
	"contoso.example/users/anna/archive/Oud/d.eml":        strings.Replace(offer, "Offerte dakgoot", "Oud", 1),
	"contoso.example/users/anna/calendar/x.ics":           "BEGIN:VCALENDAR",
	"contoso.example/users/anna/onedrive/Documenten/p.md": "plan",
	"contoso.example/users/anna/onedrive/Lege map/":       "",
	"contoso.example/users/anna/onedrive/N/s.one":         "x",
	"contoso.example/users/anna/onedrive/~$lock.docx":     "x",
	"contoso.example/users/anna/user.json":                `{"display_name":"Anna de Vries","onedrive":{"notebooks":["N"]}}`,
	"contoso.example/users/info/user.json":                `{"kind":"shared"}`,
	"contoso.example/users/svc/user.json":                 `{"licences":[]}`,
	"contoso.example/users/weg/user.json":                 `{"licences":["SPB","NOSUCH"],"enabled":false}`,
	"contoso.example/sites/intranet/x.txt":                "x",
	"readme.txt":                                          "x",
}

func seeded(t *testing.T) (*sim.World, string) {
	t.Helper()
	dir := seedFolder(t, seedFiles)
	w := sim.NewWorld(1, clock.NewManual(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)))
	w.SetTemp(t.TempDir())
	ignored, err := w.LoadSeed(dir)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{
		"anna@contoso.example/calendar/x.ics: not all of it could be used: there is nothing in it", "contoso.example/sites: not simulated yet", "readme.txt: no tenant's folder",
		"anna@contoso.example/onedrive/~$lock.docx: OneDrive takes no such name", "weg@contoso.example: unknown licence NOSUCH",
	}, ignored)
	return w, dir
}

func paths(t *testing.T, w *sim.World, address string, kinds ...string) map[string]sim.TreeItem {
	t.Helper()
	items, err := w.Tree(address)
	require.NoError(t, err)
	m := map[string]sim.TreeItem{}
	for i, x := range items {
		require.NotContains(t, m, x.Path, "paths are unique")
		require.False(t, i > 0 && items[i-1].Path > x.Path, "sorted by path")
		m[x.Path] = x
	}
	return m
}

func TestSeedFolder(t *testing.T) {
	w, _ := seeded(t)
	contoso := w.Tenant("contoso.example")
	require.Equal(t, "Contoso B.V.", contoso.DisplayName())
	require.Equal(t, "geheim", contoso.DefaultApp().Secret())
	require.True(t, contoso.User("weg@contoso.example").Disabled)
	require.Nil(t, contoso.User("svc@contoso.example").Mailbox())
	require.Nil(t, contoso.User("info@contoso.example").Drive())

	live := paths(t, w, "")
	anna := "anna@contoso.example/"
	first := live[anna+"mail/Inbox/Offerte dakgoot"]
	require.Equal(t, "2025-06-02T08:00:00Z", first.Received)
	require.True(t, *first.Read)
	require.True(t, *first.Flagged)
	require.Equal(t, []string{"Blauw"}, first.Categories)
	require.Equal(t, 1, *first.Importance)
	require.NotEmpty(t, first.Hash)
	require.Equal(t, "2024-01-02T03:04:05Z", live[anna+"mail/Inbox/Klanten/Vraag"].Received)
	for _, p := range []string{"mail/Inbox/Leeg", "mail/Inbox/Los", "archive/Oud/Oud", "onedrive/Documenten/p.md", "onedrive/Lege map", "onedrive/N"} {
		require.Contains(t, live, anna+p)
	}
	require.Equal(t, "notebook", live[anna+"onedrive/N"].Kind)
	require.Equal(t, "2025-05-04T03:02:01Z", live[anna+"onedrive/Documenten/p.md"].Modified)
	require.Len(t, paths(t, w, anna+"onedrive/Documenten"), 2)
}

func TestSeedAgainAddsAndChanges(t *testing.T) {
	w, dir := seeded(t)
	before := paths(t, w, "")
	_, err := w.LoadSeed(dir)
	require.NoError(t, err)
	require.Equal(t, before, paths(t, w, ""), "nothing new")

	user := filepath.Join(dir, "contoso.example", "users", "anna")
	require.NoError(t, os.WriteFile(filepath.Join(user, "onedrive", "Documenten", "p.md"), []byte("ander plan"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(user, "mail", "Inbox", "n.eml"), []byte("Subject: Nieuw\r\n\r\nx"), 0o644))
	_, err = w.LoadSeed(dir)
	require.NoError(t, err)
	after := paths(t, w, "")
	require.Len(t, after, len(before)+1)
	require.NotEqual(t, before["anna@contoso.example/onedrive/Documenten/p.md"].Hash, after["anna@contoso.example/onedrive/Documenten/p.md"].Hash)
	require.Contains(t, after, "anna@contoso.example/mail/Inbox/Nieuw")
}

func TestDeleteAndSeedAgain(t *testing.T) {
	w, dir := seeded(t)
	before := paths(t, w, "")
	require.NoError(t, w.Delete("anna@contoso.example/mail/Inbox/Offerte dakgoot"))
	require.NotContains(t, paths(t, w, ""), "anna@contoso.example/mail/Inbox/Offerte dakgoot")
	require.NoError(t, w.Delete("contoso.example"))
	for path, item := range paths(t, w, "") {
		require.Empty(t, item.Hash, "%s is still there", path)
	}
	_, err := w.LoadSeed(dir)
	require.NoError(t, err)
	require.Equal(t, before, paths(t, w, ""))
	require.ErrorIs(t, w.Delete("anna@contoso.example/onedrive/nee"), sim.ErrNotFound)
	require.ErrorIs(t, w.Delete("anna@contoso.example/mail/nee"), sim.ErrNotFound)
	require.ErrorIs(t, w.Delete("nobody@contoso.example"), sim.ErrNotFound)
}

func TestEdit(t *testing.T) {
	w, _ := seeded(t)
	file := filepath.Join(t.TempDir(), "new")
	require.NoError(t, os.WriteFile(file, []byte("Subject: Anders\r\n\r\nandere tekst"), 0o644))
	before := paths(t, w, "")
	edit := func(c string) {
		t.Helper()
		var change sim.Change
		require.NoError(t, json.Unmarshal([]byte(c), &change))
		if change.File != "" {
			change.File = file
		}
		require.NoError(t, w.Edit(change))
	}
	const anna = "anna@contoso.example/"
	edit(`{"path":"anna@contoso.example/onedrive/Documenten/p.md","file":"x"}`)
	edit(`{"path":"anna@contoso.example/onedrive/Nieuw/q.md","file":"x"}`)
	edit(`{"path":"anna@contoso.example/onedrive/Nieuw","mkdir":true,"rename":"Hernoemd"}`)
	edit(`{"path":"anna@contoso.example/mail/Inbox/Offerte dakgoot","read":false,"categories":["Rood"],"importance":"low"}`)
	edit(`{"path":"anna@contoso.example/mail/Inbox/Los","move":"anna@contoso.example/mail/Inbox/Klanten"}`)
	edit(`{"path":"anna@contoso.example/mail/Inbox/Leeg","file":"x"}`)
	after := paths(t, w, "")
	require.NotEqual(t, before[anna+"onedrive/Documenten/p.md"].Hash, after[anna+"onedrive/Documenten/p.md"].Hash)
	require.Contains(t, after, anna+"onedrive/Hernoemd/q.md")
	mail := after[anna+"mail/Inbox/Offerte dakgoot"]
	require.False(t, *mail.Read)
	require.Equal(t, -1, *mail.Importance)
	require.Equal(t, []string{"Rood"}, mail.Categories)
	require.Contains(t, after, anna+"mail/Inbox/Klanten/Los")
	require.Contains(t, after, anna+"mail/Inbox/Leeg/Anders")

	require.Error(t, w.Edit(sim.Change{Path: "anna@contoso.example"}))
	require.Error(t, w.Edit(sim.Change{Path: "anna@contoso.example/onedrive/x", File: "/no/such/file"}))
	require.ErrorIs(t, w.Edit(sim.Change{Path: "anna@contoso.example/mail/Inbox/nee", Read: new(bool)}), sim.ErrNotFound)
}

func TestSeedIsDeterministic(t *testing.T) {
	a, dir := seeded(t)
	b := sim.NewWorld(1, clock.NewManual(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)))
	_, err := b.LoadSeed(dir)
	require.NoError(t, err)
	require.Equal(t, a.Tenant("contoso.example").ID(), b.Tenant("contoso.example").ID())
	x, y := a.Tenant("contoso.example").User("anna@contoso.example"), b.Tenant("contoso.example").User("anna@contoso.example")
	require.Equal(t, x.ID, y.ID)
	require.Equal(t, x.Drive().ID(), y.Drive().ID())
	require.Equal(t, x.Mailbox().ID(), y.Mailbox().ID())
	c := sim.NewWorld(2, a.Clock())
	require.NotEqual(t, a.Tenant("contoso.example").ID(), c.AddTenant("contoso.example", "").ID())
}

func TestBadSeeds(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"no JSON":        {"contoso.example/tenant.json": "{"},
		"user no JSON":   {"contoso.example/users/anna/user.json": "[]"},
		"no certificate": {"contoso.example/tenant.json": `{"certificates":["x.pem"]}`},
		"importance":     {"contoso.example/users/anna/mail/Inbox/a.eml": "x", "contoso.example/users/anna/mail/Inbox/a.json": `{"importance":"huge"}`},
	} {
		_, err := sim.NewWorld(1, clock.System()).LoadSeed(seedFolder(t, files))
		require.Error(t, err, name)
	}
	_, err := sim.NewWorld(1, clock.System()).LoadSeed("/no/such/folder")
	require.Error(t, err)
}

func TestControlOverTheNetwork(t *testing.T) {
	s := newStage(t, sim.Options{})
	post := func(what, body string) reply { return s.do(http.MethodPost, "/sim/"+what, body) }
	dir := seedFolder(t, seedFiles)
	r := post("seed", `{"dir":`+quote(dir)+`}`)
	require.Equal(t, 200, r.StatusCode, r.Text)
	require.Contains(t, r.Text, "not simulated yet")
	tree := s.get("/sim/tree?path=anna%40contoso.example%2Fmail%2FInbox")
	require.Contains(t, tree.Text, `"path":"anna@contoso.example/mail/Inbox/Offerte dakgoot","kind":"message"`)
	require.Equal(t, 200, post("streams", `{"mode":"truncated"}`).StatusCode)
	require.Equal(t, 400, post("streams", `{"mode":"nonsense"}`).StatusCode)
	require.Equal(t, 200, post("streams", `{"mode":""}`).StatusCode)
	require.Equal(t, 200, post("edit", `{"path":"anna@contoso.example/mail/Inbox/Offerte dakgoot","read":false}`).StatusCode)
	require.Equal(t, 200, post("user", `{"path":"nieuw@contoso.example","kind":"shared"}`).StatusCode)
	require.Equal(t, 200, s.get("/v1.0/users/nieuw@contoso.example").StatusCode)
	require.Equal(t, 200, s.do(http.MethodDelete, "/sim/user", `{"path":"nieuw@contoso.example"}`).StatusCode)
	require.Equal(t, 404, s.get("/v1.0/users/nieuw@contoso.example").StatusCode)
	require.Equal(t, 200, post("app", `{"tenant":"contoso.example","roles":["User.Read.All"],"secret":"anders"}`).StatusCode)
	require.Equal(t, "anders", s.tenant.DefaultApp().Secret())
	require.Equal(t, 200, post("delete", `{"path":""}`).StatusCode)
	require.NotContains(t, s.get("/sim/tree").Text, "hash")
	require.Equal(t, 404, post("delete", `{"path":"x@contoso.example"}`).StatusCode)
	require.Equal(t, 400, post("delete", `nonsense`).StatusCode)
}

func quote(s string) string { return string(must(json.Marshal(s))) }

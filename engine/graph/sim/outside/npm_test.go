package outside_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// way is one sign-in of the npm package for it.
type way struct {
	Type    string `json:"type"`
	Tenant  string `json:"tenant"`
	Cached  bool   `json:"cached"`
	Minutes int    `json:"minutes"`
	Works   bool   `json:"works"`
}

// graphResult is what graph.mjs prints.
type graphResult struct {
	Ways      map[string]way    `json:"ways"`
	Refused   map[string]string `json:"refused"`
	Directory struct {
		Users                                 []string
		Pages, Licensed, Counted, Delta, Idle int
		SKUs                                  [][]any `json:"skus"`
		Licences                              []string
		Organization, Settings                string
	}
	Mail struct {
		Folders                                            []string
		FolderPages, Total, Pages, Delta, DeltaPages, Gone int
		Sorted, IsDraft                                    bool
		Values                                             map[string]string
		Attached                                           [][]any
		Uploaded                                           []any
		Changed                                            []string
	}
	Batch struct {
		Statuses    map[string]int
		Name, Error string
		Made        int
		Seen        bool
		Again       []int
		Values      map[string]string
	}
	Streams struct {
		Folders, Items, Exported, Put, Before, Changed int
		Original                                       bool
	}
	Files struct {
		Put, Uploaded, Cancelled, Items, DeltaPages, Versions int
		UploadHost                                            string
		Names, Changed                                        []string
		Same, Range                                           bool
	}
}

// graph has @azure/msal-node and @microsoft/microsoft-graph-client do all that a
// backup needs: sign in, page, batch, read mails, move files.
func (in *inside) graph(t *testing.T) {
	settings, err := json.Marshal(map[string]string{
		"tenant": in.tenant.TenantID, "domain": domain, "client_id": in.tenant.ClientID, "secret": in.tenant.ClientSecret,
		"cert": filepath.Join(in.dir, "cert.pem"), "key": filepath.Join(in.dir, "key.pem"),
		"user": "anna@" + domain, "colleague": "bram@" + domain,
	})
	require.NoError(t, err)
	s := &stage{t, in.dir}
	var r graphResult
	out := in.program(t, "node", filepath.Join(in.Node, "graph.mjs"), s.write("graph.json", settings))
	require.NoError(t, json.Unmarshal(out, &r), "%s", out)
	t.Run("sign in", func(t *testing.T) { in.checkWays(t, r) })
	t.Run("directory", func(t *testing.T) { in.checkDirectory(t, r) })
	t.Run("mail", func(t *testing.T) { in.checkMail(t, r) })
	t.Run("batch", func(t *testing.T) { in.checkBatch(t, r) })
	t.Run("streams", func(t *testing.T) { in.checkStreams(t, r) })
	t.Run("files", func(t *testing.T) { checkFiles(t, r) })
}

func (in *inside) checkWays(t *testing.T, r graphResult) {
	require.Len(t, r.Ways, 5)
	for name, w := range r.Ways {
		require.True(t, w.Works, name)
		require.True(t, w.Cached, name)
		require.Equal(t, "Bearer", w.Type, name)
		require.InDelta(t, 60, w.Minutes, 1, name)
	}
	require.Contains(t, r.Refused["secret"], "AADSTS7000215")
	require.Contains(t, r.Refused["certificate"], "AADSTS700027")
	require.Contains(t, r.Refused["tenant"], "AADSTS90002")
}

func (in *inside) checkDirectory(t *testing.T, r graphResult) {
	d := r.Directory
	require.ElementsMatch(t, in.Users, d.Users)
	require.Equal(t, 3, d.Pages)
	require.Equal(t, in.Licensed, d.Licensed)
	require.Equal(t, [][]any{{"SPB", 40.0, float64(in.Licensed)}}, d.SKUs)
	require.Equal(t, len(in.Users), d.Counted)
	require.Equal(t, len(in.Users), d.Delta)
	require.Zero(t, d.Idle)
	require.Equal(t, []string{"SPB"}, d.Licences)
	require.Equal(t, "Contoso", d.Organization)
	require.Equal(t, "user", d.Settings)
}

func (in *inside) checkMail(t *testing.T, r graphResult) {
	m := r.Mail
	require.Greater(t, m.FolderPages, 1)
	require.Contains(t, m.Folders, "Inbox")
	require.Equal(t, len(in.Mails), m.Total)
	require.Equal(t, 6, m.Pages)
	require.True(t, m.Sorted)
	require.Equal(t, in.Mails, m.Values, "the bytes of each mail")
	require.Len(t, m.Attached, 3)
	for _, a := range m.Attached {
		require.Equal(t, []any{"#microsoft.graph.fileAttachment", "offerte.pdf", true}, a)
	}
	require.Equal(t, len(in.Mails), m.Delta)
	require.Equal(t, 3, m.DeltaPages)
	require.Equal(t, []string{"Nieuw concept"}, m.Changed)
	require.True(t, m.IsDraft)
	require.Equal(t, []any{"groot.bin", true}, m.Uploaded)
	require.Equal(t, 404, m.Gone)
}

func (in *inside) checkBatch(t *testing.T, r graphResult) {
	require.Len(t, r.Batch.Statuses, 20)
	for id, status := range r.Batch.Statuses {
		want := 200
		if id == "3" {
			want = 404
		}
		require.Equal(t, want, status, "step %s", id)
	}
	require.Equal(t, "Anna de Vries", r.Batch.Name)
	require.Equal(t, "Request_ResourceNotFound", r.Batch.Error)
	require.Len(t, r.Batch.Values, 20)
	for subject, sum := range r.Batch.Values {
		require.Equal(t, in.Mails[subject], sum, "the bytes of %s", subject)
	}
	require.Equal(t, 201, r.Batch.Made)
	require.True(t, r.Batch.Seen, "a step sees what the one before it made")
	require.Equal(t, []int{409, 424}, r.Batch.Again, "a step is not done when the one before it failed")
}

func (in *inside) checkStreams(t *testing.T, r graphResult) {
	require.Greater(t, r.Streams.Folders, 10)
	require.Equal(t, len(in.Mails), r.Streams.Items)
	require.Equal(t, 20, r.Streams.Exported)
	require.Equal(t, 200, r.Streams.Put)
	require.Zero(t, r.Streams.Before)
	require.Equal(t, 1, r.Streams.Changed, "the one that was put there")
	require.True(t, r.Streams.Original, "it is the same mail")
}

func checkFiles(t *testing.T, r graphResult) {
	f := r.Files
	require.Equal(t, 100_000, f.Put)
	require.Equal(t, 7_654_321, f.Uploaded)
	require.Equal(t, "contoso-my.sharepoint.com", f.UploadHost, "where the library does not send its token")
	require.Equal(t, 204, f.Cancelled)
	require.Equal(t, []string{"groot.bin", "klein é.bin"}, f.Names)
	require.True(t, f.Same, "what comes back is what was sent")
	require.True(t, f.Range)
	require.Greater(t, f.DeltaPages, 1)
	require.Equal(t, []string{"groot.bin", "kleiner.bin"}, f.Changed)
	require.Equal(t, 2, f.Versions)
}

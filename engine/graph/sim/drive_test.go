package sim_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
	"vangnet/engine/graph/sim/drives"
)

func TestDriveOverTheNetwork(t *testing.T) {
	path := filepath.Join(t.TempDir(), "calls.jsonl")
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	s := newStage(t, sim.Options{Record: file})
	anna := s.tenant.User("anna@contoso.example")
	day := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	require.NoError(t, anna.Drive().Put("Documenten/50% & meer #1.txt", drives.Bytes([]byte("inhoud")), drives.Times{Created: day, Modified: day}))

	drive := s.get("/v1.0/users/anna@contoso.example/drive")
	require.Equal(t, 200, drive.StatusCode, drive.Text)
	id := drive.JSON["id"].(string)
	delta := s.get("/v1.0/drives/" + id + "/root/delta()?$top=2")
	require.Equal(t, 200, delta.StatusCode, delta.Text)
	require.Len(t, delta.value(), 2)
	require.True(t, strings.HasPrefix(delta.JSON["@odata.nextLink"].(string), s.server.URL()), "links lead back here")

	item := s.get("/v1.0/drives/" + strings.ReplaceAll(id, "!", "%21") + "/root:/Documenten/50%25%20%26%20meer%20%231.txt")
	require.Equal(t, 200, item.StatusCode, item.Text)
	content := s.get("/v1.0/drives/" + id + "/items/" + item.JSON["id"].(string) + "/content")
	require.Equal(t, 302, content.StatusCode)
	bytes := s.get(content.Header.Get("Location"), "Authorization", "")
	require.Equal(t, "inhoud", bytes.Text)

	put := s.do("PUT", "/v1.0/drives/"+id+"/root:/Documenten/nieuw.json:/content", `{"a":1}`)
	require.Equal(t, 201, put.StatusCode, put.Text)
	require.Equal(t, 404, s.get("/v1.0/users/oud@contoso.example/drive").StatusCode)

	other := s.world.AddTenant("fabrikam.example", "")
	s.token = s.signIn(other)
	require.NotEqual(t, 200, s.get("/v1.0/drives/"+id).StatusCode, "another tenant's token")
	require.NoError(t, s.server.Close())
	graphcheck(t, path)
}

func TestBigDownloadIsCut(t *testing.T) {
	s := newStage(t, sim.Options{})
	anna := s.tenant.User("anna@contoso.example")
	require.NoError(t, anna.Drive().Put("groot.bin", drives.Generated(1, 3<<20), drives.Times{}))
	item := s.get("/v1.0/users/anna@contoso.example/drive/root:/groot.bin")
	link, _ := item.JSON["@microsoft.graph.downloadUrl"].(string)
	require.NotEmpty(t, link, item.Text)
	s.server.SetFaults(sim.FaultPlan{"truncate": {Times: 1}})
	r, err := s.try("GET", link, "", "Authorization", "")
	require.NoError(t, err)
	require.Less(t, len(r.Text), 3<<20)
	s.server.SetFaults(sim.FaultPlan{"reset": {Times: 1}})
	_, err = s.try("GET", link, "", "Authorization", "")
	require.Error(t, err)
	s.server.SetFaults(sim.FaultPlan{"expire": {Times: 1}})
	r, err = s.try("GET", link, "", "Authorization", "")
	require.NoError(t, err)
	require.Equal(t, 401, r.StatusCode)
	s.server.SetFaults(nil)
	r, err = s.try("GET", link, "", "Authorization", "")
	require.NoError(t, err)
	want, err := anna.Drive().SHA256("groot.bin")
	require.NoError(t, err)
	require.Equal(t, want, fmt.Sprintf("%x", sha256.Sum256([]byte(r.Text))))
}

func TestDriveBudget(t *testing.T) {
	s := newStage(t, sim.Options{Budgets: &sim.Budgets{DriveUnitsMinute: 10}})
	var seen []int
	for range 12 {
		r := s.get("/v1.0/users/anna@contoso.example/drive")
		seen = append(seen, r.StatusCode)
		if len(seen) == 10 {
			require.Equal(t, "10", r.Header.Get("RateLimit-Limit"))
			require.Equal(t, "0", r.Header.Get("RateLimit-Remaining"))
		}
		if r.StatusCode == 429 {
			require.Equal(t, "activityLimitReached", r.code())
			require.NotEmpty(t, r.Header.Get("RateLimit-Reset"))
		}
	}
	require.Equal(t, []int{200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 429, 429}, seen)
}

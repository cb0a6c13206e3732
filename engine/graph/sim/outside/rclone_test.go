package outside_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rclone signs in with client credentials and works with Anna's OneDrive.
func (in *inside) rclone(t *testing.T) {
	var drive struct{ ID string }
	in.driveID(t, &drive.ID)
	config := filepath.Join(in.dir, "rclone.conf")
	require.NoError(t, os.WriteFile(config, []byte(fmt.Sprintf("[sim]\ntype = onedrive\nregion = global\ndrive_type = business\ndrive_id = %s\n"+
		"client_credentials = true\nclient_id = %s\nclient_secret = %s\ntenant = %s\n",
		drive.ID, in.tenant.ClientID, in.tenant.ClientSecret, in.tenant.TenantID)), 0o600))
	rclone := func(args ...string) string {
		t.Helper()
		return string(in.program(t, in.Rclone, append(args, "--config", config, "--retries", "1", "--low-level-retries", "2")...))
	}
	t.Log(strings.SplitN(rclone("version"), "\n", 2)[0])

	want := []string{"Leeg/", "Documenten/", "Föto's/", "Diep/", "Diep/er/", "Diep/er/en/", "Diep/er/en/er/"}
	for name := range in.Files {
		want = append(want, name)
	}
	require.ElementsMatch(t, want, lines(rclone("lsf", "-R", "sim:")))
	require.ElementsMatch(t, want, lines(rclone("lsf", "-R", "--fast-list", "--onedrive-delta", "sim:")))

	local := filepath.Join(in.dir, "local")
	rclone("copy", "sim:", local)
	require.Equal(t, in.Files, hashes(t, local))
	rclone("check", "sim:", local)               // sizes and quickXorHash
	rclone("check", "--download", "sim:", local) // bytes
	require.NotEmpty(t, rclone("about", "sim:")) // quota of the drive
	uploads := filepath.Join(in.dir, "uploads")  // of all sizes around the limit of a simple upload and of a piece
	for _, size := range []int{0, 1, 4 << 20, 10 << 20, 25<<20 + 17} {
		data := make([]byte, size)
		_, _ = rand.Read(data)
		require.NoError(t, os.MkdirAll(filepath.Join(uploads, "Kwartaal 3"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(uploads, "Kwartaal 3", fmt.Sprintf("bestand %d é.bin", size)), data, 0o600))
	}
	rclone("copy", uploads, "sim:Nieuw")
	rclone("check", uploads, "sim:Nieuw")
	rclone("check", "--download", uploads, "sim:Nieuw")
	rclone("copy", uploads, "sim:Stukjes", "--onedrive-chunk-size", "320k", "--include", "*26214417*", "--include", "* 4194304 *")
	require.Len(t, lines(rclone("lsf", "-R", "--files-only", "sim:Stukjes")), 2)
	rclone("check", "--one-way", "sim:Stukjes", uploads)
	require.NoError(t, os.Remove(filepath.Join(uploads, "Kwartaal 3", "bestand 1 é.bin")))
	rclone("sync", uploads, "sim:Nieuw") // deletes what is gone here
	rclone("check", uploads, "sim:Nieuw")
	rclone("moveto", "sim:Nieuw/Kwartaal 3/bestand 0 é.bin", "sim:Nieuw/leeg.bin")
	rclone("copyto", "sim:groot.bin", "sim:Kopie/groot.bin") // by the server
	rclone("mkdir", "sim:Lege map")
	rclone("purge", "sim:Documenten")
	left := lines(rclone("lsf", "-R", "sim:"))
	require.Contains(t, left, "Nieuw/leeg.bin")
	require.Contains(t, left, "Lege map/")
	require.NotContains(t, left, "Documenten/")
	require.Equal(t, sums(t, rclone("hashsum", "quickxor", "sim:groot.bin")), sums(t, rclone("hashsum", "quickxor", "sim:Kopie/groot.bin")))
	_, said, err := in.try(in.Rclone, "lsf", "sim:Bestaat niet", "--config", config, "--retries", "1")
	require.Error(t, err)
	require.Contains(t, string(said), "directory not found")
}

// driveID asks for Anna's drive by means of the packages of Microsoft, or reads
// it from the simulator's tree where there are none.
func (in *inside) driveID(t *testing.T, id *string) {
	t.Helper()
	reply := in.askGraph(t, "/v1.0/users/anna@"+domain+"/drive")
	var drive struct {
		ID string `json:"id"`
	}
	require.NoError(t, json.Unmarshal(reply, &drive))
	require.NotEmpty(t, drive.ID)
	*id = drive.ID
}

func lines(s string) []string { return strings.Split(strings.TrimSpace(s), "\n") }

// sums is the first column of what hashsum prints.
func sums(t *testing.T, s string) []string {
	t.Helper()
	var all []string
	for _, l := range lines(s) {
		sum, _, _ := strings.Cut(l, " ")
		all = append(all, sum)
	}
	require.NotEmpty(t, all[0])
	return all
}

// hashes are the SHA-256 sums of the files in a folder.
func hashes(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		all[filepath.ToSlash(rel)] = hash(data)
		return err
	}))
	return all
}

package vault_test

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/model"
	"vangnet/store/bucket"
	"vangnet/store/bucket/miniotest"
	"vangnet/store/vault"
)

// stock is the kopia program as anyone can download it.
type stock struct {
	t       *testing.T
	program string
	home    string
}

func newStock(t *testing.T) *stock {
	program, err := miniotest.Tool("VANGNET_KOPIA", "kopia", "github.com/kopia/kopia", false)
	require.NoError(t, err)
	if program == "" {
		t.Skip("no kopia program: set VANGNET_KOPIA or build build/tools/kopia")
	}
	return &stock{t: t, program: program, home: t.TempDir()}
}

func (k *stock) run(args ...string) string {
	k.t.Helper()
	cmd := exec.Command(k.program, append(args, "--config-file="+filepath.Join(k.home, "config"), "--log-dir="+k.home)...)
	cmd.Env = append(os.Environ(), "KOPIA_PASSWORD="+vault.Password(key), "KOPIA_CHECK_FOR_UPDATES=false", "HOME="+k.home, "XDG_CACHE_HOME="+k.home)
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	require.NoError(k.t, err, "kopia %s: %s%s", strings.Join(args, " "), out, errors.String())
	return string(out)
}

func (k *stock) connect(b bucket.Bucket, creds bucket.Credentials) {
	p := b.Place()
	if p.Kind == bucket.KindFile {
		k.run("repository", "connect", "filesystem", "--path="+filepath.Join(p.Dir, filepath.FromSlash(vault.Prefix(tenant))))
		return
	}
	k.run("repository", "connect", "s3", "--bucket="+p.Bucket, "--endpoint="+p.Endpoint, "--disable-tls", "--region="+p.Region,
		"--prefix="+p.Prefix+vault.Prefix(tenant), "--access-key="+creds.AccessKey, "--secret-access-key="+creds.SecretKey)
}

// tree restores a snapshot and returns its files' contents by path.
func (k *stock) tree(id string) map[string]string {
	target := filepath.Join(k.t.TempDir(), "restored")
	k.run("snapshot", "restore", id, target)
	files := map[string]string{}
	require.NoError(k.t, filepath.Walk(target, func(path string, st os.FileInfo, err error) error {
		if err != nil || st.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		rel, _ := filepath.Rel(target, path)
		files[filepath.ToSlash(rel)] = string(text)
		return err
	}))
	return files
}

// listing is a line of kopia snapshot list --json.
type listing struct {
	ID     string
	Source struct{ Host, UserName, Path string }
	Tags   map[string]string
	Root   struct{ Obj string } `json:"rootEntry"`
	Stats  struct{ FileCount int }
}

func TestStockKopia(t *testing.T) {
	t.Parallel()
	t.Run("folder", func(t *testing.T) { readWithStock(t, dirBucket(t, t.TempDir()), bucket.Credentials{}) })
	t.Run("S3", func(t *testing.T) {
		server := miniotest.Start(t)
		readWithStock(t, server.Open(t, "some/where"), server.Credentials)
	})
}

func readWithStock(t *testing.T, b bucket.Bucket, creds bucket.Credentials) {
	k := newStock(t)
	v := newVault(t, options(t, b))
	s := session(t, v)
	mail := map[string]string{"one": "first", "one two": "second", "one.fts": "third", "Ünïcode 🎉": "fourth", "large": noise(3, 9<<20)}
	inbox := fill(t, s, "f1", "mail/Inbox", model.FormStream, mail)
	sub := fill(t, s, "f2", "mail/Inbox/one.fts", model.FormMIME, map[string]string{"deep": "fifth"})
	snap, err := s.Snapshot(t.Context(), spec("anna@contoso.example", inbox, sub))
	require.NoError(t, err)
	drive := fill(t, s, "root", "", model.FormFile, map[string]string{"plan.docx": "plan", "a.txt": "a", ".vangnet-state": "not ours"})
	files := vault.Spec{Snapshot: model.Snapshot{Tenant: tenant, Kind: model.Drive, Address: "anna@contoso.example/onedrive", Time: day}, Folders: []model.Folder{drive}, State: []byte("state")}
	driveSnap, err := s.Snapshot(t.Context(), files)
	require.NoError(t, err)
	require.NoError(t, s.Close(t.Context()))

	k.connect(b, creds)
	var listed []listing
	require.NoError(t, json.Unmarshal([]byte(k.run("snapshot", "list", "--all", "--json")), &listed))
	require.Len(t, listed, 2)
	slices.SortFunc(listed, func(a, b listing) int { return strings.Compare(a.Source.Path, b.Source.Path) })
	require.Equal(t, "vangnet m365 /anna@contoso.example", strings.Join([]string{listed[0].Source.Host, listed[0].Source.UserName, listed[0].Source.Path}, " "))
	require.Equal(t, snap.ID, listed[0].Tags["tag:vangnet"])
	require.Equal(t, string(snap.Root), listed[0].Root.Obj)
	require.Contains(t, k.run("ls", "-l", listed[0].ID+"/mail/Inbox"), "one two.fts")

	got := k.tree(listed[0].ID)
	require.Equal(t, len(got), listed[0].Stats.FileCount)
	require.Equal(t, `{"state":"of anna@contoso.example"}`, got[".vangnet-state"])
	require.Equal(t, 2, strings.Count(got[".vangnet-folders.jsonl"], "\n"))
	require.Contains(t, got[".vangnet-snapshot.json"], snap.ID)
	require.Equal(t, 5, strings.Count(got["mail/Inbox/.vangnet-items.jsonl"], "\n"))
	for name, text := range mail {
		file := "mail/Inbox/" + name + ".fts"
		if name == "one" { // the folder of that name comes first
			continue
		}
		require.True(t, got[file] == text, file)
		delete(got, file)
	}
	require.Equal(t, "fifth", got["mail/Inbox/one.fts/deep.eml"])
	marked := slices.DeleteFunc(slices.Collect(maps.Keys(got)), func(f string) bool { return !strings.HasPrefix(f, "mail/Inbox/one.fts~") })
	require.Len(t, marked, 1, "the item whose name a folder has is not there: %v", got)
	require.Equal(t, "first", got[marked[0]])

	root := k.tree(string(driveSnap.Root))
	require.Equal(t, "plan", root["plan.docx"])
	require.Equal(t, "a", root["a.txt"])
	require.Equal(t, "state", root[".vangnet-state"])
	require.Contains(t, slices.Collect(maps.Values(root)), "not ours")
	k.run("snapshot", "verify", "--verify-files-percent=100")
	k.run("maintenance", "info")
}

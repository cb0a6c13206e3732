package bench_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/store/bucket/miniotest"
)

// BenchmarkStorage compares what the bucket holds after a first copy with what
// the stock kopia program stores of the same bytes as files in a folder, with
// the same splitter, encryption and compression. Yardstick: 1.05 times.
func BenchmarkStorage(b *testing.B) {
	program, err := miniotest.Tool("VANGNET_KOPIA", "kopia", "github.com/kopia/kopia", false)
	require.NoError(b, err)
	if program == "" {
		b.Skip("no kopia program: set VANGNET_KOPIA or build build/tools/kopia")
	}
	worlds := map[string]world{
		"mailbox": {Accounts: 1, Mails: sized(5000, 50_000), Folders: 8},
		"drive":   {Accounts: 1, Files: sized(500, 5000), FileSize: 400_000},
		"both":    {Accounts: 2, Mails: sized(2000, 20_000), Folders: 8, Files: sized(200, 2000), FileSize: 200_000},
	}
	for _, name := range []string{"mailbox", "drive", "both"} {
		w := worlds[name]
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s, d, r := firstCopy(b, w)
				plain := filepath.Join(b.TempDir(), "plain")
				bare := play(b, "bare", bareJob{Service: s, Dir: plain})
				require.Equal(b, r.Saved, bare.Saved)
				ours, theirs := folderBytes(b, d.Storage), stockBytes(b, program, plain)
				b.ReportMetric(float64(ours)/float64(theirs), "x-kopia")
				b.ReportMetric(float64(ours)/1e6, "bucket-MB")
				b.ReportMetric(float64(theirs)/1e6, "kopia-MB")
				b.ReportMetric(float64(folderBytes(b, plain))/1e6, "plain-MB")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// stockBytes is the size of a repository that the stock kopia program makes of a folder.
func stockBytes(b *testing.B, program, folder string) int64 {
	b.Helper()
	dir := b.TempDir()
	repository := filepath.Join(dir, "repository")
	require.NoError(b, os.MkdirAll(repository, 0o700))
	run := func(args ...string) {
		cmd := exec.Command(program, append(args, "--config-file="+filepath.Join(dir, "config"), "--log-dir="+dir)...)
		cmd.Env = append(os.Environ(), "KOPIA_PASSWORD=bench", "KOPIA_CHECK_FOR_UPDATES=false", "HOME="+dir, "XDG_CACHE_HOME="+dir)
		out, err := cmd.CombinedOutput()
		require.NoError(b, err, "kopia %v: %s", args, out)
	}
	run("repository", "create", "filesystem", "--path="+repository, "--block-hash=BLAKE3-256-128",
		"--encryption=AES256-GCM-HMAC-SHA256", "--object-splitter=DYNAMIC-4M-BUZHASH")
	run("policy", "set", "--global", "--compression=zstd-fastest")
	run("snapshot", "create", folder)
	return folderBytes(b, repository)
}

package vault_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"vangnet/engine/model"
	"vangnet/store/bucket"
	"vangnet/store/bucket/miniotest"
	"vangnet/store/vault"
)

// Environment of the child process that TestKilled kills.
const (
	killAddress = "VANGNET_TEST_KILL_ADDRESS"
	killKey     = "VANGNET_TEST_KILL_KEY"
	killSecret  = "VANGNET_TEST_KILL_SECRET"
)

// TestMain is the child when asked to be. Otherwise it runs the tests, after
// which no goroutine may be left.
func TestMain(m *testing.M) {
	if address := os.Getenv(killAddress); address != "" {
		if err := writeUntilKilled(address); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m,
		// Idle connections to S3 servers end by themselves.
		goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"))
}

// writeUntilKilled stores snapshots for ever and says which are durable.
func writeUntilKilled(address string) error {
	ctx := context.Background()
	b, err := bucket.Open(ctx, address, bucket.Credentials{AccessKey: os.Getenv(killKey), SecretKey: os.Getenv(killSecret)}, bucket.Options{})
	if err != nil {
		return err
	}
	v, err := vault.Open(ctx, vault.Options{Bucket: b, Tenant: tenant, Key: key})
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var done []string
	s, err := v.Session(ctx, vault.SessionOptions{FlushEvery: 60 * time.Millisecond})
	if err != nil {
		return err
	}
	// A hook runs after the flush, so what it prints is durable by then.
	s.OnFlush(func() {
		for r, err := range v.Ledger(ctx, "") {
			if err != nil {
				fmt.Println("error", err)
			}
			mu.Lock()
			for _, snap := range r.Snapshots {
				done = append(done, snap.ID)
			}
			mu.Unlock()
		}
		fmt.Println("durable", strings.Join(done, " "))
	})
	for seed := uint64(time.Now().UnixNano()); ; seed += 1000 {
		var entries []model.Entry
		for i := range 20 {
			text := noise(seed+uint64(i), 60_000)
			st, err := s.Put(ctx, strings.NewReader(text), vault.PutOptions{Compress: true})
			if err != nil {
				return err
			}
			entries = append(entries, model.Entry{
				ID: fmt.Sprint(i), Name: fmt.Sprintf("item %02d", i), Form: model.FormStream, Object: st.Object, Size: st.Size,
				Hash: fmt.Sprintf("s256:%x", sha256.Sum256([]byte(text))),
			})
		}
		ref, err := s.Listing(ctx, seqOf(entries))
		if err != nil {
			return err
		}
		if _, err := s.Snapshot(ctx, spec("anna@contoso.example", model.Folder{ID: "f", Path: "mail/Inbox", Listing: ref.Object, Items: ref.Items, Bytes: ref.Bytes})); err != nil {
			return err
		}
		fmt.Println("snapshot")
	}
}

func TestKilled(t *testing.T) {
	t.Parallel()
	rounds, onS3 := 4, false
	switch {
	case os.Getenv("VANGNET_LONG") != "":
		rounds, onS3 = 25, true
	case testing.Short():
		rounds = 1
	}
	t.Run("folder", func(t *testing.T) {
		address := dirBucket(t, t.TempDir()).String()
		killRounds(t, rounds, address, bucket.Credentials{})
	})
	if onS3 {
		t.Run("S3", func(t *testing.T) {
			server := miniotest.Start(t)
			killRounds(t, rounds, server.Address(miniotest.Bucket, "killed"), server.Credentials)
		})
	}
}

func killRounds(t *testing.T, rounds int, address string, creds bucket.Credentials) {
	b, err := bucket.Open(t.Context(), address, creds, bucket.Options{})
	require.NoError(t, err)
	o := vault.Options{Bucket: b, Tenant: tenant, Key: key}
	require.NoError(t, vault.Create(t.Context(), o))
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	total := 0
	for round := range rounds {
		from := "snapshot"
		if round == 0 {
			from = "durable" // so that on a slow machine too there is something to lose
		}
		durable := killOnce(t, r, address, creds, from)
		v, err := vault.Open(t.Context(), o)
		require.NoError(t, err, "round %d", round)
		known := map[string]model.Snapshot{}
		for _, s := range snapshots(t, v) {
			known[s.ID] = s
		}
		for _, id := range durable {
			require.Contains(t, known, id, "round %d: a durable snapshot is gone", round)
		}
		report, err := v.Verify(t.Context(), vault.VerifyOptions{ReadPercent: 100})
		require.NoError(t, err)
		require.True(t, report.Clean(), "round %d: %+v", round, report)
		if round == rounds-1 {
			_, err = v.Heal(t.Context())
			require.NoError(t, err)
			require.Empty(t, verify(t, v, 0).NoLedger)
		}
		for _, s := range known {
			for _, f := range all(t, v.Folders(t.Context(), s)) {
				require.Len(t, all(t, v.Entries(t.Context(), f.Listing)), 20)
			}
		}
		total = len(known)
		require.NoError(t, v.Close(t.Context()))
	}
	require.NotZero(t, total, "no child lived long enough to finish a snapshot")
	t.Logf("%d snapshots survived %d kills", total, rounds)
}

// killOnce runs the child for a random time after its first word of a kind and
// returns the snapshots that it called durable.
func killOnce(t *testing.T, r *rand.Rand, address string, creds bucket.Credentials, from string) (durable []string) {
	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), killAddress+"="+address, killKey+"="+creds.AccessKey, killSecret+"="+creds.SecretKey)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = cmd.Stdout
	require.NoError(t, cmd.Start())
	var kill *time.Timer
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // half a line, or the end
			if !errors.Is(err, io.EOF) && !errors.Is(err, os.ErrClosed) {
				t.Error(err)
			}
			break
		}
		switch words := strings.Fields(line); words[0] {
		case "snapshot":
		case "durable":
			durable = words[1:]
		default:
			t.Errorf("the child said %s", line)
		}
		if kill == nil && (from == "snapshot" && strings.HasPrefix(line, from) || len(durable) > 0) {
			kill = time.AfterFunc(time.Duration(r.IntN(400))*time.Millisecond, func() { cmd.Process.Kill() })
		}
	}
	cmd.Wait() //nolint:errcheck // it was killed
	return durable
}

package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine"
	"vangnet/engine/clock"
	"vangnet/engine/e2e/lab"
	"vangnet/engine/export/pst/check"
	"vangnet/engine/graph/sim"
	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/mapi"
	"vangnet/engine/model"
)

// childOut tells the child process what to hand over: a request in JSON.
const childOut = "VANGNET_E2E_EXPORT"

// handOverUntilKilled is a program that runs one export.
func handOverUntilKilled(home string) error {
	ctx := context.Background()
	var r model.ExportRequest
	if err := json.Unmarshal([]byte(os.Getenv(childOut)), &r); err != nil {
		return err
	}
	e, err := engine.Open(ctx, engine.Options{Home: home, Password: func(context.Context) (string, error) { return lab.Password, nil }, Clock: clock.System()})
	if err != nil {
		return err
	}
	id, err := e.Export(ctx, r, lab.ExportTexts())
	if err != nil {
		return err
	}
	j, err := e.WaitJob(ctx, id)
	if err == nil && j.Error != nil {
		err = fmt.Errorf("%s", j.Error.Detail)
	}
	return err
}

// TestHandOverKilled kills exports at random moments. What has a final name is
// whole each time, and in the end every item is there once.
func TestHandOverKilled(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Speed: 4, Fill: func(t testing.TB, tenant *sim.Tenant) {
		u := lab.User(t, tenant, "anna")
		for i := range 12 {
			lab.Mails(t, u, fmt.Sprintf("mail/Map %d", i), int64(i), 60)
			m := &mapi.Message{Attachments: []mapi.Attachment{attached("plan.bin", lab.Noise(uint64(100+i), 4<<20))}}
			m.Props.SetString(mapi.MessageClass, "IPM.Note")
			require.NoError(t, u.Mailbox().PutMessage(fmt.Sprintf("mail/Map %d", i), m, mailboxes.Meta{}))
		}
		for i := range 10 {
			lab.Put(t, u, fmt.Sprintf("bestanden/%d.bin", i), lab.Noise(uint64(i), 6<<20))
		}
	}})
	l.Backup()
	for _, c := range []struct {
		name  string
		r     model.ExportRequest
		items int
		count func(t *testing.T, path string) int
	}{
		{"pst", model.ExportRequest{Paths: []string{anna + "/mail"}, Format: model.ExportPST, Split: 10 << 20}, 732, wholePST},
		{"zip", model.ExportRequest{Paths: []string{anna}, Format: model.ExportZIP, Split: 12 << 20}, 742, wholeZIP},
		{"eml", model.ExportRequest{Paths: []string{anna + "/mail"}, Format: model.ExportEML}, 732, wholeFolder},
	} {
		t.Run(c.name, func(t *testing.T) {
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			rnd := rand.New(rand.NewPCG(seed, 0))
			c.r.Tenant, c.r.Out = l.ID, filepath.Join(t.TempDir(), "heel."+c.name)
			whole := killHandOver(t, l, c.r, time.Minute) // how long it takes here and now
			fresh := func() { c.r.Out = filepath.Join(t.TempDir(), "uit."+c.name) }
			fresh()
			finished := func() int {
				n := 0
				for part := 1; ; part++ {
					path := c.r.Out
					if part > 1 {
						path = fmt.Sprintf("%s-%d.%s", c.r.Out[:len(c.r.Out)-4], part, c.name)
					}
					if _, err := os.Stat(path); err != nil {
						return n
					}
					n += c.count(t, path)
				}
			}
			for range killRounds() {
				killHandOver(t, l, c.r, time.Duration(rnd.Int64N(int64(whole))))
				t.Logf("%d items in finished parts", finished())
				if _, err := os.Stat(c.r.Out + ".progress"); err != nil { // it was faster
					fresh()
				}
			}
			j := l.Export(c.r)
			require.EqualValues(t, c.items, j.Result.Saved)
			require.Equal(t, c.items, finished())
			left, err := filepath.Glob(filepath.Join(filepath.Dir(c.r.Out), "*.p*r*"))
			require.NoError(t, err)
			require.Empty(t, left, "nothing unfinished is left")
		})
	}
}

// killHandOver hands over in a program of its own, which is killed some time
// after it has begun to write, and tells how long it wrote.
func killHandOver(t *testing.T, l *lab.Lab, r model.ExportRequest, after time.Duration) time.Duration {
	t.Helper()
	request, err := json.Marshal(r)
	require.NoError(t, err)
	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), childHome+"="+l.Home, childOut+"="+string(request))
	require.NoError(t, cmd.Start())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		cmd.Wait() //nolint:errcheck // it may be killed
	}()
	for range 3000 {
		if _, err := os.Stat(r.Out + ".progress"); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	begun := time.Now()
	select {
	case <-ended:
	case <-time.After(after):
		cmd.Process.Kill() //nolint:errcheck // it may have ended
		<-ended
	}
	return time.Since(begun)
}

func wholePST(t *testing.T, path string) int {
	t.Helper()
	report, err := check.File(context.Background(), path, check.Options{})
	require.NoError(t, err)
	require.True(t, report.Sound(), "%s: %+v", path, report.Findings)
	return int(report.Messages)
}

func wholeZIP(t *testing.T, path string) int { return len(zipped(t, path)) }

func wholeFolder(t *testing.T, path string) int {
	t.Helper()
	n := 0
	require.NoError(t, filepath.WalkDir(path, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(path) == ".eml" {
			b, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NotEmpty(t, b)
			n++
		}
		return err
	}))
	return n
}

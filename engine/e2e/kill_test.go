package e2e_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine"
	"vangnet/engine/clock"
	"vangnet/engine/e2e/lab"
	"vangnet/engine/graph/sim"
	"vangnet/engine/model"
	"vangnet/store/bucket/miniotest"
)

// childHome and its companions tell the child process what to back up.
const (
	childHome   = "VANGNET_E2E_HOME"
	childKey    = "VANGNET_E2E_KEY"
	childSecret = "VANGNET_E2E_SECRET"
	childFlush  = 150 * time.Millisecond
)

// TestMain is the child when asked to be.
func TestMain(m *testing.M) {
	if home := os.Getenv(childHome); home != "" {
		work := backUpUntilKilled
		if os.Getenv(childOut) != "" {
			work = handOverUntilKilled
		}
		if err := work(home); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// backUpUntilKilled is a program that runs one backup and says when it begins.
func backUpUntilKilled(home string) error {
	ctx := context.Background()
	e, err := engine.Open(ctx, engine.Options{
		Home: home, Password: func(context.Context) (string, error) { return lab.Password, nil },
		AccessKey: os.Getenv(childKey), SecretKey: os.Getenv(childSecret), Clock: clock.System(), FlushEvery: childFlush,
	})
	if err != nil {
		return err
	}
	fmt.Println("begin")
	id, err := e.Backup(ctx, e.ConnectedTenants()[0].ID, "")
	if err != nil {
		return err
	}
	j, err := e.WaitJob(ctx, id)
	if err == nil && j.Error != nil {
		err = fmt.Errorf("%s", j.Error.Detail)
	}
	fmt.Println("end", err)
	return err
}

func killRounds() int {
	if os.Getenv("VANGNET_LONG") != "" {
		return 25
	}
	return 3
}

func TestKilledInFolder(t *testing.T) {
	t.Parallel()
	killed(t, lab.Setup{})
}

func TestKilledOnS3(t *testing.T) {
	t.Parallel()
	s := miniotest.Start(t)
	killed(t, lab.Setup{Storage: s.Address(miniotest.Bucket, "gedood"), Keys: s.Credentials, Lock: "compliance:1d"})
}

// killed kills a backup again and again, changes what is live in between, and
// wants the next run to bring everything home without reading twice what the
// journal had.
func killed(t *testing.T, s lab.Setup) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	const perRound = 240
	s.Fill = func(t testing.TB, tenant *sim.Tenant) {
		u := lab.User(t, tenant, "anna")
		lab.Mails(t, u, "mail/Inbox", 1, perRound)
		lab.Put(t, u, "eerste.txt", []byte("1"))
	}
	s.Latency = 200 * time.Millisecond
	l := lab.New(t, s)
	survived := int64(0)
	for round := range killRounds() {
		mark := marked(t, l)
		kept := killOnce(t, l, rnd, round%2 == 0)
		survived += kept
		t.Logf("round %d: %d entries durable before, %d after", round, mark, kept)
		u := l.Tenant.User(anna)
		lab.Put(t, u, fmt.Sprintf("map %d/bestand.bin", round), lab.Noise(uint64(round), 20_000))
		lab.Mails(t, u, fmt.Sprintf("mail/Ronde %d", round), int64(round+100), perRound/2)
		if rows := l.Live(inbox); round%2 == 1 {
			for _, r := range rows {
				if r.Hash != "" {
					l.Delete(r.Path) // perhaps saved already
					break
				}
			}
		}
	}
	require.NotZero(t, survived, "no child lived long enough to make anything durable")
	durable := marked(t, l)
	l.Reopen()
	l.Hasten()
	l.Server.ResetCalls()
	j := l.Backup()
	exports, live := l.Calls("exportItems"), int64(items(l.Live(anna)))
	require.LessOrEqual(t, exports, (live-durable)/20+30, "%d durable of %d", durable, live)
	t.Logf("the last run asked %d times for what was missing of %d items, %d of which were durable", exports, live, durable)
	l.Verify()
	twice(t, l)
	before := l.Live("")
	require.Equal(t, items(before), len(l.Walk("", time.Time{})), "%s", lab.Text(j.Result))
	l.Delete("")
	l.RestoreAll()
	same(t, before, l.Live(""))
}

func items(tree []sim.TreeItem) int {
	n := 0
	for _, i := range tree {
		if i.Hash != "" {
			n++
		}
	}
	return n
}

// twice wants no item to be in the copies twice.
func twice(t *testing.T, l *lab.Lab) {
	t.Helper()
	seen := map[model.Ref]string{}
	for _, r := range l.Walk("", time.Time{}) {
		key := model.Ref{Resource: r.Ref.Resource, Item: r.Ref.Item}
		require.Empty(t, seen[key], "%s is there twice", r.Path)
		seen[key] = r.Path
	}
}

// marked counts the entries that the journals hold before their last durable mark.
func marked(t *testing.T, l *lab.Lab) int64 {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(l.Home, "journal", "*", "*.jsonl"))
	require.NoError(t, err)
	var total int64
	for _, p := range paths {
		text, err := os.ReadFile(p)
		require.NoError(t, err)
		var ends []int64
		end, at := int64(0), int64(0)
		for line := range strings.Lines(string(text)) {
			var l struct {
				Item    json.RawMessage `json:"item"`
				Durable *int64          `json:"durable"`
			}
			if json.Unmarshal([]byte(line), &l) != nil {
				break
			}
			if l.Item != nil {
				ends = append(ends, at)
			}
			if l.Durable != nil {
				end = *l.Durable
			}
			at += int64(len(line))
		}
		for _, e := range ends {
			if e < end {
				total++
			}
		}
	}
	return total
}

// killOnce runs a backup in another process and kills it at a random moment, or
// a random time after something more became durable. It returns how many
// entries the journals hold durably then.
func killOnce(t *testing.T, l *lab.Lab, rnd *rand.Rand, late bool) int64 {
	before := marked(t, l)
	l.Server.ResetCalls() // of runs before
	child := begin(t, l)
	wait := time.Duration(rnd.IntN(5000)) * time.Millisecond
	if late {
		wait = time.Duration(rnd.IntN(500)) * time.Millisecond
		child.untilDurable(t, l, before)
		defer l.Faults("")
	}
	if !child.endsWithin(wait) {
		require.NoError(t, child.cmd.Process.Kill())
	}
	<-child.ended
	child.cmd.Wait() //nolint:errcheck // it was killed
	return marked(t, l)
}

// child is a backup in a process of its own.
type child struct {
	cmd   *exec.Cmd
	ended chan struct{}
}

// begin starts a child and returns when its backup begins.
func begin(t *testing.T, l *lab.Lab) child {
	program, err := os.Executable()
	require.NoError(t, err)
	c := child{cmd: exec.Command(program), ended: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), childHome+"="+l.Home, childKey+"="+l.Keys.AccessKey, childSecret+"="+l.Keys.SecretKey)
	out, err := c.cmd.StdoutPipe()
	require.NoError(t, err)
	c.cmd.Stderr = os.Stderr
	require.NoError(t, c.cmd.Start())
	begun := make(chan struct{})
	go func() {
		defer close(c.ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			switch word, rest, _ := strings.Cut(lines.Text(), " "); word {
			case "begin":
				close(begun)
			case "error":
				t.Errorf("the child failed: %s", rest)
			}
		}
	}()
	select {
	case <-begun:
	case <-c.ended:
	}
	return c
}

// untilDurable waits until more is durable than before. The service dawdles from
// the first content on, so that there is more to come however fast the machine.
func (c child) untilDurable(t *testing.T, l *lab.Lab, before int64) {
	const look = 10 * time.Millisecond
	for l.Calls("exportItems") == 0 && !c.endsWithin(look) {
		continue
	}
	l.Faults("slow=100%")
	for marked(t, l) <= before && !c.endsWithin(look) {
		continue
	}
}

// endsWithin tells whether the child ends by itself in that time.
func (c child) endsWithin(d time.Duration) bool {
	select {
	case <-c.ended:
		return true
	case <-time.After(d):
		return false
	}
}

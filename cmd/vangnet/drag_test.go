package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asApp makes the test binary be the program.
const asApp = "VANGNET_TEST_AS_APP"

func TestMain(m *testing.M) {
	if os.Getenv(asApp) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestDragPutsAMailBack starts the program on its demonstration in a real
// window, deletes a mail in the live tenant, drags it with the mouse from what a
// search found onto its original place, confirms, and compares the live mailbox
// with what it was before.
func TestDragPutsAMailBack(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a window: not in a short run")
	}
	for _, tool := range []string{"Xvfb", "xdotool"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("needs a virtual display and a mouse to move: " + tool + " is not installed")
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	display := startDisplay(t, ctx)
	live, end := startApp(t, ctx, display)
	mail := live.pick(t)
	mailbox, _, _ := strings.Cut(mail.Path(), "/")
	before := live.tree(t, mailbox)
	live.remove(t, mail.Path())
	if after := live.tree(t, mailbox); len(after) != len(before)-1 {
		t.Fatalf("%d items of %d are left after deleting one", len(after), len(before))
	}

	hand := &hand{t: t, ctx: ctx, display: display}
	hand.findWindow()
	for _, patience := range []time.Duration{1500 * time.Millisecond, 4 * time.Second, 10 * time.Second} {
		hand.patience = patience
		hand.search(mail.Name())
		hand.dragFoundToOriginal()
		hand.confirm()
		if live.becomes(t, mailbox, before, 4*patience) {
			end()
			return
		}
		hand.keys("Escape", "Escape")
	}
	hand.picture()
	t.Errorf("%s was not put back as it was: %s", mail.Path(), difference(before, live.tree(t, mailbox)))
}

// startDisplay starts a virtual screen and returns its name.
func startDisplay(t *testing.T, ctx context.Context) string {
	t.Helper()
	cmd := exec.CommandContext(ctx, "Xvfb", "-displayfd", "1", "-screen", "0", "1360x840x24", "-nolisten", "tcp")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	number, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the display did not start: %v", err)
	}
	return ":" + strings.TrimSpace(number)
}

// startApp starts the program, waits for its first backups, and returns the
// live tenants behind it. end closes the program as a desktop does.
func startApp(t *testing.T, ctx context.Context, display string) (live *tenants, end func()) {
	t.Helper()
	home := t.TempDir()
	cmd := exec.CommandContext(ctx, os.Args[0], "-demo", "-report", "-lang", "en", "-theme", "light")
	cmd.Env = append(os.Environ(), asApp+"=1", "DISPLAY="+display, "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home, "TMPDIR="+home)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	t.Cleanup(func() {
		if !ended {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			t.Logf("the program said: %s", said.String())
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		switch line := lines.Text(); {
		case strings.HasPrefix(line, "{"):
			live = reach(t, line)
		case line == "ready":
			return live, func() {
				ended = true
				_ = cmd.Process.Signal(syscall.SIGTERM)
				if err := cmd.Wait(); err != nil {
					t.Errorf("the program did not close well: %v\n%s", err, said.String())
				}
			}
		}
	}
	t.Fatal("the program ended before its backups did")
	return nil, nil
}

// tenants is what is live, asked of the simulator.
type tenants struct {
	url    string
	client *http.Client
}

func reach(t *testing.T, line string) *tenants {
	t.Helper()
	var at simulator
	if err := json.Unmarshal([]byte(line), &at); err != nil {
		t.Fatalf("read %q: %v", line, err)
	}
	pem, err := os.ReadFile(at.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &tenants{at.URL, &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}}
}

// thing is one live thing with everything that must be as it was.
type thing map[string]any

func (th thing) Path() string { s, _ := th["path"].(string); return s }

func (th thing) Name() string { return th.Path()[strings.LastIndexByte(th.Path(), '/')+1:] }

func (l *tenants) do(t *testing.T, method, path string, body any) []byte {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, l.url+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	res, err := l.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %s %v", method, path, res.Status, answer, err)
	}
	return answer
}

// tree is what is live below an address, in order.
func (l *tenants) tree(t *testing.T, address string) []thing {
	t.Helper()
	var answer struct{ Items []thing }
	if err := json.Unmarshal(l.do(t, http.MethodGet, "/sim/tree?path="+url.QueryEscape(address), nil), &answer); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(answer.Items, func(a, b thing) int {
		return strings.Compare(fmt.Sprint(a["path"], a["hash"]), fmt.Sprint(b["path"], b["hash"]))
	})
	return answer.Items
}

func (l *tenants) remove(t *testing.T, address string) {
	t.Helper()
	l.do(t, http.MethodPost, "/sim/delete", map[string]string{"path": address})
}

// becomes waits until what is live below an address is as wanted.
func (l *tenants) becomes(t *testing.T, address string, want []thing, patience time.Duration) bool {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if reflect.DeepEqual(l.tree(t, address), want) {
			return true
		}
	}
	return false
}

var plainWords = regexp.MustCompile(`^[A-Za-z0-9]+( [A-Za-z0-9]+){2,4}$`)

// pick is a mail whose subject a search finds once.
func (l *tenants) pick(t *testing.T) thing {
	t.Helper()
	all := l.tree(t, "")
next:
	for _, mail := range all {
		if mail["kind"] != "message" || !strings.Contains(mail.Path(), "/mail/Postvak IN/") || !plainWords.MatchString(mail.Name()) {
			continue
		}
		for _, other := range all {
			if other.Path() != mail.Path() && strings.Contains(other.Name(), mail.Name()) {
				continue next
			}
		}
		return mail
	}
	t.Fatal("the demo has no mail with a subject of its own")
	return nil
}

func difference(before, after []thing) string {
	var b strings.Builder
	for _, th := range before {
		if !slices.ContainsFunc(after, func(o thing) bool { return reflect.DeepEqual(o, th) }) {
			fmt.Fprintf(&b, "\n- %v", th)
		}
	}
	for _, th := range after {
		if !slices.ContainsFunc(before, func(o thing) bool { return reflect.DeepEqual(o, th) }) {
			fmt.Fprintf(&b, "\n+ %v", th)
		}
	}
	return b.String()
}

// hand moves the mouse and types.
type hand struct {
	t             *testing.T
	ctx           context.Context
	display       string
	patience      time.Duration
	left, top     int // of the window
	width, height int
}

func (h *hand) x(args ...string) string {
	h.t.Helper()
	cmd := exec.CommandContext(h.ctx, "xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+h.display)
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		h.t.Fatalf("xdotool %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

func (h *hand) findWindow() {
	h.t.Helper()
	id := strings.Fields(h.x("search", "--sync", "--onlyvisible", "--name", "^Vangnet$"))
	facts := map[string]int{}
	for _, line := range strings.Fields(h.x("getwindowgeometry", "--shell", id[0])) {
		name, value, _ := strings.Cut(line, "=")
		facts[name], _ = strconv.Atoi(value)
	}
	h.left, h.top, h.width, h.height = facts["X"], facts["Y"], facts["WIDTH"], facts["HEIGHT"]
	if h.width < 1200 || h.height < 700 {
		h.t.Fatalf("the window is %v", facts)
	}
}

func (h *hand) keys(keys ...string) { h.x(append([]string{"key", "--delay", "80"}, keys...)...) }

// to moves the mouse to a place of the window; from the right when x is below 0.
func (h *hand) to(x, y int) {
	if x < 0 {
		x += h.width
	}
	h.x("mousemove", strconv.Itoa(h.left+x), strconv.Itoa(h.top+y))
	time.Sleep(60 * time.Millisecond)
}

// Places of the explorer after a search, from the window's corners.
const (
	searchX, searchY     = -240, 27 // where to type what to look for
	foundX, foundY       = 560, 142 // the first row that was found
	originalX, originalY = -140, 97 // "Original place"
)

func (h *hand) search(subject string) {
	h.to(searchX, searchY)
	h.x("click", "1") // this gives the window the keyboard too
	h.keys("ctrl+k", "ctrl+a")
	h.x("type", "--delay", "25", `"`+subject+`"`)
	h.keys("Return")
	time.Sleep(h.patience)
}

func (h *hand) dragFoundToOriginal() {
	h.to(foundX, foundY)
	h.x("mousedown", "1")
	const steps = 12
	for i := 1; i <= steps; i++ {
		h.to(foundX+(h.width+originalX-foundX)*i/steps, foundY+(originalY-foundY)*i/steps)
	}
	h.x("mouseup", "1")
	time.Sleep(h.patience)
}

// confirm goes from the safe button, which has the keyboard, to the next one.
func (h *hand) confirm() { h.keys("Tab", "space") }

// picture keeps what the screen shows, where somebody wants it.
func (h *hand) picture() {
	file := os.Getenv("VANGNET_PICTURE")
	if file == "" {
		return
	}
	cmd := exec.CommandContext(h.ctx, "import", "-window", "root", file)
	cmd.Env = append(os.Environ(), "DISPLAY="+h.display)
	if err := cmd.Run(); err != nil {
		h.t.Log(err)
	}
}

package mailboxes_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"vangnet/engine/graph/sim/wire"
)

// recording keeps the successful traffic of all tests in the form that the
// metadata checker reads.
type recording struct {
	mu    sync.Mutex
	lines bytes.Buffer
	count map[string]int // exchanges kept, by method and template
}

var traffic = recording{count: map[string]int{}}

// enough exchanges of one kind are kept.
const enough = 60

func (rec *recording) add(template string, r *http.Request, asked []byte, q *wire.Request, resp *wire.Response, a answer) {
	if q.Version != "v1.0" || bytes.ContainsRune(a.body, 0x0b) || len(a.body) > 1<<20 || len(asked) > 1<<20 {
		return
	}
	headers := map[string]string{}
	for k := range r.Header {
		headers[k] = strings.Join(r.Header.Values(k), ",")
	}
	body := string(a.body)
	if resp.JSON != nil && resp.Context != "" {
		context := resp.Context
		if len(q.Select) > 0 {
			set, tail := context, ""
			for _, t := range []string{"/$entity", "/$delta"} {
				if rest, ok := strings.CutSuffix(context, t); ok {
					set, tail = rest, t
				}
			}
			context = set + "(" + strings.Join(q.Select, ",") + ")" + tail
		}
		body = fmt.Sprintf(`{"@odata.context":"%s/$metadata#%s",%s`, q.Root(), context, body[1:])
	}
	answered := map[string]string{"Content-Type": "application/json"}
	for k, v := range a.header {
		answered[k] = v
	}
	line := map[string]any{
		"method": r.Method, "url": q.Base + r.URL.RequestURI(), "request_headers": headers, "request_body": nil,
		"status": a.status, "response_headers": answered, "response_body": nil,
	}
	if len(asked) > 0 {
		line["request_body"] = string(asked)
	}
	if body != "" {
		line["response_body"] = body
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.count[template]++; rec.count[template] > enough {
		return
	}
	_ = json.NewEncoder(&rec.lines).Encode(line) // texts only: cannot fail
}

func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		code = checkTraffic()
	}
	os.Exit(code)
}

// checkTraffic asks the metadata checker about all that the tests said and
// were told.
func checkTraffic() int {
	if traffic.lines.Len() == 0 {
		return 0
	}
	return checkRecording(traffic.lines.Bytes())
}

// checkRecording is 0 when the checker finds no error, or is not there.
func checkRecording(lines []byte) int {
	shared := os.Getenv("VANGNET_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	tool := filepath.Join(shared, "graphcheck", "graphcheck")
	if _, err := os.Stat(tool); err != nil {
		fmt.Println("traffic not checked against the metadata: no graphcheck at", tool)
		return 0
	}
	dir, err := os.MkdirTemp("", "traffic")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "mailboxes.jsonl")
	if err := os.WriteFile(file, lines, 0o600); err != nil {
		fmt.Println(err)
		return 1
	}
	out, err := exec.Command(tool, file).CombinedOutput()
	if err != nil {
		fmt.Printf("%s\n%v\n", out, err)
		return 1
	}
	found := strings.Split(strings.TrimSpace(string(out)), "\n")
	fmt.Println(found[len(found)-1])
	return 0
}

package drives_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim/drives"
	"vangnet/engine/graph/sim/wire"
)

const (
	tenant = "7f9f1c52-0b1e-4a8f-9d4e-5a2c6f0b1d10"
	user   = "anna@contoso.example"
	app    = "a1b2c3d4-0000-4000-8000-00000000aaaa"
)

// rig is a drive behind a bare server: routing and the error form, no tokens.
type rig struct {
	t         *testing.T
	drive     *drives.Drive
	clock     *clock.Manual
	server    *httptest.Server
	faults    *faults
	mutations []drives.Mutation
}

// faults strike when told to.
type faults struct {
	mu    sync.Mutex
	next  map[string]bool
	items map[string]bool
}

func (f *faults) Roll(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	hit := f.next[name]
	delete(f.next, name)
	return hit
}

func (f *faults) Item(id string) bool { return f.items[id] }

func newRig(t *testing.T, change ...func(*drives.Options)) *rig {
	r := &rig{t: t, clock: clock.NewManual(time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)),
		faults: &faults{next: map[string]bool{}, items: map[string]bool{}}}
	o := drives.Options{Seed: "anna", Tenant: tenant, Clock: r.clock, Temp: t.TempDir(),
		Owner:      drives.Identity{UserID: "0e9f1c52-0b1e-4a8f-9d4e-5a2c6f0b1d10", Name: "Anna de Vries", Mail: user},
		Web:        "https://contoso-my.sharepoint.com/personal/anna_contoso_example",
		OnMutation: func(m drives.Mutation) { r.mutations = append(r.mutations, m) }}
	for _, c := range change {
		c(&o)
	}
	r.drive = drives.New(o)
	router, sealer := wire.NewRouter(drives.Routes(r)), wire.NewSealer([]byte("key"))
	r.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r.serve(router, sealer, w, hr)
	}))
	t.Cleanup(r.server.Close)
	return r
}

func (r *rig) UserDrive(_, name string) (*drives.Drive, error) {
	if name != user {
		return nil, drives.NoSite()
	}
	return r.drive, nil
}

func (r *rig) Drive(in, id string) (*drives.Drive, error) {
	if in != tenant || id != r.drive.ID() {
		return nil, drives.NoSuchDrive(id)
	}
	return r.drive, nil
}

func (r *rig) serve(router *wire.Router, sealer *wire.Sealer, w http.ResponseWriter, hr *http.Request) {
	version, path := "", hr.URL.EscapedPath()
	if rest, ok := strings.CutPrefix(path, "/v1.0"); ok {
		version, path = "v1.0", rest
	}
	route, params, refused := router.Find(hr.Method, version, path)
	if refused != nil {
		fail(w, refused)
		return
	}
	q := url.Values{}
	for k, v := range hr.URL.Query() {
		q[strings.ToLower(strings.TrimPrefix(k, "$"))] = v
	}
	req := &wire.Request{Request: hr, Version: version, TenantID: tenant, AppID: app, Params: params, Query: q,
		Prefer: map[string]string{}, Base: "http://" + hr.Host, Clock: r.clock, Body: hr.Body, Faults: r.faults, Sealer: sealer}
	if s := q.Get("select"); s != "" {
		req.Select = strings.Split(s, ",")
	}
	for _, p := range strings.Split(hr.Header.Get("Prefer"), ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(p), "=")
		req.Prefer[strings.ToLower(k)] = v
	}
	resp, err := route.Handle(req)
	if err != nil {
		var e *wire.Error
		if !errors.As(err, &e) {
			e = wire.Errorf(500, "generalException", "%v", err)
		}
		fail(w, e)
		return
	}
	for k, v := range resp.Header {
		w.Header().Set(k, v)
	}
	status := resp.Status
	if status == 0 {
		status = 200
	}
	w.WriteHeader(status)
	if resp.JSON != nil {
		json.NewEncoder(w).Encode(resp.JSON)
	}
	if resp.Stream != nil {
		io.Copy(w, resp.Stream)
		resp.Stream.Close()
	}
}

func fail(w http.ResponseWriter, e *wire.Error) {
	for k, v := range e.Header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(e.Status)
	json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": e.Code, "message": e.Message,
		"innerError": map[string]any{"code": e.Inner}}})
}

// answer is what came back.
type answer struct {
	*http.Response
	raw  []byte
	json map[string]any
}

// code is the error code, with the inner one after a slash.
func (a answer) code() string {
	e, _ := a.json["error"].(map[string]any)
	if e == nil {
		return ""
	}
	code := e["code"].(string)
	if inner, _ := e["innerError"].(map[string]any)["code"].(string); inner != "" {
		code += "/" + inner
	}
	return code
}

func (a answer) str(path ...string) string {
	var v any = a.json
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	s, _ := v.(string)
	return s
}

func (a answer) items() []map[string]any {
	var list []map[string]any
	value, _ := a.json["value"].([]any)
	for _, v := range value {
		list = append(list, v.(map[string]any))
	}
	return list
}

// call sends a request. A path without a host is below the drive's own path.
// Headers are given as "Name: value".
func (r *rig) call(method, path string, body any, headers ...string) answer {
	r.t.Helper()
	target := path
	if !strings.HasPrefix(path, "http") {
		target = r.server.URL + "/v1.0/drives/" + r.drive.ID() + path
	}
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		reader = bytes.NewReader(b)
	case string:
		reader = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		require.NoError(r.t, err)
		reader = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, target, reader)
	require.NoError(r.t, err)
	for _, h := range headers {
		k, v, _ := strings.Cut(h, ": ")
		req.Header.Set(k, v)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	require.NoError(r.t, err)
	defer resp.Body.Close()
	a := answer{Response: resp}
	a.raw, err = io.ReadAll(resp.Body)
	require.NoError(r.t, err)
	_ = json.Unmarshal(a.raw, &a.json)
	return a
}

// put seeds a file.
func (r *rig) put(path, content string) {
	r.t.Helper()
	require.NoError(r.t, r.drive.Put(path, drives.Bytes([]byte(content)), drives.Times{}))
}

// id is the id of what is at a path.
func (r *rig) id(path string) string {
	r.t.Helper()
	a := r.call("GET", "/root:/"+(&url.URL{Path: path}).EscapedPath(), nil)
	require.Equal(r.t, 200, a.StatusCode, "%s: %s", path, a.raw)
	return a.str("id")
}

// paths is the live tree in short: folders end in a slash.
func (r *rig) paths() []string {
	r.t.Helper()
	nodes, err := r.drive.Tree("")
	require.NoError(r.t, err)
	list := []string{}
	for _, n := range nodes {
		if n.Kind != "file" {
			n.Path += "/"
		}
		list = append(list, n.Path)
	}
	return list
}

type obj = map[string]any

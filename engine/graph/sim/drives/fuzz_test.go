package drives_test

import (
	"io"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim/drives"
	"vangnet/engine/graph/sim/wire"
)

// FuzzRequests lets anything at all come in; answers are orderly and the drive
// stays whole.
func FuzzRequests(f *testing.F) {
	for _, s := range []struct{ method, path, body, header string }{
		{"GET", "/root:/a/f.txt:/content", "", ""},
		{"GET", "/root/delta(token='latest')", "", "deltashowsharingchanges"},
		{"GET", "/root/delta?token=2026-01-01T00:00:00Z&$top=1", "", ""},
		{"GET", "/root/children?$top=1&$skiptoken=x", "", "odata.maxpagesize=1"},
		{"POST", "/root/children", `{"name":"x","folder":{},"fileSystemInfo":{"createdDateTime":"2020-01-01T00:00:00Z"}}`, ""},
		{"POST", "/root:/a/g.bin:/createUploadSession", `{"item":{"fileSize":-1}}`, ""},
		{"PUT", "/items/root:/a/b/c:/content?@microsoft.graph.conflictBehavior=rename", "bytes", ""},
		{"PATCH", "/root:/a", `{"parentReference":{"path":"root:%zz"},"name":"\u0000"}`, ""},
		{"PUT", "/root:/a", `{"@microsoft.graph.sourceUrl":"https://x/?tempauth=a.b.c"}`, ""},
		{"DELETE", "/root:/a/f.txt", "", ""},
	} {
		f.Add(s.method, s.path, s.body, s.header)
	}
	f.Fuzz(func(t *testing.T, method, path, body, header string) {
		c := clock.NewManual(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		r := &rig{t: t, drive: drives.New(drives.Options{Seed: "fuzz", Tenant: tenant, Clock: c, Temp: t.TempDir()})}
		if err := r.drive.Put("a/f.txt", drives.Bytes([]byte("hello")), drives.Times{}); err != nil {
			t.Fatal(err)
		}
		path, query, _ := strings.Cut(path, "?")
		route, params, refused := wire.NewRouter(drives.Routes(r)).Find(method, "v1.0", "/drives/"+r.drive.ID()+"/"+strings.TrimLeft(path, "/"))
		values, err := url.ParseQuery(query)
		if refused != nil || err != nil {
			return
		}
		q := url.Values{}
		for k, v := range values {
			q[strings.ToLower(strings.TrimPrefix(k, "$"))] = v
		}
		hr := httptest.NewRequest("GET", "https://localhost/", nil)
		hr.Header.Set("If-Match", header)
		resp, err := route.Handle(&wire.Request{Request: hr, Version: "v1.0", TenantID: tenant, Params: params, Query: q,
			Prefer: map[string]string{header: header}, Base: "https://localhost", Clock: c, Body: strings.NewReader(body),
			Faults: wire.NoFaults{}, Sealer: wire.NewSealer([]byte("k"))})
		if err != nil {
			if _, ok := err.(*wire.Error); !ok {
				t.Fatalf("%s %s: %v", method, path, err)
			}
		} else if resp.Stream != nil {
			_, _ = io.Copy(io.Discard, resp.Stream)
			resp.Stream.Close()
		}
		if _, err := r.drive.Tree(""); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzDownloadRange compares what a Range header brings with the whole.
func FuzzDownloadRange(f *testing.F) {
	for _, s := range []string{"bytes=0-3", "bytes=4-", "bytes=-2", "bytes=9223372036854775807-", "bytes=0-0,3-4", "bytes=--1"} {
		f.Add(s)
	}
	const content = "0123456789"
	c := clock.NewManual(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	r := &rig{drive: drives.New(drives.Options{Seed: "fuzz", Tenant: tenant, Clock: c})}
	if err := r.drive.Put("f", drives.Bytes([]byte(content)), drives.Times{}); err != nil {
		f.Fatal(err)
	}
	router, sealer := wire.NewRouter(drives.Routes(r)), wire.NewSealer([]byte("k"))
	route, params, _ := router.Find("GET", "v1.0", "/drives/"+r.drive.ID()+"/root:/f:/content")
	req := &wire.Request{Request: httptest.NewRequest("GET", "/", nil), Version: "v1.0", TenantID: tenant, Params: params,
		Query: url.Values{}, Base: "https://localhost", Clock: c, Faults: wire.NoFaults{}, Sealer: sealer}
	redirect, err := route.Handle(req)
	if err != nil {
		f.Fatal(err)
	}
	link, _ := url.Parse(redirect.Header["Location"])
	download, params, _ := router.Find("GET", "", link.EscapedPath())
	f.Fuzz(func(t *testing.T, header string) {
		hr := httptest.NewRequest("GET", "/", nil)
		hr.Header.Set("Range", header)
		resp, err := download.Handle(&wire.Request{Request: hr, Params: params, Query: url.Values{"tempauth": {link.Query().Get("tempauth")}},
			Base: "https://localhost", Clock: c, Faults: wire.NoFaults{}, Sealer: sealer})
		if err != nil {
			return
		}
		got, _ := io.ReadAll(resp.Stream)
		if int64(len(got)) != resp.Length || !strings.Contains(content, string(got)) || resp.Status == 200 && len(got) != 10 || len(got) == 0 {
			t.Fatalf("%q gave %d %q", header, resp.Status, got)
		}
	})
}

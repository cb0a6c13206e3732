package drives_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/quickxor"
	"vangnet/engine/graph/sim/drives"
)

const unit = 320 << 10

func generate(t *testing.T, size int64) []byte { return readAll(t, drives.Generated(99, size), 0) }

func (r *rig) session(path string, item obj, headers ...string) string {
	r.t.Helper()
	a := r.call("POST", path+":/createUploadSession", obj{"item": item}, headers...)
	require.Equal(r.t, 200, a.StatusCode, "%s", a.raw)
	require.Equal(r.t, []any{"0-"}, a.json["nextExpectedRanges"])
	require.NotEmpty(r.t, a.str("expirationDateTime"))
	return a.str("uploadUrl")
}

func (r *rig) piece(link string, data []byte, from, to, total int) answer {
	r.t.Helper()
	return r.call("PUT", link, data[from:to], fmt.Sprintf("Content-Range: bytes %d-%d/%d", from, to-1, total))
}

func TestUploadSession(t *testing.T) {
	r := newRig(t)
	data := generate(t, 3*unit+100)
	link := r.session("/root:/Map/groot.bin", obj{"fileSize": len(data),
		"fileSystemInfo": obj{"createdDateTime": "2001-01-01T00:00:00Z", "lastModifiedDateTime": "2002-02-02T00:00:00Z"}})
	require.NotContains(t, link, "/v1.0/drives")

	a := r.piece(link, data, 0, 2*unit, len(data))
	require.Equal(t, 202, a.StatusCode, "%s", a.raw)
	require.Equal(t, []any{fmt.Sprintf("%d-", 2*unit)}, a.json["nextExpectedRanges"])
	require.Equal(t, a.json["nextExpectedRanges"], r.call("GET", link, nil).json["nextExpectedRanges"])

	a = r.piece(link, data, 2*unit, len(data), len(data))
	require.Equal(t, 201, a.StatusCode, "%s", a.raw)
	require.Equal(t, "groot.bin", a.str("name"))
	require.Equal(t, "2002-02-02T00:00:00Z", a.str("fileSystemInfo", "lastModifiedDateTime"))
	require.Equal(t, app, a.str("createdBy", "application", "id"))
	back := r.call("GET", "/items/"+a.str("id")+"/content", nil).Header.Get("Location")
	require.Equal(t, data, r.call("GET", back, nil).raw)
	require.Equal(t, 404, r.call("GET", link, nil).StatusCode, "the session is over")
	require.Len(t, r.call("GET", "/items/"+a.str("id")+"/versions", nil).items(), 1)
}

func TestUploadSessionRules(t *testing.T) {
	r := newRig(t)
	data := generate(t, 4*unit)
	total := len(data)
	link := r.session("/root:/f.bin", obj{"fileSize": total})
	for _, c := range []struct {
		name   string
		answer answer
		status int
		code   string
	}{
		{"not a multiple", r.piece(link, data, 0, 1000, total), 400, "invalidRequest"},
		{"other total", r.piece(link, data, 0, unit, total-1), 400, "invalidRequest"},
		{"out of order", r.piece(link, data, unit, 2*unit, total), 416, "invalidRange/fragmentOutOfOrder"},
		{"too short", r.call("PUT", link, data[:unit-1], fmt.Sprintf("Content-Range: bytes 0-%d/%d", unit-1, total)), 400, "invalidRequest/fragmentLengthMismatch"},
		{"too long", r.call("PUT", link, data[:unit+1], fmt.Sprintf("Content-Range: bytes 0-%d/%d", unit-1, total)), 400, "invalidRequest/fragmentLengthMismatch"},
		{"no range", r.call("PUT", link, data[:unit]), 400, "invalidRequest"},
		{"odd range", r.call("PUT", link, data[:unit], "Content-Range: bytes 5-2/3"), 400, "invalidRequest"},
		{"with a token", r.call("PUT", link, data[:unit], fmt.Sprintf("Content-Range: bytes 0-%d/%d", unit-1, total), "Authorization: Bearer x"), 401, "unauthenticated"},
		{"commit too early", r.call("POST", link, nil), 400, "invalidRequest"},
		{"first piece", r.piece(link, data, 0, unit, total), 202, ""},
		{"once more", r.piece(link, data, 0, unit, total), 416, "invalidRange/fragmentOverlap"},
	} {
		require.Equal(t, c.status, c.answer.StatusCode, c.name)
		require.Equal(t, c.code, c.answer.code(), c.name)
	}
	huge := r.session("/root:/g.bin", obj{"fileSize": 100 << 20})
	require.Equal(t, 413, r.call("PUT", huge, []byte("x"), fmt.Sprintf("Content-Range: bytes 0-%d/%d", 60<<20, 100<<20)).StatusCode)
	require.Equal(t, 201, r.piece(link, data, unit, total, total).StatusCode, "refusals have left no trace")
	sum, err := r.drive.Tree("f.bin")
	require.NoError(t, err)
	require.NoError(t, r.drive.Put("same", drives.Bytes(data), drives.Times{}))
	same, err := r.drive.Tree("same")
	require.NoError(t, err)
	require.Equal(t, same[0].Hash, sum[0].Hash)
}

// TestBrokenPiece sends a piece whose connection ends in the middle.
func TestBrokenPiece(t *testing.T) {
	r := newRig(t)
	data := generate(t, 2*unit)
	link := r.session("/root:/f.bin", obj{})
	require.Equal(t, 202, r.piece(link, data, 0, unit, len(data)).StatusCode)
	req, err := http.NewRequest("PUT", link, io.MultiReader(strings.NewReader("some bytes"), failing{}))
	require.NoError(t, err)
	req.ContentLength = unit
	req.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", unit, 2*unit-1, 2*unit))
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
	}
	require.Eventually(t, func() bool {
		next := r.call("GET", link, nil).json["nextExpectedRanges"]
		return fmt.Sprint(next) == fmt.Sprintf("[%d-]", unit)
	}, 5*time.Second, 10*time.Millisecond)
	a := r.piece(link, data, unit, 2*unit, 2*unit)
	require.Equal(t, 201, a.StatusCode)
	sum := quickxor.Sum(data)
	require.Equal(t, quickxor.Text(sum[:]), a.str("file", "hashes", "quickXorHash"))
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestUploadSessionEnds(t *testing.T) {
	temp := t.TempDir()
	r := newRig(t, func(o *drives.Options) { o.Temp = temp })
	data := generate(t, 2*unit)
	cancelled := r.session("/root:/a.bin", obj{})
	require.Equal(t, 202, r.piece(cancelled, data, 0, unit, len(data)).StatusCode)
	require.Equal(t, 204, r.call("DELETE", cancelled, nil).StatusCode)
	a := r.piece(cancelled, data, unit, 2*unit, len(data))
	require.Equal(t, 404, a.StatusCode)
	require.Equal(t, "itemNotFound/uploadSessionNotFound", a.code())

	late := r.session("/root:/b.bin", obj{})
	require.Equal(t, 202, r.piece(late, data, 0, unit, len(data)).StatusCode)
	r.clock.Advance(25 * time.Hour)
	require.Equal(t, 404, r.piece(late, data, unit, 2*unit, len(data)).StatusCode)

	struck := r.session("/root:/c.bin", obj{})
	r.faults.next["expire"] = true
	require.Equal(t, 404, r.piece(struck, data, 0, unit, len(data)).StatusCode)

	forgotten := r.session("/root:/d.bin", obj{})
	require.Equal(t, 202, r.piece(forgotten, data, 0, unit, len(data)).StatusCode)
	r.clock.Advance(25 * time.Hour)
	r.session("/root:/e.bin", obj{})
	left, err := os.ReadDir(temp)
	require.NoError(t, err)
	require.Empty(t, left, "no upload that ended leaves a file behind")
	require.Empty(t, r.paths())
}

func TestUploadSessionConflicts(t *testing.T) {
	r := newRig(t)
	r.put("f.bin", "there")
	const rule = "@microsoft.graph.conflictBehavior"
	create := func(item obj, headers ...string) answer {
		return r.call("POST", "/root:/f.bin:/createUploadSession", obj{"item": item}, headers...)
	}
	require.Equal(t, 409, create(obj{}).StatusCode)
	require.Equal(t, 412, create(obj{rule: "replace"}, "If-Match: \"x\"").StatusCode)
	require.Equal(t, 400, create(obj{"name": "other", rule: "replace"}).StatusCode)

	data := generate(t, 100)
	renamed := r.piece(create(obj{rule: "rename"}).str("uploadUrl"), data, 0, 100, 100)
	require.Equal(t, "f 1.bin", renamed.str("name"))
	replaced := r.piece(create(obj{rule: "replace"}).str("uploadUrl"), data, 0, 100, 100)
	require.Equal(t, 200, replaced.StatusCode)
	guarded := create(obj{rule: "replace"}, "If-Match: "+replaced.str("eTag"))
	r.put("f.bin", "changed meanwhile")
	require.Equal(t, 412, r.piece(guarded.str("uploadUrl"), data, 0, 100, 100).StatusCode)
	byID := r.call("POST", "/items/"+replaced.str("id")+"/createUploadSession", nil)
	require.Equal(t, 200, byID.StatusCode, "%s", byID.raw)
	require.Equal(t, 200, r.piece(byID.str("uploadUrl"), data, 0, 100, 100).StatusCode)
}

// TestLateConflict has the name taken while the upload runs; the bytes are not
// lost, and the client can have them under another name.
func TestLateConflict(t *testing.T) {
	r := newRig(t)
	data := generate(t, 100)
	link := r.session("/root:/Map/f.bin", obj{"@microsoft.graph.conflictBehavior": "fail"})
	r.put("Map/f.bin", "faster")
	a := r.piece(link, data, 0, 100, 100)
	require.Equal(t, 409, a.StatusCode)
	require.Equal(t, "nameAlreadyExists", a.code())

	source := func(path, name, how string) answer {
		return r.call("PUT", path, obj{"name": name, "@microsoft.graph.conflictBehavior": how, "@microsoft.graph.sourceUrl": link}, "Authorization: Bearer x")
	}
	require.Equal(t, 409, source("/root:/Map", "f.bin", "fail").StatusCode)
	a = source("/root:/Map", "f.bin", "rename")
	require.Equal(t, 201, a.StatusCode, "%s", a.raw)
	require.Equal(t, "f 1.bin", a.str("name"))
	require.Equal(t, 404, source("/root:/Map", "f.bin", "rename").StatusCode)
	require.Equal(t, []string{"Map/", "Map/f 1.bin", "Map/f.bin"}, r.paths())
}

func TestDeferredCommit(t *testing.T) {
	r := newRig(t)
	data := generate(t, 100)
	a := r.call("POST", "/root:/f.bin:/createUploadSession", obj{"deferCommit": true})
	link := a.str("uploadUrl")
	a = r.piece(link, data, 0, 100, 100)
	require.Equal(t, 202, a.StatusCode)
	require.Empty(t, a.json["nextExpectedRanges"])
	require.Empty(t, r.paths())
	require.Equal(t, 201, r.call("POST", link, nil).StatusCode)
	require.Equal(t, []string{"f.bin"}, r.paths())
}

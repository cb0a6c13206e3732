package drives_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/quickxor"
	"vangnet/engine/graph/sim/drives"
)

func TestPutContent(t *testing.T) {
	r := newRig(t)
	a := r.call("PUT", "/root:/Nieuw/map/f%20%23.txt:/content", "hello world")
	require.Equal(t, 201, a.StatusCode, "%s", a.raw)
	require.Equal(t, "aCgDG9jwBhDc4Q1yawMZAAAAAAA=", a.str("file", "hashes", "quickXorHash"))
	require.Equal(t, app, a.str("lastModifiedBy", "application", "id"))
	require.Equal(t, []string{"Nieuw/", "Nieuw/map/", "Nieuw/map/f #.txt"}, r.paths())

	b := r.call("PUT", "/items/"+a.str("id")+"/content", "second")
	require.Equal(t, 200, b.StatusCode)
	require.Equal(t, a.str("id"), b.str("id"))
	require.NotEqual(t, a.str("cTag"), b.str("cTag"))
	require.Len(t, r.call("GET", "/items/"+a.str("id")+"/versions", nil).items(), 2)
	require.EqualValues(t, len("second"), r.call("GET", "/root", nil).json["size"])

	require.Equal(t, 201, r.call("PUT", "/root:/leeg.txt:/content", "").StatusCode, "an empty file")
	require.Equal(t, 409, r.call("PUT", "/root:/Nieuw:/content", "x").StatusCode, "a folder is there")
	require.Equal(t, 400, r.call("PUT", "/items/"+a.str("id")+":/below.txt:/content", "x").StatusCode, "below a file")
	require.Equal(t, 409, r.call("PUT", "/root:/leeg.txt/below.txt:/content", "x").StatusCode, "below a file")
	require.Equal(t, 404, r.call("PUT", "/items/01ABC/content", "x").StatusCode)
	require.Equal(t, 400, r.call("PUT", "/root/content", "x").StatusCode)
	require.Equal(t, "create", r.mutations[0].Op)
	require.Equal(t, app, r.mutations[0].AppID)
	require.Equal(t, "Nieuw/map/f #.txt", r.mutations[0].Path)
}

func TestPutLargeContentGoesToDisk(t *testing.T) {
	r := newRig(t)
	content := bytes.Repeat([]byte("0123456789abcdef"), 100_000)
	a := r.call("PUT", "/root:/groot.bin:/content", content)
	require.Equal(t, 201, a.StatusCode)
	sum := quickxor.Sum(content)
	require.Equal(t, quickxor.Text(sum[:]), a.str("file", "hashes", "quickXorHash"))
	require.Equal(t, content, r.call("GET", a.str("@microsoft.graph.downloadUrl"), nil).raw)
}

func TestConflicts(t *testing.T) {
	r := newRig(t)
	r.put("Map/plan.docx", "one")
	query := "?@microsoft.graph.conflictBehavior="
	require.Equal(t, 200, r.call("PUT", "/root:/Map/plan.docx:/content", "two").StatusCode, "PUT replaces")
	a := r.call("PUT", "/root:/Map/plan.docx:/content"+query+"fail", "three")
	require.Equal(t, 409, a.StatusCode)
	require.Equal(t, "nameAlreadyExists", a.code())
	a = r.call("PUT", "/root:/Map/PLAN.docx:/content"+query+"rename", "three")
	require.Equal(t, 201, a.StatusCode)
	require.Equal(t, "PLAN 1.docx", a.str("name"))
	require.Equal(t, 400, r.call("PUT", "/root:/Map/plan.docx:/content"+query+"whatever", "x").StatusCode)

	folder := func(name, how, options string) answer {
		return r.call("POST", "/root/children"+options, obj{"name": name, "folder": obj{}, "@microsoft.graph.conflictBehavior": how})
	}
	require.Equal(t, 409, folder("map", "fail", "").StatusCode)
	require.Equal(t, 409, r.call("POST", "/root/children", obj{"name": "Map", "folder": obj{}}).StatusCode)
	require.Equal(t, "Map 1", folder("Map", "rename", "").str("name"))
	require.Equal(t, "Map 2", folder("Map", "", query+"rename").str("name"), "in the query")
	require.Equal(t, 201, folder("Map", "replace", "").StatusCode)
	require.Equal(t, []string{"Map/", "Map 1/", "Map 2/"}, r.paths(), "replaced by an empty one")
	require.Equal(t, 400, r.call("POST", "/root/children", obj{"name": "x"}).StatusCode)
	require.Equal(t, 400, r.call("POST", "/root/children", "{").StatusCode)
}

func TestFolderKeepsItsDates(t *testing.T) {
	r := newRig(t)
	a := r.call("POST", "/root/children", obj{"name": "Map", "folder": obj{}, "fileSystemInfo": obj{"createdDateTime": "2001-01-01T00:00:00Z", "lastModifiedDateTime": "2002-02-02T02:02:02.5Z"}})
	require.Equal(t, 201, a.StatusCode, "%s", a.raw)
	require.Equal(t, "2001-01-01T00:00:00Z", a.str("fileSystemInfo", "createdDateTime"))
	require.Equal(t, "2002-02-02T02:02:02Z", a.str("fileSystemInfo", "lastModifiedDateTime"))
	r.put("Map/f.txt", "x")
	require.Equal(t, "2002-02-02T02:02:02Z", r.call("GET", "/root:/Map", nil).str("fileSystemInfo", "lastModifiedDateTime"))
}

func TestNames(t *testing.T) {
	for _, name := range []string{"a:b", "a*b", "a?", `a"b`, "a<b", "a|b", `a\b`, " a", "a ", "a.", "CON", "com3", "~$a.docx", ".lock", "desktop.ini", "x_vti_y", "a\tb", "", strings.Repeat("x", 256), "a\xffb"} {
		require.Error(t, drives.CheckName(name), "%q", name)
	}
	for _, name := range []string{"a", ".hidden", "CON.txt", "com", "com10", "50% #1", "naïve 🎉.txt", "מסמך.txt", strings.Repeat("x", 255), "a..b"} {
		require.NoError(t, drives.CheckName(name), "%q", name)
	}
	r := newRig(t)
	a := r.call("PUT", "/root:/a%3Cb.txt:/content", "x")
	require.Equal(t, 400, a.StatusCode)
	require.Equal(t, "invalidRequest/invalidPath", a.code())
	require.Equal(t, 400, r.call("POST", "/root/children", obj{"name": "CON", "folder": obj{}}).StatusCode)
	long := strings.Repeat("x", 150)
	require.Equal(t, "invalidRequest/pathIsTooLong", r.call("PUT", "/root:/"+long+"/"+long+"/"+long+":/content", "x").code())
	require.Equal(t, 201, r.call("PUT", "/root:/"+long+"/"+long+":/content", "x").StatusCode)
	require.NoError(t, r.drive.Put("seed/CON", drives.Bytes(nil), drives.Times{}), "seeds may hold anything")
	require.NoError(t, r.drive.Rename("seed/CON", "../../etc/passwd"))
	require.Equal(t, "../../etc/passwd", r.call("GET", "/root:/seed:/children", nil).items()[0]["name"])
}

func TestPatch(t *testing.T) {
	r := newRig(t)
	r.put("a/f.txt", "x")
	r.put("b/g.txt", "x")
	f := r.call("GET", "/root:/a/f.txt", nil)
	patch := func(body obj, headers ...string) answer {
		return r.call("PATCH", "/items/"+f.str("id"), body, headers...)
	}

	a := patch(obj{"name": "h.txt"})
	require.Equal(t, 200, a.StatusCode)
	require.Equal(t, "h.txt", a.str("name"))
	require.NotEqual(t, f.str("eTag"), a.str("eTag"))
	require.Equal(t, f.str("cTag"), a.str("cTag"), "content is the same")

	require.Equal(t, 412, patch(obj{"name": "i.txt"}, "If-Match: "+f.str("eTag")).StatusCode)
	require.Equal(t, 200, patch(obj{"name": "H.TXT"}, "If-Match: "+a.str("eTag")).StatusCode, "case only")

	require.Equal(t, 200, patch(obj{"parentReference": obj{"id": r.id("b")}}).StatusCode)
	require.Equal(t, []string{"a/", "b/", "b/g.txt", "b/H.TXT"}, r.paths())
	require.Equal(t, 200, patch(obj{"parentReference": obj{"path": "/drives/" + r.drive.ID() + "/root:/a"}, "name": "f.txt"}).StatusCode)
	require.Equal(t, []string{"a/", "a/f.txt", "b/", "b/g.txt"}, r.paths())

	require.Equal(t, 409, patch(obj{"parentReference": obj{"id": r.id("b")}, "name": "G.txt"}).StatusCode)
	require.Equal(t, 400, patch(obj{"parentReference": obj{"id": r.id("b"), "driveId": "b!other"}}).StatusCode)
	require.Equal(t, 400, patch(obj{"name": "a/b"}).StatusCode)
	require.Equal(t, 404, patch(obj{"parentReference": obj{"id": "01NONE"}}).StatusCode)
	require.Equal(t, 400, r.call("PATCH", "/root:/a", obj{"parentReference": obj{"id": r.id("a")}}).StatusCode, "into itself")
	require.Equal(t, 400, r.call("PATCH", "/root", obj{"name": "x"}).StatusCode)

	a = patch(obj{"fileSystemInfo": obj{"createdDateTime": "2001-01-01T00:00:00Z", "lastModifiedDateTime": "2002-02-02T00:00:00+02:00"}})
	require.Equal(t, "2001-01-01T00:00:00Z", a.str("fileSystemInfo", "createdDateTime"))
	require.Equal(t, "2002-02-01T22:00:00Z", a.str("fileSystemInfo", "lastModifiedDateTime"))
	require.Len(t, r.call("GET", "/items/"+f.str("id")+"/versions", nil).items(), 2, "dates make a version")
	require.Equal(t, 400, patch(obj{"fileSystemInfo": obj{"createdDateTime": "yesterday"}}).StatusCode)
}

func TestDelete(t *testing.T) {
	r := newRig(t)
	r.put("a/b/f.txt", "12345")
	r.put("c.txt", "1")
	f := r.call("GET", "/root:/a/b/f.txt", nil)
	require.Equal(t, 412, r.call("DELETE", "/root:/a", nil, "If-Match: \"x\"").StatusCode)
	require.Equal(t, 204, r.call("DELETE", "/root:/a", nil).StatusCode)
	require.Equal(t, 404, r.call("GET", "/items/"+f.str("id"), nil).StatusCode)
	require.Equal(t, 404, r.call("DELETE", "/root:/a", nil).StatusCode)
	require.Equal(t, 400, r.call("DELETE", "/root", nil).StatusCode)
	require.EqualValues(t, 1, r.call("GET", "/root", nil).json["size"])
	require.NoError(t, r.drive.Delete(""))
	require.Empty(t, r.paths())
	require.EqualValues(t, 0, r.call("GET", "/root", nil).json["size"])
}

func TestQuota(t *testing.T) {
	r := newRig(t, func(o *drives.Options) { o.Quota = 10 })
	require.Equal(t, 201, r.call("PUT", "/root:/f:/content", "12345678").StatusCode)
	require.Equal(t, 507, r.call("PUT", "/root:/g:/content", "123").StatusCode)
	require.Equal(t, 200, r.call("PUT", "/root:/f:/content", "1234567890").StatusCode, "replacing makes room")
	a := r.call("POST", "/root:/h:/createUploadSession", obj{"item": obj{"fileSize": 5}})
	require.Equal(t, 507, a.StatusCode)
	require.Equal(t, "quotaLimitReached", a.code())
	require.Equal(t, "exceeded", r.call("GET", "", nil).str("quota", "state"))
}

func TestTree(t *testing.T) {
	r := newRig(t)
	made := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	require.NoError(t, r.drive.Put("A/f.txt", drives.Bytes([]byte("hello world")), drives.Times{Created: made, Modified: made.Add(time.Hour)}))
	require.NoError(t, r.drive.Mkdir("A/leeg", drives.Times{Created: made, Modified: made}))
	require.NoError(t, r.drive.MakeNotebook("Notities"))
	nodes, err := r.drive.Tree("A")
	require.NoError(t, err)
	require.Len(t, nodes, 3)
	nodes[1].ID = ""
	require.Equal(t, drives.Node{Path: "A/f.txt", Kind: "file", Size: 11, Hash: "aCgDG9jwBhDc4Q1yawMZAAAAAAA=", Created: made, Modified: made.Add(time.Hour), Versions: 1}, nodes[1])
	require.Equal(t, "A/leeg", nodes[2].Path)
	require.Equal(t, made, nodes[2].Modified)
	all, err := r.drive.Tree("")
	require.NoError(t, err)
	require.Equal(t, "notebook", all[3].Kind)
	_, err = r.drive.Tree("nothing")
	require.Error(t, err)
	require.Error(t, r.drive.Mkdir("A/f.txt/x", drives.Times{}))
	require.Error(t, r.drive.Put("A", drives.Bytes(nil), drives.Times{}))
	require.Error(t, r.drive.Move("A", "A/below"))
	require.Error(t, r.drive.Move("A/f.txt", "Notities"))
}

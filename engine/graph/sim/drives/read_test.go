package drives_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim/drives"
)

func TestDrive(t *testing.T) {
	r := newRig(t)
	r.put("a/b.txt", "hello")
	for _, path := range []string{"/v1.0/users/" + user + "/drive", "/v1.0/users/anna%40contoso.example/drive", "/v1.0/drives/" + r.drive.ID(), "/v1.0/drives/" + strings.Replace(r.drive.ID(), "!", "%21", 1)} {
		a := r.call("GET", r.server.URL+path, nil)
		require.Equal(t, 200, a.StatusCode)
		require.Equal(t, r.drive.ID(), a.str("id"))
		require.Equal(t, "business", a.str("driveType"))
		require.Equal(t, "Anna de Vries", a.str("owner", "user", "displayName"))
		require.EqualValues(t, 5, a.json["quota"].(obj)["used"])
	}
	require.Len(t, r.drive.ID(), 66)
	require.True(t, strings.HasPrefix(r.drive.ID(), "b!"))
	require.Len(t, r.call("GET", r.server.URL+"/v1.0/users/"+user+"/drives", nil).items(), 1)

	a := r.call("GET", r.server.URL+"/v1.0/users/nobody@contoso.example/drive", nil)
	require.Equal(t, 404, a.StatusCode)
	require.Equal(t, "ResourceNotFound", a.code())
	require.Equal(t, 400, r.call("GET", r.server.URL+"/v1.0/drives/nonsense", nil).StatusCode)
	require.Equal(t, 404, r.call("GET", r.server.URL+"/v1.0/drives/b!"+strings.Repeat("A", 64), nil).StatusCode)
}

func TestItem(t *testing.T) {
	r := newRig(t)
	made := time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)
	require.NoError(t, r.drive.Put("Documenten/Plan #1 50%.docx", drives.Bytes([]byte("hello world")), drives.Times{Created: made, Modified: made.Add(time.Hour)}))

	a := r.call("GET", "/root:/Documenten/Plan%20%231%2050%25.docx", nil)
	require.Equal(t, 200, a.StatusCode, "%s", a.raw)
	id := a.str("id")
	require.Regexp(t, `^01[A-Z2-7]{32}$`, id)
	require.Equal(t, "aCgDG9jwBhDc4Q1yawMZAAAAAAA=", a.str("file", "hashes", "quickXorHash"))
	require.Equal(t, "2020-02-03T04:05:06Z", a.str("fileSystemInfo", "createdDateTime"))
	require.Equal(t, "2020-02-03T05:05:06Z", a.str("fileSystemInfo", "lastModifiedDateTime"))
	require.Equal(t, "/drives/"+r.drive.ID()+"/root:/Documenten", a.str("parentReference", "path"))
	require.Equal(t, r.drive.ID(), a.str("parentReference", "driveId"))
	require.EqualValues(t, 11, a.json["size"])
	require.NotEmpty(t, a.str("@microsoft.graph.downloadUrl"))
	require.Regexp(t, `^"\{[0-9A-F-]{36}\},1"$`, a.str("eTag"))
	require.Regexp(t, `^"c:\{[0-9A-F-]{36}\},1"$`, a.str("cTag"))

	for _, path := range []string{"/items/" + id, "/root:/documenten/PLAN%20%231%2050%25.docx:", "/items/root:/Documenten/Plan%20%231%2050%25.docx"} {
		require.Equal(t, id, r.call("GET", path, nil).str("id"), path)
	}
	users := r.call("GET", r.server.URL+"/v1.0/users/"+user+"/drive/root:/Documenten", nil)
	require.Equal(t, "Documenten", users.str("name"))
	require.Equal(t, id, r.call("GET", "/items/"+users.str("id")+":/Plan%20%231%2050%25.docx", nil).str("id"))
	require.EqualValues(t, 11, users.json["size"], "a folder's size is that of all in it")
	require.NotContains(t, users.json, "cTag")

	root := r.call("GET", "/root", nil)
	require.Equal(t, r.drive.ID(), root.str("parentReference", "driveId"))
	require.Contains(t, root.json, "root")
	require.Equal(t, root.str("id"), r.call("GET", "/items/root", nil).str("id"))

	for _, path := range []string{"/items/" + strings.ToLower(id), "/items/01ABC", "/items/" + sibling(id), "/root:/nothing", "/root:/Documenten/Plan%20%231%2050%25.docx/below"} {
		a := r.call("GET", path, nil)
		require.Equal(t, 404, a.StatusCode, path)
		require.Equal(t, "itemNotFound", a.code())
	}
}

// sibling is an id that decodes to the same bytes and yet is another text.
func sibling(id string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	last := strings.IndexByte(alphabet, id[len(id)-1])
	return id[:len(id)-1] + alphabet[last^1:last^1+1]
}

func TestSelect(t *testing.T) {
	r := newRig(t)
	r.put("f.txt", "x")
	keys := func(a answer) []string {
		list := []string{}
		for k := range a.json {
			list = append(list, k)
		}
		return list
	}
	require.ElementsMatch(t, []string{"@odata.etag", "id", "name", "size"}, keys(r.call("GET", "/root:/f.txt?$select=id,name,size", nil)))
	a := r.call("GET", "/root:/f.txt?$select=id,content.downloadUrl", nil)
	require.ElementsMatch(t, []string{"@odata.etag", "id", "@microsoft.graph.downloadUrl"}, keys(a))
	require.Equal(t, "x", string(r.call("GET", a.str("@microsoft.graph.downloadUrl"), nil).raw))
}

func TestIfNoneMatch(t *testing.T) {
	r := newRig(t)
	r.put("f.txt", "x")
	a := r.call("GET", "/root:/f.txt", nil)
	require.Equal(t, 304, r.call("GET", "/root:/f.txt", nil, "If-None-Match: "+a.str("eTag")).StatusCode)
	require.Equal(t, 304, r.call("GET", "/root:/f.txt:/content", nil, "If-None-Match: "+a.str("cTag")).StatusCode)
	r.put("f.txt", "y")
	require.Equal(t, 200, r.call("GET", "/root:/f.txt", nil, "If-None-Match: "+a.str("eTag")).StatusCode)
}

func TestChildrenInPages(t *testing.T) {
	r := newRig(t)
	want := []string{}
	for i := range 25 {
		name := fmt.Sprintf("f%02d.txt", i)
		r.put("Map/"+name, "x")
		want = append(want, name)
	}
	var got []string
	pages := 0
	for link := "/root:/Map:/children?$top=10&$select=name"; link != ""; pages++ {
		a := r.call("GET", link, nil)
		require.Equal(t, 200, a.StatusCode, "%s", a.raw)
		for _, it := range a.items() {
			got = append(got, it["name"].(string))
			require.NotContains(t, it, "size", "the link carries the selection")
		}
		link = a.str("@odata.nextLink")
		if pages == 0 { // what comes and goes in between shifts nothing
			require.NoError(t, r.drive.Delete("Map/f03.txt"))
			r.put("Map/e.txt", "new")
		}
	}
	require.Equal(t, want, got)
	require.Equal(t, 3, pages)

	require.Equal(t, 400, r.call("GET", "/root/children?$skiptoken=xyz", nil).StatusCode)
	require.Equal(t, 400, r.call("GET", "/root/children?$top=0", nil).StatusCode)
	require.Equal(t, 400, r.call("GET", "/root/children?$expand=children", nil).StatusCode)
	require.Empty(t, r.call("GET", "/root:/Map/e.txt:/children", nil).items())
}

func TestDownload(t *testing.T) {
	r := newRig(t)
	r.put("f.txt", "0123456789")
	a := r.call("GET", "/root:/f.txt:/content", nil)
	require.Equal(t, 302, a.StatusCode)
	link := a.Header.Get("Location")
	require.NotContains(t, link, "/v1.0/")
	u, err := url.Parse(link)
	require.NoError(t, err)
	require.Len(t, strings.Split(u.Query().Get("tempauth"), "."), 3, "looks like a JWT")

	for _, c := range []struct {
		rng, want, contentRange string
		status                  int
	}{
		{"", "0123456789", "", 200},
		{"bytes=0-3", "0123", "bytes 0-3/10", 206},
		{"bytes=4-", "456789", "bytes 4-9/10", 206},
		{"bytes=8-100", "89", "bytes 8-9/10", 206},
		{"bytes=8-9223372036854775807", "89", "bytes 8-9/10", 206},
		{"bytes=-2", "89", "bytes 8-9/10", 206},
		{"bytes=-200", "0123456789", "bytes 0-9/10", 206},
		{"bytes=10-", "", "bytes */10", 416},
		{"bytes=-0", "", "bytes */10", 416},
		{"bytes=0-1,4-5", "0123456789", "", 200},
		{"bytes=5-2", "0123456789", "", 200},
		{"lines=1-2", "0123456789", "", 200},
		{"bytes=x-y", "0123456789", "", 200},
	} {
		a := r.call("GET", link, nil, "Range: "+c.rng)
		require.Equal(t, c.status, a.StatusCode, c.rng)
		require.Equal(t, c.contentRange, a.Header.Get("Content-Range"), c.rng)
		if c.status < 400 {
			require.Equal(t, c.want, string(a.raw), c.rng)
		}
	}
}

func TestDownloadLinkEnds(t *testing.T) {
	r := newRig(t)
	r.put("f.txt", "one")
	link := r.call("GET", "/root:/f.txt:/content", nil).Header.Get("Location")
	r.clock.Advance(59 * time.Minute)
	require.Equal(t, 200, r.call("GET", link, nil).StatusCode)
	r.clock.Advance(time.Minute)
	require.Equal(t, 401, r.call("GET", link, nil).StatusCode)

	link = r.call("GET", "/root:/f.txt:/content", nil).Header.Get("Location")
	require.Equal(t, 401, r.call("GET", strings.Replace(link, "tempauth=", "tempauth=A", 1), nil).StatusCode)
	r.faults.next["expire"] = true
	require.Equal(t, 401, r.call("GET", link, nil).StatusCode)
	require.Equal(t, 200, r.call("GET", link, nil).StatusCode)
	require.NoError(t, r.drive.Delete("f.txt"))
	require.Equal(t, 404, r.call("GET", link, nil).StatusCode)
}

func TestUnreadableItems(t *testing.T) {
	r := newRig(t)
	r.put("virus.exe", "x")
	require.NoError(t, r.drive.MarkInfected("virus.exe", "EICAR"))
	require.NoError(t, r.drive.MakeNotebook("Notities"))
	r.put("Notities/Sectie.one", "x")
	r.put("locked.txt", "x")
	link := r.call("GET", "/root:/locked.txt:/content", nil).Header.Get("Location")
	r.faults.items[r.id("locked.txt")] = true

	a := r.call("GET", "/root:/virus.exe:/content", nil)
	require.Equal(t, 403, a.StatusCode)
	require.Equal(t, "malwareDetected", a.code())
	require.Equal(t, "EICAR", a.Header.Get("X-Virus-Infected"))
	require.Equal(t, "EICAR", r.call("GET", "/root:/virus.exe", nil).str("malware", "description"))

	require.Equal(t, "oneNote", r.call("GET", "/root:/Notities", nil).str("package", "type"))
	require.Equal(t, 503, r.call("GET", "/root:/Notities/Sectie.one:/content", nil).StatusCode)
	require.Equal(t, 400, r.call("GET", "/root:/Notities:/content", nil).StatusCode)

	require.Equal(t, 423, r.call("GET", "/root:/locked.txt:/content", nil).StatusCode)
	require.Equal(t, 423, r.call("GET", link, nil).StatusCode)
	r.faults.items = nil
	require.Equal(t, 200, r.call("GET", link, nil).StatusCode)
}

func TestVersions(t *testing.T) {
	r := newRig(t)
	for _, c := range []string{"one", "two!", "three"} {
		r.put("f.txt", c)
		r.clock.Advance(time.Hour)
	}
	a := r.call("GET", "/root:/f.txt:/versions", nil)
	require.Equal(t, 200, a.StatusCode)
	var ids []string
	for _, v := range a.items() {
		ids = append(ids, v["id"].(string))
	}
	require.Equal(t, []string{"3.0", "2.0", "1.0"}, ids)
	require.EqualValues(t, 4, a.items()[1]["size"])
	require.Equal(t, "2026-11-02T09:00:00Z", a.items()[1]["lastModifiedDateTime"])

	link := r.call("GET", "/root:/f.txt:/versions/1.0/content", nil).Header.Get("Location")
	require.Equal(t, "one", string(r.call("GET", link, nil).raw))
	require.Equal(t, 400, r.call("GET", "/root:/f.txt:/versions/3.0/content", nil).StatusCode, "the current one")
	require.Equal(t, 404, r.call("GET", "/root:/f.txt:/versions/9.0/content", nil).StatusCode)
	require.EqualValues(t, 3, r.call("GET", "/root:/f.txt:/versions/1.0", nil).json["size"])

	require.Equal(t, 204, r.call("POST", "/root:/f.txt:/versions/1.0/restoreVersion", nil).StatusCode)
	require.Len(t, r.call("GET", "/root:/f.txt:/versions", nil).items(), 4)
	content, err := r.drive.SHA256("f.txt")
	require.NoError(t, err)
	require.Equal(t, "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed", content, "SHA-256 of one")
}

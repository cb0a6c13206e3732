package drives_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim/drives"
)

func (r *rig) ops() []string {
	list := []string{}
	for _, m := range r.mutations {
		list = append(list, m.Op)
	}
	return list
}

func TestSharing(t *testing.T) {
	r := newRig(t)
	r.put("Map/f.txt", "x")
	m := &mirror{link: "/root/delta"}
	r.follow(m)
	ids := func(path string) []any {
		var list []any
		for _, p := range r.call("GET", path+":/permissions", nil).items() {
			list = append(list, p["id"])
		}
		return list
	}
	require.Equal(t, []any{"owner"}, ids("/root:/Map/f.txt"))

	a := r.call("POST", "/root:/Map:/invite", obj{"recipients": []obj{{"email": "bram@contoso.example"}}, "roles": []string{"write"}, "requireSignIn": true, "sendInvitation": false})
	require.Equal(t, 200, a.StatusCode, "%s", a.raw)
	bram := a.items()[0]["id"].(string)
	require.Equal(t, []any{"owner", bram}, ids("/root:/Map"))
	require.Equal(t, []any{"owner", bram}, ids("/root:/Map/f.txt"), "inherited")
	inherited := r.call("GET", "/root:/Map/f.txt:/permissions/"+bram, nil)
	require.Equal(t, r.id("Map"), inherited.str("inheritedFrom", "id"))
	require.Equal(t, "bram@contoso.example", inherited.str("grantedToV2", "user", "email"))
	require.NotContains(t, r.ops(), "mail")

	link := r.call("POST", "/root:/Map/f.txt:/createLink", obj{"type": "view", "scope": "organization"})
	require.Equal(t, 201, link.StatusCode, "%s", link.raw)
	require.Equal(t, "view", link.str("link", "type"))
	again := r.call("POST", "/root:/Map/f.txt:/createLink", obj{"type": "view", "scope": "organization"})
	require.Equal(t, 200, again.StatusCode)
	require.Equal(t, link.str("id"), again.str("id"))
	require.Equal(t, "organization", r.call("GET", "/root:/Map/f.txt", nil).str("shared", "scope"))

	r.follow(m, "Prefer: deltashowsharingchanges")
	require.Equal(t, "True", m.seen[len(m.seen)-1]["@microsoft.graph.sharedChanged"])

	require.Equal(t, 400, r.call("DELETE", "/root:/Map/f.txt:/permissions/"+bram, nil).StatusCode, "inherited")
	require.Equal(t, 403, r.call("DELETE", "/root:/Map:/permissions/owner", nil).StatusCode)
	require.Equal(t, 404, r.call("DELETE", "/root:/Map:/permissions/nothing", nil).StatusCode)
	require.Equal(t, 204, r.call("DELETE", "/root:/Map:/permissions/"+bram, nil).StatusCode)
	require.Equal(t, []any{"owner", link.str("id")}, ids("/root:/Map/f.txt"))
	require.NotContains(t, r.call("GET", "/root:/Map", nil).json, "shared")
}

func TestSharingRefused(t *testing.T) {
	r := newRig(t)
	r.put("f.txt", "x")
	invite := func(who obj, roles ...string) answer {
		return r.call("POST", "/root:/f.txt:/invite", obj{"recipients": []obj{who}, "roles": roles, "sendInvitation": true})
	}
	require.Equal(t, "invalidRequest/noResolvedUsers", invite(obj{"alias": "7"}, "read").code(), "a group of the site")
	require.Equal(t, 400, invite(obj{"email": "b@contoso.example"}, "owner").StatusCode)
	require.Equal(t, 400, invite(obj{"email": "b@contoso.example"}).StatusCode)
	require.Equal(t, 200, invite(obj{"email": "b@contoso.example"}, "read").StatusCode)
	require.Contains(t, r.ops(), "mail", "a mail would have been sent")
	require.Equal(t, 400, r.call("POST", "/root/createLink", obj{"type": "view"}).StatusCode)
	require.Equal(t, 400, r.call("POST", "/root:/f.txt:/createLink", obj{"type": "own"}).StatusCode)
	r.drive.SetQuirks(drives.Quirks{NoSharing: true})
	require.Equal(t, "accessDenied/sharingDisabled", invite(obj{"email": "b@contoso.example"}, "read").code())
}

func TestCopy(t *testing.T) {
	r := newRig(t)
	r.put("Map/Sub/f.txt", "hello world")
	r.put("Map/g.txt", "x")
	ask := func(path string, body obj) []string {
		a := r.call("POST", path, body)
		require.Equal(t, 202, a.StatusCode, "%s", a.raw)
		link := a.Header.Get("Location")
		require.Equal(t, "inProgress", r.call("GET", link, nil).str("status"))
		a = r.call("GET", link, nil)
		return []string{a.str("status"), a.str("resourceId"), a.str("error", "code")}
	}
	done := ask("/root:/Map:/copy", obj{"name": "Kopie"})
	require.Equal(t, "completed", done[0])
	require.Equal(t, r.id("Kopie"), done[1])
	require.Equal(t, []string{"Kopie/", "Kopie/g.txt", "Kopie/Sub/", "Kopie/Sub/f.txt", "Map/", "Map/g.txt", "Map/Sub/", "Map/Sub/f.txt"}, r.paths())
	require.Equal(t, "aCgDG9jwBhDc4Q1yawMZAAAAAAA=", r.call("GET", "/root:/Kopie/Sub/f.txt", nil).str("file", "hashes", "quickXorHash"))

	require.Equal(t, []string{"failed", "", "nameAlreadyExists"}, ask("/root:/Map/g.txt:/copy", obj{"parentReference": obj{"id": r.id("Kopie")}}))
	require.Equal(t, "completed", ask("/root:/Map/g.txt:/copy?@microsoft.graph.conflictBehavior=rename", obj{})[0])
	require.NotEmpty(t, r.id("Map/g 1.txt"))
	require.Equal(t, 400, r.call("POST", "/root:/Map:/copy", obj{"parentReference": obj{"id": r.id("Map/Sub")}}).StatusCode)
	require.Equal(t, 400, r.call("POST", "/root:/Map:/copy", obj{"name": "a:b"}).StatusCode)
	require.Equal(t, 400, r.call("POST", "/root/copy", obj{"name": "all"}).StatusCode)
}

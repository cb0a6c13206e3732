package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim/wire"
)

func testRouter() *wire.Router {
	var routes []wire.Route
	for _, r := range []string{
		"GET /users", "GET /users/{user}", "PATCH /users/{user}", "GET /users/delta",
		"GET /users/{user}/mailFolders/{folder}/messages/delta",
		"GET /users/{user}/mailFolders/{folder}/messages/{message}",
		"GET /users/{user}/messages/{message}/$value",
		"GET /drives/{drive}/root", "GET /drives/{drive}/root/delta",
		"GET /drives/{drive}/root:/{path...}", "PUT /drives/{drive}/root:/{path...}:/content",
		"GET /drives/{drive}/root:/{path...}:/children",
		"PUT /drives/{drive}/items/{item}:/{path...}:/content", "GET /drives/{drive}/items/{item}",
		"GET /reports/getMailboxUsageDetail",
	} {
		method, template := r[:3], r[4:]
		if r[0] == 'P' && r[1] == 'A' {
			method, template = "PATCH", r[6:]
		}
		routes = append(routes, wire.Route{Method: method, Template: template})
	}
	routes = append(routes,
		wire.Route{Method: "GET", Template: "/users/{user}/only", Versions: []string{"beta"}},
		wire.Route{Method: "POST", Template: "/api/gv1.0/Mailboxes/{mailbox}/importItem", Public: true})
	return wire.NewRouter(routes)
}

func TestRouterFinds(t *testing.T) {
	for _, c := range []struct {
		method, version, path, template string
		params                          map[string]string
	}{
		{"GET", "v1.0", "/users", "/users", nil},
		{"GET", "v1.0", "/users/", "/users", nil},
		{"GET", "v1.0", "/USERS/a%40b.nl", "/users/{user}", map[string]string{"user": "a@b.nl"}},
		{"GET", "v1.0", "/users('a@b.nl')", "/users/{user}", map[string]string{"user": "a@b.nl"}},
		{"GET", "v1.0", "/users/delta", "/users/delta", nil},
		{"GET", "v1.0", "/users/delta()", "/users/delta", nil},
		{"GET", "v1.0", "/users/microsoft.graph.delta()", "/users/delta", nil},
		{"GET", "v1.0", "/users/microsoft.graph.delta", "/users/delta", nil},
		{"GET", "v1.0", "/users/delta(token='a,b''c')", "/users/delta", map[string]string{"token": "a,b'c"}},
		{"GET", "v1.0", "/users/u/mailFolders('AAM=')/messages/delta", "/users/{user}/mailFolders/{folder}/messages/delta", map[string]string{"user": "u", "folder": "AAM="}},
		{"GET", "beta", "/users('u')/mailfolders('f')/messages('m')", "/users/{user}/mailFolders/{folder}/messages/{message}", map[string]string{"user": "u", "folder": "f", "message": "m"}},
		{"GET", "v1.0", "/users/u/messages/a%2Fb%3D/$value", "/users/{user}/messages/{message}/$value", map[string]string{"user": "u", "message": "a/b="}},
		{"GET", "v1.0", "/drives/b%21x/root", "/drives/{drive}/root", map[string]string{"drive": "b!x"}},
		{"GET", "v1.0", "/drives/b!x/root/delta(token='latest')", "/drives/{drive}/root/delta", map[string]string{"drive": "b!x", "token": "latest"}},
		{"GET", "v1.0", "/drives/d/root:/A/B%20(1).txt", "/drives/{drive}/root:/{path...}", map[string]string{"drive": "d", "path": "A/B (1).txt"}},
		{"GET", "v1.0", "/drives/d/root:/A/B:", "/drives/{drive}/root:/{path...}", map[string]string{"drive": "d", "path": "A/B"}},
		{"PUT", "v1.0", "/drives/d/root:/A/50%25%23.txt:/content", "/drives/{drive}/root:/{path...}:/content", map[string]string{"drive": "d", "path": "A/50%#.txt"}},
		{"PUT", "v1.0", "/drives/d/items/P:/n.txt:/content", "/drives/{drive}/items/{item}:/{path...}:/content", map[string]string{"drive": "d", "item": "P", "path": "n.txt"}},
		{"GET", "v1.0", "/drives/d/root:/:/children", "/drives/{drive}/root:/{path...}:/children", map[string]string{"drive": "d", "path": ""}},
		{"GET", "v1.0", "/reports/getMailboxUsageDetail(period='D7')", "/reports/getMailboxUsageDetail", map[string]string{"period": "D7"}},
		{"GET", "beta", "/users/u/only", "/users/{user}/only", map[string]string{"user": "u"}},
		{"POST", "", "/api/gv1.0/Mailboxes('MBX:a@b')/importItem", "/api/gv1.0/Mailboxes/{mailbox}/importItem", map[string]string{"mailbox": "MBX:a@b"}},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			r, params, err := testRouter().Find(c.method, c.version, c.path)
			require.Nil(t, err)
			require.Equal(t, c.template, r.Template)
			require.Equal(t, c.params, params)
		})
	}
}

func TestRouterRefuses(t *testing.T) {
	for _, c := range []struct {
		method, version, path string
		status                int
		message               string
	}{
		{"GET", "v1.0", "/nonsense/x", 400, "Resource not found for the segment 'nonsense'."},
		{"GET", "v1.0", "/users/u/nonsense", 400, "Resource not found for the segment 'nonsense'."},
		{"GET", "v1.0", "/users/u/only", 400, "Resource not found for the segment 'only'."},
		{"GET", "v1.0", "/drives/d/root:/A:/nonsense", 400, "Resource not found for the segment 'nonsense'."},
		{"DELETE", "v1.0", "/users/u", 405, "Specified HTTP method is not allowed for the request target."},
		{"POST", "v1.0", "/api/gv1.0/Mailboxes('x')/importItem", 400, "Resource not found for the segment 'api'."},
		{"GET", "v1.0", "/users/%zz", 400, "The request URI is not valid."},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			_, _, err := testRouter().Find(c.method, c.version, c.path)
			require.NotNil(t, err)
			require.Equal(t, c.status, err.Status)
			require.Equal(t, c.message, err.Message)
		})
	}
}

func FuzzRouter(f *testing.F) {
	for _, s := range []string{"/users('a''b')/delta(token='", "/drives/d/root:/a:/b:/content", "/users/((('"} {
		f.Add(s)
	}
	rt := testRouter()
	f.Fuzz(func(t *testing.T, path string) {
		r, _, err := rt.Find("GET", "v1.0", path)
		if (r == nil) == (err == nil) {
			t.Fatal("neither or both")
		}
	})
}

func TestSealer(t *testing.T) {
	s := wire.NewSealer([]byte("k"))
	token, err := s.Seal(map[string]int{"skip": 3})
	require.NoError(t, err)
	var back map[string]int
	require.NoError(t, wire.NewSealer([]byte("k")).Open(token, &back))
	require.Equal(t, 3, back["skip"])
	require.ErrorIs(t, wire.NewSealer([]byte("other")).Open(token, &back), wire.ErrSeal)
	require.ErrorIs(t, s.Open(token+"A", &back), wire.ErrSeal)
	require.ErrorIs(t, s.Open("", &back), wire.ErrSeal)
}

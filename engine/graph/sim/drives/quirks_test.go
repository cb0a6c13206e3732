package drives_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/quickxor"
	"vangnet/engine/graph/sim/drives"
)

func TestQuirks(t *testing.T) {
	r := newRig(t)
	r.drive.SetQuirks(drives.Quirks{NoHashes: true, CurrentVersion: true, EmptyPages: true, RewriteOffice: true})
	a := r.call("PUT", "/root:/plan.docx:/content", "text")
	require.Equal(t, 201, a.StatusCode)
	require.Greater(t, a.json["size"], 4.0, "rewritten")
	require.NotContains(t, a.json["file"], "hashes")
	back := r.call("GET", a.str("@microsoft.graph.downloadUrl"), nil).raw
	require.Len(t, back, int(a.json["size"].(float64)))
	require.Equal(t, "text", string(back[:4]))
	require.Equal(t, string(back[3:6]), string(r.call("GET", a.str("@microsoft.graph.downloadUrl"), nil, "Range: bytes=3-5").raw))
	require.Equal(t, string(back[6:]), string(r.call("GET", a.str("@microsoft.graph.downloadUrl"), nil, "Range: bytes=6-").raw))
	require.EqualValues(t, 4, r.call("PUT", "/root:/plan.txt:/content", "text").json["size"], "only Office files")

	require.Equal(t, 302, r.call("GET", "/root:/plan.txt:/versions/1.0/content", nil).StatusCode)

	m := &mirror{link: "/root/delta"}
	for range 2 {
		r.follow(m)
		require.Equal(t, 2, m.pages)
		require.Equal(t, []string{"plan.docx", "plan.txt"}, m.paths())
	}

	r.drive.SetQuirks(drives.Quirks{})
	hash := r.call("GET", "/root:/plan.docx", nil).str("file", "hashes", "quickXorHash")
	nodes, err := r.drive.Tree("plan.docx")
	require.NoError(t, err)
	require.Equal(t, nodes[0].Hash, hash)
	text := quickxor.Sum([]byte("text"))
	require.NotEqual(t, quickxor.Text(text[:]), hash)
}

func TestOtherFacts(t *testing.T) {
	r := newRig(t)
	r.call("PUT", "/root:/plan.docx:/content", "text")
	right := r.call("GET", "/root:/plan.docx", nil)
	r.drive.SetQuirks(drives.Quirks{OtherFacts: true})
	wrong := r.call("GET", "/root:/plan.docx", nil)
	require.Greater(t, wrong.json["size"], right.json["size"])
	require.NotEqual(t, right.str("file", "hashes", "quickXorHash"), wrong.str("file", "hashes", "quickXorHash"))
	require.Equal(t, "text", string(r.call("GET", wrong.str("@microsoft.graph.downloadUrl"), nil).raw))
	require.EqualValues(t, 4, r.call("PUT", "/root:/plan.txt:/content", "text").json["size"], "only Office files")
}

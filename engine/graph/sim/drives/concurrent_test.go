package drives_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestManyAtOnce has clients write and read one drive at the same time. What a
// follower of delta believes in the end is the truth. It is worth most with -race.
func TestManyAtOnce(t *testing.T) {
	r := newRig(t)
	r.put("start.txt", "x")
	data := generate(t, 70_000)
	var clients sync.WaitGroup
	for c := range 4 {
		clients.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(c), 1))
			for i := range 25 {
				name := fmt.Sprintf("f%d", rnd.IntN(8))
				switch rnd.IntN(6) {
				case 0:
					r.call("POST", "/root/children", obj{"name": name, "folder": obj{}})
				case 1:
					r.call("DELETE", "/root:/"+name, nil)
				case 2:
					r.call("PATCH", "/root:/"+name, obj{"name": fmt.Sprintf("g%d-%d", c, i)})
				case 3:
					a := r.call("POST", "/root:/"+name+"/s.bin:/createUploadSession", obj{"item": obj{"@microsoft.graph.conflictBehavior": "rename"}})
					if a.StatusCode == 200 {
						r.piece(a.str("uploadUrl"), data, 0, len(data), len(data))
					}
				default:
					r.call("PUT", "/root:/"+name+"/a.txt:/content", data)
				}
				r.call("GET", "/root/children?$top=3", nil)
			}
		})
	}
	clients.Go(func() {
		for range 20 {
			r.call("GET", "/root/delta?$top=5", nil)
		}
	})
	clients.Wait()
	m := &mirror{link: "/root/delta?$top=4"}
	r.follow(m)
	require.Equal(t, sorted(r.paths()), m.paths())
	require.NotEmpty(t, m.paths())
}

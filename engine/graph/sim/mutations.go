package sim

import (
	"sync"
	"time"

	"vangnet/engine/graph/sim/drives"
)

// Mutation is one call that changed something.
type Mutation struct {
	Time   time.Time `json:"time"`
	App    string    `json:"app"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Status int       `json:"status"`
	Body   string    `json:"body,omitempty"` // the beginning of what was sent, if it was JSON
}

// bodyKept is how much of a mutation's body is kept.
const bodyKept = 1 << 10

// head keeps the beginning of what passes.
type head struct{ kept []byte }

func (h *head) Write(p []byte) (int, error) {
	h.kept = append(h.kept, p[:min(len(p), bodyKept-len(h.kept))]...)
	return len(p), nil
}

func (h *head) text() string {
	if h == nil {
		return ""
	}
	return string(h.kept)
}

// Notice is a mail that Microsoft would have sent to somebody because of a
// call. None ever leaves the simulator.
type Notice struct {
	Time   time.Time `json:"time"`
	Tenant string    `json:"tenant"` // id
	App    string    `json:"app"`
	Kind   string    `json:"kind"` // invitation
	Path   string    `json:"path"` // of what it is about
}

// newest keeps the newest of what is added.
type newest[T any] struct {
	mu   sync.Mutex
	list []T
	all  int // that were ever added
}

const newestKept = 10_000

func (n *newest[T]) add(x T) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.list) >= 2*newestKept {
		n.list = append([]T(nil), n.list[newestKept:]...)
	}
	n.list = append(n.list, x)
	n.all++
}

func (n *newest[T]) get() (list []T, all int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]T{}, n.list[max(0, len(n.list)-newestKept):]...), n.all
}

// Mutations lists the newest calls that changed something, oldest first.
func (s *Server) Mutations() []Mutation {
	list, _ := s.changes.get()
	return list
}

// Notices lists the newest mails that would have been sent, oldest first, and
// tells how many there were.
func (w *World) Notices() ([]Notice, int) { return w.notices.get() }

// noteDrive watches what clients do in a drive for what would send mail.
func (t *Tenant) noteDrive(m drives.Mutation) {
	if m.Op == "mail" {
		t.world.notices.add(Notice{Time: m.Time, Tenant: t.id, App: m.AppID, Kind: "invitation", Path: m.Path})
	}
}

package mailbox

import (
	"slices"
	"strconv"
	"sync"

	"vangnet/engine/fault"
	"vangnet/engine/model"
)

// idSet is a set of item ids that several goroutines add to.
type idSet struct {
	mu  sync.Mutex
	ids map[string]struct{}
}

func (s *idSet) add(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids == nil {
		s.ids = map[string]struct{}{}
	}
	s.ids[id] = struct{}{}
}

func (s *idSet) has(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.ids[id]
	return ok
}

// odd counts the items of a run that were saved in another way than they
// should be, by the code of their warning.
type odd struct {
	mu    sync.Mutex
	count map[string]int64
}

func (o *odd) add(code string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.count == nil {
		o.count = map[string]int64{}
	}
	o.count[code]++
}

// warnings says how many there were of each kind. Distrust of the whole tenant
// is told by the run.
func (o *odd) warnings() []model.Reason {
	o.mu.Lock()
	defer o.mu.Unlock()
	var list []model.Reason
	for code, n := range o.count {
		if code != fault.StreamNotTrusted {
			list = append(list, model.Reason{Code: code, Args: map[string]string{"count": strconv.FormatInt(n, 10)}})
		}
	}
	slices.SortFunc(list, func(a, b model.Reason) int {
		if a.Code < b.Code {
			return -1
		}
		return 1
	})
	return list
}

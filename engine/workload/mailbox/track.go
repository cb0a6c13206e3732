package mailbox

import "sync"

// tracker tells when all items that a round of a folder named are saved or have
// failed: only then the round counts, because a run that is cut off must ask
// for the rest again.
type tracker struct {
	mu   sync.Mutex
	left int  // items not done
	read bool // the round is at its end
	note func() error
}

func (t *tracker) add() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left++
}

func (t *tracker) done() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left--
	return t.check()
}

// end says that all items of the round have been added; note is called once
// they are done.
func (t *tracker) end(note func() error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.read, t.note = true, note
	return t.check()
}

func (t *tracker) check() error {
	if !t.read || t.left > 0 {
		return nil
	}
	return t.note()
}

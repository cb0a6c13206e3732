package mailbox

import "sync"

// folderTrack notes how far a folder has been read: a page counts when all its
// items and those of the pages before it are done, because a run that is cut
// off goes on behind the last page that counts.
type folderTrack struct {
	mu    sync.Mutex
	pages []*pageTrack // not counted yet, in order
	dead  bool         // reading began anew: these pages no longer count
}

// abandon makes pages that are still at work count for nothing.
func (t *folderTrack) abandon() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dead = true
}

// pageTrack is one page whose items are being saved.
type pageTrack struct {
	track *folderTrack
	left  int  // items not done
	read  bool // all its items are known
	note  func() error
}

// begin adds a page; note is called once it counts.
func (t *folderTrack) begin(note func() error) *pageTrack {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := &pageTrack{track: t, note: note}
	t.pages = append(t.pages, p)
	return p
}

// end says that all items of a page have been added.
func (t *folderTrack) end(p *pageTrack) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	p.read = true
	return t.advance()
}

func (p *pageTrack) add() {
	p.track.mu.Lock()
	defer p.track.mu.Unlock()
	p.left++
}

func (p *pageTrack) done() error {
	p.track.mu.Lock()
	defer p.track.mu.Unlock()
	p.left--
	return p.track.advance()
}

// advance notes every page at the front that is done. The caller holds mu.
func (t *folderTrack) advance() error {
	for !t.dead && len(t.pages) > 0 && t.pages[0].read && t.pages[0].left == 0 {
		p := t.pages[0]
		t.pages = t.pages[1:]
		if err := p.note(); err != nil {
			return err
		}
	}
	return nil
}

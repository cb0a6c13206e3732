package shell

import "vangnet/ui/desk"

// maxHistory bounds how far back the way leads.
const maxHistory = 100

// history keeps places, not screens: leaving a page frees it.
type history struct {
	places []desk.Route
	at     int
}

func (h *history) now() desk.Route {
	if len(h.places) == 0 {
		return desk.Route{}
	}
	return h.places[h.at]
}

// push adds a place after this one and forgets those that were ahead.
func (h *history) push(r desk.Route) {
	if len(h.places) > 0 && h.places[h.at] == r {
		return
	}
	if len(h.places) > 0 {
		h.places = h.places[:h.at+1]
	}
	h.places = append(h.places, r)
	if len(h.places) > maxHistory {
		h.places = h.places[len(h.places)-maxHistory:]
	}
	h.at = len(h.places) - 1
}

// replace says that this place shows something else now.
func (h *history) replace(r desk.Route) {
	if len(h.places) > 0 {
		h.places[h.at] = r
	}
}

// move goes steps along the way; false when it does not lead that far.
func (h *history) move(steps int) bool {
	to := h.at + steps
	if to < 0 || to >= len(h.places) {
		return false
	}
	h.at = to
	return true
}

// Go implements desk.Frame.
func (s *Shell) Go(r desk.Route) {
	s.history.push(r)
	s.arrive()
}

// Moved implements desk.Frame.
func (s *Shell) Moved(r desk.Route) {
	s.history.replace(r)
	s.nav.update()
	s.retitle()
}

// Back goes to the place before this one.
func (s *Shell) Back() {
	if s.history.move(-1) {
		s.arrive()
	}
}

// Forward goes to the place that Back came from.
func (s *Shell) Forward() {
	if s.history.move(1) {
		s.arrive()
	}
}

// arrive shows the place the history stands at. A page that is on already
// shows another place of itself.
func (s *Shell) arrive() {
	r := s.history.now()
	make, ok := s.makers[r.Page]
	if !ok {
		return
	}
	s.desk.Drag.Cancel()
	s.Status("")
	if s.screen == nil || s.page != r.Page {
		if s.screen != nil {
			s.screen.Close()
		}
		s.screen, s.page = make(s.desk), r.Page
		s.pageBox.RemoveAll()
		s.pageBox.Add(s.screen.Content())
	}
	s.search.SetText(r.Query)
	s.screen.Open(r)
	s.title.Set(s.screen.Title())
	s.nav.update()
}

// retitle shows the screen's title again: it may have come later than the screen.
func (s *Shell) retitle() {
	if s.screen != nil {
		s.title.Set(s.screen.Title())
	}
}

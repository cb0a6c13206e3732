package mailbox

import (
	"context"
	"io"
	"slices"
	"strings"

	"vangnet/engine/graph"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/model"
)

// lookFor finds out whether an import whose answer was lost has been done: it
// reads the items that are new in the folder and compares what they say of
// themselves. The plain endpoints do not reach every mailbox; exports do.
func (s *spot) lookFor(ctx context.Context, e model.Entry) (done graph.Imported, ok bool, err error) {
	if e.Mail == nil {
		return done, false, nil
	}
	now, err := s.w.items(ctx, s.id)
	if err != nil {
		return done, false, err
	}
	var fresh []string
	s.mu.Lock()
	for id := range now {
		if _, known := s.items[id]; !known && s.owner[id] == "" {
			fresh = append(fresh, id)
		}
	}
	s.mu.Unlock()
	slices.Sort(fresh)
	want := likeness(*e.Mail)
	for ids := range slices.Chunk(fresh, graph.MaxExport) {
		_, err := s.w.Client.Export(ctx, s.w.Mailbox, ids, func(id, changeKey string, data io.Reader) error {
			m, _, err := fts.Decode(data, fts.Limits{})
			if err != nil {
				return err
			}
			if !ok && likeness(mapi.Facts(m, textBytes)) == want && s.take(id, e.ID) {
				done, ok = graph.Imported{ID: id, ChangeKey: now[id].ChangeKey}, true
			}
			return nil
		})
		if err != nil || ok {
			return done, ok, err
		}
	}
	return done, false, nil
}

// likeness is what an item says of itself, in one text.
func likeness(m model.MailFact) string {
	return strings.ToLower(m.Class) + "\x00" + mailKey(m.MessageID, m.Subject, m.Sent, m.Received) + "\x00" + m.From + "\x00" + m.Text
}

// take keeps a live item for an entry, unless it is another's.
func (s *spot) take(id, entry string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.items[id]; known || s.owner[id] != "" {
		return false
	}
	s.owner[id] = entry
	return true
}

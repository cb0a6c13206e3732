package mailboxes

import (
	"net/http"

	"vangnet/engine/graph/sim/wire"
	"vangnet/engine/mapi"
)

// withItem runs an action on the item a request names and copies its state
// afterwards.
func (m *Mailbox) withItem(r *wire.Request, act func(*item) error) (state, error) {
	before, err := m.itemOf(r, r.Params["message"])
	if err != nil {
		return state{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	it := m.items[before.number]
	if it == nil {
		return state{}, ErrNotFound
	}
	if match := r.Header.Get("If-Match"); match != "" && match != "*" && match != `W/"`+m.ids.changeKey(it.seq)+`"` {
		return state{}, wire.Errorf(http.StatusPreconditionFailed, "ErrorIrresolvableConflict", "The change key passed in the request does not match the current change key for the item.")
	}
	if err := act(it); err != nil {
		return state{}, err
	}
	if m.items[it.number] == nil {
		return state{}, nil
	}
	return m.snapshot(it), nil
}

// patchMessage changes read mark, flag, categories and importance of any
// message, and subject, body and recipients of a draft.
func patchMessage(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	var b messageBody
	if err := readJSON(r, &b); err != nil {
		return nil, err
	}
	s, err := m.withItem(r, func(it *item) error { return m.patch(it, &b) })
	if err != nil {
		return nil, err
	}
	return m.messageAnswer(r, &s, 0)
}

func (m *Mailbox) patch(it *item, b *messageBody) error {
	content := b.Subject != nil || b.Body != nil || b.From != nil || b.Sender != nil ||
		b.ToRecipients != nil || b.CcRecipients != nil || b.BccRecipients != nil
	if content && !it.draft && (b.Subject == nil || b.Body != nil || b.ToRecipients != nil) {
		return wire.Errorf(http.StatusBadRequest, "ErrorInvalidPropertySet", "The property cannot be changed on a message that is not a draft.")
	}
	if content || b.SingleValueExtendedProperties != nil {
		return m.patchContent(it, b)
	}
	probe := mapi.Message{}
	if err := b.apply(&probe); err != nil {
		return err
	}
	if v, ok := probe.Props.Int(mapi.Importance); ok {
		it.importance = int8(v)
	}
	if v, ok := probe.Props.Int(mapi.FlagStatus); ok {
		it.flag = flagState(v)
	}
	if b.Categories != nil {
		it.categories = *b.Categories
	}
	if b.IsRead != nil {
		m.setRead(it, *b.IsRead)
	}
	m.touch(it)
	return nil
}

// patchContent rewrites the content. That a message is a draft cannot be
// changed: the flags a client sends are not taken.
func (m *Mailbox) patchContent(it *item, b *messageBody) error {
	var failed error
	err := m.rewrite(it, func(msg *mapi.Message) {
		flags, _ := msg.Props.Int(mapi.MessageFlags)
		if b.Subject != nil {
			setSubject(&msg.Props, *b.Subject)
		}
		if failed = b.apply(msg); failed == nil {
			failed = applyExt(&msg.Props, b.SingleValueExtendedProperties)
		}
		msg.Props.SetInt(mapi.MessageFlags, flags)
	})
	if failed != nil {
		err = failed
	}
	if err == nil && b.IsRead != nil {
		m.setRead(it, *b.IsRead)
	}
	return err
}

func deleteMessage(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	_, err := m.withItem(r, m.deleteItem)
	return &wire.Response{}, err
}

func purgeMessage(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	_, err := m.withItem(r, func(it *item) error {
		if dump := m.known["recoverableitemspurges"]; it.folder != dump {
			return m.moveItem(it, dump)
		}
		m.removeItem(it)
		return nil
	})
	return &wire.Response{}, err
}

func (m *Mailbox) destination(r *wire.Request) (string, error) {
	var b folderBody
	if err := readJSON(r, &b); err != nil {
		return "", err
	}
	if b.DestinationID == "" {
		return "", wire.Errorf(http.StatusBadRequest, "ErrorInvalidRequest", "destinationId is missing.")
	}
	return b.DestinationID, nil
}

func moveMessage(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	id, err := m.destination(r)
	if err != nil {
		return nil, err
	}
	s, err := m.withItem(r, func(it *item) error {
		to, err := m.folderBy(id)
		if err != nil {
			return err
		}
		return m.moveItem(it, to)
	})
	if err != nil {
		return nil, err
	}
	return m.messageAnswer(r, &s, http.StatusCreated)
}

func copyMessage(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	id, err := m.destination(r)
	if err != nil {
		return nil, err
	}
	var twin *item
	_, err = m.withItem(r, func(it *item) error {
		to, err := m.folderBy(id)
		if err != nil {
			return err
		}
		twin, err = m.duplicate(it, to)
		return err
	})
	if err != nil {
		return nil, err
	}
	m.mu.RLock()
	s := m.snapshot(twin)
	m.mu.RUnlock()
	return m.messageAnswer(r, &s, http.StatusCreated)
}

// duplicate makes a copy of an item. It has the item's own content again, since
// two items cannot share a spooled one.
func (m *Mailbox) duplicate(it *item, to *folder) (*item, error) {
	s := m.snapshot(it)
	msg, release, err := m.assemble(&s)
	if err != nil {
		return nil, err
	}
	defer release()
	content, err := m.packed(msg)
	if err != nil {
		return nil, err
	}
	twin := &item{}
	*twin = *it
	twin.content, twin.canon = content, nil
	if err := m.insert(to, twin); err != nil {
		content.drop()
		return nil, err
	}
	return twin, nil
}

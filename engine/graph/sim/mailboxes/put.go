package mailboxes

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/model"
)

// Put adds a message to the folder at an address, which is made when it is not
// there. The content is RFC 5322 and stays what $value returns. Without
// meta.Lazy it is read once now.
func (m *Mailbox) Put(folder string, content Content, meta Meta) error {
	return m.putContent(folder, source{Content: content, form: formMIME}, meta)
}

// PutStream is Put for an item of any class whose content is a stream, such as
// exportItems answers.
func (m *Mailbox) PutStream(folder string, content Content, meta Meta) error {
	return m.putContent(folder, source{Content: content, form: formStream}, meta)
}

func (m *Mailbox) putContent(folder string, content source, meta Meta) error {
	it := &item{content: content}
	if meta.Lazy {
		it.facts = meta.MessageID != ""
		it.attach = meta.Attachments
		it.subject, it.msgID, it.importance = meta.Subject, meta.MessageID, 1
	} else {
		msg, release, err := m.load(content)
		if err != nil {
			return fmt.Errorf("put an item into %s: %w", folder, err)
		}
		it.learn(msg)
		if content.form == formMIME {
			it.read, it.draft = false, false // a seed's flags are in meta
		}
		release()
	}
	it.apply(meta, m.now())
	_, err := m.put(folder, it)
	return err
}

// PutMessage adds an item of any class, given as properties.
func (m *Mailbox) PutMessage(folder string, msg *mapi.Message, meta Meta) error {
	_, err := m.Store(folder, "", msg, meta)
	return err
}

// Store adds an item, given as properties, to the folder at an address and
// returns its immutable id. With the id of an item that is still in that mailbox
// or archive, that one gets the content, in whichever folder it is now.
func (m *Mailbox) Store(folder, id string, msg *mapi.Message, meta Meta) (string, error) {
	content, err := m.packed(msg)
	if err != nil {
		return "", fmt.Errorf("put an item into %s: %w", folder, err)
	}
	if box, _ := m.part(folder); id != "" && box.restore(id, content, msg, meta) {
		return id, nil
	}
	it := &item{content: content}
	it.learn(msg)
	it.apply(meta, m.now())
	return m.put(folder, it)
}

// restore gives the item with an id other content, if it is there.
func (m *Mailbox) restore(id string, content source, msg *mapi.Message, meta Meta) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	it, err := m.lookUp(id)
	if err != nil {
		return false
	}
	m.replace(it, content, msg)
	it.apply(meta, m.now())
	return true
}

// Remove takes the item with an id away for good; one that is not there is
// gone already.
func (m *Mailbox) Remove(id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	it, err := m.lookUp(id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("remove an item: %w", err)
	}
	m.removeItem(it)
	return nil
}

func (m *Mailbox) put(folder string, it *item) (id string, err error) {
	box, rest := m.part(folder)
	box.mu.Lock()
	defer box.mu.Unlock()
	f, err := box.ensureFolder(rest)
	if err == nil {
		err = box.insert(f, it)
	}
	if err != nil {
		return "", fmt.Errorf("put an item into %s: %w", folder, err)
	}
	return box.ids.immutableID(it.number), nil
}

// apply lets what a seed says win over what its content says.
func (it *item) apply(meta Meta, now time.Time) {
	if meta.Class != "" {
		it.class = meta.Class
	}
	if it.class == "" {
		it.class = "IPM.Note"
	}
	it.read = it.read || meta.Read
	it.draft = it.draft || meta.Draft
	if meta.Flagged {
		it.flag = flagged
	}
	if meta.Importance != 0 {
		it.importance = int8(min(max(meta.Importance, -1), 1) + 1)
	}
	if meta.Categories != nil {
		it.categories = meta.Categories
	}
	moment := func(to *mapi.FileTime, given time.Time, fallback mapi.FileTime) {
		if !given.IsZero() {
			*to = mapi.FileTimeOf(given)
		} else if *to == 0 {
			*to = fallback
		}
	}
	moment(&it.sent, meta.Sent, 0)
	fallback := it.sent
	if fallback == 0 {
		fallback = mapi.FileTimeOf(now)
	}
	if mapi.KindOf(it.class) != model.KindMessage || it.draft {
		fallback = 0
	}
	moment(&it.received, meta.Received, fallback)
	if fallback = it.received; fallback == 0 {
		fallback = mapi.FileTimeOf(now)
	}
	moment(&it.created, meta.Created, fallback)
	it.modified = it.created
	moment(&it.modified, meta.Modified, 0)
}

// packed encodes an item as the stream that is kept.
func (m *Mailbox) packed(msg *mapi.Message) (source, error) {
	var b bytes.Buffer
	if err := encode(&b, msg); err != nil {
		return source{}, err
	}
	content, err := spool(&b, m.opt.SpoolDir)
	return source{Content: content, form: formStream}, err
}

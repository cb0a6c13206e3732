package sim

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"vangnet/engine/graph/sim/drives"
	"vangnet/engine/graph/sim/mailboxes"
)

// Change is what an edit does to the thing at an address. Fields that are not
// given change nothing.
type Change struct {
	Path       string    `json:"path"`
	File       string    `json:"file"`   // other content, from a file of this computer: a mail, a drive's file; .ics, .vcf, .json in calendar, contacts, tasks
	Move       string    `json:"move"`   // mail: the folder it goes to; files: the new address
	Rename     string    `json:"rename"` // a folder of a mailbox, or anything in a drive
	Mkdir      bool      `json:"mkdir"`
	Read       *bool     `json:"read"`
	Flagged    *bool     `json:"flagged"`
	Draft      *bool     `json:"draft"`
	Importance *string   `json:"importance"` // low, normal, high
	Categories *[]string `json:"categories"`
	Subject    *string   `json:"subject"`
	Broken     *string   `json:"broken"`   // corrupt, missing, controls (raw ones in its JSON) or, healed, empty
	Infected   *string   `json:"infected"` // name of what was found in a file; empty: clean
}

// heldInMemory is how much of an edit's content is kept in memory.
const heldInMemory = 8 << 20

// Edit changes a thing. A file that does not exist yet is made, as is a mail or
// another item when the address is that of a folder.
func (w *World) Edit(c Change) error {
	p, err := w.find(c.Path)
	if err != nil {
		return err
	}
	if p.user == nil || p.rest == "" {
		return fmt.Errorf("edit %s: want the address of a file, a mail or a folder", c.Path)
	}
	path, inDrive := p.drivePath()
	switch {
	case inDrive && p.user.store.drive != nil:
		err = w.editDrive(p.user.store.drive, path, c)
	case !inDrive && p.user.store.boxes.has():
		err = w.editMailbox(p.user, p.rest, c)
	default:
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("edit %s: %w", c.Path, notFound(err))
	}
	return nil
}

func (w *World) editDrive(d *drives.Drive, path string, c Change) error {
	if c.Mkdir {
		if err := d.Mkdir(path, drives.Times{}); err != nil {
			return err
		}
	}
	if c.File != "" {
		data, kept, err := w.keep(c.File)
		if err != nil {
			return err
		}
		content := drives.Bytes(data)
		if kept != "" {
			if content, err = drives.File(kept); err != nil {
				return err
			}
		}
		if err := d.Put(path, content, drives.Times{Modified: w.clock.Now().Truncate(time.Second)}); err != nil {
			return err
		}
	}
	if c.Infected != nil {
		if err := d.MarkInfected(path, *c.Infected); err != nil {
			return err
		}
	}
	if c.Rename != "" {
		if err := d.Rename(path, c.Rename); err != nil {
			return err
		}
	}
	if c.Move == "" {
		return nil
	}
	to, err := w.find(c.Move)
	if err != nil {
		return err
	}
	target, inDrive := to.drivePath()
	if to.user == nil || !inDrive || to.user.store.drive != d {
		return errors.New("files move within one drive")
	}
	return d.Move(path, target)
}

func (w *World) editMailbox(u *User, path string, c Change) error {
	m := u.Mailbox()
	if c.Mkdir {
		return m.Mkdir(path)
	}
	if c.Rename != "" {
		return m.Rename(path, c.Rename)
	}
	e, changes, err := c.mailEdit()
	if err != nil {
		return err
	}
	if read := readerFor(path, c.File); read != nil {
		if err := u.editItem(path, c.File, read, e); err != nil {
			return err
		}
		changes = false
	} else if c.File != "" {
		if e.Content, err = w.mailContent(c.File); err != nil {
			return err
		}
		changes = true
	}
	if changes {
		err := m.Edit(path, e)
		if isNotFound(err) && e.Content != nil {
			return m.Put(path, e.Content, c.mailMeta())
		}
		if err != nil {
			return err
		}
	}
	if c.Broken != nil {
		how, ok := map[string]mailboxes.Break{"": mailboxes.Whole, "corrupt": mailboxes.Corrupt, "missing": mailboxes.Missing, "controls": mailboxes.Controls}[*c.Broken]
		if !ok {
			return fmt.Errorf("nothing can be broken as %q", *c.Broken)
		}
		if err := m.SetBroken(path, how); err != nil {
			return err
		}
	}
	if c.Move == "" {
		return nil
	}
	to, err := w.find(c.Move)
	if err != nil {
		return err
	}
	if to.user == nil || to.user.store.boxes.primary != m {
		return errors.New("mail moves within one mailbox")
	}
	return m.Move(path, to.rest)
}

func (w *World) mailContent(file string) (mailboxes.Content, error) {
	data, kept, err := w.keep(file)
	if err != nil {
		return nil, err
	}
	if kept != "" {
		return mailboxes.OpenFile(kept)
	}
	return mailboxes.Bytes(data), nil
}

func (c Change) mailEdit() (e mailboxes.Edit, changes bool, err error) {
	e = mailboxes.Edit{Read: c.Read, Flagged: c.Flagged, Draft: c.Draft, Categories: c.Categories, Subject: c.Subject}
	if c.Importance != nil {
		n, ok := importances[*c.Importance]
		if !ok {
			return e, false, fmt.Errorf("importance %q is none of low, normal and high", *c.Importance)
		}
		e.Importance = &n
	}
	return e, e.Read != nil || e.Flagged != nil || e.Draft != nil || e.Categories != nil || e.Subject != nil || e.Importance != nil, nil
}

var importances = map[string]int{"low": -1, "normal": 0, "high": 1, "": 0}

func (c Change) mailMeta() mailboxes.Meta {
	var m mailboxes.Meta
	m.Read, m.Flagged, m.Draft = c.Read != nil && *c.Read, c.Flagged != nil && *c.Flagged, c.Draft != nil && *c.Draft
	if c.Importance != nil {
		m.Importance = importances[*c.Importance]
	}
	if c.Categories != nil {
		m.Categories = *c.Categories
	}
	return m
}

// keep takes a copy of a file, for the caller may change it afterwards: in
// memory, or when it is large in the world's folder.
func (w *World) keep(file string) (data []byte, kept string, err error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, "", fmt.Errorf("read new content: %w", err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil || info.IsDir() {
		return nil, "", fmt.Errorf("read new content: %s is no file", file)
	}
	if info.Size() <= heldInMemory {
		data, err = io.ReadAll(in)
		return data, "", err
	}
	out, err := os.CreateTemp(w.temp, "edit-*")
	if err != nil {
		return nil, "", fmt.Errorf("keep new content: %w", err)
	}
	if _, err := io.Copy(out, in); err != nil {
		_ = out.Close()
		return nil, "", fmt.Errorf("keep new content: %w", err)
	}
	return nil, out.Name(), out.Close()
}

// SetDamage makes all exported streams odd in the named way, or those below an
// address; "" ends it.
func (w *World) SetDamage(address, mode string) error {
	p, err := w.find(address)
	if err != nil {
		return err
	}
	for _, u := range w.users(p) {
		if !u.store.boxes.has() {
			continue
		}
		if err := u.store.boxes.primary.SetDamage(mailboxes.Damage(mode)); err != nil {
			return fmt.Errorf("damage streams: %w", err)
		}
	}
	return nil
}

// Quirks are odd ways of the service, for drives and mailboxes below an address.
type Quirks struct {
	drives.Quirks
	TopIsPageSize bool `json:"top_is_page_size"` // $top on a delta of mail is only the size of a page
}

// SetQuirks says which quirks everything below an address has from now on.
func (w *World) SetQuirks(address string, q Quirks) error {
	p, err := w.find(address)
	if err != nil {
		return err
	}
	for _, u := range w.users(p) {
		if u.store.drive != nil {
			u.store.drive.SetQuirks(q.Quirks)
		}
		if u.store.boxes.has() {
			u.store.boxes.primary.TopIsPageSize(q.TopIsPageSize)
		}
	}
	return nil
}

// SetMailboxesFull makes mailboxes below an address refuse what needs room.
func (w *World) SetMailboxesFull(address string, full bool) error {
	p, err := w.find(address)
	if err != nil {
		return err
	}
	for _, u := range w.users(p) {
		if u.store.boxes.has() {
			u.store.boxes.primary.SetFull(full)
		}
	}
	return nil
}

// ExpireDeltas makes all delta links given out below an address too old.
func (w *World) ExpireDeltas(address string) error {
	p, err := w.find(address)
	if err != nil {
		return err
	}
	for _, u := range w.users(p) {
		if u.store.drive != nil {
			u.store.drive.ExpireDelta()
		}
		if u.store.boxes.has() {
			u.store.boxes.primary.ExpireTokens()
		}
	}
	return nil
}

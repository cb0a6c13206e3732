package sim

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/graph/sim/todo"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
	"vangnet/engine/mapi/ical"
	"vangnet/engine/mapi/vcard"
)

// itemReader makes items of a file; what is not as it should be comes in words.
type itemReader func(io.Reader) (items []*mapi.Message, warnings []string, err error)

// outlookFolders are the folders of a seed that hold items other than mail.
var outlookFolders = map[string]struct {
	folder  string // of the mailbox, for files that lie directly below
	below   string // what the folders below are in
	readers map[string]itemReader
}{
	"calendar": {"calendar/Calendar", "calendar", map[string]itemReader{".ics": readCalendar}},
	"contacts": {"contacts/Contacts", "contacts", map[string]itemReader{".vcf": readCards}},
	"tasks":    {"tasks/Tasks", "tasks", map[string]itemReader{".json": readTasks, ".ics": readCalendar}},
	"notes":    {"mail/Notes", "mail/Notes", map[string]itemReader{".txt": readNote}},
}

// outlookFolder puts what the files of a folder and those below it hold into a
// mailbox.
func (s *seeder) outlookFolder(dir, top string, u *User) error {
	if u.Mailbox() == nil {
		s.ignore(u.PrincipalName+"/"+top, "the user has no mailbox")
		return nil
	}
	kind := outlookFolders[top]
	return filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		read := kind.readers[strings.ToLower(path.Ext(rel))]
		switch {
		case e.IsDir():
			return u.Mailbox().Mkdir(kind.below + "/" + rel)
		case read == nil || !e.Type().IsRegular():
			s.ignore(u.PrincipalName+"/"+top+"/"+rel, "no file of this kind is read here")
			return nil
		}
		folder := kind.folder
		if below := path.Dir(rel); below != "." {
			folder = kind.below + "/" + below
		}
		return s.outlookFile(name, top+"/"+rel, folder, read, u)
	})
}

// outlookFile puts the items of one file into a folder, or changes those that an
// earlier form of it made.
func (s *seeder) outlookFile(name, address, folder string, read itemReader, u *User) error {
	info, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("read %s: %w", address, err)
	}
	key := folder + "/" + address // what is deleted from the folder is new to the next seed
	if u.store.seen(key, mark(info)) {
		return nil
	}
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("read %s: %w", address, err)
	}
	defer file.Close()
	items, warnings, err := read(file)
	if err != nil {
		return fmt.Errorf("read %s: %w", address, err)
	}
	if len(items) == 0 {
		warnings = append(warnings, "there is nothing in it")
	}
	if len(warnings) > 0 {
		s.ignore(u.PrincipalName+"/"+address, "not all of it could be used: "+strings.Join(warnings, ", "))
	}
	if err := u.outlookItems(key, folder, items, info.ModTime()); err != nil {
		return fmt.Errorf("read %s: %w", address, err)
	}
	return nil
}

// outlookTimes are when an item was made and changed: as it says itself, else as
// its file does.
func outlookTimes(msg *mapi.Message, file time.Time) mailboxes.Meta {
	file = file.UTC().Truncate(time.Second)
	made, changed := msg.Props.Time(mapi.CreationTime), msg.Props.Time(mapi.LastModificationTime)
	switch {
	case made.IsZero() && changed.IsZero():
		made, changed = file, file
	case made.IsZero():
		made = changed
		if file.Before(made) {
			made = file
		}
	case changed.IsZero():
		changed = made
		if file.After(changed) {
			changed = file
		}
	}
	return mailboxes.Meta{Created: made, Modified: changed}
}

// homes are the folders of items that lie in a file of another kind, such as
// tasks in a calendar.
var homes = []struct{ class, top, folder string }{
	{"IPM.Appointment", "calendar", "calendar/Calendar"}, {"IPM.Task", "tasks", "tasks/Tasks"}, {"IPM.StickyNote", "mail/Notes", "mail/Notes"},
	{"IPM.Activity", "mail/Journal", "mail/Journal"}, {"IPM.Schedule", "mail", "mail/Inbox"},
}

func homeOf(msg *mapi.Message, folder string) string {
	for _, h := range homes {
		if msg.IsClass(h.class) && folder != h.top && !strings.HasPrefix(folder, h.top+"/") {
			return h.folder
		}
	}
	return folder
}

// made is an item that a seed file made.
type made struct{ id, hash string }

// outlookItems makes a mailbox hold what a file has. Items that are as an
// earlier form of the file had them stay untouched.
func (u *User) outlookItems(file, folder string, items []*mapi.Message, when time.Time) error {
	old := u.store.madeOf(file)
	now := make([]made, len(items))
	for i, msg := range items {
		mailboxes.Complete(msg, mapi.Address{Name: u.DisplayName, SMTP: u.Mail})
		sum, _, err := mailboxes.ContentHash(msg)
		if err != nil {
			return err
		}
		now[i].hash = sum
		for j := range old {
			if now[i].id == "" && old[j].hash == sum {
				now[i].id, old[j] = old[j].id, made{}
			}
		}
	}
	old = slices.DeleteFunc(old, func(m made) bool { return m.id == "" })
	for i, msg := range items {
		if now[i].id != "" {
			continue
		}
		id := ""
		if len(old) > 0 {
			id, old = old[0].id, old[1:]
		}
		var err error
		if now[i].id, err = u.Mailbox().Store(homeOf(msg, folder), id, msg, outlookTimes(msg, when)); err != nil {
			return err
		}
	}
	for _, gone := range old {
		if err := u.Mailbox().Remove(gone.id); err != nil {
			return err
		}
	}
	u.store.setMade(file, now)
	return nil
}

// readerFor finds what reads a file for an address in a mailbox; nil: it is a mail.
func readerFor(address, file string) itemReader {
	first, _, _ := strings.Cut(strings.ToLower(address), "/")
	return outlookFolders[first].readers[strings.ToLower(filepath.Ext(file))]
}

// editItem gives the item at an address what a file holds, or puts that into the
// folder at the address.
func (u *User) editItem(address, file string, read itemReader, e mailboxes.Edit) error {
	in, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("read new content: %w", err)
	}
	defer in.Close()
	items, _, err := read(in)
	if err == nil && len(items) == 0 {
		err = errors.New("there is nothing in it")
	}
	if err != nil {
		return fmt.Errorf("read new content: %w", err)
	}
	for _, msg := range items {
		mailboxes.Complete(msg, mapi.Address{Name: u.DisplayName, SMTP: u.Mail})
	}
	e.Item = items[0]
	if err := u.Mailbox().Edit(address, e); !isNotFound(err) {
		return err
	}
	for _, msg := range items {
		if err := u.Mailbox().PutMessage(homeOf(msg, address), msg, mailboxes.Meta{}); err != nil {
			return err
		}
	}
	return nil
}

func readCalendar(r io.Reader) ([]*mapi.Message, []string, error) {
	items, warnings, err := ical.Parse(r, ical.Limits{})
	return items, words(warnings), err
}

func readCards(r io.Reader) ([]*mapi.Message, []string, error) {
	items, warnings, err := vcard.Parse(r, vcard.Limits{})
	return items, words(warnings), err
}

func words[W ~string](warnings []W) []string {
	var list []string
	for _, w := range warnings {
		list = append(list, string(w))
	}
	return list
}

func readTasks(r io.Reader) ([]*mapi.Message, []string, error) {
	items, err := todo.Read(r)
	return items, nil, err
}

// maxNote bounds the text of a note, in bytes.
const maxNote = 1 << 20

// readNote makes one note of a text, in whichever encoding it is.
func readNote(r io.Reader) ([]*mapi.Message, []string, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxNote+1))
	if err != nil {
		return nil, nil, err
	}
	if len(data) > maxNote {
		return nil, nil, fmt.Errorf("a note of more than %d bytes", maxNote)
	}
	var warnings []string
	text := strings.TrimPrefix(string(data), "\uFEFF")
	if !utf8.ValidString(text) {
		text, _ = charset.DecodePage(charset.Windows1252, data)
		warnings = append(warnings, "it is not UTF-8; a guess was made")
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	return []*mapi.Message{mailboxes.Note(text)}, warnings, nil
}

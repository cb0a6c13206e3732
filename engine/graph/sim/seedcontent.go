package sim

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	"vangnet/engine/graph/sim/drives"
	"vangnet/engine/graph/sim/mailboxes"
)

// mailFile is the optional <name>.json beside an .eml: what the mailbox knows of
// the message that its bytes do not tell.
type mailFile struct {
	Read       bool      `json:"read"`
	Flagged    bool      `json:"flagged"`
	Draft      bool      `json:"draft"`
	Importance string    `json:"importance"` // low, normal, high
	Categories []string  `json:"categories"`
	Received   time.Time `json:"received"`
}

// mailFolder puts the messages of a folder and those below it into a mailbox.
func (s *seeder) mailFolder(dir, top string, u *User) error {
	m := u.Mailbox()
	if m == nil {
		s.ignore(u.PrincipalName+"/"+top, "the user has no mailbox")
		return nil
	}
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		address := top + "/" + filepath.ToSlash(rel)
		switch name := e.Name(); {
		case e.IsDir():
			return m.Mkdir(address)
		case strings.EqualFold(filepath.Ext(name), ".eml"):
			return s.mail(path, address, u)
		case strings.EqualFold(filepath.Ext(name), ".json"): // flags of the message beside it
			return nil
		}
		s.ignore(u.PrincipalName+"/"+address, "no .eml file")
		return nil
	})
}

func (s *seeder) mail(path, address string, u *User) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("read message: %w", err)
	}
	if u.store.seen(address, mark(info)) {
		return nil
	}
	content, err := mailboxes.OpenFile(path)
	if err != nil {
		return err
	}
	meta, err := mailMeta(path)
	if err != nil {
		return err
	}
	folder := address[:strings.LastIndexByte(address, '/')]
	if !strings.Contains(folder, "/") { // directly below mail/
		folder += "/Inbox"
	}
	return u.Mailbox().Put(folder, content, meta)
}

// mark tells whether a seed file was changed since.
func mark(info fs.FileInfo) string {
	return fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano())
}

// mailMeta reads what stands beside a message: a.eml has a.json or a.eml.json.
func mailMeta(path string) (mailboxes.Meta, error) {
	var f mailFile
	for _, name := range []string{strings.TrimSuffix(path, filepath.Ext(path)) + ".json", path + ".json"} {
		if err := readJSONFile(name, &f); err != nil {
			return mailboxes.Meta{}, err
		}
	}
	importance, ok := importances[f.Importance]
	if !ok {
		return mailboxes.Meta{}, fmt.Errorf("flags of %s: importance %q is none of low, normal and high", filepath.Base(path), f.Importance)
	}
	meta := mailboxes.Meta{Read: f.Read, Flagged: f.Flagged, Draft: f.Draft, Importance: importance, Categories: f.Categories, Received: f.Received}
	if meta.Received.IsZero() {
		meta.Received = receivedHeader(path)
	}
	return meta, nil
}

// receivedHeader is the moment in the header field X-Sim-Received, if there is one.
func receivedHeader(path string) time.Time {
	file, err := os.Open(path)
	if err != nil {
		return time.Time{}
	}
	defer file.Close()
	r := bufio.NewReader(io.LimitReader(file, 256<<10))
	for {
		line, err := r.ReadString('\n')
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			return time.Time{}
		}
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "X-Sim-Received") {
			value = strings.TrimSpace(value)
			if t, err := time.Parse(time.RFC3339, value); err == nil {
				return t
			}
			if t, err := mail.ParseDate(value); err == nil {
				return t
			}
			return time.Time{}
		}
		if err != nil {
			return time.Time{}
		}
	}
}

// driveFolder puts the files below a folder into a drive, with their dates.
func (s *seeder) driveFolder(dir string, u *User, f userFile) error {
	d := u.Drive()
	if d == nil {
		s.ignore(u.PrincipalName+"/onedrive", "the user has no drive")
		return nil
	}
	w := &driveWalk{seeder: s, user: u, dir: dir, dates: map[string]drives.Times{}}
	if err := filepath.WalkDir(dir, w.visit); err != nil {
		return fmt.Errorf("seed drive: %w", err)
	}
	for _, name := range w.folders { // filling them changed their dates
		if err := d.SetTimes(name, w.dates[name]); err != nil {
			return fmt.Errorf("seed drive: %w", err)
		}
	}
	return markDrive(d, f)
}

// driveWalk goes through the files for one drive.
type driveWalk struct {
	*seeder
	user    *User
	dir     string
	folders []string
	dates   map[string]drives.Times // of the folders
}

func (w *driveWalk) visit(path string, e fs.DirEntry, err error) error {
	if err != nil || path == w.dir {
		return err
	}
	rel, err := filepath.Rel(w.dir, path)
	if err != nil {
		return err
	}
	rel = filepath.ToSlash(rel)
	info, err := e.Info()
	if err != nil {
		return err
	}
	when := info.ModTime().UTC().Truncate(time.Second)
	times := drives.Times{Created: when, Modified: when}
	if refused := drives.CheckName(e.Name()); refused != nil {
		w.ignore(w.user.PrincipalName+"/onedrive/"+rel, "OneDrive takes no such name")
		if e.IsDir() {
			return fs.SkipDir
		}
		return nil
	}
	switch {
	case e.IsDir():
		if w.user.store.seen("onedrive/"+rel, "folder") {
			return nil
		}
		w.dates[rel], w.folders = times, append(w.folders, rel)
		return w.user.Drive().Mkdir(rel, times)
	case !e.Type().IsRegular():
		w.ignore(w.user.PrincipalName+"/onedrive/"+rel, "no plain file")
		return nil
	}
	return w.file(path, rel, info, times, w.user)
}

func (s *seeder) file(path, rel string, info fs.FileInfo, times drives.Times, u *User) error {
	if u.store.seen("onedrive/"+rel, mark(info)) {
		return nil
	}
	content, err := drives.File(path)
	if err != nil {
		return err
	}
	return u.Drive().Put(rel, content, times)
}

func markDrive(d *drives.Drive, f userFile) error {
	for _, name := range f.OneDrive.Notebooks {
		if err := d.MakeNotebook(name); err != nil {
			return fmt.Errorf("make notebook %s: %w", name, err)
		}
	}
	for name, found := range f.OneDrive.Infected {
		if err := d.MarkInfected(name, found); err != nil {
			return fmt.Errorf("mark %s infected: %w", name, err)
		}
	}
	return nil
}

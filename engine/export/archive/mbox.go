package archive

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strings"
	"time"
	"unicode"
)

// Mbox is a folder of MBOX files, one for the mails of each folder: those of
// "user@x/mail/Inbox" are in "user@x/mail/Inbox.mbox". A mail that is in no
// folder has one of its own. Entries without an Envelope are loose files, as in
// Files. An MBOX has its name after Finish.
type Mbox struct {
	files *Files
	boxes map[string]*box
	order []*box
	open  *box // the one that file is of
	file  *os.File
	buf   *bufio.Writer
	size  int64
}

var _ Archive = (*Mbox)(nil)

// box is one MBOX file.
type box struct {
	path, original string
	temp           string // its name until it is whole
	size           int64
	sum            hash.Cloner
	latest         time.Time // of its mails
	whole          bool
}

// CreateMbox begins a folder of MBOX files in dir, which is made unless it is
// there.
func CreateMbox(dir string) (*Mbox, error) {
	files, err := CreateFiles(dir)
	if err != nil {
		return nil, err
	}
	return &Mbox{files: files, boxes: map[string]*box{}, buf: bufio.NewWriterSize(nil, fileBuffer)}, nil
}

// Add appends a mail to the MBOX of its folder, or writes a loose file.
func (m *Mbox) Add(ctx context.Context, e Entry, write func(io.Writer) error) error {
	if e.Envelope == nil {
		return m.files.Add(ctx, e, write)
	}
	if err := m.files.open(ctx); err != nil {
		return fmt.Errorf("add %s: %w", e.Path, err)
	}
	defer m.files.shut()
	b, err := m.box(e.Path)
	if err == nil {
		err = m.turn(b)
	}
	if err == nil {
		err = m.put(ctx, b, e, write)
	}
	if err != nil {
		return fmt.Errorf("add %s: %w", e.Path, err)
	}
	return nil
}

// box finds or makes the MBOX that a mail belongs in.
func (m *Mbox) box(mail string) (*box, error) {
	parts := split(mail)
	if len(parts) == 0 {
		return nil, ErrPath
	}
	original := strings.TrimSuffix(parts[0], extension(parts[0])) + ".mbox"
	if len(parts) > 1 {
		original = strings.Join(parts[:len(parts)-1], "/") + ".mbox"
	}
	if b, ok := m.boxes[original]; ok {
		return b, nil
	}
	name, err := m.files.names.file(original)
	if err != nil {
		return nil, err
	}
	if err := m.files.free(name.path); err != nil {
		m.files.names.release(name)
		return nil, err
	}
	b := &box{path: name.path, original: original, sum: sha256.New().(hash.Cloner)}
	m.boxes[original] = b
	m.order = append(m.order, b)
	return b, nil
}

// turn opens the file of a box and closes that of another: mails come folder by
// folder, and a computer does not keep any number of files open.
func (m *Mbox) turn(b *box) (err error) {
	if m.open == b {
		return nil
	}
	if err := m.leave(); err != nil {
		return err
	}
	if b.temp == "" {
		b.temp, m.file, err = m.files.beside()
	} else {
		m.file, err = m.files.root.OpenFile(b.temp, os.O_RDWR, 0)
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", b.path, err)
	}
	m.open = b
	return nil
}

// leave closes the file that is open.
func (m *Mbox) leave() error {
	f := m.file
	if m.open, m.file = nil, nil; f == nil {
		return nil
	}
	return f.Close()
}

// put writes a mail at the end of the box, which ends where it did before when
// that fails: what was written is written over, or cut off in the end.
func (m *Mbox) put(ctx context.Context, b *box, e Entry, write func(io.Writer) error) error {
	clone, err := b.sum.Clone()
	if err != nil {
		return fmt.Errorf("go on with a sum: %w", err)
	}
	counted := newIntake(ctx, io.MultiWriter(io.NewOffsetWriter(m.file, b.size), clone))
	m.buf.Reset(counted)
	defer m.buf.Reset(nil)
	if _, err := m.buf.WriteString(fromLine(e)); err != nil {
		return err
	}
	q := &quoter{w: m.buf}
	if err := newIntake(ctx, q).take(write); err != nil {
		return err
	}
	if err := errors.Join(q.finish(), m.buf.Flush()); err != nil {
		return err
	}
	b.sum = clone
	b.size += counted.size
	m.size += counted.size
	if date := arrival(e); date.After(b.latest) {
		b.latest = date
	}
	return nil
}

// fromLine is what separates mails: the sender, and the time in UTC as C's
// asctime writes it (RFC 4155).
func fromLine(e Entry) string {
	var from strings.Builder
	for _, r := range e.Envelope.From {
		if unicode.IsGraphic(r) && !unicode.IsSpace(r) {
			from.WriteRune(r)
		}
		if from.Len() >= maxSender {
			break
		}
	}
	if from.Len() == 0 {
		from.WriteString("MAILER-DAEMON")
	}
	date := arrival(e)
	if date.IsZero() {
		date = time.Unix(0, 0)
	}
	return fromSpace + from.String() + " " + date.UTC().Format(time.ANSIC) + "\n"
}

// maxSender bounds an address in bytes (RFC 5321 4.5.3.1.3: 256).
const maxSender = 320

func arrival(e Entry) time.Time {
	if !e.Envelope.Date.IsZero() {
		return e.Envelope.Date
	}
	return e.Modified
}

// Dir makes a folder, for other folders and loose files.
func (m *Mbox) Dir(path string, modified time.Time) error { return m.files.Dir(path, modified) }

// Size is the sum of the files' bytes.
func (m *Mbox) Size() int64 { return m.size + m.files.Size() }

// WriteHashes writes the sums of the loose files, and of the MBOX files as far
// as they go.
func (m *Mbox) WriteHashes(w io.Writer) error {
	if err := m.files.WriteHashes(w); err != nil {
		return err
	}
	for _, b := range m.order {
		if b.size == 0 { // no mail came through
			continue
		}
		sum := [sha256.Size]byte(b.sum.Sum(nil))
		if _, err := io.WriteString(w, hashLines(b.path, b.original, sum)); err != nil {
			return fmt.Errorf("write the list of sums: %w", err)
		}
	}
	return nil
}

// Finish gives the MBOX files their names, and all folders their dates. It may
// be tried again.
func (m *Mbox) Finish(ctx context.Context) error {
	if err := m.files.open(ctx); err != nil {
		return fmt.Errorf("finish folder: %w", err)
	}
	err := m.leave()
	for _, b := range m.order {
		if err == nil && !b.whole && b.size > 0 {
			err = m.settle(ctx, b)
		}
	}
	if err == nil {
		err = m.clear()
	}
	m.files.shut()
	if err != nil {
		return fmt.Errorf("finish folder: %w", err)
	}
	return m.files.Finish(ctx)
}

func (m *Mbox) settle(ctx context.Context, b *box) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := m.files.free(b.path); err != nil {
		return fmt.Errorf("%s: %w", b.path, err)
	}
	f, err := m.files.root.OpenFile(b.temp, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("%s: %w", b.path, err)
	}
	if err := f.Truncate(b.size); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", b.path, err), f.Close())
	}
	if err := m.files.settle(f, b.temp, b.path, b.latest); err != nil {
		return err
	}
	b.whole = true
	return nil
}

// clear removes the files of boxes that are not whole.
func (m *Mbox) clear() (err error) {
	for _, b := range m.order {
		if !b.whole && b.temp != "" {
			err = errors.Join(err, m.files.root.Remove(b.temp))
			b.temp = ""
		}
	}
	return err
}

// Close ends the work. Loose files and finished MBOX files stay.
func (m *Mbox) Close() error {
	if m.files.closed {
		return nil
	}
	return errors.Join(m.leave(), m.clear(), m.files.Close())
}

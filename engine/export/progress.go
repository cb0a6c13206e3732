package export

import (
	"bufio"
	"bytes"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"vangnet/engine/fault"
	"vangnet/engine/model"
)

// progressEnd is added to the name of what is made: the file that says how far
// an export came, there as long as the export is not complete.
const progressEnd = ".progress"

// progressForm is the version of that file's layout.
const progressForm = 1

// maxRecord bounds one line of it: the marks of a few million items.
const maxRecord = 256 << 20

// passwordRounds make guessing a password from the file slow.
const passwordRounds = 200_000

// header is the first line.
type header struct {
	Form    int    `json:"form"`
	Request string `json:"request"` // what was asked, hashed
}

// record is a line for each finished part.
type record struct {
	Part  int    `json:"part"`
	Tally Tally  `json:"tally"`
	Done  string `json:"done"` // the marks of its items, base64
}

// progress is the file at work. It is locked: of two exports to one place the
// second is refused.
type progress struct {
	path     string
	file     *os.File
	lock     *flock.Flock
	request  string // hashed
	finished []record
	done     map[mark]bool // nil: nothing is
}

// openProgress begins an export, or takes up one of the same request.
func openProgress(req model.ExportRequest) (*progress, error) {
	p := &progress{path: filepath.Clean(req.Out) + progressEnd}
	p.lock = flock.New(p.path + ".lock")
	locked, err := p.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", p.path, err)
	}
	if !locked {
		return nil, fault.New(fault.OutExists, errors.New("another export to this place is under way"), "place", req.Out)
	}
	if err := p.open(req); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *progress) open(req model.ExportRequest) error {
	want, err := requestPrint(req)
	if err != nil {
		return err
	}
	p.request = want
	if p.file, err = os.OpenFile(p.path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return fmt.Errorf("open %s: %w", p.path, err)
	}
	have, end, err := p.read()
	switch {
	case err != nil:
		return fmt.Errorf("read %s: %w", p.path, err)
	case have.Request == "":
		return p.begin(req, want)
	case have.Request != want || !p.standing(filepath.Dir(filepath.Clean(req.Out))):
		return fault.New(fault.OutExists, errors.New("the unfinished export there is another one"), "place", p.path)
	}
	if err := p.file.Truncate(end); err != nil {
		return fmt.Errorf("go on with %s: %w", p.path, err)
	}
	_, err = p.file.Seek(end, io.SeekStart)
	return err
}

// begin writes the first line, unless something is in the way.
func (p *progress) begin(req model.ExportRequest, print string) error {
	if inTheWay(req) {
		err := fault.New(fault.OutExists, errors.New("there is something of that name"), "place", req.Out)
		return errors.Join(err, os.Remove(p.path))
	}
	if err := p.file.Truncate(0); err != nil {
		return err
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return p.line(header{Form: progressForm, Request: print})
}

// inTheWay reports something under the name that an export wants; an empty
// folder is not, where one is to be filled.
func inTheWay(req model.ExportRequest) bool {
	if _, err := os.Lstat(req.Out); err != nil {
		return false
	}
	entries, err := os.ReadDir(req.Out)
	return !req.Format.IsFolder() || err != nil || len(entries) > 0
}

// prospect says whether an export could begin at its place, or would go on with
// one that was cut off there.
func prospect(req model.ExportRequest) (blocked, continues bool) {
	if req.Out == "" {
		return false, false
	}
	_, err := os.Lstat(filepath.Clean(req.Out) + progressEnd)
	continues = err == nil
	return !continues && inTheWay(req), continues
}

// read reads the lines up to the first that is not whole.
func (p *progress) read() (h header, end int64, err error) {
	r := bufio.NewReaderSize(p.file, 1<<20)
	for first := true; ; first = false {
		line, err := readLine(r)
		if err != nil {
			return h, end, err
		}
		if line == nil {
			return h, end, nil
		}
		if first {
			if json.Unmarshal(line, &h) != nil || h.Form != progressForm {
				return header{Request: "unknown"}, 0, nil
			}
		} else if !p.recall(line) {
			return h, end, nil
		}
		end += int64(len(line))
	}
}

// readLine reads a whole line with its end; nil where there is none.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		piece, err := r.ReadSlice('\n')
		line = append(line, piece...)
		switch {
		case err == nil:
			return line, nil
		case errors.Is(err, io.EOF) || len(line) > maxRecord:
			return nil, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// recall takes one line in; false where it makes no sense.
func (p *progress) recall(line []byte) bool {
	var rec record
	if json.Unmarshal(line, &rec) != nil || rec.Part != len(p.finished)+1 {
		return false
	}
	marks, err := base64.StdEncoding.DecodeString(rec.Done)
	if err != nil || len(marks)%len(mark{}) != 0 {
		return false
	}
	if p.done == nil {
		p.done = map[mark]bool{}
	}
	for ; len(marks) > 0; marks = marks[len(mark{}):] {
		p.done[mark(marks)] = true
	}
	rec.Done = ""
	p.finished = append(p.finished, rec)
	return true
}

// standing reports whether the files of all finished parts are where they were.
func (p *progress) standing(dir string) bool {
	for _, rec := range p.finished {
		for _, f := range rec.Tally.Files {
			info, err := os.Lstat(filepath.Join(dir, f.Name))
			if err != nil || info.Size() != f.Size {
				return false
			}
		}
	}
	return true
}

// finish writes a part down.
func (p *progress) finish(part int, t Tally, marks []mark) error {
	all := make([]byte, 0, len(marks)*len(mark{}))
	for _, m := range marks {
		all = append(all, m[:]...)
	}
	return p.line(record{Part: part, Tally: t, Done: base64.StdEncoding.EncodeToString(all)})
}

func (p *progress) line(v any) error {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		return fmt.Errorf("note progress: %w", err)
	}
	if _, err := p.file.Write(b.Bytes()); err != nil {
		return fmt.Errorf("note progress: %w", err)
	}
	return p.file.Sync()
}

// remove ends a complete export.
func (p *progress) remove() error {
	return errors.Join(p.file.Close(), os.Remove(p.path))
}

// close lets go of the file and of its lock.
func (p *progress) close() error {
	if p.file != nil {
		_ = p.file.Close() // may be closed by remove
	}
	return errors.Join(p.lock.Unlock(), os.Remove(p.lock.Path())) // in that order: Windows removes no file that is locked
}

// requestPrint tells requests apart. A password is in it in a form that says
// little about it.
func requestPrint(req model.ExportRequest) (string, error) {
	password := req.Password
	req.Password = ""
	text, err := json.Marshal(req)
	if err != nil {
		return "", fmt.Errorf("note request: %w", err)
	}
	sum := sha256.Sum256(text)
	if password == "" {
		return hex.EncodeToString(sum[:]), nil
	}
	key, err := pbkdf2.Key(sha256.New, password, sum[:], passwordRounds, len(sum))
	if err != nil {
		return "", fmt.Errorf("note request: %w", err)
	}
	return hex.EncodeToString(key), nil
}

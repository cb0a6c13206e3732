package drives

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// Bounds of upload sessions ("driveItem: createUploadSession").
const (
	pieceUnit   = 320 << 10
	maxPiece    = 60 << 20
	maxFile     = 250 << 30
	sessionLife = 24 * time.Hour
)

// session is an upload in pieces that is not complete.
type session struct {
	id      string
	to      upload
	expires time.Time
	wait    bool // deferCommit: complete only when told to

	mu    sync.Mutex // held while a piece comes in; taken before the drive's
	spool *spool
	total int64 // of the file; -1: not known yet
	over  bool  // committed or cancelled
}

// createSession begins an upload in pieces.
func (c *call) createSession() (*wire.Response, error) {
	type properties struct {
		Name      string          `json:"name"`
		FileSize  *int64          `json:"fileSize"`
		Times     *fileSystemInfo `json:"fileSystemInfo"`
		Behaviour string          `json:"@microsoft.graph.conflictBehavior"`
	}
	var in struct {
		properties
		Item  *properties `json:"item"`
		Defer bool        `json:"deferCommit"`
	}
	if err := c.body(&in); err != nil {
		return nil, err
	}
	p := in.properties
	if in.Item != nil {
		p = *in.Item
	}
	how, err := c.behaviour(p.Behaviour, behaviourFail)
	if err != nil {
		return nil, err
	}
	d := c.drive
	d.mu.Lock()
	defer d.mu.Unlock()
	to, err := c.uploadTo(how)
	if err != nil {
		return nil, err
	}
	to.times = p.Times.times()
	if err := d.admit(&to, p.Name, p.FileSize); err != nil {
		return nil, err
	}
	s := d.newSession(to, in.Defer)
	if p.FileSize != nil {
		s.total = *p.FileSize
	}
	return c.sessionAnswer(s)
}

// admit checks what can be checked before the first byte has come.
func (d *Drive) admit(to *upload, name string, size *int64) error {
	there := to.existing
	if there == nil {
		if name != "" && fold(name) != fold(to.name) {
			return invalid("The name in the item does not match the name in the address.")
		}
		there = to.parent.children[fold(to.name)]
	}
	if there != nil {
		if err := match(to.match, there); err != nil {
			return err
		}
		if to.existing == nil && to.how == behaviourFail || there.folder {
			return nameTaken()
		}
	}
	if size == nil {
		return nil
	}
	if *size < 0 || *size > maxFile {
		return invalid("The file size is not valid.")
	}
	return d.roomFor(*size)
}

func (d *Drive) newSession(to upload, wait bool) *session {
	d.sweep()
	s := &session{id: strings.ToLower(d.nextID().String()), to: to, wait: wait, total: -1,
		expires: d.opts.Clock.Now().Add(sessionLife), spool: newSpool(d.opts.Temp)}
	d.sessions[s.id] = s
	return s
}

// sweep forgets sessions whose time has come and that nobody is using.
func (d *Drive) sweep() {
	for id, s := range d.sessions {
		if d.opts.Clock.Now().Before(s.expires) || !s.mu.TryLock() {
			continue
		}
		s.over = true
		s.spool.drop()
		s.mu.Unlock()
		delete(d.sessions, id)
	}
}

// sessionAnswer tells a client of its new session. The drive is locked.
func (c *call) sessionAnswer(s *session) (*wire.Response, error) {
	d := c.drive
	at := s.to.existing
	if at == nil {
		at = s.to.parent
	}
	token, err := tempauth(c.req, claims{Issued: c.req.Clock.Now().Unix(), Expires: s.expires.Unix(),
		Tenant: d.opts.Tenant, Drive: d.id, Item: d.itemID(at), Session: s.id})
	if err != nil {
		return nil, err
	}
	link := fmt.Sprintf("%s/personal/%s/_api/v2.0/drives/%s/items/%s/uploadSession?guid='%s'&overwrite=%s&rename=%s&dc=0&tempauth=%s",
		c.req.Files(), d.site(), url.PathEscape(d.id), d.itemID(at), s.id,
		pythonBool(s.to.how == behaviourReplace), pythonBool(s.to.how == behaviourRename), token)
	return &wire.Response{JSON: object{"uploadUrl": link, "expirationDateTime": wire.Time(s.expires),
		"nextExpectedRanges": []string{"0-"}}, Context: "microsoft.graph.uploadSession", Selected: true}, nil
}

func pythonBool(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

func noSession() error {
	return &wire.Error{Status: 404, Code: "itemNotFound", Message: "The upload session was not found.", Inner: "uploadSessionNotFound"}
}

// session finds the session of an upload URL that is called, and takes hold of
// it. The caller must unlock its mu.
func (c *call) session(cl claims) (*session, error) {
	if !c.drive.hasQuirk(func(q Quirks) bool { return q.BearTokens }) && c.req.Header.Get("Authorization") != "" {
		return nil, wire.Errorf(401, "unauthenticated", "An upload URL is pre-authenticated and takes no Authorization header.")
	}
	return c.hold(cl)
}

func (c *call) hold(cl claims) (*session, error) {
	d := c.drive
	d.mu.Lock()
	s := d.sessions[cl.Session]
	d.mu.Unlock()
	if s == nil {
		return nil, noSession()
	}
	s.mu.Lock()
	expired := !c.req.Clock.Now().Before(s.expires) || c.req.Faults.Roll("expire")
	if expired && !s.over {
		c.end(s)
		s.spool.drop()
	}
	if s.over {
		s.mu.Unlock()
		return nil, noSession()
	}
	return s, nil
}

// end takes a session off the books.
func (c *call) end(s *session) {
	s.over = true
	c.drive.mu.Lock()
	delete(c.drive.sessions, s.id)
	c.drive.mu.Unlock()
}

// putPiece takes the next piece, and with the last one completes the file.
func (c *call) putPiece(cl claims) (*wire.Response, error) {
	s, err := c.session(cl)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	from, to, total, err := parseContentRange(c.req.Header.Get("Content-Range"))
	if err != nil {
		return nil, err
	}
	if err := s.admit(from, to, total); err != nil {
		return nil, err
	}
	length := to - from + 1
	if c.req.ContentLength >= 0 && c.req.ContentLength != length && c.req.Header.Get("Content-Encoding") == "" {
		return nil, wrongLength()
	}
	before, sum := s.spool.size, s.spool.mark()
	switch err := s.spool.take(c.req.Body, length); {
	case errors.Is(err, errTooLong):
		return nil, wrongLength()
	case err != nil:
		return nil, invalid("The fragment could not be read: %v.", err)
	}
	if s.spool.size != from+length {
		s.spool.back(before, sum)
		return nil, wrongLength()
	}
	s.total = total
	if s.spool.size < total || s.wait {
		return s.status(202), nil
	}
	return c.commit(s)
}

func wrongLength() error {
	return &wire.Error{Status: 400, Code: "invalidRequest", Inner: "fragmentLengthMismatch",
		Message: "The length of the fragment does not match its Content-Range."}
}

// admit checks a piece against the rules and against what has come before.
func (s *session) admit(from, to, total int64) error {
	length := to - from + 1
	switch {
	case s.total >= 0 && total != s.total:
		return invalid("The total size of the file differs from what was declared before.")
	case total > maxFile:
		return invalid("The file is too large.")
	case length > maxPiece:
		return &wire.Error{Status: 413, Code: "requestTooLarge", Message: "The fragment is larger than 60 MiB."}
	case from < s.spool.size:
		return &wire.Error{Status: 416, Code: "invalidRange", Message: "Uploaded fragment overlaps with existing data.", Inner: "fragmentOverlap"}
	case from > s.spool.size:
		return &wire.Error{Status: 416, Code: "invalidRange", Message: "The uploaded fragment is out of order.", Inner: "fragmentOutOfOrder"}
	case to+1 < total && length%pieceUnit != 0:
		return invalid("The size of a fragment must be a multiple of 320 KiB.")
	}
	return nil
}

// status tells which bytes are still missing.
func (s *session) status(status int) *wire.Response {
	missing := []string{}
	if s.total < 0 || s.spool.size < s.total {
		missing = append(missing, strconv.FormatInt(s.spool.size, 10)+"-")
	}
	return &wire.Response{Status: status, Selected: true,
		JSON: object{"expirationDateTime": wire.Time(s.expires), "nextExpectedRanges": missing}}
}

func (c *call) sessionStatus(cl claims) (*wire.Response, error) {
	s, err := c.session(cl)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	return s.status(200), nil
}

func (c *call) cancelSession(cl claims) (*wire.Response, error) {
	s, err := c.session(cl)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	c.end(s)
	s.spool.drop()
	return &wire.Response{Status: 204}, nil
}

// commitSession completes an upload that was to wait for it.
func (c *call) commitSession(cl claims) (*wire.Response, error) {
	s, err := c.session(cl)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if s.total < 0 || s.spool.size < s.total {
		return nil, invalid("The upload is not complete.")
	}
	return c.commit(s)
}

// commit makes the file. When its name is taken meanwhile the session stays, so
// that the client can say what to do (putSource).
func (c *call) commit(s *session) (*wire.Response, error) {
	b, err := s.spool.blob()
	if err != nil {
		return nil, err
	}
	resp, err := c.commitBlob(s, b)
	if err != nil {
		return nil, err
	}
	s.spool.keep()
	c.end(s)
	return resp, nil
}

func (c *call) commitBlob(s *session, b *blob) (*wire.Response, error) {
	c.drive.mu.Lock()
	defer c.drive.mu.Unlock()
	it, created, err := c.drive.store(s.to, b)
	if err != nil {
		return nil, err
	}
	return c.stored(it, created)
}

// parseContentRange reads "bytes 0-327679/1000000".
func parseContentRange(header string) (from, to, total int64, err error) {
	spec, ok := strings.CutPrefix(header, "bytes ")
	between, all, okTotal := strings.Cut(spec, "/")
	first, last, okRange := strings.Cut(between, "-")
	if !ok || !okTotal || !okRange {
		return 0, 0, 0, invalid("A Content-Range header such as 'bytes 0-99/100' is needed.")
	}
	var errs [3]error
	from, errs[0] = strconv.ParseInt(first, 10, 64)
	to, errs[1] = strconv.ParseInt(last, 10, 64)
	total, errs[2] = strconv.ParseInt(all, 10, 64)
	if errors.Join(errs[:]...) != nil || from < 0 || to < from || total <= to {
		return 0, 0, 0, invalid("The Content-Range header is not valid.")
	}
	return from, to, total, nil
}

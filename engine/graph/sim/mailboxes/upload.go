package mailboxes

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
	"vangnet/engine/mapi"
)

// Attachment upload sessions: "attachment: createUploadSession" and "Attach
// large files to Outlook messages or events".
const (
	uploadHost  = "outlook.office.com" // where upload URLs live in the service
	uploadPath  = "/api/v2.0/Users/{mailbox}/Messages/{message}/AttachmentSessions/{session}"
	maxPiece    = 4 << 20
	maxAttached = 150 << 20
	uploadLife  = time.Hour
)

// upload is a session under way. It is guarded by its mailbox's lock.
type upload struct {
	user    string
	message string
	head    attachmentBody
	size    int64
	data    []byte
	expires time.Time
}

func createUpload(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	var b struct {
		AttachmentItem *struct {
			attachmentBody
			AttachmentType string `json:"attachmentType"`
			Size           int64  `json:"size"`
		} `json:"AttachmentItem"`
	}
	if err := readJSON(r, &b); err != nil {
		return nil, err
	}
	a := b.AttachmentItem
	if a == nil || a.AttachmentType != "file" || a.Name == "" || a.Size <= 0 {
		return nil, wire.Errorf(http.StatusBadRequest, "ErrorInvalidRequest", "AttachmentItem needs attachmentType file, name and size.")
	}
	if a.Size > maxAttached {
		return nil, errTooLarge
	}
	if _, err := m.itemOf(r, r.Params["message"]); err != nil {
		return nil, err
	}
	u := &upload{user: r.Params["user"], message: r.Params["message"], head: a.attachmentBody, size: a.Size, expires: r.Clock.Now().Add(uploadLife)}
	m.mu.Lock()
	id := fmt.Sprintf("%s%d", m.ids.conversationID(u.message)[:16], m.tick())
	m.uploads[id] = u
	m.mu.Unlock()
	token, err := r.Sealer.SealJWT(importSession{Kind: "attach " + id, Box: m.ids.text, Expires: u.expires.Unix()})
	if err != nil {
		return nil, err
	}
	path := "/api/v2.0/Users" + key(strings.TrimPrefix(m.ID(), idPrefix)) + "/Messages" + key(u.message) + "/AttachmentSessions" + key(id)
	return &wire.Response{Status: http.StatusCreated, Context: "microsoft.graph.uploadSession", JSON: object{
		"uploadUrl": r.At(uploadHost) + path + "?authtoken=" + url.QueryEscape(token), "expirationDateTime": wire.Time(u.expires),
		"nextExpectedRanges": []string{"0-"},
	}}, nil
}

// session finds the session of an upload URL. The lock is held.
func (m *Mailbox) session(r *wire.Request) (*upload, error) {
	var s importSession
	id := r.Params["session"]
	if err := r.Sealer.OpenJWT(r.URL.Query().Get("authtoken"), &s); err != nil || s.Kind != "attach "+id || s.Box != m.ids.text {
		return nil, wire.Errorf(http.StatusUnauthorized, "InvalidAuthenticationToken", "The authtoken of the URL is not valid.")
	}
	u := m.uploads[id]
	if u == nil || !r.Clock.Now().Before(u.expires) {
		delete(m.uploads, id)
		return nil, wire.Errorf(http.StatusNotFound, "ErrorItemNotFound", "The upload session was not found or has expired.")
	}
	return u, nil
}

func putUpload(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	var from, to, total int64
	if n, err := fmt.Sscanf(r.Header.Get("Content-Range"), "bytes %d-%d/%d", &from, &to, &total); n != 3 || err != nil || to < from {
		return nil, wire.Errorf(http.StatusBadRequest, "ErrorInvalidRequest", "Content-Range is missing or invalid.")
	}
	if to-from+1 > maxPiece {
		return nil, wire.Errorf(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "A piece must be smaller than 4 MB.")
	}
	piece, err := io.ReadAll(io.LimitReader(r.Body, maxPiece+1))
	if err != nil {
		return nil, err
	}
	if int64(len(piece)) != to-from+1 {
		return nil, wire.Errorf(http.StatusBadRequest, "ErrorInvalidRequest", "Content-Range and body differ in length.")
	}
	u, done, err := m.takePiece(r, piece, from, total)
	if err != nil || !done {
		return u, err
	}
	return m.finishUpload(r)
}

// takePiece adds a piece to its session; done when it was the last.
func (m *Mailbox) takePiece(r *wire.Request, piece []byte, from, total int64) (*wire.Response, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	u, err := m.session(r)
	if err != nil {
		return nil, false, err
	}
	if total != u.size || from != int64(len(u.data)) || from+int64(len(piece)) > u.size {
		return nil, false, wire.Errorf(http.StatusRequestedRangeNotSatisfiable, "ErrorInvalidRange", "The piece does not begin at %d or does not fit into %d bytes.", len(u.data), u.size)
	}
	u.data = append(u.data, piece...)
	return u.progress(), int64(len(u.data)) == u.size, nil
}

// progress is the answer to a piece: the next start stands bare, without a dash.
func (u *upload) progress() *wire.Response {
	return &wire.Response{JSON: object{
		"ExpirationDateTime": wire.Time(u.expires), "nextExpectedRanges": []string{strconv.Itoa(len(u.data))},
	}}
}

func (m *Mailbox) finishUpload(r *wire.Request) (*wire.Response, error) {
	id := r.Params["session"]
	m.mu.Lock()
	u := m.uploads[id]
	delete(m.uploads, id)
	m.mu.Unlock()
	if u == nil {
		return nil, ErrNotFound
	}
	inner := *r
	inner.Params = map[string]string{"user": u.user, "message": u.message}
	s, n, err := m.attach(&inner, newAttachment(u.head, mapi.NewBlob(u.size, func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(u.data)), nil
	})))
	if err != nil {
		return nil, err
	}
	location := r.At(uploadHost) + "/api/v2.0/Users" + key(u.user) + "/Messages" + key(u.message) + "/Attachments" + key(m.attachmentKey(&s, r.ImmutableID(), n))
	return &wire.Response{Status: http.StatusCreated, Header: map[string]string{"Location": location}}, nil
}

func getUpload(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	u, err := m.session(r)
	if err != nil {
		return nil, err
	}
	return u.progress(), nil
}

func cancelUpload(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := m.session(r); err != nil {
		return nil, err
	}
	delete(m.uploads, r.Params["session"])
	return &wire.Response{}, nil
}

package mailboxes

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
	"vangnet/engine/mapi"
)

// sessionLife is how long an import URL is accepted.
const sessionLife = time.Hour

// importHost is where import URLs live in the service.
const importHost = "outlook.office365.com"

// importSession is what the token of a pre-authenticated URL says. It has the
// form of a JWT, whose exp clients can read.
type importSession struct {
	Kind    string `json:"scope"`
	Box     string `json:"oid"`
	Expires int64  `json:"exp"`
}

func createImportSession(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	expires := r.Clock.Now().Add(sessionLife)
	token, err := r.Sealer.SealJWT(importSession{Kind: "import", Box: m.ids.text, Expires: expires.Unix()})
	if err != nil {
		return nil, err
	}
	path := "/api/gv1.0/Mailboxes"
	if r.Version == "beta" {
		path = "/api/gbeta/Mailboxes"
	}
	return &wire.Response{
		JSON: object{
			"importUrl":          r.At(importHost) + path + key(m.ID()) + "/importItem?authtoken=" + url.QueryEscape(token),
			"expirationDateTime": wire.Time(expires),
		},
		Context: "microsoft.graph.mailboxItemImportSession",
	}, nil
}

// checkSession refuses an import URL that is not the mailbox's or too old.
func (m *Mailbox) checkSession(r *wire.Request) error {
	var s importSession
	if err := r.Sealer.OpenJWT(r.URL.Query().Get("authtoken"), &s); err != nil || s.Kind != "import" || s.Box != m.ids.text {
		return wire.Errorf(http.StatusUnauthorized, "InvalidAuthenticationToken", "The authtoken of the URL is not valid.")
	}
	if r.Clock.Now().Unix() >= s.Expires || r.Faults != nil && r.Faults.Roll("expire") {
		return wire.Errorf(http.StatusUnauthorized, "AuthenticationTokenExpired", "The import session has expired.")
	}
	return nil
}

// importItem takes an exported stream in: as a new item, or as the new content
// of one that exists.
func importItem(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	if err := m.checkSession(r); err != nil {
		return nil, err
	}
	b, err := readImport(r.Body, m.opt.SpoolDir)
	if err != nil {
		return nil, importRefusal(err)
	}
	s, err := m.takeIn(&b)
	if err != nil {
		b.data.drop()
		return nil, err
	}
	return &wire.Response{JSON: object{"itemId": m.itemID(&s, r.ImmutableID()), "changeKey": m.ids.changeKey(s.seq)}}, nil
}

func importRefusal(err error) error {
	var e *wire.Error
	switch {
	case errors.As(err, &e), errors.Is(err, errTooLarge):
		return err
	case errors.As(err, new(base64.CorruptInputError)), errors.Is(err, errBody), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return wire.Errorf(http.StatusBadRequest, "ErrorInvalidRequest", "The request body is not valid: %s.", err)
	}
	return err
}

// takeIn stores what an import brought. b.data is what is to be dropped when it
// fails.
func (m *Mailbox) takeIn(b *importBody) (state, error) {
	if b.data.Content == nil {
		return state{}, wire.Errorf(http.StatusBadRequest, "ErrorInvalidRequest", "Data is missing.")
	}
	create := strings.EqualFold(b.mode, "create")
	switch {
	case !create && !strings.EqualFold(b.mode, "update"):
		return state{}, wire.Errorf(http.StatusBadRequest, "ErrorInvalidRequest", "Mode '%s' is not valid.", b.mode)
	case create && (b.itemID != "" || b.changeKey != ""):
		return state{}, wire.Errorf(http.StatusBadRequest, "ErrorInvalidRequest", "ItemId and ChangeKey must not be given in mode create.")
	case !create && (b.itemID == "" || b.changeKey == ""):
		return state{}, wire.Errorf(http.StatusBadRequest, "ErrorInvalidRequest", "ItemId and ChangeKey must be given in mode update.")
	}
	msg, release, err := m.load(b.data)
	if err != nil {
		if b.data, err = m.heal(b.data); err == nil {
			msg, release, err = m.load(b.data)
		}
	}
	if err != nil {
		return state{}, wire.Errorf(http.StatusBadRequest, "ErrorItemCorrupt", "The data is not a complete item: %s.", err)
	}
	defer release()
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.folderBy(b.folderID)
	if errors.Is(err, ErrNotFound) || errors.Is(err, errForeignID) {
		return state{}, wire.Errorf(http.StatusNotFound, "ErrorFolderNotFound", "The specified folder could not be found in the store.")
	}
	if err != nil {
		return state{}, err
	}
	if create {
		return m.importNew(f, b.data, msg)
	}
	return m.importOver(b, b.data, msg)
}

func (m *Mailbox) importNew(f *folder, content source, msg *mapi.Message) (state, error) {
	it := &item{content: content}
	it.learn(msg)
	now := mapi.FileTimeOf(m.now())
	if it.created == 0 {
		it.created = now
	}
	it.modified = now
	if err := m.insert(f, it); err != nil {
		return state{}, err
	}
	return m.snapshot(it), nil
}

func (m *Mailbox) importOver(b *importBody, content source, msg *mapi.Message) (state, error) {
	it, err := m.lookUp(b.itemID)
	if err != nil {
		return state{}, err
	}
	if b.changeKey != m.ids.changeKey(it.seq) {
		return state{}, wire.Errorf(http.StatusConflict, "ErrorIrresolvableConflict", "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.")
	}
	m.replace(it, content, msg)
	return m.snapshot(it), nil
}

package mailboxes

import (
	"errors"
	"net/http"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

// Lookup finds mailboxes for the routes. A refusal is a *wire.Error, such as
// 404 MailboxNotEnabledForRESTAPI for a user without a mailbox.
type Lookup interface {
	// ByUser finds the primary mailbox of a user, given by id or principal name.
	ByUser(tenantID, user string) (*Mailbox, error)
	// ByID finds a primary or archive mailbox by its import and export id
	// ("MBX:…"). The tenant is empty for a pre-authenticated import URL.
	ByID(tenantID, id string) (*Mailbox, error)
}

// Roles of the routes, any of which suffices ("Microsoft Graph permissions
// reference").
var (
	readMail    = []string{"Mail.Read", "Mail.ReadWrite"}
	listMail    = []string{"Mail.ReadBasic.All", "Mail.Read", "Mail.ReadWrite"}
	writeMail   = []string{"Mail.ReadWrite"}
	readFolder  = []string{"MailboxFolder.Read.All", "MailboxFolder.ReadWrite.All"}
	writeFolder = []string{"MailboxFolder.ReadWrite.All"}
	readItem    = []string{"MailboxItem.Read.All", "MailboxItem.ImportExport.All"}
	moveItem    = []string{"MailboxItem.ImportExport.All"}
)

// service answers requests for the mailboxes a Lookup finds.
type service struct{ lookup Lookup }

// Routes are the mail endpoints, those to read calendars, contacts and tasks, and
// the import and export API.
func Routes(lookup Lookup) []wire.Route {
	s := &service{lookup: lookup}
	routes := append(s.folderRoutes(), s.messageRoutes()...)
	routes = append(routes, s.attachmentRoutes()...)
	routes = append(routes, s.outlookRoutes()...)
	return append(routes, s.boxRoutes()...)
}

func route(method, template string, roles []string, h wire.Handler) wire.Route {
	return wire.Route{Method: method, Template: template, Roles: roles, Pool: wire.PoolOutlook, Handle: h}
}

const (
	userPath    = "/users/{user}"
	foldersPath = userPath + "/mailFolders"
	folderPath  = foldersPath + "/{folder}"
	msgPath     = userPath + "/messages/{message}"
	inPath      = folderPath + "/messages/{message}"
	boxPath     = "/admin/exchange/mailboxes/{mailbox}"
)

func (s *service) folderRoutes() []wire.Route {
	return []wire.Route{
		route(http.MethodGet, foldersPath, listMail, s.on(listMailFolders)),
		route(http.MethodPost, foldersPath, writeMail, s.on(createMailFolder)),
		route(http.MethodGet, foldersPath+"/delta", listMail, s.on(deltaMailFolders)),
		route(http.MethodGet, folderPath, listMail, s.on(getMailFolder)),
		route(http.MethodPatch, folderPath, writeMail, s.on(patchMailFolder)),
		route(http.MethodDelete, folderPath, writeMail, s.on(deleteFolder)),
		route(http.MethodGet, folderPath+"/childFolders", listMail, s.on(listMailFolders)),
		route(http.MethodPost, folderPath+"/childFolders", writeMail, s.on(createMailFolder)),
		route(http.MethodPost, folderPath+"/move", writeMail, s.on(moveMailFolder)),
		route(http.MethodPost, folderPath+"/permanentDelete", writeMail, s.on(purgeFolder)),
	}
}

func (s *service) messageRoutes() []wire.Route {
	list := []wire.Route{
		route(http.MethodGet, userPath+"/messages", listMail, s.on(listMessages)),
		route(http.MethodGet, folderPath+"/messages", listMail, s.on(listMessages)),
		route(http.MethodGet, folderPath+"/messages/delta", listMail, s.on(deltaMessages)),
	}
	for _, p := range []string{msgPath, inPath} {
		list = append(list, route(http.MethodGet, p, listMail, s.on(getMessage)))
	}
	for i := range list {
		list[i].Known, list[i].Default = messageProperties, messageDefault
	}
	list = append(list,
		route(http.MethodPost, userPath+"/messages", writeMail, s.on(createMessage)),
		route(http.MethodPost, folderPath+"/messages", writeMail, s.on(createMessage)),
		route(http.MethodPost, userPath+"/translateExchangeIds", append([]string{"User.Read.All"}, readMail...), s.on(translateIDs)),
	)
	for _, p := range []string{msgPath, inPath} {
		list = append(list,
			route(http.MethodGet, p+"/$value", readMail, s.on(getMIME)),
			route(http.MethodPatch, p, writeMail, s.on(patchMessage)),
			route(http.MethodDelete, p, writeMail, s.on(deleteMessage)),
			route(http.MethodPost, p+"/move", writeMail, s.on(moveMessage)),
			route(http.MethodPost, p+"/copy", writeMail, s.on(copyMessage)),
			route(http.MethodPost, p+"/permanentDelete", writeMail, s.on(purgeMessage)),
		)
	}
	return list
}

func (s *service) attachmentRoutes() []wire.Route {
	var list []wire.Route
	for _, p := range []string{msgPath, inPath} {
		list = append(list,
			route(http.MethodGet, p+"/attachments", readMail, s.on(listAttachments)),
			route(http.MethodGet, p+"/attachments/{attachment}", readMail, s.on(getAttachment)),
			route(http.MethodGet, p+"/attachments/{attachment}/$value", readMail, s.on(getAttachmentBytes)),
			route(http.MethodPost, p+"/attachments", writeMail, s.on(addAttachment)),
			route(http.MethodDelete, p+"/attachments/{attachment}", writeMail, s.on(deleteAttachment)),
			route(http.MethodPost, p+"/attachments/createUploadSession", writeMail, s.on(createUpload)),
		)
	}
	for method, h := range map[string]func(*Mailbox, *wire.Request) (*wire.Response, error){
		http.MethodPut: putUpload, http.MethodGet: getUpload, http.MethodDelete: cancelUpload,
	} {
		r := route(method, uploadPath, nil, s.public(h))
		r.Public = true
		list = append(list, r)
	}
	return list
}

func (s *service) boxRoutes() []wire.Route {
	list := []wire.Route{
		route(http.MethodGet, boxPath, readFolder, s.at(getBox)),
		route(http.MethodGet, boxPath+"/folders", readFolder, s.at(listBoxFolders)),
		route(http.MethodPost, boxPath+"/folders", writeFolder, s.at(createBoxFolder)),
		route(http.MethodGet, boxPath+"/folders/delta", readFolder, s.at(deltaBoxFolders)),
		route(http.MethodGet, boxPath+"/folders/{folder}", readFolder, s.at(getBoxFolder)),
		route(http.MethodPatch, boxPath+"/folders/{folder}", writeFolder, s.at(patchBoxFolder)),
		route(http.MethodDelete, boxPath+"/folders/{folder}", writeFolder, s.at(deleteFolder)),
		route(http.MethodGet, boxPath+"/folders/{folder}/childFolders", readFolder, s.at(listBoxFolders)),
		route(http.MethodPost, boxPath+"/folders/{folder}/childFolders", writeFolder, s.at(createBoxFolder)),
		route(http.MethodGet, boxPath+"/folders/{folder}/items", readItem, s.at(listItems)),
		route(http.MethodGet, boxPath+"/folders/{folder}/items/delta", readItem, s.at(deltaItems)),
		route(http.MethodGet, boxPath+"/folders/{folder}/items/{item}", readItem, s.at(getItem)),
		route(http.MethodPost, boxPath+"/exportItems", moveItem, s.at(exportItems)),
		route(http.MethodPost, boxPath+"/createImportSession", moveItem, s.at(createImportSession)),
	}
	for _, version := range []string{"gv1.0", "gbeta"} {
		r := route(http.MethodPost, "/api/"+version+"/Mailboxes/{mailbox}/importItem", nil, s.public(importItem))
		r.Public, r.Accepts = true, []string{"application/json"}
		list = append(list, r)
	}
	return list
}

type handler func(*Mailbox, *wire.Request) (*wire.Response, error)

// on serves a route below a user.
func (s *service) on(h handler) wire.Handler {
	return func(r *wire.Request) (*wire.Response, error) {
		m, err := s.lookup.ByUser(r.TenantID, r.Params["user"])
		if err != nil {
			return nil, err
		}
		return answer(h, m, r)
	}
}

// at serves a route below a mailbox id.
func (s *service) at(h handler) wire.Handler {
	return func(r *wire.Request) (*wire.Response, error) {
		m, err := s.lookup.ByID(r.TenantID, r.Params["mailbox"])
		if err != nil {
			return nil, err
		}
		return answer(h, m, r)
	}
}

// public serves a pre-authenticated URL, which names its mailbox.
func (s *service) public(h handler) wire.Handler {
	return func(r *wire.Request) (*wire.Response, error) {
		if r.Header.Get("Authorization") != "" {
			return nil, wire.Errorf(http.StatusUnauthorized, "InvalidAuthenticationToken", "The URL is authenticated by itself; no Authorization header is accepted.")
		}
		id := r.Params["mailbox"]
		if !strings.HasPrefix(id, idPrefix) { // upload URLs name the mailbox without it
			id = idPrefix + id
		}
		m, err := s.lookup.ByID("", id)
		if err != nil {
			return nil, err
		}
		return answer(h, m, r)
	}
}

func answer(h handler, m *Mailbox, r *wire.Request) (*wire.Response, error) {
	resp, err := h(m, r)
	if err != nil {
		return nil, refusal(err)
	}
	if r.ImmutableID() {
		resp.Applied = append(resp.Applied, `IdType="ImmutableId"`)
	}
	return resp, nil
}

// refusal turns an error of the state into the service's own.
func refusal(err error) error {
	var e *wire.Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, errMalformedID):
		return wire.Errorf(http.StatusBadRequest, "ErrorInvalidIdMalformed", "Id is malformed.")
	case errors.Is(err, ErrNotFound), errors.Is(err, errForeignID):
		return wire.Errorf(http.StatusNotFound, "ErrorItemNotFound", "The specified object was not found in the store.")
	case errors.Is(err, ErrExists):
		return wire.Errorf(http.StatusConflict, "ErrorFolderExists", "A folder with the specified name already exists.")
	case errors.Is(err, ErrNotAllowed):
		return wire.Errorf(http.StatusBadRequest, "ErrorInvalidRequest", "The request is invalid.")
	case errors.Is(err, ErrFull):
		return wire.Errorf(http.StatusInsufficientStorage, "ErrorQuotaExceeded", "The mailbox has exceeded its storage quota.")
	case errors.Is(err, errTooLarge):
		return wire.Errorf(http.StatusRequestEntityTooLarge, "ErrorMessageSizeExceeded", "The message exceeds the maximum supported size.")
	}
	return err
}

func corrupt() error {
	return wire.Errorf(http.StatusInternalServerError, "ErrorCorruptData", "Data is corrupt., Invalid global object ID: 0400000082.")
}

package mailboxes

import (
	"encoding/json"
	"net/http"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

// mailFolderJSON is a folder as /mailFolders shows it. The lock is held.
func (m *Mailbox) mailFolderJSON(f *folder) object {
	o := object{
		"id": m.ids.folderID(f.number), "displayName": f.name, "parentFolderId": nil,
		"childFolderCount": m.visibleChildren(f), "unreadItemCount": f.unread, "totalItemCount": f.count, "isHidden": f.hidden,
	}
	if f.parent != nil {
		o["parentFolderId"] = m.ids.folderID(f.parent.number)
	}
	if f.search {
		o["@odata.type"] = "#microsoft.graph.mailSearchFolder"
		o["isSupported"] = true
		o["includeNestedFolders"] = true
		o["sourceFolderIds"] = []string{m.ids.folderID(m.known["msgfolderroot"].number)}
		o["filterQuery"] = "flag/flagStatus eq 'flagged'"
	}
	return o
}

func (m *Mailbox) visibleChildren(f *folder) int {
	n := 0
	for _, c := range f.children {
		if !c.hidden && isMailFolder(c) {
			n++
		}
	}
	return n
}

// isMailFolder tells the folders that /mailFolders lists: those for mail, and
// hidden ones of any purpose, not calendars, contacts and the like.
func isMailFolder(f *folder) bool {
	return f.class == "" || hasClass(f.class, ClassNote) || hasClass(f.class, classConfig)
}

func listMailFolders(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	w, err := pageWindow(r, 10, 1000)
	if err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	parent, context := m.known["msgfolderroot"], "users"+key(r.Params["user"])+"/mailFolders"
	if id := r.Params["folder"]; id != "" {
		if parent, err = m.folderBy(id); err != nil {
			return nil, err
		}
		context += key(id) + "/childFolders"
	}
	var list []*folder
	children := parent.children
	if r.Version == "beta" && r.Params["folder"] == "" { // beta lists all levels, seen with Corso
		children = nil
		parent.walk(func(f *folder) bool {
			children = append(children, f)
			return true
		})
		children = children[1:]
	}
	if parent.known == "msgfolderroot" && m.known["searchfolders"] != nil {
		children = append(children[:len(children):len(children)], m.known["searchfolders"].children...)
	}
	for _, c := range children {
		if isMailFolder(c) && (!c.hidden || isSet(r, "includehiddenfolders")) && matchesName(r, c) {
			list = append(list, c)
		}
	}
	from, to, more := w.cut(len(list))
	var values []object
	for _, f := range list[from:to] {
		values = append(values, m.mailFolderJSON(f))
	}
	return page(r, context, values, w, more, len(list)), nil
}

// matchesName obeys the one filter that clients use on folders: displayName eq 'x'.
func matchesName(r *wire.Request, f *folder) bool {
	name, ok := strings.CutPrefix(r.Query.Get("filter"), "displayName eq '")
	if !ok {
		return true
	}
	return strings.EqualFold(strings.ReplaceAll(strings.TrimSuffix(name, "'"), "''", "'"), f.name)
}

func (m *Mailbox) folderAnswer(r *wire.Request, f *folder, status int) *wire.Response {
	return &wire.Response{Status: status, JSON: m.mailFolderJSON(f), Context: "users" + key(r.Params["user"]) + "/mailFolders/$entity"}
}

func getMailFolder(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	f, err := m.folderBy(r.Params["folder"])
	if err != nil {
		return nil, err
	}
	return m.folderAnswer(r, f, 0), nil
}

// folderBody is what a client sends to make or change a folder.
type folderBody struct {
	DisplayName   *string `json:"displayName"`
	IsHidden      bool    `json:"isHidden"`
	Type          string  `json:"type"`
	DestinationID string  `json:"destinationId"`
}

func readJSON(r *wire.Request, into any) error {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		return wire.Errorf(http.StatusBadRequest, "UnableToDeserializePostBody", "were unable to deserialize")
	}
	return nil
}

// makeFolder makes the folder a client asked for. The lock is held.
func (m *Mailbox) makeFolder(r *wire.Request, b folderBody, class string) (*folder, error) {
	parent := m.known["msgfolderroot"]
	if id := r.Params["folder"]; id != "" {
		var err error
		if parent, err = m.folderBy(id); err != nil {
			return nil, err
		}
	}
	if b.DisplayName == nil {
		return nil, wire.Errorf(http.StatusBadRequest, "ErrorInvalidRequest", "The folder has no display name.")
	}
	if b.Type != "" {
		class = b.Type
	}
	return m.createFolder(parent, *b.DisplayName, class, b.IsHidden)
}

func createMailFolder(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	var b folderBody
	if err := readJSON(r, &b); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.makeFolder(r, b, ClassNote)
	if err != nil {
		return nil, err
	}
	return m.folderAnswer(r, f, http.StatusCreated), nil
}

// changeFolder does what a PATCH asks. The lock is held.
func (m *Mailbox) changeFolder(r *wire.Request, b folderBody) (*folder, error) {
	f, err := m.folderBy(r.Params["folder"])
	if err == nil && b.DisplayName != nil {
		err = m.renameFolder(f, *b.DisplayName)
	}
	return f, err
}

func patchMailFolder(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	var b folderBody
	if err := readJSON(r, &b); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.changeFolder(r, b)
	if err != nil {
		return nil, err
	}
	return m.folderAnswer(r, f, 0), nil
}

func moveMailFolder(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	var b folderBody
	if err := readJSON(r, &b); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.folderBy(r.Params["folder"])
	if err != nil {
		return nil, err
	}
	to, err := m.folderBy(b.DestinationID)
	if err == nil {
		err = m.moveFolder(f, to)
	}
	if err != nil {
		return nil, err
	}
	return m.folderAnswer(r, f, http.StatusCreated), nil
}

func deleteFolder(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.folderBy(r.Params["folder"])
	if err == nil {
		err = m.deleteFolder(f)
	}
	if err != nil {
		return nil, err
	}
	return &wire.Response{}, nil
}

func purgeFolder(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.folderBy(r.Params["folder"])
	if err != nil {
		return nil, err
	}
	if f.standard != "" {
		return nil, ErrNotAllowed
	}
	m.removeFolder(f)
	return &wire.Response{}, nil
}

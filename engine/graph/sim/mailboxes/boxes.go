package mailboxes

import (
	"net/http"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

// The mailbox import and export API: "Overview of the mailbox import and export
// APIs in Microsoft Graph".

func (m *Mailbox) boxContext(rest string) string {
	return "admin/exchange/mailboxes" + key(m.ID()) + rest
}

func getBox(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	return &wire.Response{JSON: object{"id": m.ID()}, Context: "admin/exchange/mailboxes/$entity"}, nil
}

// boxFolderJSON is a folder as the import and export API shows it.
func (m *Mailbox) boxFolderJSON(r *wire.Request, f *folder) object {
	o := object{
		"id": m.ids.folderID(f.number), "displayName": f.name, "parentFolderId": nil, "type": nil,
		"childFolderCount": len(f.children), "totalItemCount": f.count,
	}
	if f.class != "" {
		o["type"] = f.class
	}
	if f.parent != nil {
		o["parentFolderId"] = m.ids.folderID(f.parent.number)
	}
	if r.Version == "beta" { // not in the v1.0 metadata
		o["wellKnownName"] = nil
		if f.known != "" {
			o["wellKnownName"] = f.known
		}
	}
	return o
}

// inTree reports whether a folder belongs to what the API lists: all below the
// top of the mailbox, and the search folders.
func (m *Mailbox) inTree(f *folder) bool {
	top := m.known["msgfolderroot"]
	return f != top && f.below(top) || f.search
}

func listBoxFolders(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	w, err := pageWindow(r, 10, 1000)
	if err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	parent, context := m.known["msgfolderroot"], m.boxContext("/folders")
	if id := r.Params["folder"]; id != "" {
		if parent, err = m.folderBy(id); err != nil {
			return nil, err
		}
		context = m.boxContext("/folders" + key(id) + "/childFolders")
	}
	children := parent.children
	if found := m.known["searchfolders"]; parent.known == "msgfolderroot" && found != nil {
		children = append(children[:len(children):len(children)], found.children...)
	}
	class, err := typeFilter(r)
	if err != nil {
		return nil, err
	}
	var list []*folder
	for _, c := range children {
		if (class == "" || strings.EqualFold(c.class, class)) && matchesName(r, c) {
			list = append(list, c)
		}
	}
	from, to, more := w.cut(len(list))
	var values []object
	for _, f := range list[from:to] {
		values = append(values, m.boxFolderJSON(r, f))
	}
	return page(r, context, values, w, more, len(list)), nil
}

// typeFilter reads $filter=type eq 'IPF.Appointment'.
func typeFilter(r *wire.Request) (string, error) {
	filter := strings.TrimSpace(r.Query.Get("filter"))
	if filter == "" || strings.HasPrefix(filter, "displayName eq '") {
		return "", nil
	}
	if class, ok := strings.CutPrefix(filter, "type eq '"); ok && strings.HasSuffix(class, "'") {
		return strings.TrimSuffix(class, "'"), nil
	}
	return "", badFilter(filter)
}

func badFilter(filter string) error {
	return wire.Errorf(http.StatusBadRequest, "ErrorInvalidUrlQueryFilter", "The query filter contains one or more invalid nodes: %s", filter)
}

func (m *Mailbox) boxFolderAnswer(r *wire.Request, f *folder, status int) *wire.Response {
	return &wire.Response{Status: status, JSON: m.boxFolderJSON(r, f), Context: m.boxContext("/folders/$entity")}
}

func getBoxFolder(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	f, err := m.folderBy(r.Params["folder"])
	if err != nil {
		return nil, err
	}
	return m.boxFolderAnswer(r, f, 0), nil
}

func createBoxFolder(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	var b folderBody
	if err := readJSON(r, &b); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.makeFolder(r, b, "")
	if err != nil {
		return nil, err
	}
	return m.boxFolderAnswer(r, f, http.StatusCreated), nil
}

func patchBoxFolder(m *Mailbox, r *wire.Request) (*wire.Response, error) {
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
	return m.boxFolderAnswer(r, f, 0), nil
}

// itemJSON is an item as the import and export API shows it.
func (m *Mailbox) itemJSON(s *state, immutable bool) object {
	key := m.ids.changeKey(s.seq)
	categories := s.categories
	if categories == nil {
		categories = []string{}
	}
	return object{
		"@odata.etag": `W/"` + key + `"`, "id": m.itemID(s, immutable), "changeKey": key,
		"createdDateTime": graphTime(s.created), "lastModifiedDateTime": graphTime(s.modified),
		"categories": categories, "type": s.class, "size": s.content.size(),
	}
}

func listItems(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	w, err := pageWindow(r, 10, 1000)
	if err != nil {
		return nil, err
	}
	match, err := parseFilter(r.Query.Get("filter"))
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.folderBy(r.Params["folder"])
	if err != nil {
		return nil, err
	}
	list, err := m.filtered(m.ordered(f), match)
	if err != nil {
		return nil, err
	}
	from, to, more := w.cut(len(list))
	var values []object
	for _, it := range list[from:to] {
		s := m.snapshot(it)
		o := m.itemJSON(&s, r.ImmutableID())
		if err := m.expandProps(r, &s, o); err != nil {
			return nil, err
		}
		values = append(values, o)
	}
	return page(r, m.boxContext("/folders"+key(r.Params["folder"])+"/items"), values, w, more, len(list)), nil
}

func getItem(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	s, err := m.itemOf(r, r.Params["item"])
	if err != nil {
		return nil, err
	}
	o := m.itemJSON(&s, r.ImmutableID())
	if err := m.expandProps(r, &s, o); err != nil {
		return nil, err
	}
	return &wire.Response{JSON: o, Context: m.boxContext("/folders" + key(r.Params["folder"]) + "/items/$entity")}, nil
}

// itemOf finds the item a request is about and copies its state.
func (m *Mailbox) itemOf(r *wire.Request, id string) (state, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	it, err := m.lookUp(id)
	if err != nil {
		return state{}, err
	}
	if name := r.Params["folder"]; name != "" {
		f, err := m.folderBy(name)
		if err != nil {
			return state{}, err
		}
		if f != it.folder && !f.search {
			return state{}, ErrNotFound
		}
	}
	s := m.snapshot(it)
	switch s.broken {
	case Missing:
		return s, ErrNotFound
	case Corrupt:
		return s, corrupt()
	}
	return s, nil
}

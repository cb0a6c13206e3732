package mailboxes

import (
	"net/http"
	"slices"

	"vangnet/engine/graph/sim/wire"
	"vangnet/engine/mapi"
)

// Calendars, contacts and To Do, to read: "Working with calendars and events
// using the Microsoft Graph API", "Working with Outlook personal contacts", "To
// Do API overview". Series come as masters with what was cancelled; changed
// occurrences are in the exported streams only.

var (
	readEvents   = []string{"Calendars.Read", "Calendars.ReadWrite"}
	readContacts = []string{"Contacts.Read", "Contacts.ReadWrite"}
	readTasks    = []string{"Tasks.Read.All", "Tasks.ReadWrite.All"}
)

// shelf is one kind of items as Graph shows it.
type shelf struct {
	class     string // of items
	container string // class of the folders
	standard  string // well-known name of the default folder
	page      int    // items of a page
	show      func(m *Mailbox, r *wire.Request, s *state, msg *mapi.Message) object
}

var (
	eventShelf   = shelf{"IPM.Appointment", ClassAppointment, "calendar", 10, (*Mailbox).eventJSON}
	contactShelf = shelf{"IPM.Contact", ClassContact, "contacts", 10, (*Mailbox).contactJSON}
	taskShelf    = shelf{"IPM.Task", ClassTask, "tasks", 20, (*Mailbox).todoJSON}
)

func (s *service) outlookRoutes() []wire.Route {
	var list []wire.Route
	add := func(template string, roles []string, h handler, known ...[]string) {
		r := route(http.MethodGet, template, roles, s.on(h))
		if len(known) > 0 {
			r.Known, r.Default = slices.Concat(known...), known[0]
		}
		list = append(list, r)
	}
	items := func(sh shelf, roles []string, known, more []string, folders ...string) {
		for _, f := range folders {
			add(f, roles, sh.list, known, more)
			add(f+"/{item}", roles, sh.get, known, more)
		}
	}
	add(userPath+"/calendars", readEvents, eventShelf.folders(calendarJSON))
	add(userPath+"/calendar", readEvents, getCalendar)
	items(eventShelf, readEvents, eventProperties, eventMore, userPath+"/events", userPath+"/calendar/events", userPath+"/calendars/{folder}/events")
	add(userPath+"/contactFolders", readContacts, contactShelf.folders(contactFolderJSON))
	items(contactShelf, readContacts, contactProperties, nil, userPath+"/contacts", userPath+"/contactFolders/{folder}/contacts")
	add(userPath+"/todo/lists", readTasks, taskShelf.folders(todoListJSON))
	items(taskShelf, readTasks, todoProperties, nil, userPath+"/todo/lists/{folder}/tasks")
	return list
}

// in finds the folder of a request, the default one where the path names none.
// The lock is held.
func (sh shelf) in(m *Mailbox, r *wire.Request) (*folder, error) {
	id := r.Params["folder"]
	if id == "" {
		id = sh.standard
	}
	f, err := m.folderBy(id)
	if err == nil && !hasClass(f.class, sh.container) {
		err = ErrNotFound
	}
	return f, err
}

// context is the path of the request's collection.
func (sh shelf) context(r *wire.Request) string {
	user, id := "users"+key(r.Params["user"]), r.Params["folder"]
	switch {
	case sh.standard == "tasks":
		return user + "/todo/lists" + key(id) + "/tasks"
	case sh.standard == "contacts" && id != "":
		return user + "/contactFolders" + key(id) + "/contacts"
	case sh.standard == "contacts":
		return user + "/contacts"
	case id != "":
		return user + "/calendars" + key(id) + "/events"
	}
	return user + "/events"
}

func (sh shelf) list(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	if text := r.Query.Get("filter"); text != "" {
		return nil, badFilter(text)
	}
	w, err := pageWindow(r, sh.page, 1000)
	if err != nil {
		return nil, err
	}
	states, total, more, err := sh.states(m, r, w)
	if err != nil {
		return nil, err
	}
	var values []object
	for i := range states {
		o, err := sh.object(m, r, &states[i])
		if err != nil {
			return nil, err
		}
		values = append(values, o)
	}
	resp := page(r, sh.context(r), values, w, more, total)
	resp.Applied = shownZone(r).applied()
	return resp, nil
}

func (sh shelf) states(m *Mailbox, r *wire.Request, w window) (states []state, total int, more bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := sh.in(m, r)
	if err != nil {
		return nil, 0, false, err
	}
	var list []*item
	for _, it := range m.ordered(f) {
		if hasClass(it.class, sh.class) {
			list = append(list, it)
		}
	}
	from, to, more := w.cut(len(list))
	for _, it := range list[from:to] {
		states = append(states, m.snapshot(it))
	}
	return states, len(list), more, nil
}

func (sh shelf) get(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	s, err := m.itemOf(r, r.Params["item"])
	if err == nil && !hasClass(s.class, sh.class) {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	o, err := sh.object(m, r, &s)
	if err != nil {
		return nil, err
	}
	return &wire.Response{JSON: o, Context: sh.context(r) + "/$entity", Applied: shownZone(r).applied()}, nil
}

func (sh shelf) object(m *Mailbox, r *wire.Request, s *state) (object, error) {
	msg, release, err := m.assemble(s)
	if err != nil {
		return nil, corrupt()
	}
	defer release()
	return sh.show(m, r, s, msg), nil
}

// outlookJSON is what all kinds of items have.
func (m *Mailbox) outlookJSON(r *wire.Request, s *state) object {
	changeKey := m.ids.changeKey(s.seq)
	categories := s.categories
	if categories == nil {
		categories = []string{}
	}
	return object{
		"@odata.etag": `W/"` + changeKey + `"`, "id": m.itemID(s, r.ImmutableID()), "changeKey": changeKey, "categories": categories,
		"createdDateTime": graphTime(s.created), "lastModifiedDateTime": graphTime(s.modified),
	}
}

// folders lists the folders of a kind of items.
func (sh shelf) folders(show func(*Mailbox, *folder) object) handler {
	return func(m *Mailbox, r *wire.Request) (*wire.Response, error) {
		w, err := pageWindow(r, 10, 1000)
		if err != nil {
			return nil, err
		}
		m.mu.RLock()
		defer m.mu.RUnlock()
		var values []object
		m.known["msgfolderroot"].walk(func(f *folder) bool {
			if hasClass(f.class, sh.container) && !f.hidden && !(f.known == "contacts") { // contactFolders leaves the default one out
				values = append(values, show(m, f))
			}
			return true
		})
		from, to, more := w.cut(len(values))
		set := map[string]string{"calendar": "/calendars", "contacts": "/contactFolders", "tasks": "/todo/lists"}[sh.standard]
		return page(r, "users"+key(r.Params["user"])+set, values[from:to], w, more, len(values)), nil
	}
}

func getCalendar(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	f, err := eventShelf.in(m, r)
	if err != nil {
		return nil, err
	}
	return &wire.Response{JSON: calendarJSON(m, f), Context: "users" + key(r.Params["user"]) + "/calendar/$entity"}, nil
}

func calendarJSON(m *Mailbox, f *folder) object {
	return object{
		"id": m.ids.folderID(f.number), "name": f.name, "color": "auto", "hexColor": "", "isDefaultCalendar": f.known == "calendar",
		"changeKey": m.ids.changeKey(f.seq), "canShare": true, "canViewPrivateItems": true, "canEdit": true, "isRemovable": f.known == "",
		"allowedOnlineMeetingProviders": []string{"teamsForBusiness"}, "defaultOnlineMeetingProvider": "teamsForBusiness",
		"isTallyingResponses": f.known == "calendar", "owner": object{"name": m.opt.User, "address": m.opt.User},
	}
}

func contactFolderJSON(m *Mailbox, f *folder) object {
	return object{"id": m.ids.folderID(f.number), "parentFolderId": m.ids.folderID(f.parent.number), "displayName": f.name}
}

func todoListJSON(m *Mailbox, f *folder) object {
	known := "none"
	if f.known == "tasks" {
		known = "defaultList"
	}
	return object{
		"@odata.etag": `W/"` + m.ids.changeKey(f.seq) + `"`, "id": m.ids.folderID(f.number), "displayName": f.name,
		"isOwner": true, "isShared": false, "wellknownListName": known,
	}
}

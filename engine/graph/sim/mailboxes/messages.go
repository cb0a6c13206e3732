package mailboxes

import (
	"net/http"
	"strings"

	"vangnet/engine/graph/sim/wire"
	"vangnet/engine/mapi"
)

// messageDefault are the properties of a message that come without $select;
// messageProperties also those that must be asked for ("message resource type").
var (
	messageDefault = []string{
		"id", "createdDateTime", "lastModifiedDateTime", "changeKey", "categories", "receivedDateTime", "sentDateTime",
		"hasAttachments", "internetMessageId", "subject", "bodyPreview", "importance", "parentFolderId", "conversationId",
		"conversationIndex", "isDeliveryReceiptRequested", "isReadReceiptRequested", "isRead", "isDraft", "webLink",
		"inferenceClassification", "body", "sender", "from", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "flag",
	}
	messageProperties = append(append([]string(nil), messageDefault...), "internetMessageHeaders", "uniqueBody")

	// stateProperties need no look into the content.
	stateProperties = []string{
		"id", "createdDateTime", "lastModifiedDateTime", "changeKey", "categories", "receivedDateTime", "sentDateTime",
		"subject", "importance", "parentFolderId", "isRead", "isDraft", "webLink", "inferenceClassification", "flag",
	}
)

// needsContent reports whether a selection can only be answered from the content.
func needsContent(selected []string) bool {
	if len(selected) == 0 {
		return true
	}
	for _, name := range selected {
		if !chosen(stateProperties, name) {
			return true
		}
	}
	return false
}

// messageJSON shows an item as a message, with what the selection and the
// expansion ask for.
func (m *Mailbox) messageJSON(r *wire.Request, s *state, selected []string, expand string) (object, error) {
	o := m.stateJSON(s, r.ImmutableID())
	if needsContent(selected) || expand != "" {
		msg, release, err := m.assemble(s)
		if err != nil {
			return nil, corrupt()
		}
		defer release()
		if needsContent(selected) {
			m.contentJSON(r, o, s, msg, selected)
		}
		if err := m.expandInto(r, o, s, msg, expand); err != nil {
			return nil, err
		}
	}
	if len(selected) == 0 {
		selected = messageDefault
	}
	return selectFrom(o, append([]string{"attachments"}, selected...)), nil
}

// stateJSON shows what is known without reading the content.
func (m *Mailbox) stateJSON(s *state, immutable bool) object {
	key, id := m.ids.changeKey(s.seq), m.itemID(s, immutable)
	categories := s.categories
	if categories == nil {
		categories = []string{}
	}
	o := object{
		"@odata.etag": `W/"` + key + `"`, "id": id, "changeKey": key,
		"createdDateTime": graphTime(s.created), "lastModifiedDateTime": graphTime(s.modified),
		"receivedDateTime": graphTime(s.shownTime()), "sentDateTime": graphTime(s.sent),
		"categories": categories, "subject": s.subject, "importance": importanceText(s.importance),
		"parentFolderId": m.ids.folderID(s.folderNumber), "isRead": s.read, "isDraft": s.draft,
		"webLink":                 "https://outlook.office365.com/owa/?ItemID=" + strings.ReplaceAll(id, "=", "%3D") + "&exvsurl=1&viewmodel=ReadMessageItem",
		"inferenceClassification": "focused", "flag": object{"flagStatus": flagText(s.flag)},
	}
	if s.broken == Controls {
		o["subject"] = s.subject + controlMark
	}
	if s.sent == 0 {
		o["sentDateTime"] = graphTime(s.shownTime())
	}
	if t := messageType(s.class); t != "" {
		o["@odata.type"] = t
	}
	return o
}

// messageType names the derived type of a message; "" for a plain one.
func messageType(class string) string {
	switch {
	case hasClass(class, "IPM.Schedule.Meeting.Request"):
		return "#microsoft.graph.eventMessageRequest"
	case hasClass(class, "IPM.Schedule.Meeting.Resp"):
		return "#microsoft.graph.eventMessageResponse"
	case hasClass(class, "IPM.Schedule.Meeting"):
		return "#microsoft.graph.eventMessage"
	}
	return ""
}

// contentJSON adds what the content says.
func (m *Mailbox) contentJSON(r *wire.Request, o object, s *state, msg *mapi.Message, selected []string) {
	p := msg.Props
	topic := p.FirstString(mapi.ConversationTopic, mapi.NormalizedSubject, mapi.Subject)
	o["internetMessageId"] = orNull(p.String(mapi.InternetMessageID))
	o["hasAttachments"] = hasVisible(msg)
	o["conversationId"] = m.ids.conversationID(topic)
	o["conversationIndex"] = binaryOrNull(p.Bytes(mapi.ConversationIndex))
	o["isDeliveryReceiptRequested"] = p.Bool(mapi.DeliveryReportRequested)
	o["isReadReceiptRequested"] = p.Bool(mapi.ReadReceiptRequested)
	o["from"], o["sender"] = personJSON(mapi.From(msg)), personJSON(mapi.Sender(msg))
	for name, kind := range map[string]int64{"toRecipients": mapi.RecipientTo, "ccRecipients": mapi.RecipientCc, "bccRecipients": mapi.RecipientBcc} {
		o[name] = recipientsJSON(msg.Recipients, kind)
	}
	o["replyTo"] = replyTo(p)
	body := bodyOf(msg, r.Prefer["outlook.body-content-type"])
	o["bodyPreview"] = preview(msg)
	o["body"] = body
	if chosen(selected, "uniqueBody") && len(selected) > 0 {
		o["uniqueBody"] = body
	}
	if chosen(selected, "internetMessageHeaders") && len(selected) > 0 {
		o["internetMessageHeaders"] = headersJSON(p.String(mapi.TransportHeaders))
	}
}

func hasVisible(msg *mapi.Message) bool {
	for i := range msg.Attachments {
		if !isInline(&msg.Attachments[i]) {
			return true
		}
	}
	return false
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func binaryOrNull(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b // encodes as base64
}

// listScope is the list of items that a request's path names. The lock is held.
func (m *Mailbox) listScope(r *wire.Request) ([]*item, error) {
	if id := r.Params["folder"]; id != "" {
		f, err := m.folderBy(id)
		if err != nil {
			return nil, err
		}
		return m.ordered(f), nil
	}
	var list []*item
	m.known["msgfolderroot"].walk(func(f *folder) bool {
		if isMailFolder(f) {
			list = append(list, m.itemsOf(f)...)
		}
		return true
	})
	sortReceived(list)
	return list, nil
}

func listMessages(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	w, err := pageWindow(r, 10, 1000)
	if err != nil {
		return nil, err
	}
	match, err := parseFilter(r.Query.Get("filter"))
	if err != nil {
		return nil, err
	}
	reverse, err := order(r, match)
	if err != nil {
		return nil, err
	}
	states, total, more, err := m.pageOf(r, w, match, reverse)
	if err != nil {
		return nil, err
	}
	var values []object
	for i := range states {
		o, err := m.messageJSON(r, &states[i], r.Select, r.Query.Get("expand"))
		if err != nil {
			return nil, err
		}
		values = append(values, o)
	}
	context := "users" + key(r.Params["user"])
	if id := r.Params["folder"]; id != "" {
		context += "/mailFolders" + key(id)
	}
	resp := page(r, context+"/messages", values, w, more, total)
	resp.Selected = true
	return rawControls(r, resp, states...)
}

// pageOf copies the states of one page, so that rendering needs no lock.
func (m *Mailbox) pageOf(r *wire.Request, w window, match filter, reverse bool) (states []state, total int, more bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	list, err := m.listScope(r)
	if err != nil {
		return nil, 0, false, err
	}
	if list, err = m.filtered(list, match); err != nil {
		return nil, 0, false, err
	}
	from, to, more := w.cut(len(list))
	for i := from; i < to; i++ {
		it := list[i]
		if reverse {
			it = list[len(list)-1-i]
		}
		states = append(states, m.snapshot(it))
	}
	return states, len(list), more, nil
}

// order reads $orderby. Only the received time orders; a filter must then name
// the same property first, as Graph demands.
func order(r *wire.Request, match filter) (reverse bool, err error) {
	by := lower(strings.TrimSpace(r.Query.Get("orderby")))
	if by == "" {
		return false, nil
	}
	prop, direction, _ := strings.Cut(by, " ")
	if prop != "receiveddatetime" && prop != "createddatetime" && prop != "sentdatetime" {
		return false, wire.Errorf(http.StatusBadRequest, "ErrorInvalidUrlQuery", "Ordering by '%s' is not supported.", prop)
	}
	if len(match) > 0 && match[0].prop != prop {
		return false, wire.Errorf(http.StatusBadRequest, "InefficientFilter", "The restriction or sort order is too complex for this operation.")
	}
	return direction != "desc", nil
}

func getMessage(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	s, err := m.itemOf(r, r.Params["message"])
	if err == nil {
		err = m.struck(&s, r.Faults)
	}
	if err != nil {
		return nil, err
	}
	o, err := m.messageJSON(r, &s, r.Select, r.Query.Get("expand"))
	if err != nil {
		return nil, err
	}
	resp := &wire.Response{JSON: o, Context: "users" + key(r.Params["user"]) + "/messages/$entity", Selected: true}
	return rawControls(r, resp, s)
}

func deltaMessages(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	d, list, states, more, err := m.deltaPage(r)
	if err != nil {
		return nil, err
	}
	var values []object
	for i, c := range list {
		if c.gone != nil {
			values = append(values, d.removed("message", c.gone))
			continue
		}
		o, err := m.messageJSON(r, &states[i], d.state.Select, d.state.Expand)
		if err != nil { // a broken item is listed by what is known of it
			o = selectFrom(m.stateJSON(&states[i], r.ImmutableID()), d.state.Select)
		}
		values = append(values, o)
	}
	user := "users" + key(r.Params["user"])
	d.path = "/" + user + "/mailFolders" + key(m.ids.folderID(d.state.Folder)) + "/messages"
	resp, err := d.finish(values, more, user+"/mailFolders"+key(r.Params["folder"])+"/messages/$delta")
	if err != nil {
		return nil, err
	}
	return rawControls(r, resp, states...)
}

func (m *Mailbox) deltaPage(r *wire.Request) (d *round, list []told, states []state, more bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.syncFolder(r.Params["folder"])
	if err != nil {
		return nil, nil, nil, false, err
	}
	if d, err = m.startRound(r, deltaOfMessages, f); err != nil {
		return nil, nil, nil, false, err
	}
	match, err := deltaFilter(d.state.Filter)
	if err != nil {
		return nil, nil, nil, false, err
	}
	if list, more, err = d.collect(&f.log, m.keeper(match)); err != nil {
		return nil, nil, nil, false, err
	}
	states = make([]state, len(list))
	for i, c := range list {
		if c.item != nil {
			states[i] = m.snapshot(c.item)
		}
	}
	return d, list, states, more, nil
}

// deltaFilter allows what a delta of messages may be filtered by.
func deltaFilter(text string) (filter, error) {
	match, err := parseFilter(text)
	if err != nil {
		return nil, err
	}
	for _, c := range match {
		if c.prop != "receiveddatetime" || c.op != "ge" && c.op != "gt" {
			return nil, badFilter(text)
		}
	}
	return match, nil
}

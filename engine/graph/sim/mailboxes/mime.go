package mailboxes

import (
	"io"
	"net/http"

	"vangnet/engine/graph/sim/wire"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/rfc5322"
)

// getMIME answers with a message as RFC 5322 text: a seeded one byte for byte,
// any other as it can be made from its properties.
func getMIME(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	s, err := m.itemOf(r, r.Params["message"])
	if err == nil {
		err = m.struck(&s, r.Faults)
	}
	if err != nil {
		return nil, err
	}
	header := map[string]string{"Content-Type": "text/plain"}
	if s.content.form == formMIME {
		body, err := s.content.Open()
		if err != nil {
			return nil, err
		}
		return &wire.Response{Stream: body, Length: s.content.size(), Header: header}, nil
	}
	msg, release, err := m.assemble(&s)
	if err != nil {
		return nil, corrupt()
	}
	body := streamed(func(w io.Writer) error {
		defer release()
		return writeMIME(w, msg)
	})
	return &wire.Response{Stream: body, Length: -1, Header: header}, nil
}

func writeMIME(w io.Writer, msg *mapi.Message) error {
	return rfc5322.Write(w, msg, rfc5322.Options{})
}

// translateIDs turns ids of one form into another. Entry ids and EWS ids are
// not told apart from Graph's here: they come back as errors.
func translateIDs(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	var b struct {
		InputIDs     []string `json:"inputIds"`
		SourceIDType string   `json:"sourceIdType"`
		TargetIDType string   `json:"targetIdType"`
	}
	if err := readJSON(r, &b); err != nil {
		return nil, err
	}
	if len(b.InputIDs) == 0 || len(b.InputIDs) > 1000 {
		return nil, wire.Errorf(http.StatusBadRequest, "ErrorInvalidRequest", "The number of ids must be between 1 and 1000.")
	}
	if !translatable[lower(b.SourceIDType)] || !translatable[lower(b.TargetIDType)] {
		return nil, wire.Errorf(http.StatusBadRequest, "ErrorInvalidRequest", "The id type is not supported.")
	}
	immutable := lower(b.TargetIDType) == "restimmutableentryid"
	m.mu.RLock()
	defer m.mu.RUnlock()
	values := make([]object, 0, len(b.InputIDs))
	for _, id := range b.InputIDs {
		values = append(values, m.translate(id, immutable))
	}
	return &wire.Response{JSON: object{"value": values}, Context: "Collection(microsoft.graph.convertIdResult)"}, nil
}

var translatable = map[string]bool{"restid": true, "restimmutableentryid": true, "ewsid": true, "entryid": true, "immutableentryid": true}

func (m *Mailbox) translate(id string, immutable bool) object {
	if kind, n, err := m.ids.decode(id); err == nil && kind == idFolder && m.folders[n] != nil {
		return object{"sourceId": id, "targetId": id}
	}
	it, err := m.lookUp(id)
	if err != nil {
		return object{"sourceId": id, "targetId": nil, "errorDetails": object{"code": "ErrorInvalidIdMalformed", "message": "Id is malformed."}}
	}
	s := m.snapshot(it)
	return object{"sourceId": id, "targetId": m.itemID(&s, immutable)}
}

package mailboxes

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
	"vangnet/engine/mapi"
)

// Extended properties: "singleValueLegacyExtendedProperty resource type". Their
// ids name a type and either a tag or a name in a set.

// extID is a parsed id.
type extID struct {
	text  string // as Graph writes it back
	kind  mapi.Type
	multi bool
	tag   mapi.PropID
	name  *mapi.Name
}

var extTypes = map[string]mapi.Type{
	"boolean": mapi.TypeBool, "integer": mapi.TypeInt32, "long": mapi.TypeInt64, "short": mapi.TypeInt16,
	"float": mapi.TypeFloat32, "double": mapi.TypeFloat64, "currency": mapi.TypeCurrency, "applicationtime": mapi.TypeAppTime,
	"systemtime": mapi.TypeTime, "clsid": mapi.TypeGUID, "string": mapi.TypeString, "binary": mapi.TypeBinary,
}

// parseExtID reads "Integer 0x0E07", "String {guid} Name x", "Integer {guid} Id 0x8205".
func parseExtID(id string) (extID, error) {
	bad := wire.Errorf(http.StatusBadRequest, "ErrorInvalidProperty", "The property id '%s' is invalid.", id)
	words := strings.SplitN(strings.TrimSpace(id), " ", 4)
	e := extID{}
	name, multi := strings.CutSuffix(strings.ToLower(words[0]), "array")
	kind, ok := extTypes[name]
	if !ok || len(words) < 2 {
		return e, bad
	}
	e.kind, e.multi = kind, multi
	if len(words) == 2 {
		n, err := strconv.ParseUint(lower(words[1]), 0, 32)
		if n > 0xFFFF { // a whole tag: type in the low half
			n >>= 16
		}
		if err != nil || n == 0 || n >= 0x8000 {
			return e, bad
		}
		e.tag, e.text = mapi.PropID(n), fmt.Sprintf("%s 0x%x", words[0], n)
		return e, nil
	}
	set, err := mapi.ParseGUID(strings.Trim(words[1], "{}"))
	if err != nil || len(words) < 4 {
		return e, bad
	}
	switch lower(words[2]) {
	case "name":
		n := mapi.Texted(set, words[3])
		e.name = &n
	case "id":
		lid, err := strconv.ParseUint(lower(words[3]), 0, 32)
		if err != nil {
			return e, bad
		}
		n := mapi.Numbered(set, uint32(lid))
		e.name, words[3] = &n, fmt.Sprintf("0x%x", lid)
	default:
		return e, bad
	}
	e.text = words[0] + " " + lower(words[1]) + " " + words[2] + " " + words[3]
	return e, nil
}

func (e extID) find(p mapi.Bag) (mapi.Prop, bool) {
	if e.name != nil {
		return p.Named(*e.name)
	}
	return p.Get(e.tag)
}

// set stores a value that a client wrote.
func (e extID) set(p *mapi.Bag, text string) error {
	v, err := e.parse(text)
	if err != nil {
		return wire.Errorf(http.StatusBadRequest, "ErrorInvalidProperty", "The value '%s' of property '%s' is invalid.", text, e.text)
	}
	if e.name != nil {
		p.SetNamed(*e.name, e.kind, v)
	} else {
		p.Set(e.tag, e.kind, v)
	}
	return nil
}

func (e extID) parse(text string) (any, error) {
	switch e.kind {
	case mapi.TypeBool:
		return strconv.ParseBool(lower(text))
	case mapi.TypeInt16:
		n, err := strconv.ParseInt(text, 0, 16)
		return int16(n), err
	case mapi.TypeInt32:
		n, err := strconv.ParseInt(text, 0, 33)
		return int32(uint32(n)), err
	case mapi.TypeInt64, mapi.TypeCurrency:
		return strconv.ParseInt(text, 0, 64)
	case mapi.TypeFloat32:
		n, err := strconv.ParseFloat(text, 32)
		return float32(n), err
	case mapi.TypeFloat64, mapi.TypeAppTime:
		return strconv.ParseFloat(text, 64)
	case mapi.TypeTime:
		t, err := time.Parse(time.RFC3339, text)
		return mapi.FileTimeOf(t), err
	case mapi.TypeGUID:
		return mapi.ParseGUID(strings.Trim(text, "{}"))
	case mapi.TypeBinary:
		return base64.StdEncoding.DecodeString(text)
	}
	return text, nil
}

// show writes a value; ok is false for one of another type than was asked.
func (e extID) show(p mapi.Prop) (string, bool) {
	if p.Tag.Type() != e.kind {
		return "", false
	}
	switch v := p.Value.(type) {
	case string:
		return v, true
	case bool:
		return boolText(v), true
	case []byte:
		return base64.StdEncoding.EncodeToString(v), true
	case mapi.FileTime:
		return wire.Time(v.Time()), true
	case mapi.GUID:
		return strings.ToLower(v.String()), true
	case mapi.Blob:
		return "", false
	default:
		return fmt.Sprint(v), true
	}
}

var extAsked = regexp.MustCompile(`(?i)id\s+eq\s+'((?:[^']|'')*)'`)

// askedProps reads the ids in $expand=singleValueExtendedProperties($filter=id eq '…' or id eq '…').
func askedProps(expand string) ([]extID, error) {
	_, rest, ok := strings.Cut(lower(expand), "singlevalueextendedproperties")
	if !ok {
		return nil, nil
	}
	rest = expand[len(expand)-len(rest):]
	var ids []extID
	for _, match := range extAsked.FindAllStringSubmatch(rest, -1) {
		e, err := parseExtID(strings.ReplaceAll(match[1], "''", "'"))
		if err != nil {
			return nil, err
		}
		ids = append(ids, e)
	}
	if len(ids) == 0 {
		return nil, wire.Errorf(http.StatusBadRequest, "ErrorInvalidUrlQuery", "singleValueExtendedProperties can only be expanded with a filter on id.")
	}
	return ids, nil
}

// addProps adds the asked properties that are there to an object.
func addProps(o object, p mapi.Bag, ids []extID) {
	var list []object
	for _, e := range ids {
		prop, ok := e.find(p)
		if !ok {
			continue
		}
		if text, ok := e.show(prop); ok {
			list = append(list, object{"id": e.text, "value": text})
		}
	}
	if list != nil {
		o["singleValueExtendedProperties"] = list
	}
}

// expandProps adds extended properties to an item of the import and export API.
func (m *Mailbox) expandProps(r *wire.Request, s *state, o object) error {
	ids, err := askedProps(r.Query.Get("expand"))
	if err != nil || len(ids) == 0 {
		return err
	}
	msg, release, err := m.assemble(s)
	if err != nil {
		return corrupt()
	}
	defer release()
	addProps(o, msg.Props, ids)
	return nil
}

// expandInto adds what $expand asks of a message: extended properties, attachments.
func (m *Mailbox) expandInto(r *wire.Request, o object, s *state, msg *mapi.Message, expand string) error {
	if expand == "" {
		return nil
	}
	ids, err := askedProps(expand)
	if err != nil {
		return err
	}
	addProps(o, msg.Props, ids)
	if strings.Contains(lower(expand), "attachments") {
		list, err := m.attachmentsJSON(r, s, msg, attachmentView{bytes: true})
		if err != nil {
			return err
		}
		o["attachments"] = list
	}
	return nil
}

// extBody is an extended property as a client sends it.
type extBody struct {
	ID    string `json:"id"`
	Value string `json:"value"`
}

func applyExt(p *mapi.Bag, list []extBody) error {
	for _, x := range list {
		e, err := parseExtID(x.ID)
		if err != nil {
			return err
		}
		if err := e.set(p, x.Value); err != nil {
			return err
		}
	}
	return nil
}

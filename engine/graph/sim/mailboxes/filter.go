package mailboxes

import (
	"net/http"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
	"vangnet/engine/mapi"
)

// condition is one comparison of a $filter.
type condition struct {
	prop, op, value string
	moment          mapi.FileTime
}

// filter is a conjunction of comparisons; nil lets everything through. Graph's
// full grammar is not wanted here: only what clients of mail endpoints use.
type filter []condition

var timeProps = map[string]bool{"receiveddatetime": true, "createddatetime": true, "lastmodifieddatetime": true, "sentdatetime": true}

// parseFilter reads "receivedDateTime ge 2026-01-01T00:00:00Z and isRead eq false",
// startswith(subject,'x') and contains(subject,'x').
func parseFilter(text string) (filter, error) {
	var list filter
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	for _, part := range splitAnd(text) {
		c, ok := parseCondition(strings.TrimSpace(part))
		if !ok {
			return nil, badFilter(text)
		}
		list = append(list, c)
	}
	return list, nil
}

// splitAnd cuts at " and " outside quotes.
func splitAnd(text string) []string {
	var parts []string
	quoted, start := false, 0
	for i := 0; i < len(text); i++ {
		if text[i] == '\'' {
			quoted = !quoted
		}
		if !quoted && len(text) >= i+5 && strings.EqualFold(text[i:i+5], " and ") {
			parts = append(parts, text[start:i])
			start = i + 5
			i += 4
		}
	}
	return append(parts, text[start:])
}

func parseCondition(text string) (condition, bool) {
	for _, fn := range []string{"startswith", "contains"} {
		if rest, ok := strings.CutPrefix(text, fn+"("); ok {
			prop, value, ok := strings.Cut(strings.TrimSuffix(rest, ")"), ",")
			text, isText := unquote(strings.TrimSpace(value))
			return condition{prop: lower(strings.TrimSpace(prop)), op: fn, value: text}, ok && isText
		}
	}
	words := strings.SplitN(text, " ", 3)
	if len(words) != 3 {
		return condition{}, false
	}
	c := condition{prop: lower(words[0]), op: lower(words[1]), value: strings.TrimSpace(words[2])}
	if timeProps[c.prop] {
		t, err := time.Parse(time.RFC3339, c.value)
		c.moment = mapi.FileTimeOf(t)
		return c, err == nil && strings.Contains(" eq ne gt ge lt le ", " "+c.op+" ")
	}
	if s, ok := unquote(c.value); ok {
		c.value = s
	}
	return c, (c.op == "eq" || c.op == "ne") && knownProps[c.prop]
}

var knownProps = map[string]bool{
	"isread": true, "isdraft": true, "hasattachments": true, "subject": true, "internetmessageid": true,
	"type": true, "importance": true, "flag/flagstatus": true, "from/emailaddress/address": true,
}

func unquote(s string) (string, bool) {
	if len(s) < 2 || s[0] != '\'' || s[len(s)-1] != '\'' {
		return s, false
	}
	return strings.ReplaceAll(s[1:len(s)-1], "''", "'"), true
}

// keeper turns a filter into a predicate over items. The write lock is held
// when it is asked.
func (m *Mailbox) keeper(f filter) func(*item) (bool, error) {
	return func(it *item) (bool, error) {
		for _, c := range f {
			if ok, err := m.holds(it, c); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	}
}

func (m *Mailbox) filtered(list []*item, f filter) ([]*item, error) {
	if f == nil {
		return list, nil
	}
	keep := m.keeper(f)
	var kept []*item
	for _, it := range list {
		ok, err := keep(it)
		if err != nil {
			return nil, err
		}
		if ok {
			kept = append(kept, it)
		}
	}
	return kept, nil
}

func (m *Mailbox) holds(it *item, c condition) (bool, error) {
	switch c.prop {
	case "receiveddatetime":
		return compareTimes(it.received, c), nil
	case "createddatetime":
		return compareTimes(it.created, c), nil
	case "lastmodifieddatetime":
		return compareTimes(it.modified, c), nil
	case "sentdatetime":
		return compareTimes(it.sent, c), nil
	case "isread":
		return equal(boolText(it.read), c), nil
	case "isdraft":
		return equal(boolText(it.draft), c), nil
	case "subject":
		return equal(it.subject, c), nil
	case "type":
		return equal(it.class, c), nil
	case "importance":
		return equal(importanceText(it.importance), c), nil
	case "flag/flagstatus":
		return equal(flagText(it.flag), c), nil
	}
	if err := m.ensureFacts(it); err != nil {
		return false, err
	}
	switch c.prop {
	case "internetmessageid":
		return equal(it.msgID, c), nil
	case "hasattachments":
		return equal(boolText(it.attach), c), nil
	}
	return false, wire.Errorf(http.StatusBadRequest, "ErrorInvalidUrlQueryFilter", "The property '%s' cannot be filtered.", c.prop)
}

// ensureFacts reads a lazy item's content for what a list may ask.
func (m *Mailbox) ensureFacts(it *item) error {
	if it.facts {
		return nil
	}
	msg, release, err := m.load(it.content)
	if err != nil {
		return err
	}
	defer release()
	it.learnFacts(msg)
	return nil
}

func equal(have string, c condition) bool {
	switch c.op {
	case "ne":
		return !strings.EqualFold(have, c.value)
	case "startswith":
		return strings.HasPrefix(lower(have), lower(c.value))
	case "contains":
		return strings.Contains(lower(have), lower(c.value))
	}
	return strings.EqualFold(have, c.value)
}

func compareTimes(have mapi.FileTime, c condition) bool {
	switch c.op {
	case "gt":
		return have > c.moment
	case "ge":
		return have >= c.moment
	case "lt":
		return have < c.moment
	case "le":
		return have <= c.moment
	case "ne":
		return have != c.moment
	}
	return have == c.moment
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func importanceText(v int8) string { return []string{"low", "normal", "high"}[v] }

func flagText(f flagState) string { return []string{"notFlagged", "complete", "flagged"}[f] }

// graphTime writes a moment; null where there is none.
func graphTime(t mapi.FileTime) any {
	if t == 0 {
		return nil
	}
	return wire.Time(t.Time())
}

package ical

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	ics "github.com/emersion/go-ical"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/zone"
)

// Parse reads a calendar. All events of one UID are one item, whose changed
// occurrences are attached to it; each task and each note is one. An event is an
// IPM.Appointment, or the meeting message that the METHOD says. The error is
// r's; content never causes one.
func Parse(r io.Reader, lim Limits) ([]*mapi.Message, Warnings, error) {
	p := newParser(lim)
	data, err := io.ReadAll(io.LimitReader(r, p.lim.Size+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read calendar: %w", err)
	}
	if int64(len(data)) > p.lim.Size {
		data = data[:p.lim.Size]
		p.warn.add(WarnCut)
	}
	entries := split(data, p.lim, &p.warn)
	for _, e := range entries {
		if id := text(e.Props.Get(ics.PropTimezoneID)); e.Name == ics.CompTimezone && id != "" {
			p.observed[id] = p.observances(e.Component)
		}
	}
	var items []*mapi.Message
	for _, g := range p.groups(entries) {
		items = append(items, p.items(g)...)
	}
	return items, p.warn, nil
}

type parser struct {
	lim      Limits
	warn     Warnings
	places   map[string]*place
	observed map[string][]zone.Observance // by TZID
}

func newParser(lim Limits) *parser {
	return &parser{lim: lim.orDefaults(), places: map[string]*place{}, observed: map[string][]zone.Observance{}}
}

// group is what has one UID: a master, if it is there, with changed occurrences.
type group struct {
	master  *entry
	changed []*entry
}

// groups puts events of one UID together, in the order they first come up.
// Everything else, and a second master, stays alone.
func (p *parser) groups(entries []*entry) []*group {
	var out []*group
	known := map[string]*group{}
	for _, e := range entries {
		switch {
		case e.Name == ics.CompToDo, e.Name == ics.CompJournal:
			out = append(out, &group{master: e})
			continue
		case e.Name != ics.CompEvent:
			continue
		}
		uid := text(e.Props.Get(ics.PropUID))
		g := known[uid]
		changed := e.Props.Get(ics.PropRecurrenceID) != nil
		if uid == "" || g == nil || g.master != nil && !changed {
			g = &group{}
			out = append(out, g)
			if known[uid] == nil && uid != "" {
				known[uid] = g
			}
		}
		if changed {
			g.changed = append(g.changed, e)
		} else {
			g.master = e
		}
	}
	return out
}

// items makes the items of a group: one, and one more for each changed
// occurrence that has no place in it.
func (p *parser) items(g *group) []*mapi.Message {
	if g.master == nil {
		return p.alone(g.changed)
	}
	switch g.master.Name {
	case ics.CompToDo:
		return []*mapi.Message{p.task(g.master)}
	case ics.CompJournal:
		return []*mapi.Message{p.journal(g.master)}
	}
	b := p.event(g.master, nil)
	var left []*entry
	for _, e := range g.changed {
		if !b.exception(e) {
			p.warn.add(WarnException)
			left = append(left, e)
		}
	}
	b.finish()
	return append([]*mapi.Message{b.m}, p.alone(left)...)
}

// alone makes an item of each changed occurrence.
func (p *parser) alone(list []*entry) []*mapi.Message {
	var out []*mapi.Message
	for _, e := range list {
		b := p.event(e, nil)
		b.finish()
		out = append(out, b.m)
	}
	return out
}

// uid is the UID of a component, made of its content where it has none.
func (p *parser) uid(e *entry) string {
	uid := text(e.Props.Get(ics.PropUID))
	if uid != "" && len(uid) <= maxUID {
		return uid
	}
	p.warn.add(WarnNoUID)
	sum := sha256.Sum256([]byte(e.text))
	return hex.EncodeToString(sum[:16])
}

package ical

import (
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"sort"
	"strconv"
	"strings"

	ics "github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"

	"vangnet/engine/mapi/charset"
)

// texts are the values of a list of texts, escapes undone. Backslashes that
// escape nothing stay.
func texts(prop *ics.Prop) []string {
	if prop == nil {
		return nil
	}
	plain := ics.Prop{Name: "X-TEXT", Value: escapes(decoded(prop))}
	list, err := plain.TextList()
	if err != nil {
		return []string{prop.Value}
	}
	return list
}

// text is one text. A comma that was not escaped does not end it.
func text(prop *ics.Prop) string { return strings.Join(texts(prop), ",") }

// line is a text of one line.
func line(prop *ics.Prop) string {
	return strings.TrimSpace(strings.ReplaceAll(text(prop), "\n", " "))
}

// escapes makes every backslash the beginning of an escape.
func escapes(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && strings.IndexByte(`\;,nN`, s[i+1]) >= 0 {
			b.WriteString(s[i : i+2])
			i++
			continue
		}
		if i+1 < len(s) && (s[i+1] == '"' || s[i+1] == ':') { // never needed, often written
			continue
		}
		b.WriteString(`\\`)
	}
	return b.String()
}

// decoded undoes the transfer encoding of vCalendar 1.0.
func decoded(prop *ics.Prop) string {
	if !strings.EqualFold(prop.Params.Get("ENCODING"), "QUOTED-PRINTABLE") {
		return prop.Value
	}
	b, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(prop.Value)))
	if err != nil {
		return prop.Value
	}
	s, _ := charset.DecodeName(prop.Params.Get("CHARSET"), b)
	return strings.NewReplacer("\r\n", `\n`, "\n", `\n`, "\r", `\n`).Replace(s)
}

// inline is the content of an attachment that is in the calendar itself.
func inline(prop *ics.Prop) ([]byte, bool) {
	if !strings.EqualFold(prop.Params.Get("ENCODING"), "BASE64") && !strings.EqualFold(prop.Params.Get(ics.ParamValue), "BINARY") {
		return nil, false
	}
	v := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '=' {
			return -1
		}
		return r
	}, prop.Value)
	b, err := base64.RawStdEncoding.DecodeString(v)
	return b, err == nil
}

// write is a property as one line, its folds undone.
func write(p *ics.Prop) string {
	names := make([]string, 0, len(p.Params))
	for n := range p.Params {
		names = append(names, n)
	}
	sort.Strings(names)
	var b strings.Builder
	b.WriteString(p.Name)
	for _, n := range names {
		values := make([]string, len(p.Params[n]))
		for i, v := range p.Params[n] {
			values[i] = quote(v)
		}
		b.WriteString(";" + n + "=" + strings.Join(values, ","))
	}
	return b.String() + ":" + p.Value
}

// keepable is a property as a line to be kept. What is not of its type goes under
// a name of ours, or strict readers would refuse the whole calendar.
func (p *parser) keepable(prop *ics.Prop) string {
	one := *prop
	if !p.sound(prop) {
		p.warn.add(WarnSyntax)
		one.Name = "X-VANGNET-" + one.Name
	}
	return write(&one) + "\n"
}

// sound reports that the value of a property is of the type of its name.
func (p *parser) sound(prop *ics.Prop) bool {
	switch prop.Name {
	case ics.PropRecurrenceRule, propExceptionRule:
		_, err := rrule.StrToROption(prop.Value)
		return err == nil
	case ics.PropTrigger:
		if isAbsolute(prop) {
			_, ok := p.moment(prop, &head{})
			return ok && strings.HasSuffix(prop.Value, "Z")
		}
		_, _, ok := p.period(prop)
		return ok && prop.Value == strings.TrimSpace(prop.Value)
	case ics.PropDuration:
		_, _, ok := p.period(prop)
		return ok
	case ics.PropDateTimeStart, ics.PropDateTimeEnd, ics.PropDue, ics.PropCompleted, ics.PropDateTimeStamp, ics.PropExceptionDates, ics.PropRecurrenceDates:
		for v := range strings.SplitSeq(prop.Value, ",") {
			v, _, _ = strings.Cut(v, "/") // a period
			one := ics.Prop{Name: prop.Name, Params: prop.Params, Value: v}
			if _, ok := p.moment(&one, &head{}); !ok || tidyTime(v) != v {
				return false
			}
		}
	case ics.PropRepeat, ics.PropPriority:
		_, err := strconv.Atoi(prop.Value)
		return err == nil
	case ics.PropGeo:
		lat, lon, _ := strings.Cut(prop.Value, ";")
		_, err1 := strconv.ParseFloat(lat, 64)
		_, err2 := strconv.ParseFloat(lon, 64)
		return err1 == nil && err2 == nil
	}
	return true
}

// keepableAll is an alarm as lines to be kept, in the order of the encoder.
// Components inside it are not allowed, and left out.
func (p *parser) keepableAll(c *ics.Component) string {
	var b strings.Builder
	b.WriteString("BEGIN:" + c.Name + "\n")
	for _, n := range sorted(c) {
		for i := range c.Props[n] {
			b.WriteString(p.keepable(&c.Props[n][i]))
		}
	}
	return b.String() + "END:" + c.Name + "\n"
}

// sorted are the names of a component's properties in order.
func sorted(c *ics.Component) []string {
	names := make([]string, 0, len(c.Props))
	for n := range c.Props {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

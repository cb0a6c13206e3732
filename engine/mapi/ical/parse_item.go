package ical

import (
	"path"
	"slices"
	"strconv"
	"strings"

	ics "github.com/emersion/go-ical"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// builder makes one item of one component.
type builder struct {
	p      *parser
	e      *entry
	m      *mapi.Message
	kept   strings.Builder // lines for CalendarFields
	span   span
	series *series
}

func (p *parser) builder(e *entry, class string) *builder {
	b := &builder{p: p, e: e, m: &mapi.Message{}}
	b.m.Props.SetString(mapi.MessageClass, class)
	return b
}

func (b *builder) get(name string) *ics.Prop { return b.e.Props.Get(name) }

// maxKept bounds the lines that are kept of one item.
const maxKept = 256 << 10

func (b *builder) keep(text string) {
	if b.kept.Len()+len(text) < maxKept {
		b.kept.WriteString(text)
	} else {
		b.p.warn.add(WarnTooMany)
	}
}

func (b *builder) keepProp(prop *ics.Prop) { b.keep(b.p.keepable(prop)) }

// common are the properties that all kinds of items have.
func (b *builder) common() {
	p := &b.m.Props
	subject := line(b.get(ics.PropSummary))
	p.SetString(mapi.Subject, subject)
	p.SetString(mapi.NormalizedSubject, subject)
	p.SetInt(mapi.MessageFlags, mapi.FlagRead)
	b.body()
	b.class()
	if list := b.categories(); len(list) > 0 {
		p.SetNamed(mapi.Keywords, mapi.TypeString|mapi.Multi, list)
	}
	for _, t := range []struct {
		prop string
		id   mapi.PropID
	}{{ics.PropCreated, mapi.CreationTime}, {ics.PropLastModified, mapi.LastModificationTime}} {
		if m, ok := b.p.moment(b.get(t.prop), b.e.head); ok {
			p.SetTime(t.id, m.instant())
		}
	}
}

func (b *builder) body() {
	p := &b.m.Props
	body := b.cut(text(b.get(ics.PropDescription)))
	if b.get(ics.PropDescription) != nil {
		p.SetString(mapi.Body, strings.ReplaceAll(clip(body), "\n", "\r\n"))
		p.SetInt(mapi.NativeBody, 1)
	}
	for i, prop := range b.e.Props.Values(propHTML) {
		if kind := prop.Params.Get(ics.ParamFormatType); i > 0 || kind != "" && !strings.EqualFold(kind, "text/html") {
			b.keepProp(&b.e.Props.Values(propHTML)[i])
			continue
		}
		if html := b.cut(text(&prop)); strings.TrimSpace(html) != "" {
			p.SetBytes(mapi.BodyHTML, []byte(html))
			p.SetInt(mapi.InternetCodepage, charset.UTF8)
			p.SetInt(mapi.NativeBody, 3)
		}
	}
}

// clip drops line ends that would come back doubled.
func clip(s string) string { return strings.ReplaceAll(s, "\r", "") }

func (b *builder) cut(s string) string {
	if len(s) <= b.p.lim.Text {
		return s
	}
	b.p.warn.add(WarnTooLong)
	return strings.ToValidUTF8(s[:b.p.lim.Text], "")
}

// class is who may see the item and how much it matters.
func (b *builder) class() {
	p := &b.m.Props
	sensitivity := int64(sensitivityNone)
	if prop := b.get(ics.PropClass); prop != nil {
		sensitivity = sensitivityOf(line(prop))
		if word := line(prop); !strings.EqualFold(word, classWords[sensitivity]) {
			b.keepProp(prop)
		}
	}
	p.SetInt(mapi.Sensitivity, sensitivity)
	p.SetNamed(mapi.Private, mapi.TypeBool, sensitivity == sensitivityPrivate)
	importance := int64(importanceNormal)
	if prop := b.get(ics.PropPriority); prop != nil {
		if n, err := strconv.Atoi(line(prop)); err == nil {
			importance = importanceOf(n)
			if line(prop) != priorityWords[importance] {
				b.keepProp(prop)
			}
		}
	} else if n, err := strconv.Atoi(line(b.get(propImportance))); err == nil && n >= 0 && n <= importanceHigh {
		importance = int64(n)
	}
	p.SetInt(mapi.Importance, importance)
}

func (b *builder) categories() []string {
	const most = 1000
	var list []string
	for i := range b.e.Props.Values(ics.PropCategories) {
		for _, c := range texts(&b.e.Props.Values(ics.PropCategories)[i]) {
			if c = strings.TrimSpace(c); c != "" && !slices.Contains(list, c) && len(list) < most {
				list = append(list, c)
			}
		}
	}
	return list
}

// files makes attachments of what is in the calendar; addresses are kept.
func (b *builder) files() {
	for i := range b.e.Props.Values(ics.PropAttach) {
		prop := &b.e.Props.Values(ics.PropAttach)[i]
		data, ok := inline(prop)
		if !ok {
			if prop.Params.Get("ENCODING") != "" {
				b.p.warn.add(WarnFile)
				continue
			}
			b.keepProp(prop)
			continue
		}
		b.file(prop, data)
	}
}

func (b *builder) file(prop *ics.Prop, data []byte) {
	name := ""
	for _, param := range []string{"X-FILENAME", "FILENAME", "X-ORACLE-FILENAME", "X-LABEL"} {
		if v := oneLine(prop.Params.Get(param)); v != "" {
			name = v
			break
		}
	}
	if name == "" {
		name = "attachment-" + strconv.Itoa(len(b.m.Attachments)+1)
	}
	media := prop.Params.Get(ics.ParamFormatType)
	if media == "" {
		media = "application/octet-stream"
	}
	a := mapi.Attachment{}
	p := &a.Props
	p.SetInt(mapi.AttachNumber, int64(len(b.m.Attachments)))
	p.SetInt(mapi.AttachMethod, mapi.MethodByValue)
	p.SetString(mapi.AttachLongFilename, name)
	p.SetString(mapi.AttachFilename, name)
	if ext := path.Ext(name); ext != "" && len(ext) < 20 {
		p.SetString(mapi.AttachExtension, ext)
	}
	p.SetString(mapi.AttachMimeTag, media)
	p.SetInt(mapi.AttachRenderingPosition, -1)
	p.SetInt(mapi.AttachSize, int64(len(data)))
	p.SetString(mapi.DisplayName, name)
	a.SetData(mapi.BytesBlob(data))
	b.m.Attachments = append(b.m.Attachments, a)
}

// rest keeps every property that nothing else has read.
func (b *builder) rest(read ...string) {
	for _, name := range sorted(b.e.Component) {
		if slices.Contains(commonProps, name) || slices.Contains(read, name) {
			continue
		}
		for i := range b.e.Props[name] {
			b.keepProp(&b.e.Props[name][i])
		}
	}
	if b.kept.Len() > 0 {
		b.m.Props.SetNamed(mapi.CalendarFields, mapi.TypeString, b.kept.String())
	}
}

// commonProps are read, or made anew, for every kind of item.
var commonProps = []string{
	ics.PropSummary, ics.PropDescription, propHTML, ics.PropClass, ics.PropPriority, propImportance, ics.PropCategories, ics.PropCreated,
	ics.PropLastModified, ics.PropDateTimeStamp, ics.PropUID, ics.PropAttach, ics.PropOrganizer, ics.PropAttendee, ics.PropStatus,
	ics.PropDateTimeStart, ics.PropRecurrenceRule, ics.PropExceptionDates, ics.PropRecurrenceDates, propExceptionRule,
}

const propExceptionRule = "EXRULE" // of RFC 2445

package rfc5322

import (
	"bytes"
	"io"
	"strings"
)

// find is the first part of a type.
func find(e *entity, media string) *entity {
	if e.is(media) && len(e.children) == 0 {
		return e
	}
	for _, c := range e.children {
		if f := find(c, media); f != nil {
			return f
		}
	}
	return nil
}

// meetingClass is the class of an invitation or an answer to one, MS-OXCICAL 2.1.3.1.1.1.
func meetingClass(method string) string {
	switch strings.ToUpper(method) {
	case "REQUEST":
		return "IPM.Schedule.Meeting.Request"
	case "CANCEL":
		return "IPM.Schedule.Meeting.Canceled"
	case "REPLY":
		return "IPM.Schedule.Meeting.Resp.Pos"
	}
	return "IPM.Note"
}

// methodOf is the other way round.
func methodOf(class string) string {
	switch {
	case strings.HasPrefix(class, "IPM.Schedule.Meeting.Request"):
		return "REQUEST"
	case strings.HasPrefix(class, "IPM.Schedule.Meeting.Canceled"):
		return "CANCEL"
	case strings.HasPrefix(class, "IPM.Schedule.Meeting.Resp"):
		return "REPLY"
	}
	return ""
}

// reportClass tells what a report is about, MS-OXCMAIL 2.2.3.8.
func (b *builder) reportClass(root *entity) string {
	if strings.EqualFold(root.params["report-type"], "disposition-notification") {
		if b.mentions(find(root, "message/disposition-notification"), "deleted") {
			return "REPORT.IPM.Note.IPNNRN"
		}
		return "REPORT.IPM.Note.IPNRN"
	}
	status := find(root, "message/delivery-status")
	if b.mentions(status, "action: delivered") || b.mentions(status, "action: relayed") {
		return "REPORT.IPM.Note.DR"
	}
	return "REPORT.IPM.Note.NDR"
}

func (b *builder) mentions(e *entity, word string) bool {
	if e == nil {
		return false
	}
	text, err := io.ReadAll(io.LimitReader(b.decoded(e), 64<<10))
	return err == nil && bytes.Contains(bytes.ToLower(text), []byte(word))
}

package ical

import (
	"strings"

	ics "github.com/emersion/go-ical"

	"vangnet/engine/mapi"
)

// Names of properties that RFC 5545 does not have.
const (
	propBusy       = "X-MICROSOFT-CDO-BUSYSTATUS"
	propIntended   = "X-MICROSOFT-CDO-INTENDEDSTATUS"
	propAllDay     = "X-MICROSOFT-CDO-ALLDAYEVENT"
	propImportance = "X-MICROSOFT-CDO-IMPORTANCE"
	propHTML       = "X-ALT-DESC"
	propTaskStatus = "X-VANGNET-TASK-STATUS" // WAITING or DEFERRED, which RFC 5545 does not have
	propLogType    = "X-VANGNET-JOURNAL-TYPE"
	propMinutes    = "X-VANGNET-JOURNAL-MINUTES"
	propNoteColour = "X-VANGNET-NOTE-COLOR"
	propOrigStart  = "X-MS-OLK-ORIGINALSTART"
	propOrigEnd    = "X-MS-OLK-ORIGINALEND"
)

// links are the addresses of meetings on line.
var links = []struct {
	prop string
	name mapi.Name
}{
	{"X-MICROSOFT-SKYPETEAMSMEETINGURL", mapi.TeamsMeetingLink},
	{"X-MICROSOFT-ONLINEMEETINGCONFLINK", mapi.ConferenceLink},
	{"X-MICROSOFT-ONLINEMEETINGEXTERNALLINK", mapi.ExternalLink},
	{"X-MICROSOFT-SKYPETEAMSPROPERTIES", mapi.TeamsMeetingFacts},
}

// Values of BusyStatus: MS-OXOCAL 2.2.1.2.
const (
	busyFree      = 0
	busyTentative = 1
	busyBusy      = 2
)

var busyWords = []string{"FREE", "TENTATIVE", "BUSY", "OOF", "WORKINGELSEWHERE"}

func busyOf(word string) (int64, bool) { return indexOf(busyWords, word) }

// classWords are the values of CLASS by Sensitivity.
var classWords = []string{"PUBLIC", "X-PERSONAL", "PRIVATE", "CONFIDENTIAL"}

func indexOf(list []string, word string) (int64, bool) {
	for i, w := range list {
		if strings.EqualFold(w, strings.TrimSpace(word)) {
			return int64(i), true
		}
	}
	return 0, false
}

const (
	sensitivityNone    = 0
	sensitivityPrivate = 2
)

// sensitivityOf reads CLASS; RFC 5545 3.8.1.3 has unknown values mean PRIVATE.
func sensitivityOf(word string) int64 {
	if v, ok := indexOf(classWords, word); ok {
		return v
	}
	return sensitivityPrivate
}

const (
	importanceLow    = 0
	importanceNormal = 1
	importanceHigh   = 2
)

// importanceOf reads PRIORITY: 1 the highest, 9 the lowest, 0 none.
func importanceOf(priority int) int64 {
	switch {
	case priority >= 1 && priority <= 4:
		return importanceHigh
	case priority >= 6:
		return importanceLow
	}
	return importanceNormal
}

// priorityWords are the values of PRIORITY by Importance.
var priorityWords = []string{"9", "5", "1"}

// Values of TaskStatus: MS-OXOTASK 2.2.2.2.2.
const (
	taskNotStarted = 0
	taskInProgress = 1
	taskComplete   = 2
	taskWaiting    = 3
	taskDeferred   = 4
)

// taskStatusOf reads STATUS and our own word beside it.
func taskStatusOf(c *ics.Component) int64 {
	switch strings.ToUpper(line(c.Props.Get(propTaskStatus))) {
	case "WAITING":
		return taskWaiting
	case "DEFERRED":
		return taskDeferred
	}
	switch strings.ToUpper(line(c.Props.Get(ics.PropStatus))) {
	case "COMPLETED":
		return taskComplete
	case "IN-PROCESS":
		return taskInProgress
	case "CANCELLED":
		return taskDeferred
	}
	return taskNotStarted
}

// trackWords are the values of PARTSTAT by RecipientTrackStatus.
var trackWords = []string{"NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "ACCEPTED", "DECLINED", "NEEDS-ACTION"}

func trackOf(word string) int64 {
	switch strings.ToUpper(word) {
	case "TENTATIVE":
		return mapi.TrackTentative
	case "ACCEPTED", "COMPLETED":
		return mapi.TrackAccepted
	case "DECLINED":
		return mapi.TrackDeclined
	}
	return mapi.TrackNone
}

// responseClasses are the classes of answers by ResponseStatus.
var responseClasses = map[int64]string{
	mapi.TrackTentative: "IPM.Schedule.Meeting.Resp.Tent",
	mapi.TrackAccepted:  "IPM.Schedule.Meeting.Resp.Pos",
	mapi.TrackDeclined:  "IPM.Schedule.Meeting.Resp.Neg",
}

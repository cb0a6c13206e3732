package mailboxes

import "strings"

// Language decides the display names of a new mailbox's folders.
type Language string

// The languages.
const (
	English Language = "en"
	Dutch   Language = "nl"
)

// Container classes.
const (
	ClassNote        = "IPF.Note"
	ClassAppointment = "IPF.Appointment"
	ClassContact     = "IPF.Contact"
	ClassTask        = "IPF.Task"
	ClassStickyNote  = "IPF.StickyNote"
	ClassJournal     = "IPF.Journal"
	classConfig      = "IPF.Configuration"
)

// standard describes one folder that Exchange makes by itself.
type standard struct {
	key    string // well-known name; "" for a folder without one
	parent string
	en, nl string
	class  string
	hidden bool
	search bool // a search folder
}

// standards lists the folders of a new mailbox, parents first. Names as Outlook
// shows them; those of the recoverable items are never translated.
var standards = []standard{
	{key: "root", en: "root", nl: "root"},
	{key: "msgfolderroot", parent: "root", en: "Top of Information Store", nl: "Bovenste niveau van gegevensarchief"},
	{key: "searchfolders", parent: "root", en: "Finder", nl: "Finder"},
	{key: "recoverableitemsroot", parent: "root", en: "Recoverable Items", nl: "Recoverable Items"},
	{key: "recoverableitemsdeletions", parent: "recoverableitemsroot", en: "Deletions", nl: "Deletions"},
	{key: "recoverableitemspurges", parent: "recoverableitemsroot", en: "Purges", nl: "Purges"},
	{key: "recoverableitemsversions", parent: "recoverableitemsroot", en: "Versions", nl: "Versions"},
	{key: "recoverableitemsdiscoveryholds", parent: "recoverableitemsroot", en: "DiscoveryHolds", nl: "DiscoveryHolds"},
	{key: "recoverableitemssubstrateholds", parent: "recoverableitemsroot", en: "SubstrateHolds", nl: "SubstrateHolds"},
	{key: "calendarlogging", parent: "recoverableitemsroot", en: "Calendar Logging", nl: "Calendar Logging", class: ClassAppointment},
	{key: "inbox", parent: "msgfolderroot", en: "Inbox", nl: "Postvak IN", class: ClassNote},
	{key: "drafts", parent: "msgfolderroot", en: "Drafts", nl: "Concepten", class: ClassNote},
	{key: "sentitems", parent: "msgfolderroot", en: "Sent Items", nl: "Verzonden items", class: ClassNote},
	{key: "deleteditems", parent: "msgfolderroot", en: "Deleted Items", nl: "Verwijderde items", class: ClassNote},
	{key: "junkemail", parent: "msgfolderroot", en: "Junk Email", nl: "Ongewenste e-mail", class: ClassNote},
	{key: "outbox", parent: "msgfolderroot", en: "Outbox", nl: "Postvak UIT", class: ClassNote},
	{key: "archive", parent: "msgfolderroot", en: "Archive", nl: "Archief", class: ClassNote},
	{key: "conversationhistory", parent: "msgfolderroot", en: "Conversation History", nl: "Gespreksgeschiedenis", class: ClassNote},
	{key: "calendar", parent: "msgfolderroot", en: "Calendar", nl: "Agenda", class: ClassAppointment},
	{key: "contacts", parent: "msgfolderroot", en: "Contacts", nl: "Contactpersonen", class: ClassContact},
	{parent: "contacts", en: "Recipient Cache", nl: "Recipient Cache", class: "IPF.Contact.RecipientCache", hidden: true},
	{key: "tasks", parent: "msgfolderroot", en: "Tasks", nl: "Taken", class: ClassTask},
	{key: "notes", parent: "msgfolderroot", en: "Notes", nl: "Notities", class: ClassStickyNote},
	{key: "journal", parent: "msgfolderroot", en: "Journal", nl: "Logboek", class: ClassJournal},
	{key: "syncissues", parent: "msgfolderroot", en: "Sync Issues", nl: "Synchronisatieproblemen", class: ClassNote, hidden: true},
	{key: "conflicts", parent: "syncissues", en: "Conflicts", nl: "Conflicten", class: ClassNote, hidden: true},
	{key: "localfailures", parent: "syncissues", en: "Local Failures", nl: "Lokale fouten", class: ClassNote, hidden: true},
	{key: "serverfailures", parent: "syncissues", en: "Server Failures", nl: "Serverfouten", class: ClassNote, hidden: true},
	{parent: "msgfolderroot", en: "Conversation Action Settings", nl: "Conversation Action Settings", class: classConfig, hidden: true},
	{parent: "msgfolderroot", en: "Quick Step Settings", nl: "Quick Step Settings", class: classConfig, hidden: true},
	{parent: "searchfolders", en: "Flagged mail", nl: "Gemarkeerde e-mail", class: ClassNote, search: true},
}

// archiveStandards lists those that a new in-place archive has.
var archiveStandards = map[string]bool{
	"root": true, "msgfolderroot": true, "searchfolders": true, "deleteditems": true,
	"recoverableitemsroot": true, "recoverableitemsdeletions": true, "recoverableitemspurges": true, "recoverableitemsversions": true,
}

// The first parts of an address below a mailbox.
const (
	topMail     = "mail"
	topCalendar = "calendar"
	topContacts = "contacts"
	topTasks    = "tasks"
	topArchive  = "archive"
	// topRecoverable holds what lies below the recoverable items root.
	topRecoverable = "recoverable"
)

// top is the first part of the address of a folder of this class.
func top(class string) string {
	switch {
	case hasClass(class, ClassAppointment):
		return topCalendar
	case hasClass(class, ClassContact):
		return topContacts
	case hasClass(class, ClassTask):
		return topTasks
	}
	return topMail
}

// classOfTop is the class that a folder made below this first part gets.
func classOfTop(first string) string {
	switch first {
	case topCalendar:
		return ClassAppointment
	case topContacts:
		return ClassContact
	case topTasks:
		return ClassTask
	}
	return ClassNote
}

// hasClass reports whether class is base or derived from it.
func hasClass(class, base string) bool {
	return len(class) >= len(base) && strings.EqualFold(class[:len(base)], base) && (len(class) == len(base) || class[len(base)] == '.')
}

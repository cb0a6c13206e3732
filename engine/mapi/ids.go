package mapi

// Property ids, named as in MS-OXPROPS without "PidTag". The comment gives the
// type and, where the name does not say it, the meaning.
const (
	Importance                PropID = 0x0017 // int32: 0 low, 1 normal, 2 high
	MessageClass              PropID = 0x001A // string
	DeliveryReportRequested   PropID = 0x0023 // bool
	Priority                  PropID = 0x0026 // int32: -1, 0, 1
	ReadReceiptRequested      PropID = 0x0029 // bool
	OriginalSensitivity       PropID = 0x002E // int32
	ReportTime                PropID = 0x0032 // time
	Sensitivity               PropID = 0x0036 // int32: 1 personal, 2 private, 3 confidential
	Subject                   PropID = 0x0037 // string, with its prefix
	ClientSubmitTime          PropID = 0x0039 // time: sent
	SentRepresentingSearchKey PropID = 0x003B // binary
	SubjectPrefix             PropID = 0x003D // string
	ReceivedByEntryID         PropID = 0x003F // binary
	SentRepresentingEntryID   PropID = 0x0041 // binary
	SentRepresentingName      PropID = 0x0042 // string
	ReplyRecipientEntries     PropID = 0x004F // binary: flat entry list
	ReplyRecipientNames       PropID = 0x0050 // string
	StartDate                 PropID = 0x0060 // time
	EndDate                   PropID = 0x0061 // time
	SentRepresentingAddrType  PropID = 0x0064 // string
	SentRepresentingAddress   PropID = 0x0065 // string
	ConversationTopic         PropID = 0x0070 // string
	ConversationIndex         PropID = 0x0071 // binary
	TransportHeaders          PropID = 0x007D // string: raw header block
	RecipientType             PropID = 0x0C15 // int32
	SenderEntryID             PropID = 0x0C19 // binary
	SenderName                PropID = 0x0C1A // string
	SenderSearchKey           PropID = 0x0C1D // binary
	SenderAddrType            PropID = 0x0C1E // string
	SenderAddress             PropID = 0x0C1F // string
	DisplayBcc                PropID = 0x0E02 // string
	DisplayCc                 PropID = 0x0E03 // string
	DisplayTo                 PropID = 0x0E04 // string
	DeliveryTime              PropID = 0x0E06 // time: received
	MessageFlags              PropID = 0x0E07 // int32: FlagRead and others
	MessageSize               PropID = 0x0E08 // int32
	HasAttach                 PropID = 0x0E1B // bool
	NormalizedSubject         PropID = 0x0E1D // string, without prefix
	RTFInSync                 PropID = 0x0E1F // bool
	AttachSize                PropID = 0x0E20 // int32
	AttachNumber              PropID = 0x0E21 // int32
	Read                      PropID = 0x0E69 // bool
	AccessLevel               PropID = 0x0FF7 // int32
	RecordKey                 PropID = 0x0FF9 // binary
	ObjectType                PropID = 0x0FFE // int32
	EntryID                   PropID = 0x0FFF // binary
	Body                      PropID = 0x1000 // string: plain text
	RTFCompressed             PropID = 0x1009 // binary
	BodyHTML                  PropID = 0x1013 // binary, in InternetCodepage
	NativeBody                PropID = 0x1016 // int32: 1 text, 2 RTF, 3 HTML
	InternetMessageID         PropID = 0x1035 // string
	InternetReferences        PropID = 0x1039 // string
	InReplyToID               PropID = 0x1042 // string
	ListHelp                  PropID = 0x1043 // string
	ListSubscribe             PropID = 0x1044 // string
	ListUnsubscribe           PropID = 0x1045 // string
	FlagStatus                PropID = 0x1090 // int32: 1 done, 2 flagged
	FlagCompleteTime          PropID = 0x1091 // time
	AttrHidden                PropID = 0x10F4 // bool
	RowID                     PropID = 0x3000 // int32
	DisplayName               PropID = 0x3001 // string
	AddrType                  PropID = 0x3002 // string
	EmailAddress              PropID = 0x3003 // string
	CreationTime              PropID = 0x3007 // time
	LastModificationTime      PropID = 0x3008 // time
	SearchKey                 PropID = 0x300B // binary
	AttachData                PropID = 0x3701 // binary or object: content
	AttachEncoding            PropID = 0x3702 // binary
	AttachExtension           PropID = 0x3703 // string, with its dot
	AttachFilename            PropID = 0x3704 // string, 8.3
	AttachMethod              PropID = 0x3705 // int32: MethodByValue and others
	AttachLongFilename        PropID = 0x3707 // string
	AttachRenderingPosition   PropID = 0x370B // int32
	AttachLongPathname        PropID = 0x370D // string
	AttachMimeTag             PropID = 0x370E // string: media type
	AttachContentID           PropID = 0x3712 // string
	AttachContentLocation     PropID = 0x3713 // string
	AttachFlags               PropID = 0x3714 // int32: 4 used in HTML
	DisplayType               PropID = 0x3900 // int32
	SMTPAddress               PropID = 0x39FE // string
	GivenName                 PropID = 0x3A06 // string
	Surname                   PropID = 0x3A11 // string
	CompanyName               PropID = 0x3A16 // string
	InternetCodepage          PropID = 0x3FDE // int32
	AutoResponseSuppress      PropID = 0x3FDF // int32
	MessageLocaleID           PropID = 0x3FF1 // int32
	MessageCodepage           PropID = 0x3FFD // int32
	SenderSMTPAddress         PropID = 0x5D01 // string
	SentRepresentingSMTP      PropID = 0x5D02 // string
	RecipientOrder            PropID = 0x5FDF // int32
	RecipientDisplayName      PropID = 0x5FF6 // string
	RecipientEntryID          PropID = 0x5FF7 // binary
	RecipientFlags            PropID = 0x5FFD // int32
	RecipientTrackStatus      PropID = 0x5FFF // int32
	SourceKey                 PropID = 0x65E0 // binary
	ParentSourceKey           PropID = 0x65E1 // binary
	ChangeKey                 PropID = 0x65E2 // binary
	PredecessorChangeList     PropID = 0x65E3 // binary
	MID                       PropID = 0x674A // int64
	ExceptionStartTime        PropID = 0x7FFB // time
	ExceptionEndTime          PropID = 0x7FFC // time
	AttachmentFlags           PropID = 0x7FFD // int32: 2 an exception of a series
	AttachmentHidden          PropID = 0x7FFE // bool
	AttachmentContactPhoto    PropID = 0x7FFF // bool
)

// The property sets of MS-OXPROPS 1.3.2 that the program speaks of.
var (
	SetAppointment     = outlookSet(0x02)
	SetTask            = outlookSet(0x03)
	SetAddress         = outlookSet(0x04)
	SetCommon          = outlookSet(0x08)
	SetLog             = outlookSet(0x0A)
	SetNote            = outlookSet(0x0E)
	SetMAPI            = GUID{0x28, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
	SetPublicStrings   = GUID{0x29, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
	SetInternetHeaders = GUID{0x86, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
	SetMeeting         = GUID{0x90, 0xDA, 0xD8, 0x6E, 0x0B, 0x45, 0x1B, 0x10, 0x98, 0xDA, 0, 0xAA, 0, 0x3F, 0x13, 0x05}
)

// Names of properties that facts and mail headers need.
var (
	Keywords         = Texted(SetPublicStrings, "Keywords") // []string: categories
	AppointmentStart = Numbered(SetAppointment, 0x820D)     // time
	AppointmentEnd   = Numbered(SetAppointment, 0x820E)     // time
	Location         = Numbered(SetAppointment, 0x8208)     // string
	BusyStatus       = Numbered(SetAppointment, 0x8205)     // int32
	AllDay           = Numbered(SetAppointment, 0x8215)     // bool
	Private          = Numbered(SetCommon, 0x8506)          // bool
	FlagRequest      = Numbered(SetCommon, 0x8530)          // string
	Email1Address    = Numbered(SetAddress, 0x8083)         // string
	TaskStatus       = Numbered(SetTask, 0x8101)            // int32
	TaskDueDate      = Numbered(SetTask, 0x8105)            // time
	CloudAddress     = Texted(SetPublicStrings, "AttachmentProviderEndpointUrl")
)

// HeaderName names the property that keeps a mail header of our own.
func HeaderName(header string) Name { return Texted(SetInternetHeaders, header) }

func outlookSet(n byte) GUID {
	return GUID{n, 0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
}

// Contacts: properties of MS-OXOCNTC, named as in MS-OXPROPS or shorter.
const (
	Account             PropID = 0x3A00 // string
	CallbackPhone       PropID = 0x3A02 // string
	Generation          PropID = 0x3A05 // string: what follows the name, such as Jr.
	GovernmentID        PropID = 0x3A07 // string
	BusinessPhone       PropID = 0x3A08 // string
	HomePhone           PropID = 0x3A09 // string
	Initials            PropID = 0x3A0A // string
	PersonLanguage      PropID = 0x3A0C // string
	PersonLocation      PropID = 0x3A0D // string
	OrganizationalID    PropID = 0x3A10 // string
	PostalAddress       PropID = 0x3A15 // string: the mailing address as text
	JobTitle            PropID = 0x3A17 // string
	DepartmentName      PropID = 0x3A18 // string
	OfficeLocation      PropID = 0x3A19 // string
	PrimaryPhone        PropID = 0x3A1A // string
	BusinessPhone2      PropID = 0x3A1B // string
	MobilePhone         PropID = 0x3A1C // string
	RadioPhone          PropID = 0x3A1D // string
	CarPhone            PropID = 0x3A1E // string
	OtherPhone          PropID = 0x3A1F // string
	PagerPhone          PropID = 0x3A21 // string
	PrimaryFax          PropID = 0x3A23 // string
	BusinessFax         PropID = 0x3A24 // string
	HomeFax             PropID = 0x3A25 // string
	Country             PropID = 0x3A26 // string, this and the next five of the mailing address
	Locality            PropID = 0x3A27 // string
	StateOrProvince     PropID = 0x3A28 // string
	StreetAddress       PropID = 0x3A29 // string
	PostalCode          PropID = 0x3A2A // string
	PostOfficeBox       PropID = 0x3A2B // string
	TelexNumber         PropID = 0x3A2C // string
	ISDNNumber          PropID = 0x3A2D // string
	AssistantPhone      PropID = 0x3A2E // string
	HomePhone2          PropID = 0x3A2F // string
	Assistant           PropID = 0x3A30 // string
	WeddingAnniversary  PropID = 0x3A41 // time: midnight
	Birthday            PropID = 0x3A42 // time: midnight
	Hobbies             PropID = 0x3A43 // string
	MiddleName          PropID = 0x3A44 // string
	NamePrefix          PropID = 0x3A45 // string, such as Dr.
	Profession          PropID = 0x3A46 // string
	ReferredBy          PropID = 0x3A47 // string
	SpouseName          PropID = 0x3A48 // string
	ComputerName        PropID = 0x3A49 // string
	CustomerID          PropID = 0x3A4A // string
	TextPhone           PropID = 0x3A4B // string: for the deaf
	FTPSite             PropID = 0x3A4C // string
	Gender              PropID = 0x3A4D // int16: 1 female, 2 male
	ManagerName         PropID = 0x3A4E // string
	Nickname            PropID = 0x3A4F // string
	PersonalHomePage    PropID = 0x3A50 // string
	BusinessHomePage    PropID = 0x3A51 // string
	CompanyPhone        PropID = 0x3A57 // string
	ChildrensNames      PropID = 0x3A58 // []string
	HomeCity            PropID = 0x3A59 // string
	HomeCountry         PropID = 0x3A5A // string
	HomePostalCode      PropID = 0x3A5B // string
	HomeState           PropID = 0x3A5C // string
	HomeStreet          PropID = 0x3A5D // string
	HomePostOfficeBox   PropID = 0x3A5E // string
	OtherCity           PropID = 0x3A5F // string
	OtherCountry        PropID = 0x3A60 // string
	OtherPostalCode     PropID = 0x3A61 // string
	OtherState          PropID = 0x3A62 // string
	OtherStreet         PropID = 0x3A63 // string
	OtherPostOfficeBox  PropID = 0x3A64 // string
	UserX509Certificate PropID = 0x3A70 // [][]byte
)

// Contacts: names of properties.
var (
	FileAs             = Numbered(SetAddress, 0x8005) // string
	FileAsID           = Numbered(SetAddress, 0x8006) // int32: how FileAs is made, FileAsOwn and others
	HasPicture         = Numbered(SetAddress, 0x8015) // bool
	HomeAddress        = Numbered(SetAddress, 0x801A) // string: the address as text
	WorkAddress        = Numbered(SetAddress, 0x801B) // string
	OtherAddress       = Numbered(SetAddress, 0x801C) // string
	MailingAddress     = Numbered(SetAddress, 0x8022) // int32: 0 none, 1 home, 2 work, 3 other
	EmailsShown        = Numbered(SetAddress, 0x8028) // []int32: numbers of the e-mail addresses there are
	EmailsBits         = Numbered(SetAddress, 0x8029) // int32: the same, as bits
	WebPage            = Numbered(SetAddress, 0x802B) // string
	YomiGivenName      = Numbered(SetAddress, 0x802C) // string
	YomiSurname        = Numbered(SetAddress, 0x802D) // string
	YomiCompany        = Numbered(SetAddress, 0x802E) // string
	WorkStreet         = Numbered(SetAddress, 0x8045) // string
	WorkCity           = Numbered(SetAddress, 0x8046) // string
	WorkState          = Numbered(SetAddress, 0x8047) // string
	WorkPostalCode     = Numbered(SetAddress, 0x8048) // string
	WorkCountry        = Numbered(SetAddress, 0x8049) // string
	WorkPostOfficeBox  = Numbered(SetAddress, 0x804A) // string
	UserField1         = Numbered(SetAddress, 0x804F) // string
	UserField2         = Numbered(SetAddress, 0x8050) // string
	UserField3         = Numbered(SetAddress, 0x8051) // string
	UserField4         = Numbered(SetAddress, 0x8052) // string
	ListName           = Numbered(SetAddress, 0x8053) // string, of a distribution list
	ListOneOffs        = Numbered(SetAddress, 0x8054) // [][]byte: one-off entry ids of the members
	ListMembers        = Numbered(SetAddress, 0x8055) // [][]byte: entry ids of the members
	IMAddress          = Numbered(SetAddress, 0x8062) // string
	ListStream         = Numbered(SetAddress, 0x8064) // binary: members of a long list
	FreeBusyURL        = Numbered(SetAddress, 0x80D8) // string
	BirthdayLocal      = Numbered(SetAddress, 0x80DE) // time: midnight UTC of the day, whatever the time zone
	AnniversaryLocal   = Numbered(SetAddress, 0x80DF) // time: the same
	Mileage            = Numbered(SetCommon, 0x8534)  // string
	BillingInformation = Numbered(SetCommon, 0x8535)  // string

	// CardFields keeps the lines of a vCard that no property of Exchange can
	// hold: a string, each line ended by a newline.
	CardFields = Texted(SetPublicStrings, "VangnetCardFields")
)

// Values of FileAsID: MS-OXOCNTC 2.2.1.1.12.
const (
	FileAsOwn       = 0x0000 // as the user wrote it
	FileAsCompany   = 0x3A16
	FileAsLastFirst = 0x8017 // surname, given name and middle name
)

// EmailNames are the names of the properties of one e-mail address of a
// contact, n from 0 to 2.
type EmailNames struct {
	DisplayName, AddrType, Address, OriginalName, EntryID Name
}

// EmailOf names the properties of a contact's e-mail address n, 0 to 2.
func EmailOf(n int) EmailNames {
	lid := func(v uint32) Name { return Numbered(SetAddress, v+uint32(n)*0x10) }
	return EmailNames{DisplayName: lid(0x8080), AddrType: lid(0x8082), Address: lid(0x8083), OriginalName: lid(0x8084), EntryID: lid(0x8085)}
}

// Appointments, meetings, tasks and reminders: properties of MS-OXOCAL and
// MS-OXOTASK, named as in MS-OXPROPS or shorter.
const (
	OwnerAppointmentID   PropID = 0x0062 // int32
	ResponseRequested    PropID = 0x0063 // bool: the organizer wants answers
	DisplayTypeEx        PropID = 0x3905 // int32: low byte 7 a room, 8 equipment
	ExceptionReplaceTime PropID = 0x7FF9 // time, of an attachment: OriginalStart of the exception in it
)

// Appointments, meetings, tasks and reminders: names of properties.
var (
	AppointmentSequence   = Numbered(SetAppointment, 0x8201) // int32
	ExceptionalBody       = Numbered(SetAppointment, 0x8206) // bool: an exception has a text of its own
	AppointmentDuration   = Numbered(SetAppointment, 0x8213) // int32: minutes
	AppointmentColour     = Numbered(SetAppointment, 0x8214) // int32
	AppointmentRecurrence = Numbered(SetAppointment, 0x8216) // binary: see package recur
	AppointmentState      = Numbered(SetAppointment, 0x8217) // int32: StateMeeting and others
	ResponseStatus        = Numbered(SetAppointment, 0x8218) // int32: the owner's answer, TrackNone and others
	AppointmentReplyTime  = Numbered(SetAppointment, 0x8220) // time
	Recurring             = Numbered(SetAppointment, 0x8223) // bool
	IntendedBusyStatus    = Numbered(SetAppointment, 0x8224) // int32
	OriginalStart         = Numbered(SetAppointment, 0x8228) // time: of an exception, as the series has it
	InvitationsSent       = Numbered(SetAppointment, 0x8229) // bool
	RecurrenceType        = Numbered(SetAppointment, 0x8231) // int32: 0 none, 1 daily, 2 weekly, 3 monthly, 4 yearly
	RecurrenceText        = Numbered(SetAppointment, 0x8232) // string: the pattern in words
	TimeZoneStruct        = Numbered(SetAppointment, 0x8233) // binary: see package zone
	TimeZoneText          = Numbered(SetAppointment, 0x8234) // string
	ClipStart             = Numbered(SetAppointment, 0x8235) // time: first day of a series, at midnight UTC
	ClipEnd               = Numbered(SetAppointment, 0x8236) // time: its last day
	NetShowURL            = Numbered(SetAppointment, 0x8248) // string
	ProposedStart         = Numbered(SetAppointment, 0x8250) // time
	ProposedEnd           = Numbered(SetAppointment, 0x8251) // time
	CounterProposal       = Numbered(SetAppointment, 0x8257) // bool
	StartTimeZone         = Numbered(SetAppointment, 0x825E) // binary: time zone definition
	EndTimeZone           = Numbered(SetAppointment, 0x825F) // binary
	SeriesTimeZone        = Numbered(SetAppointment, 0x8260) // binary

	AttendeeCriticalChange = Numbered(SetMeeting, 0x0001) // time
	MeetingPlace           = Numbered(SetMeeting, 0x0002) // string: Location, in old items
	GlobalObjectID         = Numbered(SetMeeting, 0x0003) // binary
	IsException            = Numbered(SetMeeting, 0x000A) // bool
	OwnerCriticalChange    = Numbered(SetMeeting, 0x001A) // time
	CleanGlobalObjectID    = Numbered(SetMeeting, 0x0023) // binary: without the day of an exception
	MeetingType            = Numbered(SetMeeting, 0x0026) // int32

	ReminderDelta  = Numbered(SetCommon, 0x8501) // int32: minutes before the start
	ReminderTime   = Numbered(SetCommon, 0x8502) // time
	ReminderSet    = Numbered(SetCommon, 0x8503) // bool
	CommonStart    = Numbered(SetCommon, 0x8516) // time
	CommonEnd      = Numbered(SetCommon, 0x8517) // time
	TaskGlobalID   = Numbered(SetCommon, 0x8519) // binary
	ReminderSignal = Numbered(SetCommon, 0x8560) // time: when the next reminder is due

	TaskPercent       = Numbered(SetTask, 0x8102) // float64: 0 to 1
	TaskStart         = Numbered(SetTask, 0x8104) // time: midnight UTC of the day, whatever the time zone
	TaskDateCompleted = Numbered(SetTask, 0x810F) // time: the same
	TaskRecurrence    = Numbered(SetTask, 0x8116) // binary: see package recur
	TaskComplete      = Numbered(SetTask, 0x811C) // bool
	TaskOwner         = Numbered(SetTask, 0x811F) // string
	TaskRecurring     = Numbered(SetTask, 0x8126) // bool

	LogType     = Numbered(SetLog, 0x8700) // string
	LogStart    = Numbered(SetLog, 0x8706) // time
	LogDuration = Numbered(SetLog, 0x8707) // int32: minutes
	LogEnd      = Numbered(SetLog, 0x8708) // time

	NoteColour = Numbered(SetNote, 0x8B00) // int32

	// Links of meetings on line, under the names that Exchange gives them.
	ConferenceLink    = Texted(SetPublicStrings, "OnlineMeetingConfLink")     // string
	ExternalLink      = Texted(SetPublicStrings, "OnlineMeetingExternalLink") // string
	TeamsMeetingLink  = Texted(SetPublicStrings, "SkypeTeamsMeetingUrl")      // string
	TeamsMeetingFacts = Texted(SetPublicStrings, "SkypeTeamsProperties")      // string: JSON

	// CalendarFields keeps the lines of a calendar that no property of Exchange
	// can hold: a string, each line ended by a newline.
	CalendarFields = Texted(SetPublicStrings, "VangnetCalendarFields")
	// CalendarZone keeps how a calendar named the time zone, "floating" for times in none.
	CalendarZone = Texted(SetPublicStrings, "VangnetCalendarZone")
)

// Bits of AppointmentState: MS-OXOCAL 2.2.1.10.
const (
	StateMeeting   = 1
	StateReceived  = 2
	StateCancelled = 4
)

// Values of ResponseStatus and RecipientTrackStatus: MS-OXOCAL 2.2.1.11.
const (
	TrackNone      = 0
	TrackOrganizer = 1
	TrackTentative = 2
	TrackAccepted  = 3
	TrackDeclined  = 4
	TrackNoAnswer  = 5
)

// Bits of RecipientFlags: MS-OXOCAL 2.2.4.10.1.
const (
	RecipientSendable  = 0x01
	RecipientOrganizer = 0x02
	RecipientRemoved   = 0x20 // from this occurrence
)

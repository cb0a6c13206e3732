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

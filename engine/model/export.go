package model

import "time"

// Past says what of earlier snapshots a selection takes beside what is there at
// its moment.
type Past struct {
	Deleted  bool `json:"deleted"`  // also what is gone by then, as it was last
	Versions bool `json:"versions"` // every version up to then, instead of the last
}

// ExportFormat is a form in which data is handed over.
type ExportFormat string

// The formats.
const (
	ExportPST  ExportFormat = "pst"  // a file for Outlook; mailbox items only
	ExportZIP  ExportFormat = "zip"  // files as they are; mails as EML, calendars ICS, contacts VCF
	ExportEML  ExportFormat = "eml"  // the same, loose in a folder
	ExportMBOX ExportFormat = "mbox" // mails in one file per folder, the rest loose
)

// IsFolder reports a format that fills a folder instead of making a file.
func (f ExportFormat) IsFolder() bool { return f == ExportEML || f == ExportMBOX }

// ExportRequest asks to hand data over. What is chosen is all that Refs and Paths
// name, each item once; with Search, of Paths only what it finds.
type ExportRequest struct {
	Tenant TenantID
	Paths  []string     // addresses; a folder means all below it
	Refs   []Ref        // exactly these
	Search *SearchQuery // narrows Paths; without any, the whole tenant
	At     time.Time    // for Paths and Search; zero: newest
	Past   Past
	From   time.Time // items of that time and later: received, begun or modified; zero: all
	Until  time.Time // items before that time; zero: all

	Format   ExportFormat
	Out      string // the file, or the folder for formats that fill one
	Split    int64  // bytes from which another part is begun; zero: what suits the format
	Password string // encrypts a ZIP; empty: none
}

// ExportPlan says what an export would hand over.
type ExportPlan struct {
	Items   int64            `json:"items"`
	Bytes   int64            `json:"bytes"`
	Kinds   map[string]int64 `json:"kinds"`   // items by kind
	Unfit   int64            `json:"unfit"`   // items that the format cannot hold
	Seconds float64          `json:"seconds"` // expected

	Blocked   bool `json:"blocked,omitempty"`   // something of that name is there
	Continues bool `json:"continues,omitempty"` // one that was cut off goes on
}

// Handover is what an export handed over: what its cover page tells.
type Handover struct {
	Tenant    TenantID      `json:"tenant_id"`
	By        string        `json:"by"`   // technician
	Made      time.Time     `json:"made"` // when it was begun
	Request   ExportRequest `json:"-"`
	Moment    time.Time     `json:"moment"` // of the newest copy that was looked at, where no other was asked for
	Items     int64         `json:"items"`
	Bytes     int64         `json:"bytes"`
	Failed    int64         `json:"failed"`
	Kinds     map[string]int64
	Resources []HandoverPart `json:"resources"`
	Files     []HandoverFile `json:"files"`
	Errors    []ItemFault    `json:"errors"` // the first of them
}

// HandoverPart is what one resource contributed.
type HandoverPart struct {
	Resource string `json:"resource"` // address
	Items    int64  `json:"items"`
	Bytes    int64  `json:"bytes"`
	Failed   int64  `json:"failed"`
}

// HandoverFile is one file that was made.
type HandoverFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Items  int64  `json:"items"`
}

// CoverPage is what stands on the page that goes with handed over data, in the
// language of who reads it.
type CoverPage struct {
	Language string // such as "nl"
	Title    string
	Subtitle string
	Rows     []Fact
	Tables   []CoverTable
	Faults   CoverFaults
	Footer   string
	More     func(n int) string // stands for n lines that are not shown: "and 12 more"
}

// CoverTable is a table on a cover page.
type CoverTable struct {
	Title   string
	Columns []CoverColumn
	Rows    [][]string // as many cells as there are columns
}

// CoverColumn is the head of a column.
type CoverColumn struct {
	Label  string
	Number bool // numbers stand at its right
}

// CoverFaults lists what could not be handed over.
type CoverFaults struct {
	Title  string
	Items  []Fact // what, and why not
	Beyond int    // how many more there are than Items
}

// ExportTexts are the texts that an export needs, in the language of who reads them.
type ExportTexts struct {
	Cover     func(Handover) CoverPage
	CoverName string         // file name of the cover page, without extension
	HashName  string         // file name of the list of hashes
	Archive   string         // name of the folder for the in-place archive
	Deleted   string         // name of the deleted items of a PST file
	Zone      *time.Location // in which dates in names are told
}

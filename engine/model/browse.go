package model

import "time"

// Ref points at one version of one item or folder in a vault.
type Ref struct {
	Tenant   TenantID   `json:"tenant"`
	Resource ResourceID `json:"resource_id"`
	Folder   string     `json:"folder"`         // folder id
	Item     string     `json:"item,omitempty"` // item id; empty: the folder itself
	At       time.Time  `json:"at"`             // as it was then; zero: newest
}

// Row is one line of a listing or a search result, ready to be shown.
type Row struct {
	Ref          Ref       `json:"-"`
	Tenant       TenantID  `json:"tenant"`
	Resource     string    `json:"resource"`
	Path         string    `json:"path"` // whole address
	Name         string    `json:"name"`
	Kind         ItemKind  `json:"kind"`
	Size         int64     `json:"size"`
	Modified     time.Time `json:"modified"`
	SnapshotTime time.Time `json:"snapshot_time"` // of the newest snapshot this version is in
	FirstSeen    time.Time `json:"first_seen"`    // of the oldest snapshot this version is in
	Deleted      bool      `json:"deleted"`       // no longer in the newest snapshot
	GoneSince    time.Time `json:"gone_since,omitzero"`
	Warning      string    `json:"warning,omitempty"`
	Items        int64     `json:"items,omitempty"` // folders: items right in it

	Subject       string    `json:"subject,omitempty"`
	From          string    `json:"from,omitempty"`
	To            string    `json:"to,omitempty"`
	Received      time.Time `json:"received,omitzero"`
	Read          bool      `json:"read,omitempty"`
	Flagged       bool      `json:"flagged,omitempty"`
	Importance    int       `json:"importance,omitempty"`
	HasAttachment bool      `json:"has_attachment,omitempty"`
	Snippet       string    `json:"snippet,omitempty"` // search: the words around the hit

	Object ObjectID `json:"-"`
	Form   Form     `json:"-"`
	Hash   string   `json:"hash,omitempty"`
}

// SortBy names the column a listing is ordered by.
type SortBy string

// The columns.
const (
	SortName     SortBy = "name"
	SortReceived SortBy = "received" // mail: received; files: modified
	SortSize     SortBy = "size"
	SortFrom     SortBy = "from"
	SortSubject  SortBy = "subject"
)

// ListQuery asks for rows of one folder.
type ListQuery struct {
	Tenant   TenantID
	Resource ResourceID
	Folder   string    // folder id
	At       time.Time // zero: newest
	Deleted  bool      // also those gone since, marked
	Filter   string    // words that name, subject or people contain
	Sort     SortBy
	Desc     bool
	Offset   int
	Limit    int
}

// SearchQuery asks across tenants, resources and versions.
type SearchQuery struct {
	Text     string // words; a word ending in * is a prefix; quotes make a phrase
	Tenants  []TenantID
	Resource string // address, empty: all
	Workload Workload
	Kind     ItemKind
	From     time.Time // received or modified at or after
	Until    time.Time // before
	Deleted  bool      // only those no longer there
	Versions bool      // every version instead of the newest of each item
	Limit    int
	Before   string // continue after this mark of an earlier page
}

// SearchPage is one page of search results, newest first.
type SearchPage struct {
	Rows []Row
	Next string // mark for the next page; empty: no more
}

// RestorePoint is a moment that a technician can pick.
type RestorePoint struct {
	Time    time.Time `json:"time"`
	Items   int64     `json:"items"`
	Changed int64     `json:"changed"`
	Failed  int64     `json:"failed"`
}

// Preview is an item made safe to look at: plain text and facts, nothing that
// can fetch or run.
type Preview struct {
	Row         Row
	Headers     []Fact // From, To, Cc, Date …: label code and value
	Text        string
	Truncated   bool
	Attachments []Fact // name, size
	Facts       []Fact // file facts: hash, created, versions …
	Warning     string
}

// Fact is a label code and its value.
type Fact struct {
	Label string
	Value string
}

// Change is one line of a comparison of two moments.
type Change struct {
	Path string   `json:"path"`
	What string   `json:"change"` // appeared, changed, vanished, moved
	From string   `json:"from,omitempty"`
	Kind ItemKind `json:"kind"`
	Size int64    `json:"size"`
	Row  Row      `json:"-"`
}

package mailboxes

import "time"

// tokenLife is how long a sync state is kept without use: "Microsoft Graph
// delta query" says about 30 days for Outlook entities in practice.
const tokenLife = 30 * 24 * time.Hour

// syncState is what a delta link remembers. It travels in the link itself,
// signed, so that the simulator keeps nothing.
type syncState struct {
	Kind    string   `json:"k"`           // which delta: messages, items, mailFolders, folders
	Folder  uint64   `json:"f,omitempty"` // the folder's number
	Seq     uint64   `json:"s"`           // changes up to here have been told
	From    uint64   `json:"r"`           // where this round began
	Mute    uint64   `json:"b,omitempty"` // first round: removals up to here are not told
	Done    bool     `json:"d,omitempty"` // a delta token, not a page token
	Gen     int      `json:"g"`           // generation of the mailbox's sync states
	Time    int64    `json:"t"`           // when it was made, Unix seconds
	Select  []string `json:"l,omitempty"`
	Filter  string   `json:"q,omitempty"`
	Expand  string   `json:"e,omitempty"`
	Change  string   `json:"c,omitempty"` // changeType
	Top     int      `json:"n,omitempty"` // cap of the round's total
	Told    int      `json:"m,omitempty"` // told so far, when capped
	PageTop int      `json:"p,omitempty"` // page size asked by $top, when it does not cap
	Box     string   `json:"x"`           // the mailbox
}

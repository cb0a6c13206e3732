package catalog

import (
	"strconv"
	"strings"
	"time"

	"vangnet/engine/model"
)

// The word index is a row of FTS5 tables, one for each month, and the row ids
// in them begin with the item's time. So newest first is the index's own order:
// a search walks back from the present and stops when the page is full. It also
// bounds what FTS5 does eagerly, which is to gather all matches of a prefix
// before it gives the first. Smaller parts would make looking for what is rare
// slow, since each part takes its share of a millisecond.

const (
	keyBits = 29 // of a document id: item.key, up to 536 million rows
	maxKey  = 1<<keyBits - 1
	maxSecs = 1<<(63-keyBits) - 1

	firstYear, lastYear = 2000, 2060 // outside: one part each
)

// States of an item's row.
const (
	stateLive = iota
	stateGone // the newest version of an item that is no longer there
	stateOld  // there is a newer version
)

// docID is an item's row id in the word index: seconds, then its key.
func docID(moment, key int64) int64 {
	return min(max(moment/1_000_000, 0), maxSecs)<<keyBits | key
}

// docSecs is the time of a document id in seconds since 1970.
func docSecs(doc int64) int64 { return doc >> keyBits }

// partOf is the number of the index part that holds a document.
func partOf(doc int64) int {
	t := time.Unix(docSecs(doc), 0).UTC()
	switch y := t.Year(); {
	case y < firstYear:
		return 0
	case y > lastYear:
		return (lastYear-firstYear+1)*12 + 1
	default:
		return (y-firstYear)*12 + int(t.Month())
	}
}

// document is an item's words, waiting to be indexed.
type document struct {
	doc                               int64
	title, people, files, text, scope string
}

// size is about what a document takes in memory.
func (d *document) size() int {
	return 128 + len(d.title) + len(d.people) + len(d.files) + len(d.text) + len(d.scope)
}

// newDocument gathers the words of an entry.
func newDocument(doc int64, e *model.Entry, scope string) document {
	d := document{doc: doc, scope: scope, title: clean(e.Name, maxName)}
	if e.Title != "" {
		d.title += " " + e.Title
	}
	if m := e.Mail; m != nil {
		if m.Subject != "" {
			d.title = m.Subject
		}
		d.people = m.From + " " + m.To
		d.files = strings.Join(m.Attachments, " ")
		d.text = m.Text
	}
	return d
}

// scopeWords are the words by which a search is narrowed: those of a folder,
// and those of an item in it.
func scopeWords(folder string, kind model.ItemKind, state int) string {
	return folder + kindWord(kind) + " " + stateWord(state)
}

func folderWords(tenant, resource int64, w model.Workload) string {
	return "all " + tenantWord(tenant) + " " + resourceWord(resource) + " " + workloadWord(w) + " "
}

func tenantWord(key int64) string          { return "t" + strconv.FormatInt(key, 10) }
func resourceWord(key int64) string        { return "r" + strconv.FormatInt(key, 10) }
func workloadWord(w model.Workload) string { return "w" + plain(string(w)) }
func kindWord(k model.ItemKind) string     { return "k" + plain(string(k)) }
func stateWord(state int) string           { return [...]string{"slive", "sgone", "sold"}[state] }
func partTable(part int) string            { return "words_" + strconv.Itoa(part) }

// plain keeps the small letters of a code word.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}

// workloadOf tells the workload of a folder from where it lies.
func workloadOf(kind model.ResourceKind, path string) model.Workload {
	if kind == model.Drive {
		return model.OneDrive
	}
	first, _, _ := strings.Cut(path, "/")
	switch w := model.Workload(strings.ToLower(first)); w {
	case model.Calendar, model.Contacts, model.Tasks:
		return w
	}
	return model.Mail
}

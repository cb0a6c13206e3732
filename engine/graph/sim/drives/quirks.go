package drives

import (
	"bytes"
	"io"
	"path"
	"strings"
)

// Quirks are things the real service does at times, or did, and which a client
// must bear. All are off in a new drive.
type Quirks struct {
	// BearTokens lets upload URLs accept requests with an Authorization header.
	// Microsoft says that they may be refused with 401, and without this they
	// are; rclone 1.60 sends one.
	BearTokens bool `json:"bear_tokens"`
	// NoHashes leaves hashes out, as the service does for some files until it has
	// computed them.
	NoHashes bool `json:"no_hashes"`
	// RewriteOffice changes uploaded Office files, as SharePoint does when it
	// writes properties into them: size and hash are not those of the upload.
	RewriteOffice bool `json:"rewrite_office"`
	// OtherFacts announces another size and hash for Office files than those of
	// the bytes that are delivered.
	OtherFacts bool `json:"other_facts"`
	// NoSharing refuses to share, as where an administrator has switched it off.
	NoSharing bool `json:"no_sharing"`
	// CurrentVersion lets the current version's content be read through versions.
	CurrentVersion bool `json:"current_version"`
	// EmptyPages begins every round of delta with a page that has a nextLink and
	// no items.
	EmptyPages bool `json:"empty_pages"`
	// WholeFiles answers a Range on a download with the whole file, as a server may.
	WholeFiles bool `json:"whole_files"`
}

// SetQuirks says which quirks the drive has from now on.
func (d *Drive) SetQuirks(q Quirks) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.quirks = q
}

func (d *Drive) hasQuirk(which func(Quirks) bool) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return which(d.quirks)
}

// rewritten is what becomes of uploaded content under a name.
func (q Quirks) rewritten(name string, b *blob) (*blob, error) {
	if !q.RewriteOffice || b.Size() == 0 || !isOffice(name) {
		return b, nil
	}
	changed := b.withProperties()
	_, err := changed.hash()
	return changed, err
}

// withProperties is content as the service makes it of an Office file.
func (b *blob) withProperties() *blob {
	return newBlob(extended{Content: b.Content, tail: []byte("\r\n<!-- properties written by the service -->")})
}

// announced is the content whose size and hash are told for a file.
func (q Quirks) announced(name string, b *blob) *blob {
	if q.OtherFacts && isOffice(name) {
		return b.withProperties()
	}
	return b
}

func isOffice(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".docx", ".xlsx", ".pptx", ".doc", ".xls", ".ppt", ".one":
		return true
	}
	return false
}

// extended is content with some bytes behind it.
type extended struct {
	Content
	tail []byte
}

func (e extended) Size() int64 { return e.Content.Size() + int64(len(e.tail)) }

func (e extended) Open(offset int64) (io.ReadCloser, error) {
	if over := offset - e.Content.Size(); over > 0 {
		return inMemory(e.tail).Open(over)
	}
	r, err := e.Content.Open(offset)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(r, bytes.NewReader(e.tail)), r}, nil
}

package drives

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"time"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim/wire"
)

// Identity is who did something: a person, or an application without one.
type Identity struct {
	UserID string // object id of a person
	Name   string // display name
	Mail   string
	AppID  string // client id of an application
}

// Options describe a new drive.
type Options struct {
	Seed   string // decides all ids; drives with unlike seeds have unlike ids
	Tenant string // tenant id
	Owner  Identity
	Clock  clock.Clock
	// Web is the address of the owner's site, such as
	// https://contoso-my.sharepoint.com/personal/anna_contoso_example.
	Web string
	// Temp is the folder in which uploaded content is kept. It is the caller's to
	// remove. Empty: the system's folder for temporary files.
	Temp  string
	Quota int64 // bytes; 0: 1 TiB
	// OnMutation, if set, is told of every change made through Graph. It is
	// called with the drive locked and must not call back.
	OnMutation func(Mutation)
}

// Mutation is a change that a client made.
type Mutation struct {
	Time  time.Time `json:"time"`
	AppID string    `json:"app_id"`
	Drive string    `json:"drive"`
	Op    string    `json:"op"` // mkdir, create, replace, rename, move, copy, times, delete, restore, share, link, unshare, mail
	Item  string    `json:"item"`
	Path  string    `json:"path"`
	Size  int64     `json:"size"`
}

// Drive is one OneDrive: a tree of items, their versions and a log of changes.
type Drive struct {
	opts   Options
	id     string
	prefix string // first characters of all item ids

	mu         sync.RWMutex
	items      map[guid]*item
	root       *item
	made       uint64  // items ever made
	seq        uint64  // number of the last change
	log        []entry // by seq; entries that a later change outdated are skipped
	stale      int     // outdated entries in log
	generation int     // delta links of an older one are refused
	quirks     Quirks
	sessions   map[string]*session
	jobs       map[string]*job
}

type guid [16]byte

// version is one state of a file's content.
type version struct {
	number   int
	blob     *blob
	modified time.Time
	by       *Identity
}

// item is a file or folder. Deleted ones stay, so that delta can tell.
type item struct {
	id       guid
	name     string
	parent   *item // nil: root, never changes to nil
	folder   bool
	children map[string]*item // by folded name
	sorted   []*item          // the children in order; nil: not up to date
	size     int64            // folders: of all files below
	current  version          // files
	old      []version        // files: earlier states, oldest first

	created, modified time.Time // fileSystemInfo
	added, changed    time.Time // as the service saw it
	creator, editor   *Identity
	etag, ctag        int

	seq     uint64 // number of the last change
	own     uint64 // number of the last change other than in sharing
	deleted bool

	packageType, malware, special, scope string
	shares                               []grant
}

// New returns an empty drive.
func New(o Options) *Drive {
	if o.Quota <= 0 {
		o.Quota = 1 << 40
	}
	sum := sha256.Sum256([]byte("drive " + o.Seed))
	second := sha256.Sum256(sum[:])
	d := &Drive{
		opts:     o,
		id:       "b!" + base64.URLEncoding.EncodeToString(append(sum[:], second[:16]...)),
		prefix:   "01" + base32.StdEncoding.EncodeToString(second[16:20])[:6],
		items:    map[guid]*item{},
		sessions: map[string]*session{},
		jobs:     map[string]*job{},
	}
	now := d.now()
	d.root = &item{id: d.nextID(), name: "root", folder: true, created: now, modified: now,
		added: now, changed: now, creator: &d.opts.Owner, editor: &d.opts.Owner, etag: 1}
	d.items[d.root.id] = d.root
	d.touch(d.root)
	return d
}

// ID is the drive's id.
func (d *Drive) ID() string { return d.id }

// Tenant is the id of the tenant the drive belongs to.
func (d *Drive) Tenant() string { return d.opts.Tenant }

// Owner is whose drive it is.
func (d *Drive) Owner() Identity { return d.opts.Owner }

func (d *Drive) now() time.Time { return d.opts.Clock.Now().UTC().Truncate(time.Second) }

// nextID makes the id of the next item, a version 4 GUID decided by the seed.
func (d *Drive) nextID() guid {
	d.made++
	sum := sha256.Sum256(binary.LittleEndian.AppendUint64([]byte("item "+d.opts.Seed+" "), d.made))
	var g guid
	copy(g[:], sum[:])
	g[6] = g[6]&0x0F | 0x40
	g[8] = g[8]&0x3F | 0x80
	return g
}

var idText = base32.StdEncoding.WithPadding(base32.NoPadding)

// itemID is the id as Graph writes it: 34 upper-case characters.
func (d *Drive) itemID(it *item) string { return d.prefix + idText.EncodeToString(it.id[:]) }

// String is the GUID in its usual form, in upper case.
func (g guid) String() string {
	h := strings.ToUpper(hex.EncodeToString(g[:]))
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// byID finds a live item by the id Graph writes; "root" is the root's too.
func (d *Drive) byID(id string) (*item, error) {
	if id == "root" {
		return d.root, nil
	}
	rest, ok := strings.CutPrefix(id, d.prefix)
	if !ok {
		return nil, notFound()
	}
	raw, err := idText.DecodeString(rest)
	if err != nil || len(raw) != len(guid{}) {
		return nil, notFound()
	}
	it := d.items[guid(raw)]
	if it == nil || it.deleted || d.itemID(it) != id {
		return nil, notFound()
	}
	return it, nil
}

func (d *Drive) tell(op, app string, it *item) {
	if d.opts.OnMutation != nil {
		d.opts.OnMutation(Mutation{Time: d.opts.Clock.Now(), AppID: app, Drive: d.id, Op: op,
			Item: d.itemID(it), Path: it.path(), Size: it.size})
	}
}

func (it *item) etagText() string { return fmt.Sprintf(`"{%s},%d"`, it.id, it.etag) }

func (it *item) ctagText() string { return fmt.Sprintf(`"c:{%s},%d"`, it.id, it.ctag) }

// path is where the item is, below the root and without a leading slash.
func (it *item) path() string {
	if it.parent == nil {
		return ""
	}
	if above := it.parent.path(); above != "" {
		return above + "/" + it.name
	}
	return it.name
}

// inPackage reports whether the item lies below a package such as a notebook.
func (it *item) inPackage() bool {
	for p := it.parent; p != nil; p = p.parent {
		if p.packageType != "" {
			return true
		}
	}
	return false
}

func notFound() error {
	return wire.Errorf(404, "itemNotFound", "The resource could not be found.")
}

func nameTaken() error {
	return wire.Errorf(409, "nameAlreadyExists", "The specified item name already exists.")
}

func invalid(format string, args ...any) error {
	return wire.Errorf(400, "invalidRequest", format, args...)
}

package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

// Drive is a OneDrive.
type Drive struct {
	ID    string
	Type  string // business, personal, documentLibrary
	Name  string
	Used  int64 // bytes, recycle bin included
	Total int64 // bytes allowed; 0 unknown
}

// Drive finds a user's OneDrive. ErrNoDrive where the account has none yet, or
// the tenant has no SharePoint at all.
func (c *Client) Drive(ctx context.Context, userID string) (Drive, error) {
	what := "find OneDrive of " + userID
	d, err := c.sdk.users().ByUserId(userID).Drive().Get(called(ctx, c.inDrive(what, 1)), nil)
	if d, err = must[models.Driveable](what, d, err); err != nil {
		return Drive{}, noDrive(err)
	}
	out := Drive{ID: val(d.GetId()), Type: val(d.GetDriveType()), Name: val(d.GetName())}
	if q := d.GetQuota(); q != nil {
		out.Used, out.Total = val(q.GetUsed()), val(q.GetTotal())
	}
	if out.ID == "" {
		return Drive{}, fmt.Errorf("%s: %w: no id", what, ErrBadAnswer)
	}
	return out, nil
}

// inDrive is a call that spends resource units ("Avoid getting throttled or
// blocked in SharePoint Online": 1 for one item, a delta with its token, a
// download; 2 for lists, a delta without, every change).
func (c *Client) inDrive(what string, units float64) call {
	return call{what: what, pool: c.pools.drive, units: units}
}

// noDrive recognises how SharePoint says that there is no OneDrive.
func noDrive(err error) error {
	e, ok := asError(err)
	if !ok {
		return err
	}
	text := strings.ToLower(e.Message)
	if e.Status == http.StatusNotFound || strings.Contains(text, "mysite") || strings.Contains(text, "spo license") {
		out := *e
		out.Kind = ErrNoDrive
		return fmt.Errorf("%w", &out)
	}
	return err
}

// DriveItem is a file, folder or package of a drive.
type DriveItem struct {
	ID          string
	Parent      string // parent's id; empty for the root
	Name        string
	Size        int64  // bytes; of a folder those below it
	ETag        string // changes with anything
	CTag        string // changes with content only; files
	QuickXor    string // base64; may be missing for a while
	Mime        string
	Created     time.Time // as the user's file system says, else as the service does
	Modified    time.Time
	Folder      bool
	Children    int    // of a folder
	Package     string // such as oneNote: looks like a folder, but its content is the application's
	Special     string // special folder's name, such as documents
	Malware     bool   // its content is withheld
	Deleted     bool   // only ID is sure
	Root        bool
	DownloadURL string // pre-authenticated, good for about an hour; a secret; may be empty
}

type driveItemJSON struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Size     int64     `json:"size"`
	ETag     string    `json:"eTag"`
	CTag     string    `json:"cTag"`
	Created  looseTime `json:"createdDateTime"`
	Modified looseTime `json:"lastModifiedDateTime"`
	Parent   struct {
		ID string `json:"id"`
	} `json:"parentReference"`
	FileSystem struct {
		Created  looseTime `json:"createdDateTime"`
		Modified looseTime `json:"lastModifiedDateTime"`
	} `json:"fileSystemInfo"`
	File *struct {
		Mime   string `json:"mimeType"`
		Hashes struct {
			QuickXor string `json:"quickXorHash"`
		} `json:"hashes"`
	} `json:"file"`
	Folder *struct {
		Children int `json:"childCount"`
	} `json:"folder"`
	Package *struct {
		Type string `json:"type"`
	} `json:"package"`
	Special *struct {
		Name string `json:"name"`
	} `json:"specialFolder"`
	Malware     json.RawMessage `json:"malware"`
	Deleted     json.RawMessage `json:"deleted"`
	Root        json.RawMessage `json:"root"`
	DownloadURL string          `json:"@microsoft.graph.downloadUrl"`
}

func present(facet json.RawMessage) bool { return len(facet) > 0 && string(facet) != "null" }

func (j driveItemJSON) item() DriveItem {
	i := DriveItem{
		ID: j.ID, Parent: j.Parent.ID, Name: j.Name, Size: j.Size, ETag: j.ETag, CTag: j.CTag,
		Created: earlier(j.FileSystem.Created, j.Created), Modified: earlier(j.FileSystem.Modified, j.Modified),
		Malware: present(j.Malware), Deleted: present(j.Deleted), Root: present(j.Root), DownloadURL: j.DownloadURL,
	}
	if j.File != nil {
		i.Mime, i.QuickXor = j.File.Mime, j.File.Hashes.QuickXor
	}
	if j.Folder != nil {
		i.Folder, i.Children = true, j.Folder.Children
	}
	if j.Package != nil {
		i.Package = orElse(j.Package.Type, "unknown")
	}
	if j.Special != nil {
		i.Special = j.Special.Name
	}
	if i.Root {
		i.Parent = ""
	}
	return i
}

// earlier is the first of two moments that is known.
func earlier(a, b looseTime) time.Time {
	if !time.Time(a).IsZero() {
		return time.Time(a)
	}
	return time.Time(b)
}

// readItem reads one value; one with fields of unexpected types keeps what says
// where it belongs, so that it can be asked for by itself.
func readItem(raw []byte) (DriveItem, bool) {
	var j driveItemJSON
	if err := json.Unmarshal(raw, &j); err == nil && j.ID != "" {
		return j.item(), true
	}
	var bare struct {
		ID      string          `json:"id"`
		Deleted json.RawMessage `json:"deleted"`
	}
	if json.Unmarshal(raw, &bare) != nil || bare.ID == "" || !present(bare.Deleted) {
		return DriveItem{}, false
	}
	return DriveItem{ID: bare.ID, Deleted: true}, true
}

// DrivePage is one page of a drive's items or changes.
type DrivePage struct {
	Items  []DriveItem
	Cursor string // where to go on
	Done   bool   // the round is complete: Cursor is where the next one begins
	Broken int    // values that could not be read; the round is not complete then
}

// deltaPrefer asks for all that a backup must see ("driveItem: delta"): also
// what lies below folders whose permissions the application lacks, and changes
// that are in sharing only.
const deltaPrefer = "deltashowremovedasdeleted, deltatraversepermissiongaps, deltashowsharingchanges, hierarchicalsharing"

const drivePageSize = "500"

// DriveDelta reads the next page of a drive's items from a cursor: all of them
// from the empty one, changes from that of a finished round. Items may be
// repeated within a round, the last one counts; parents of changed items are
// among them; a deleted folder brings its content, a moved one does not.
// ErrGone: begin anew, at Restart(err).
func (c *Client) DriveDelta(ctx context.Context, drive, cursor string) (DrivePage, error) {
	r := request{
		call: c.inDrive("list changes of drive "+drive, 1), method: http.MethodGet, header: http.Header{"Prefer": {deltaPrefer}},
		url: cursor,
	}
	if cursor == "" {
		r.units, r.url = 2, query(at("/v1.0/drives/{}/root/delta", drive), "$top", drivePageSize)
	}
	var p page
	if err := c.ask(ctx, r, &p); err != nil {
		return DrivePage{}, goneIfForgotten(err)
	}
	out := DrivePage{Cursor: orElse(p.Next, p.Delta), Done: p.Next == "", Items: make([]DriveItem, 0, len(p.Value))}
	for _, raw := range p.Value {
		if item, ok := readItem(raw); ok {
			out.Items = append(out.Items, item)
		} else {
			out.Broken++
		}
	}
	return out, checkCursor(r.what, cursor, out.Cursor, out.Done)
}

// Item reads one item by its id; "root" is the drive's root.
func (c *Client) Item(ctx context.Context, drive, id string) (DriveItem, error) {
	return c.oneItem(ctx, request{
		call: c.inDrive("read item of drive "+drive, 1), method: http.MethodGet, url: at("/v1.0/drives/{}/items/{}", drive, id),
	})
}

// ItemByPath finds an item below a folder ("root" or an id) by its names.
// ErrNotFound where there is none.
func (c *Client) ItemByPath(ctx context.Context, drive, folder string, names ...string) (DriveItem, error) {
	return c.oneItem(ctx, request{
		call: c.inDrive("find "+strings.Join(names, "/")+" in drive "+drive, 1), method: http.MethodGet,
		url: at("/v1.0/drives/{}/items/{}:/", drive, folder) + pathOf(names),
	})
}

// pathOf writes names as a path, each escaped.
func pathOf(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = escape(n)
	}
	return strings.Join(out, "/")
}

func (c *Client) oneItem(ctx context.Context, r request) (DriveItem, error) {
	var raw json.RawMessage
	if err := c.ask(ctx, r, &raw); err != nil {
		return DriveItem{}, err
	}
	item, ok := readItem(raw)
	if !ok {
		return DriveItem{}, fmt.Errorf("%s: %w: no item", r.what, ErrBadAnswer)
	}
	return item, nil
}

// Children lists what lies right in a folder ("root" or an id).
func (c *Client) Children(ctx context.Context, drive, folder string) ([]DriveItem, error) {
	var out []DriveItem
	err := c.pages(ctx, request{
		call: c.inDrive("list folder of drive "+drive, 2), method: http.MethodGet,
		url: query(at("/v1.0/drives/{}/items/{}/children", drive, folder), "$top", "200"),
	}, func(raw json.RawMessage) error {
		if item, ok := readItem(raw); ok {
			out = append(out, item)
		}
		return nil
	})
	return out, err
}

// Conflict says what happens when a name is taken.
type Conflict string

// The ways to deal with a taken name.
const (
	Fail    Conflict = "fail" // ErrExists
	Replace Conflict = "replace"
	Rename  Conflict = "rename" // the service finds a free name
)

const conflictField = "@microsoft.graph.conflictBehavior"

// CreateFolder makes a folder in a folder ("root" or an id). With Fail, a line
// that broke after the folder was made ends in ErrExists too: look for it then.
func (c *Client) CreateFolder(ctx context.Context, drive, parent, name string, conflict Conflict) (DriveItem, error) {
	what := fmt.Sprintf("create folder %q in drive %s", name, drive)
	body := models.NewDriveItem()
	body.SetName(&name)
	body.SetFolder(models.NewFolder())
	body.SetAdditionalData(map[string]any{conflictField: string(orConflict(conflict))})
	in := c.inDrive(what, 2)
	in.repeat = conflict != Rename // a second time meets the first
	made, err := c.sdk.item(drive, parent).Children().Post(called(ctx, in), body, nil)
	if made, err = must[models.DriveItemable](what, made, err); err != nil {
		return DriveItem{}, err
	}
	return fromSDK(made), nil
}

// ItemChange is what PatchItem changes; zero values stay as they are.
type ItemChange struct {
	Name     string
	Parent   string // id of the folder to move to, in the same drive
	Created  time.Time
	Modified time.Time
}

// PatchItem renames, moves or dates an item.
func (c *Client) PatchItem(ctx context.Context, drive, id string, change ItemChange) (DriveItem, error) {
	what := "change item of drive " + drive
	body := models.NewDriveItem()
	if change.Name != "" {
		body.SetName(&change.Name)
	}
	if change.Parent != "" {
		ref := models.NewItemReference()
		ref.SetId(&change.Parent)
		body.SetParentReference(ref)
	}
	if !change.Created.IsZero() || !change.Modified.IsZero() {
		body.SetFileSystemInfo(fileTimes(change.Created, change.Modified))
	}
	in := c.inDrive(what, 2)
	in.repeat = true
	done, err := c.sdk.item(drive, id).Patch(called(ctx, in), body, nil)
	if done, err = must[models.DriveItemable](what, done, err); err != nil {
		return DriveItem{}, err
	}
	return fromSDK(done), nil
}

func fileTimes(created, modified time.Time) models.FileSystemInfoable {
	info := models.NewFileSystemInfo()
	if !created.IsZero() {
		info.SetCreatedDateTime(ptr(created.UTC()))
	}
	if !modified.IsZero() {
		info.SetLastModifiedDateTime(ptr(modified.UTC()))
	}
	return info
}

// DeleteDriveItem moves an item to the recycle bin. One that is gone already is
// no error.
func (c *Client) DeleteDriveItem(ctx context.Context, drive, id string) error {
	what := "delete item of drive " + drive
	err := sdkError(what, c.sdk.item(drive, id).Delete(called(ctx, c.inDrive(what, 2)), nil))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func fromSDK(d models.DriveItemable) DriveItem {
	i := DriveItem{
		ID: val(d.GetId()), Name: val(d.GetName()), Size: val(d.GetSize()), ETag: val(d.GetETag()), CTag: val(d.GetCTag()),
		Created: moment(d.GetCreatedDateTime()), Modified: moment(d.GetLastModifiedDateTime()),
		Malware: d.GetMalware() != nil, Deleted: d.GetDeleted() != nil, Root: d.GetRoot() != nil,
	}
	if p := d.GetParentReference(); p != nil && !i.Root {
		i.Parent = val(p.GetId())
	}
	if f := d.GetFile(); f != nil {
		i.Mime = val(f.GetMimeType())
		if h := f.GetHashes(); h != nil {
			i.QuickXor = val(h.GetQuickXorHash())
		}
	}
	if f := d.GetFolder(); f != nil {
		i.Folder, i.Children = true, int(val(f.GetChildCount()))
	}
	if f := d.GetFileSystemInfo(); f != nil {
		if t := moment(f.GetCreatedDateTime()); !t.IsZero() {
			i.Created = t
		}
		if t := moment(f.GetLastModifiedDateTime()); !t.IsZero() {
			i.Modified = t
		}
	}
	return i
}

package drives

import (
	"fmt"
	"net/url"
	"path"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

// itemProperties are the names $select may use on a driveItem.
var itemProperties = []string{"id", "name", "size", "eTag", "cTag", "webUrl", "webDavUrl", "description",
	"createdDateTime", "lastModifiedDateTime", "createdBy", "lastModifiedBy", "createdByUser", "lastModifiedByUser",
	"parentReference", "fileSystemInfo", "file", "folder", "package", "root", "deleted", "malware", "shared",
	"specialFolder", "remoteItem", "sharepointIds", "publication", "pendingOperations", "image", "photo", "video",
	"audio", "bundle", "location", "searchResult", "content", "children", "versions", "permissions", "thumbnails",
	"listItem", downloadURL, "content.downloadUrl", "@content.downloadUrl"}

// driveProperties are the names $select may use on a drive.
var driveProperties = []string{"id", "name", "description", "webUrl", "driveType", "owner", "quota", "createdDateTime",
	"lastModifiedDateTime", "createdBy", "lastModifiedBy", "eTag", "parentReference", "sharePointIds", "system",
	"root", "items", "list", "special"}

// versionProperties are the names $select may use on a driveItemVersion.
var versionProperties = []string{"id", "lastModifiedDateTime", "lastModifiedBy", "size", "publication", "content",
	downloadURL, "content.downloadUrl"}

const downloadURL = "@microsoft.graph.downloadUrl"

type object = map[string]any

// view says how items are written in one answer.
type view struct {
	req    *wire.Request
	delta  bool            // paths are left out, deletions are told
	chosen map[string]bool // of $select, in lower case; nil: everything
}

func viewOf(req *wire.Request) view {
	v := view{req: req}
	if len(req.Select) == 0 {
		return v
	}
	v.chosen = map[string]bool{"id": true}
	for _, s := range req.Select {
		if s == "*" {
			return view{req: req}
		}
		s = strings.ToLower(s)
		if s == "content.downloadurl" || s == "@content.downloadurl" {
			s = strings.ToLower(downloadURL)
		}
		v.chosen[s] = true
	}
	return v
}

func (v view) wants(name string) bool { return v.chosen == nil || v.chosen[strings.ToLower(name)] }

// pick drops what was not selected. The eTag stays, as a property on Graph's
// driveItem it is only there when asked for, so it comes as annotation.
func (v view) pick(o object) object {
	if v.chosen == nil {
		return o
	}
	for name := range o {
		if !v.chosen[strings.ToLower(name)] && name != "@odata.etag" && name != "@microsoft.graph.sharedChanged" {
			delete(o, name)
		}
	}
	return o
}

// item writes a driveItem.
func (d *Drive) render(v view, it *item) (object, error) {
	if it.deleted {
		return v.pick(d.renderDeleted(it)), nil
	}
	o := object{
		"@odata.etag":          it.etagText(),
		"id":                   d.itemID(it),
		"name":                 it.name,
		"size":                 it.size,
		"eTag":                 it.etagText(),
		"webUrl":               d.webURL(it),
		"createdDateTime":      wire.Time(it.added),
		"lastModifiedDateTime": wire.Time(it.changed),
		"createdBy":            identitySet(it.creator),
		"lastModifiedBy":       identitySet(it.editor),
		"fileSystemInfo":       object{"createdDateTime": wire.Time(it.created), "lastModifiedDateTime": wire.Time(it.modified)},
		"parentReference":      d.parentReference(v, it),
	}
	if err := d.renderFacets(v, it, o); err != nil {
		return nil, err
	}
	return v.pick(o), nil
}

func (d *Drive) renderFacets(v view, it *item, o object) error {
	switch {
	case it.packageType != "":
		o["package"] = object{"type": it.packageType}
	case it.folder:
		o["folder"] = object{"childCount": len(it.children)}
	default:
		if err := d.renderFile(v, it, o); err != nil {
			return err
		}
	}
	if it.parent == nil {
		o["root"] = object{}
	}
	if it.special != "" {
		o["specialFolder"] = object{"name": it.special}
	}
	if it.malware != "" {
		o["malware"] = object{"description": it.malware}
	}
	if it.scope != "" {
		o["shared"] = object{"scope": it.scope}
	}
	return nil
}

func (d *Drive) renderFile(v view, it *item, o object) error {
	o["cTag"] = it.ctagText()
	announced := d.quirks.announced(it.name, it.current.blob)
	o["size"] = announced.Size()
	if v.wants("file") {
		file := object{"mimeType": mimeType(it.name)}
		if !d.quirks.NoHashes {
			hash, err := announced.hash()
			if err != nil {
				return fmt.Errorf("hash of %s: %w", it.path(), err)
			}
			file["hashes"] = object{"quickXorHash": hash}
		}
		o["file"] = file
	}
	if v.wants(downloadURL) {
		link, err := d.downloadLink(v.req, it, 0)
		if err != nil {
			return err
		}
		o[downloadURL] = link
	}
	return nil
}

// renderDeleted writes what delta tells of a deleted item: hardly more than its id.
func (d *Drive) renderDeleted(it *item) object {
	o := object{
		"id":              d.itemID(it),
		"deleted":         object{"state": "deleted"},
		"parentReference": object{"driveId": d.id, "driveType": "business", "id": d.itemID(it.parent)},
	}
	switch {
	case it.packageType != "":
		o["package"] = object{"type": it.packageType}
	case it.folder:
		o["folder"] = object{"childCount": 0}
	default:
		o["file"] = object{}
	}
	return o
}

func (d *Drive) parentReference(v view, it *item) object {
	ref := object{"driveId": d.id, "driveType": "business"}
	if it.parent == nil {
		return ref
	}
	ref["id"] = d.itemID(it.parent)
	if v.delta {
		return ref
	}
	ref["name"] = it.parent.name
	ref["path"] = "/drives/" + d.id + "/root:"
	if above := it.parent.path(); above != "" {
		ref["path"] = "/drives/" + d.id + "/root:/" + escapePath(above)
	}
	return ref
}

func (d *Drive) webURL(it *item) string {
	if it.parent == nil {
		return d.opts.Web + "/Documents"
	}
	return d.opts.Web + "/Documents/" + escapePath(it.path())
}

func identitySet(who *Identity) object {
	o := object{}
	if who.AppID != "" {
		o["application"] = identity(who.AppID, who.Name, "")
	}
	if who.UserID != "" {
		o["user"] = identity(who.UserID, who.Name, who.Mail)
	}
	return o
}

func identity(id, name, mail string) object {
	o := object{"id": id, "displayName": name}
	if mail != "" {
		o["email"] = mail
	}
	return o
}

// renderDrive writes the drive itself.
func (d *Drive) renderDrive() object {
	used := d.root.size
	left := max(0, d.opts.Quota-used)
	state := "normal"
	switch {
	case left == 0:
		state = "exceeded"
	case left < d.opts.Quota/100:
		state = "critical"
	case left < d.opts.Quota/10:
		state = "nearing"
	}
	return object{
		"id": d.id, "driveType": "business", "name": "OneDrive", "description": "",
		"webUrl":               d.opts.Web + "/Documents",
		"createdDateTime":      wire.Time(d.root.added),
		"lastModifiedDateTime": wire.Time(d.root.changed),
		"createdBy":            object{"user": object{"displayName": "System Account"}},
		"lastModifiedBy":       identitySet(d.root.editor),
		"owner":                identitySet(&d.opts.Owner),
		"quota": object{"deleted": 0, "remaining": left, "state": state,
			"total": d.opts.Quota, "used": used},
	}
}

// renderVersion writes a driveItemVersion.
func (d *Drive) renderVersion(req *wire.Request, it *item, v version) (object, error) {
	o := object{
		"id":                   versionID(v.number),
		"lastModifiedDateTime": wire.Time(v.modified),
		"lastModifiedBy":       identitySet(v.by),
		"size":                 v.blob.Size(),
	}
	if v.number == it.current.number && !d.quirks.CurrentVersion {
		return o, nil
	}
	link, err := d.downloadLink(req, it, v.number)
	if err != nil {
		return nil, err
	}
	o[downloadURL] = link
	return o, nil
}

func versionID(n int) string { return fmt.Sprintf("%d.0", n) }

// context is what @odata.context says of an item.
func (d *Drive) context(below string) string {
	return "drives('" + url.PathEscape(d.id) + "')/" + below
}

// mimeTypes are those that the tests and demonstrations meet. A table of our
// own: the computer's would differ from one to the next.
var mimeTypes = map[string]string{
	".txt": "text/plain", ".md": "text/markdown", ".csv": "text/csv", ".html": "text/html", ".htm": "text/html",
	".json": "application/json", ".xml": "text/xml", ".pdf": "application/pdf", ".zip": "application/zip",
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".svg": "image/svg+xml",
	".mp4": "video/mp4", ".mp3": "audio/mpeg", ".msg": "application/vnd.ms-outlook", ".eml": "message/rfc822",
	".one": "application/msonenote", ".onetoc2": "application/msonenote",
	".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

func mimeType(name string) string {
	if t, ok := mimeTypes[strings.ToLower(path.Ext(name))]; ok {
		return t
	}
	return "application/octet-stream"
}

package export

import (
	"cmp"
	"context"
	"path"
	"strings"
	"time"

	"vangnet/engine/model"
	"vangnet/engine/workload/mailbox"
	"vangnet/store/catalog"
)

// shape says what a selection looks like as a whole.
type shape struct {
	single   bool // one thing was asked for
	overlaps bool // an item may come more than once
	mixed    bool // things of several resources may come
}

func shapeOf(req model.ExportRequest) shape {
	asked := len(req.Paths) + len(req.Refs)
	s := shape{single: asked == 1 && req.Search == nil, overlaps: asked > 1 || req.Search != nil}
	resources := map[string]bool{}
	for _, p := range req.Paths {
		parts := split(p)
		resources[strings.ToLower(cmp.Or(strings.Join(parts[:min(1, len(parts))], ""), "*"))] = true
	}
	for _, r := range req.Refs {
		resources[string(r.Resource)] = true
	}
	s.mixed = req.Search != nil || len(resources) > 1 || resources["*"]
	return s
}

// archivePart is the part of an address that means the in-place archive.
const archivePart = "archive"

// step is one folder on the way to an item in a PST file.
type step struct {
	name  string // as people know it
	class string // container class; empty: unknown
	known string // well-known name
}

// titles knows what people call folders, of one resource at a time.
type titles struct {
	index Index
	of    model.ResourceID
	rows  map[string]catalog.FolderRow // by path
}

func (t *titles) load(ctx context.Context, tenant model.TenantID, id model.ResourceID, at time.Time) error {
	if t.of == id && t.rows != nil {
		return nil
	}
	rows, err := t.index.Folders(ctx, tenant, id, at, true)
	if err != nil {
		return err
	}
	t.of, t.rows = id, make(map[string]catalog.FolderRow, len(rows))
	for _, row := range rows {
		t.rows[row.Path] = row
	}
	return nil
}

// mailSteps are the folders in a PST file for a folder of a mailbox: those of
// the mailbox, below its archive and its account where there are several.
func (e *exporter) mailSteps(ctx context.Context, c *chosen) ([]step, error) {
	if err := e.titles.load(ctx, e.req.Tenant, c.Row.Ref.Resource, e.req.At); err != nil {
		return nil, err
	}
	var steps []step
	if e.shape.mixed {
		steps = append(steps, step{name: c.Row.Resource})
	}
	parts := split(c.Folder.Path)
	if len(parts) == 0 {
		return steps, nil
	}
	cut := max(0, c.cut-len(split(c.Row.Resource))-1)
	if parts[0] == archivePart && cut == 0 {
		steps = append(steps, step{name: e.Texts.Archive})
	}
	for i := 1 + cut; i < len(parts); i++ {
		s := step{name: parts[i], class: c.Folder.Class}
		if row, ok := e.titles.rows[strings.Join(parts[:i+1], "/")]; ok {
			s = step{name: cmp.Or(row.Title, parts[i]), class: row.Class, known: row.Known}
		}
		if parts[0] == archivePart {
			s.known = "" // the archive's folders are beside the mailbox's own
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// folderPath is where a folder's items go in an archive.
func (c *chosen) folderPath() string {
	parts := folderParts(c.Found)
	return path.Join(parts[min(c.cut, len(parts)):]...)
}

// filePath is where an item goes in an archive. With versions beside each other
// each says since when it was.
func (e *exporter) filePath(c *chosen) string {
	name, ext := c.Entry.Name, ""
	if c.Entry.Mail != nil {
		ext = mailbox.FormOf(c.Entry.Kind).Ext()
	} else {
		ext = path.Ext(name)
		name = strings.TrimSuffix(name, ext)
	}
	if e.req.Past.Versions {
		name += c.Row.FirstSeen.In(e.Texts.Zone).Format(" (2006-01-02 15.04.05)")
	}
	return path.Join(c.folderPath(), name+ext)
}

func split(address string) []string {
	return strings.FieldsFunc(address, func(r rune) bool { return r == '/' })
}

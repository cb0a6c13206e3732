package shell

import (
	"context"
	"net/url"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/task"
)

// after is what a notice about an ended job offers: to see what was put back
// where it is now, or the list of jobs.
func (s *Shell) after(j model.Job) (label string, do func()) {
	say := s.desk.Say
	if j.Kind != model.JobRestore || j.Error != nil || j.Result == nil || j.Result.Saved == 0 {
		return say.T("jobs.show"), s.ShowJobs
	}
	switch t := j.Result.Target; {
	case t.Kind == model.TargetLocal:
		return say.T("toast.show"), func() { s.openFolder(t.Address) }
	case t.Kind == model.TargetLive:
		return say.T("toast.show"), func() { s.showPlace(t.Tenant, t.Address) }
	case j.Path != "": // put back where it was
		return say.T("toast.show"), func() { s.showPlace(j.Tenant, j.Path) }
	}
	return say.T("jobs.show"), s.ShowJobs
}

// openFolder shows a folder of this computer in its own program for that.
func (s *Shell) openFolder(dir string) {
	u := &url.URL{Scheme: "file", Path: filepath.ToSlash(dir)}
	if err := fyne.CurrentApp().OpenURL(u); err != nil {
		s.Status(dir)
	}
}

// showPlace goes to the mailbox or drive, and if it is known the folder, of an
// address in the explorer.
func (s *Shell) showPlace(tenant model.TenantID, address string) {
	task.Load(s.desk.Run, &s.place, func(ctx context.Context) (desk.Route, error) {
		return findPlace(ctx, s.engine, tenant, address)
	}, func(r desk.Route, err error) {
		if err != nil || r.Resource == "" {
			s.ShowJobs()
			return
		}
		s.Go(r)
	})
}

// findPlace is the route of the deepest folder that an address names.
func findPlace(ctx context.Context, engine Engine, tenant model.TenantID, address string) (desk.Route, error) {
	r := desk.Route{Page: desk.Explorer, Tenant: tenant}
	list, err := engine.Resources(ctx, tenant)
	if err != nil {
		return r, err
	}
	owner, rest, _ := strings.Cut(address, "/")
	drive := rest == string(model.OneDrive) || strings.HasPrefix(rest, string(model.OneDrive)+"/")
	for _, h := range list {
		if who, _, _ := strings.Cut(h.Address, "/"); strings.EqualFold(who, owner) && (h.Kind == model.Drive) == drive {
			r.Resource = h.ID
		}
	}
	if r.Resource == "" {
		return r, nil
	}
	if drive {
		rest = strings.TrimPrefix(strings.TrimPrefix(rest, string(model.OneDrive)), "/")
	}
	folders, err := engine.Folders(ctx, tenant, r.Resource, r.At)
	if err != nil {
		return r, err
	}
	deepest := -1
	for _, f := range folders {
		if (f.Path == "" || rest == f.Path || strings.HasPrefix(rest, f.Path+"/")) && len(f.Path) > deepest {
			r.Folder, deepest = f.ID, len(f.Path)
		}
	}
	return r, nil
}

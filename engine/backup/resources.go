package backup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"vangnet/engine/cause"
	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/engine/model"
)

// lookAgain is how long a run believes what an earlier one found out about an
// account's mailbox and drive.
const lookAgain = 7 * 24 * time.Hour

// Resources finds the mailboxes and drives of a tenant and says of each whether
// it can be protected. What the last run found is believed for a week, so that
// a quiet night costs few requests.
func Resources(ctx context.Context, c *graph.Client, last *model.Run, now time.Time) ([]model.Resource, error) {
	f := finder{client: c, known: map[model.ResourceID]model.Resource{}, drives: map[string]model.Resource{}}
	if last != nil && now.Sub(last.Started) < lookAgain {
		f.remember(*last)
	}
	if err := f.users(ctx); err != nil {
		return nil, err
	}
	if err := f.mailboxes(ctx); err != nil {
		return nil, err
	}
	if err := f.findDrives(ctx); err != nil {
		return nil, err
	}
	slices.SortFunc(f.found, func(a, b model.Resource) int { return strings.Compare(a.Address, b.Address) })
	return f.found, nil
}

type finder struct {
	client *graph.Client
	known  map[model.ResourceID]model.Resource // mailboxes, by id
	drives map[string]model.Resource           // by user id
	people []model.Resource                    // one for each account, without kind
	found  []model.Resource
}

func (f *finder) remember(last model.Run) {
	for _, s := range last.Seats {
		r := s.Resource
		switch {
		case r.Coverage == model.CannotBeProtected:
		case r.Kind == model.Drive:
			f.drives[r.UserID] = r
		default:
			f.known[r.ID] = r
		}
	}
}

func (f *finder) users(ctx context.Context) error {
	skus, err := f.client.SKUs(ctx)
	if err != nil && !errors.Is(err, graph.ErrForbidden) {
		return err
	}
	for u, err := range f.client.Users(ctx) {
		if err != nil {
			return err
		}
		if u.Guest {
			continue // has its mailbox and drive at home
		}
		r := model.Resource{
			Address: addressOf(u), Name: u.Name, UserID: u.ID, Enabled: u.Enabled, Licensed: len(u.Licences) > 0,
		}
		for _, id := range u.Licences {
			part := id
			if s, ok := skus[strings.ToLower(id)]; ok {
				part = s.Part
			}
			r.Licences = append(r.Licences, part)
		}
		f.people = append(f.people, r)
	}
	return nil
}

// addressOf is an account's name in addresses: its mail address, which people
// know, or its sign-in name. It never has a slash.
func addressOf(u graph.User) string {
	a := u.Mail
	if a == "" {
		a = u.UPN
	}
	return strings.ToLower(model.SafeName(a))
}

func (f *finder) mailboxes(ctx context.Context) error {
	var ask []string
	for _, p := range f.people {
		if _, ok := f.known[mailboxID(p.UserID)]; !ok {
			ask = append(ask, p.UserID)
		}
	}
	purposes := map[string]graph.Purpose{}
	if len(ask) > 0 {
		var err error
		if purposes, err = f.client.MailboxPurposes(ctx, ask); err != nil {
			return err
		}
	}
	for _, p := range f.people {
		r := p
		r.ID, r.Kind = mailboxID(p.UserID), model.Mailbox
		r.Coverage = model.Protected
		if k, ok := f.known[r.ID]; ok {
			r.Purpose = k.Purpose
		} else if q := purposes[p.UserID]; q.Err == nil {
			r.Purpose = q.Purpose
		} else {
			r.Coverage, r.Reason = model.CannotBeProtected, model.Reason{Code: cause.Code(q.Err)}
		}
		f.found = append(f.found, r)
	}
	return nil
}

func mailboxID(user string) model.ResourceID { return model.ResourceID("mailbox:" + user) }

func (f *finder) findDrives(ctx context.Context) error {
	for _, p := range f.people {
		r := p
		r.Kind, r.Coverage = model.Drive, model.Protected
		r.Address += "/" + string(model.OneDrive)
		if k, ok := f.drives[p.UserID]; ok {
			r.ID, r.DriveID = k.ID, k.DriveID
			f.found = append(f.found, r)
			continue
		}
		d, err := f.client.Drive(ctx, p.UserID)
		switch {
		case err == nil:
			r.ID, r.DriveID = model.ResourceID("drive:"+d.ID), d.ID
		case errors.Is(err, graph.ErrNoDrive):
			r.ID, r.Coverage, r.Reason = model.ResourceID("drive:none:"+p.UserID), model.CannotBeProtected, model.Reason{Code: fault.NoDrive}
		case errors.Is(err, graph.ErrForbidden):
			r.ID, r.Coverage, r.Reason = model.ResourceID("drive:none:"+p.UserID), model.CannotBeProtected, model.Reason{Code: fault.MissingPermission}
		default:
			return fmt.Errorf("find drive of %s: %w", p.Address, err)
		}
		f.found = append(f.found, r)
	}
	return nil
}

package sim

import (
	"fmt"
	"net/http"
	"time"
)

// controlTenant changes what a tenant is: {"tenant":DOMAIN, …}. What is not
// given stays.
func (s *Server) controlTenant(r *http.Request) error {
	var q struct {
		Tenant            string  `json:"tenant"`
		ReplicationDelay  *string `json:"replication_delay"`
		WithoutSharePoint *bool   `json:"without_sharepoint"`
	}
	if err := readControl(r, &q); err != nil {
		return err
	}
	t := s.world.Tenant(q.Tenant)
	if t == nil {
		return fmt.Errorf("tenant %q: %w", q.Tenant, ErrNotFound)
	}
	if q.ReplicationDelay != nil {
		d, err := time.ParseDuration(*q.ReplicationDelay)
		if err != nil {
			return fmt.Errorf("replication delay %q: not a span of time", *q.ReplicationDelay)
		}
		t.SetReplicationDelay(d)
	}
	if q.WithoutSharePoint != nil {
		t.SetWithoutSharePoint(*q.WithoutSharePoint)
	}
	return nil
}

// groupName says which group a control call means.
type groupName struct {
	Tenant string `json:"tenant"`
	Name   string `json:"name"`
}

func (w *World) groupNamed(n groupName) (*Tenant, *Group, error) {
	t := w.Tenant(n.Tenant)
	if t == nil {
		return nil, nil, fmt.Errorf("tenant %q: %w", n.Tenant, ErrNotFound)
	}
	g := t.groupByName(n.Name)
	if g == nil {
		return t, nil, fmt.Errorf("group %q of %s: %w", n.Name, n.Tenant, ErrNotFound)
	}
	return t, g, nil
}

// controlGroup adds a group or changes the one with the name.
func (s *Server) controlGroup(r *http.Request) (any, error) {
	var q struct {
		groupName
		Rename  *string   `json:"rename"`
		Mail    *string   `json:"mail"`
		Unified *bool     `json:"unified"`
		Team    *bool     `json:"team"`
		Members *[]string `json:"members"` // principal names
	}
	if err := readControl(r, &q); err != nil {
		return nil, err
	}
	t, g, err := s.world.groupNamed(q.groupName)
	if t == nil || q.Name == "" {
		return nil, fmt.Errorf("change a group: a tenant and a name are needed: %w", err)
	}
	var members []string
	if q.Members != nil {
		for _, name := range *q.Members {
			u := t.User(name)
			if u == nil {
				return nil, fmt.Errorf("member %q of group %q: %w", name, q.Name, ErrNotFound)
			}
			members = append(members, u.ID)
		}
	}
	if g == nil {
		g = t.AddGroup(Group{DisplayName: q.Name})
	}
	err = t.ChangeGroup(g.ID, func(g *Group) {
		set(&g.DisplayName, q.Rename)
		set(&g.Mail, q.Mail)
		set(&g.Unified, q.Unified)
		set(&g.Team, q.Team)
		if q.Members != nil {
			g.Members = members
		}
	})
	return map[string]string{"id": g.ID}, err
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// remove deletes an object, and then for good if that is wanted.
func remove(t *Tenant, soft func(string) error, id string, final bool) error {
	if err := soft(id); err != nil || !final {
		return err
	}
	return t.Purge(id)
}

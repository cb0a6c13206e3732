package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/users"
)

// Organization is what a tenant says of itself.
type Organization struct {
	ID     string // tenant id
	Name   string
	Domain string // its default domain
}

// User is one account of the directory. Whether it has a mailbox, and of which
// kind, only the mailbox tells (MailboxPurposes).
type User struct {
	ID       string
	UPN      string // sign-in name
	Mail     string // primary address; may be empty
	Name     string
	Guest    bool
	Enabled  bool
	Licences []string // SKU ids; SKUs gives their part numbers
	Created  time.Time
}

// SKU is a licence the tenant has bought.
type SKU struct {
	ID   string
	Part string // such as SPE_E3
	Used int
}

// Organization asks the tenant's name and default domain.
func (c *Client) Organization(ctx context.Context) (Organization, error) {
	var reply struct {
		Value []struct {
			ID      string `json:"id"`
			Name    string `json:"displayName"`
			Domains []struct {
				Name    string `json:"name"`
				Default bool   `json:"isDefault"`
			} `json:"verifiedDomains"`
		} `json:"value"`
	}
	err := c.ask(ctx, request{
		call: c.inDirectory("read organization of tenant " + c.tenant), method: "GET",
		url: query("/v1.0/organization", "$select", "id,displayName,verifiedDomains"),
	}, &reply)
	if err != nil {
		return Organization{}, err
	}
	if len(reply.Value) == 0 {
		return Organization{}, fmt.Errorf("read organization of tenant %s: %w: none", c.tenant, ErrBadAnswer)
	}
	first := reply.Value[0]
	org := Organization{ID: strings.ToLower(first.ID), Name: first.Name}
	for _, d := range first.Domains {
		if d.Default || org.Domain == "" {
			org.Domain = strings.ToLower(d.Name)
		}
	}
	return org, nil
}

func (c *Client) inDirectory(what string) call {
	return call{what: what, pool: c.pools.directory, units: 2}
}

// userPageSize is the most that one page of users may hold.
const userPageSize = 999

// Users lists all accounts once, guests included; a page may come twice.
func (c *Client) Users(ctx context.Context) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		const what = "list users"
		ctx := called(ctx, c.inDirectory(what))
		builder := c.sdk.users()
		config := &users.UsersRequestBuilderGetRequestConfiguration{
			QueryParameters: &users.UsersRequestBuilderGetQueryParameters{
				Select: []string{"id", "displayName", "userPrincipalName", "mail", "userType", "accountEnabled", "assignedLicenses", "createdDateTime"},
				Top:    ptr[int32](userPageSize),
			},
		}
		seen := map[string]bool{}
		for {
			got, err := builder.Get(ctx, config)
			if _, err = must[models.UserCollectionResponseable](what, got, err); err != nil {
				yield(User{}, err)
				return
			}
			for _, v := range got.GetValue() {
				u := userOf(v)
				if seen[u.ID] {
					continue
				}
				if seen[u.ID] = true; !yield(u, nil) {
					return
				}
			}
			next := val(got.GetOdataNextLink())
			if next == "" {
				return
			}
			builder, config = builder.WithUrl(next), nil
		}
	}
}

func userOf(u models.Userable) User {
	out := User{
		ID: val(u.GetId()), UPN: val(u.GetUserPrincipalName()), Mail: val(u.GetMail()), Name: val(u.GetDisplayName()),
		Guest: strings.EqualFold(val(u.GetUserType()), "Guest"), Enabled: val(u.GetAccountEnabled()), Created: moment(u.GetCreatedDateTime()),
	}
	for _, l := range u.GetAssignedLicenses() {
		if id := l.GetSkuId(); id != nil {
			out.Licences = append(out.Licences, id.String())
		}
	}
	return out
}

// SKUs lists the tenant's licences by id. ErrForbidden when the application may
// not read them; users are complete without.
func (c *Client) SKUs(ctx context.Context) (map[string]SKU, error) {
	out := map[string]SKU{}
	seats := 0 // of the most used licence: people may have several
	r := request{call: c.inDirectory("read licences of tenant " + c.tenant), method: "GET", url: "/v1.0/subscribedSkus"}
	err := c.pages(ctx, r, func(raw json.RawMessage) error {
		var s struct {
			ID   string `json:"skuId"`
			Part string `json:"skuPartNumber"`
			Used int    `json:"consumedUnits"`
		}
		if json.Unmarshal(raw, &s) == nil && s.ID != "" {
			out[strings.ToLower(s.ID)] = SKU{ID: strings.ToLower(s.ID), Part: s.Part, Used: s.Used}
			seats = max(seats, s.Used)
		}
		return nil
	})
	if err == nil {
		c.pools.seats(seats, c.clock.Now())
	}
	return out, err
}

// Purpose is what became of the question for a mailbox.
type Purpose struct {
	Purpose string // user, linked, shared, room, equipment, others
	Err     error  // ErrNoMailbox where there is none
}

// MailboxPurposes asks of which kind the mailboxes of users are, 20 in one
// request. The answer has an entry for each id.
func (c *Client) MailboxPurposes(ctx context.Context, userIDs []string) (map[string]Purpose, error) {
	var entries []batchEntry
	for _, id := range userIDs {
		entries = append(entries, batchEntry{ID: id, URL: query(at("/users/{}/mailboxSettings", id), "$select", "userPurpose")})
	}
	out := make(map[string]Purpose, len(userIDs))
	err := c.batch(ctx, "read kinds of mailboxes", entries, func(id string, body json.RawMessage, err error) {
		var settings struct {
			Purpose string `json:"userPurpose"`
		}
		if err == nil && json.Unmarshal(body, &settings) != nil {
			err = fmt.Errorf("read mailbox settings of %s: %w", id, ErrBadAnswer)
		}
		out[id] = Purpose{Purpose: strings.ToLower(settings.Purpose), Err: noMailbox(err)}
	})
	return out, err
}

// noMailbox recognises the many ways in which Exchange says that an account has
// no mailbox: some datacentres answer that the account is unknown, or refuse
// the application as if it had no right.
func noMailbox(err error) error {
	e, ok := asError(err)
	if !ok || e.Kind == ErrNoMailbox { //nolint:errorlint // the kind itself
		return err
	}
	switch strings.ToLower(e.Code) {
	case "resourcenotfound", "authenticationerror", "request_resourcenotfound":
		out := *e
		out.Kind = ErrNoMailbox
		return fmt.Errorf("%w", &out)
	}
	return err
}

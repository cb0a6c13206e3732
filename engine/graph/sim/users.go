package sim

import (
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

// userDefaults are what users come with when nothing is selected.
var userDefaults = []string{
	"businessPhones", "displayName", "givenName", "id", "jobTitle", "mail", "mobilePhone",
	"officeLocation", "preferredLanguage", "surname", "userPrincipalName",
}

// userProperties are what may be selected.
var userProperties = append(slices.Clone(userDefaults),
	"accountEnabled", "assignedLicenses", "assignedPlans", "city", "companyName", "country", "createdDateTime", "creationType",
	"deletedDateTime", "department", "employeeId", "externalUserState", "identities", "imAddresses", "lastPasswordChangeDateTime",
	"licenseAssignmentStates", "mailNickname", "onPremisesImmutableId", "onPremisesSyncEnabled", "otherMails", "proxyAddresses",
	"securityIdentifier", "showInAddressList", "signInSessionsValidFromDateTime", "state", "streetAddress", "usageLocation", "userType")

// userObject is a user with all properties; the server drops those not asked for.
func userObject(u *User) map[string]any {
	kind, external := "Member", any(nil)
	if u.Kind == KindGuest {
		kind, external = "Guest", "Accepted"
	}
	addresses := []string{}
	if !u.NoMailbox {
		addresses = append(addresses, "SMTP:"+u.Mail, "smtp:"+u.LocalPart+"@"+u.tenant.initialDomain())
	}
	licences, plans := []any{}, []any{}
	for _, part := range u.Licences {
		s, _ := skuByPart(part)
		licences = append(licences, map[string]any{"skuId": s.id, "disabledPlans": []string{}})
		for _, p := range s.plans {
			service := map[byte]string{'E': "exchange", 'S': "SharePoint", 'T': "TeamspaceAPI"}[p.name[0]]
			plans = append(plans, map[string]any{"assignedDateTime": wire.Time(u.Created), "capabilityStatus": "Enabled", "service": service, "servicePlanId": p.id})
		}
	}
	return map[string]any{
		"id": u.ID, "businessPhones": []string{}, "displayName": u.DisplayName, "givenName": orNull(u.GivenName), "surname": orNull(u.Surname),
		"jobTitle": orNull(u.JobTitle), "department": orNull(u.Department), "mail": orNull(u.Mail), "mobilePhone": nil, "officeLocation": nil,
		"preferredLanguage": u.Language, "userPrincipalName": u.PrincipalName, "accountEnabled": !u.Disabled, "assignedLicenses": licences,
		"assignedPlans": plans, "city": nil, "companyName": nil, "country": nil, "createdDateTime": wire.Time(u.Created), "creationType": nil,
		"deletedDateTime": nil, "employeeId": nil, "externalUserState": external, "identities": []any{}, "imAddresses": []string{},
		"lastPasswordChangeDateTime": wire.Time(u.Created), "licenseAssignmentStates": []any{}, "mailNickname": u.LocalPart,
		"onPremisesImmutableId": nil, "onPremisesSyncEnabled": nil, "otherMails": []string{}, "proxyAddresses": addresses,
		"securityIdentifier": nil, "showInAddressList": nil, "signInSessionsValidFromDateTime": wire.Time(u.Created), "state": nil,
		"streetAddress": nil, "usageLocation": u.tenant.country, "userType": kind,
	}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// pageToken is where a directory list goes on.
type pageToken struct {
	Kind string   `json:"k"`
	Skip int      `json:"s"`
	Seq  int64    `json:"q,omitempty"` // delta: changes after this
	Upto int64    `json:"u,omitempty"` // delta: and up to this
	Made int64    `json:"m,omitempty"` // delta: when, in seconds
	Sel  []string `json:"x,omitempty"`
	Only string   `json:"f,omitempty"` // delta: the filter
}

// users lists the users, with the filters that need the eventual index and
// those that do not.
func (d *directory) users(r *wire.Request) (*wire.Response, error) {
	var all []map[string]any
	for _, u := range d.tenant(r).Users() {
		all = append(all, userObject(u))
	}
	return listObjects(r, "users", all)
}

// listObjects filters, sorts and pages a directory collection.
func listObjects(r *wire.Request, set string, all []map[string]any) (*wire.Response, error) {
	all, err := queryObjects(r, all)
	if err != nil {
		return nil, err
	}
	page := pageToken{Kind: set}
	if text := r.Query.Get("skiptoken"); text != "" {
		if err := r.Sealer.Open(text, &page); err != nil || page.Kind != set {
			return nil, badToken()
		}
	}
	if r.Query.Has("skip") {
		return nil, wire.Errorf(http.StatusBadRequest, "Request_BadRequest", "$skip is not supported by the service.")
	}
	size := 100
	if n, err := strconv.Atoi(r.Query.Get("top")); err == nil {
		size = n
	}
	body := map[string]any{}
	if r.Query.Get("count") == "true" && eventual(r) {
		body["@odata.count"] = len(all)
	}
	end := min(page.Skip+size, len(all))
	body["value"] = all[min(page.Skip, end):end]
	if end < len(all) {
		token, err := r.Sealer.Seal(pageToken{Kind: set, Skip: end})
		if err != nil {
			return nil, err
		}
		body["@odata.nextLink"] = nextLink(r, "$skiptoken", token)
	}
	if end == 0 {
		body["value"] = []any{}
	}
	return &wire.Response{Context: set, JSON: body}, nil
}

func badToken() error {
	return wire.Errorf(http.StatusBadRequest, "Directory_ExpiredPageToken", "The specified page token value is invalid or has expired.")
}

// nextLink repeats the request with another token.
func nextLink(r *wire.Request, name, token string) string {
	q := url.Values{}
	for k, v := range r.Query {
		if k != "skiptoken" && k != "deltatoken" {
			q["$"+k] = v
		}
	}
	q.Set(name, token)
	return r.Root() + strings.TrimPrefix(r.URL.EscapedPath(), "/"+r.Version) + "?" + strings.ReplaceAll(q.Encode(), "%24", "$")
}

func eventual(r *wire.Request) bool {
	return strings.EqualFold(r.Header.Get("ConsistencyLevel"), "eventual")
}

// queryObjects applies $filter, $search and $orderby. What only the eventually
// consistent index can answer is refused without its header ("Advanced query
// capabilities on Microsoft Entra ID objects").
func queryObjects(r *wire.Request, all []map[string]any) ([]map[string]any, error) {
	filter, order, search := r.Query.Get("filter"), r.Query.Get("orderby"), r.Query.Get("search")
	advanced := search != "" || filter != "" && order != ""
	if filter != "" {
		f, err := parseFilter(filter)
		if err != nil {
			return nil, wire.Errorf(http.StatusBadRequest, "BadRequest", "Invalid filter clause: %s", err)
		}
		advanced = advanced || f.advanced
		kept := all[:0:0]
		for _, o := range all {
			if f.match(o) {
				kept = append(kept, o)
			}
		}
		all = kept
	}
	if advanced && !(eventual(r) && r.Query.Get("count") == "true" || search != "" && eventual(r)) {
		return nil, wire.Errorf(http.StatusBadRequest, "Request_UnsupportedQuery", "Unsupported query. The $count parameter and the ConsistencyLevel header with the value eventual are required.")
	}
	if search != "" {
		all = searchObjects(all, search)
	}
	if order != "" {
		name, direction, _ := strings.Cut(strings.TrimSpace(order), " ")
		sort.SliceStable(all, func(a, b int) bool {
			x, y := strings.ToLower(text(all[a][name])), strings.ToLower(text(all[b][name]))
			if strings.TrimSpace(direction) == "desc" {
				return x > y
			}
			return x < y
		})
	}
	return all, nil
}

// searchObjects answers the form "property:words".
func searchObjects(all []map[string]any, search string) []map[string]any {
	name, words, _ := strings.Cut(strings.Trim(search, `"`), ":")
	kept := all[:0:0]
	for _, o := range all {
		if strings.Contains(strings.ToLower(text(o[name])), strings.ToLower(words)) {
			kept = append(kept, o)
		}
	}
	return kept
}

func (d *directory) countUsers(r *wire.Request) (*wire.Response, error) {
	var all []map[string]any
	for _, u := range d.tenant(r).Users() {
		all = append(all, userObject(u))
	}
	return countObjects(r, all)
}

// countObjects answers /$count, which only the eventually consistent index can.
func countObjects(r *wire.Request, all []map[string]any) (*wire.Response, error) {
	if !eventual(r) {
		return nil, wire.Errorf(http.StatusBadRequest, "Request_BadRequest", "$count is not currently supported.")
	}
	r.Query.Set("count", "true")
	all, err := queryObjects(r, all)
	if err != nil {
		return nil, err
	}
	return plainText(strconv.Itoa(len(all))), nil
}

func (d *directory) user(r *wire.Request) (*wire.Response, error) {
	u, err := d.find(r)
	if err != nil {
		return nil, err
	}
	return &wire.Response{Context: "users/$entity", JSON: userObject(u)}, nil
}

func plainText(s string) *wire.Response {
	return &wire.Response{Stream: noClose{strings.NewReader(s)}, Length: int64(len(s)), Header: map[string]string{"Content-Type": "text/plain"}}
}

type noClose struct{ *strings.Reader }

func (noClose) Close() error { return nil }

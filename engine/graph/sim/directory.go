package sim

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// directory answers the endpoints about tenants, users, groups and licences.
type directory struct{ world *World }

// Roles that let an app read these things ("Microsoft Graph permissions reference").
var (
	rolesUser   = []string{"User.Read.All", "User.ReadWrite.All", "Directory.Read.All"}
	rolesOrg    = []string{"Organization.Read.All", "Directory.Read.All", "User.Read.All"}
	rolesSku    = []string{"Organization.Read.All", "Directory.Read.All"}
	rolesGroup  = []string{"Group.Read.All", "GroupMember.Read.All", "Directory.Read.All", "Group.ReadWrite.All"}
	rolesMember = []string{"GroupMember.Read.All", "Group.Read.All", "Directory.Read.All", "Group.ReadWrite.All"}
	rolesBox    = []string{"MailboxSettings.Read", "MailboxSettings.ReadWrite"}
	rolesXchg   = []string{"MailboxSettings.Read", "MailboxFolder.Read.All", "MailboxFolder.ReadWrite.All", "MailboxItem.Read.All", "MailboxItem.ImportExport.All", "User.Read.All"}
)

func directoryRoutes(w *World) []wire.Route {
	d := &directory{w}
	get := func(template string, roles []string, units int, h wire.Handler) wire.Route {
		return wire.Route{Method: http.MethodGet, Template: template, Roles: roles, Pool: wire.PoolDirectory, Units: units, Handle: h}
	}
	users := func(r wire.Route) wire.Route {
		r.Known, r.Default, r.MaxTop = userProperties, userDefaults, 999
		return r
	}
	groups := func(r wire.Route) wire.Route {
		r.Known, r.MaxTop = groupProperties, 999
		return r
	}
	settings := get("/users/{user}/mailboxSettings", rolesBox, 1, d.mailboxSettings)
	exchange := get("/users/{user}/settings/exchange", rolesXchg, 1, d.exchangeSettings)
	settings.Pool, exchange.Pool = wire.PoolOutlook, wire.PoolOutlook
	return slices.Concat(d.deletedRoutes(), d.applicationRoutes(), d.principalRoutes(), d.reportRoutes(), []wire.Route{
		get("/organization", rolesOrg, 1, d.organizations),
		get("/organization/{organization}", rolesOrg, 1, d.organization),
		get("/subscribedSkus", rolesSku, 3, d.subscribedSkus),
		users(get("/users", rolesUser, 2, d.users)),
		get("/users/$count", rolesUser, 1, d.countUsers),
		users(get("/users/delta", rolesUser, 2, d.delta("users", changedUsers))),
		users(get("/users/{user}", rolesUser, 1, d.user)),
		get("/users/{user}/licenseDetails", rolesUser, 1, d.licenseDetails),
		settings, exchange,
		groups(get("/groups", rolesGroup, 2, d.groups)),
		get("/groups/$count", rolesGroup, 1, d.countGroups),
		groups(get("/groups/delta", rolesGroup, 2, d.delta("groups", changedGroups))),
		groups(get("/groups/{group}", rolesGroup, 1, d.group)),
		users(get("/groups/{group}/members", rolesMember, 3, d.members)),
	})
}

func (d *directory) tenant(r *wire.Request) *Tenant { return d.world.Tenant(r.TenantID) }

func (d *directory) find(r *wire.Request) (*User, error) {
	id := r.Params["user"]
	if u := d.tenant(r).User(id); u != nil {
		return u, nil
	}
	return nil, noResource(id)
}

func noResource(id string) error {
	return wire.Errorf(http.StatusNotFound, "Request_ResourceNotFound",
		"Resource '%s' does not exist or one of its queried reference-property objects are not present.", id)
}

func (d *directory) organizations(r *wire.Request) (*wire.Response, error) {
	return &wire.Response{Context: "organization", JSON: map[string]any{"value": []any{organizationObject(d.tenant(r))}}}, nil
}

func (d *directory) organization(r *wire.Request) (*wire.Response, error) {
	t := d.tenant(r)
	if !strings.EqualFold(r.Params["organization"], t.ID()) {
		return nil, noResource(r.Params["organization"])
	}
	return &wire.Response{Context: "organization/$entity", JSON: organizationObject(t)}, nil
}

func organizationObject(t *Tenant) map[string]any {
	domain := func(name string, initial bool) map[string]any {
		return map[string]any{"capabilities": "Email, OfficeCommunicationsOnline", "isDefault": !initial, "isInitial": initial, "name": name, "type": "Managed"}
	}
	return map[string]any{
		"id": t.ID(), "displayName": t.DisplayName(), "countryLetterCode": t.country, "createdDateTime": wire.Time(t.created),
		"preferredLanguage": "nl", "tenantType": "AAD", "onPremisesSyncEnabled": nil, "businessPhones": []string{},
		"technicalNotificationMails": []string{"beheer@" + t.domain},
		"verifiedDomains":            []any{domain(t.domain, false), domain(t.initialDomain(), true)},
		"assignedPlans":              []any{},
	}
}

func (d *directory) subscribedSkus(r *wire.Request) (*wire.Response, error) {
	t := d.tenant(r)
	list := []any{}
	for _, s := range skus {
		consumed := t.consumed(s.part)
		t.mu.RLock()
		enabled, bought := t.seats[s.part]
		t.mu.RUnlock()
		if consumed == 0 && !bought {
			continue
		}
		if !bought {
			enabled = consumed + 2
		}
		list = append(list, map[string]any{
			"id": t.ID() + "_" + s.id, "accountId": t.ID(), "accountName": t.label(), "appliesTo": "User", "capabilityStatus": "Enabled",
			"consumedUnits": consumed, "skuId": s.id, "skuPartNumber": s.part, "servicePlans": planObjects(s), "subscriptionIds": []string{},
			"prepaidUnits": map[string]any{"enabled": enabled, "suspended": 0, "warning": 0, "lockedOut": 0},
		})
	}
	return &wire.Response{Context: "subscribedSkus", JSON: map[string]any{"value": list}}, nil
}

func planObjects(s sku) []any {
	plans := []any{}
	for _, p := range s.plans {
		plans = append(plans, map[string]any{"servicePlanId": p.id, "servicePlanName": p.name, "provisioningStatus": "Success", "appliesTo": "User"})
	}
	return plans
}

func (d *directory) licenseDetails(r *wire.Request) (*wire.Response, error) {
	u, err := d.find(r)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, part := range u.Licences {
		s, _ := skuByPart(part)
		list = append(list, map[string]any{"id": u.tenant.world.newID("licence", u.ID, s.id), "skuId": s.id, "skuPartNumber": s.part, "servicePlans": planObjects(s)})
	}
	return &wire.Response{Context: "users('" + u.ID + "')/licenseDetails", JSON: map[string]any{"value": list}}, nil
}

// noMailbox is what Outlook says about a user without one.
func noMailbox() error {
	return wire.Errorf(http.StatusNotFound, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise.")
}

func (d *directory) mailboxSettings(r *wire.Request) (*wire.Response, error) {
	u, err := d.find(r)
	if err != nil {
		return nil, err
	}
	if !u.store.boxes.has() {
		return nil, noMailbox()
	}
	zone := map[string]any{"@odata.type": "#microsoft.graph.timeZoneBase", "name": "W. Europe Standard Time"}
	moment := map[string]any{"dateTime": d.world.clock.Now().Truncate(24*time.Hour).Format("2006-01-02T15:04:05") + ".0000000", "timeZone": "UTC"}
	language := map[string]any{"locale": "nl-NL", "displayName": "Nederlands (Nederland)"}
	if strings.HasPrefix(u.Language, "en") {
		language = map[string]any{"locale": "en-US", "displayName": "English (United States)"}
	}
	return &wire.Response{Context: "users('" + u.ID + "')/mailboxSettings", JSON: map[string]any{
		"archiveFolder": nil, "timeZone": "W. Europe Standard Time", "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
		"dateFormat": "d-M-yyyy", "timeFormat": "HH:mm", "userPurpose": u.purpose(), "language": language,
		"automaticRepliesSetting": map[string]any{"status": "disabled", "externalAudience": "none", "internalReplyMessage": "", "externalReplyMessage": "",
			"scheduledStartDateTime": moment, "scheduledEndDateTime": moment},
		"workingHours": map[string]any{"daysOfWeek": []string{"monday", "tuesday", "wednesday", "thursday", "friday"},
			"startTime": "08:00:00.0000000", "endTime": "17:00:00.0000000", "timeZone": zone},
	}}, nil
}

// exchangeSettings tells the ids that the import and export API knows
// mailboxes by; the archive's only in beta.
func (d *directory) exchangeSettings(r *wire.Request) (*wire.Response, error) {
	u, err := d.find(r)
	if err != nil {
		return nil, err
	}
	box := &u.store.boxes
	if !box.has() {
		return nil, noMailbox()
	}
	body := map[string]any{"id": u.ID, "primaryMailboxId": box.id()}
	if r.Version == "beta" {
		body["inPlaceArchiveMailboxId"] = orNull(box.archiveID())
	}
	return &wire.Response{Context: "users('" + u.ID + "')/settings/exchange", JSON: body}, nil
}

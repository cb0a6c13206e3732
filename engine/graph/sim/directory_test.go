package sim_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
)

func names(list []map[string]any) string {
	var all []string
	for _, o := range list {
		name, _ := o["userPrincipalName"].(string)
		local, _, _ := strings.Cut(name, "@")
		all = append(all, local)
	}
	return strings.Join(all, " ")
}

func TestUsersAndSelect(t *testing.T) {
	s := newStage(t, sim.Options{})
	plain := s.get("/v1.0/users")
	require.Equal(t, "anna bram dienst gast_elders.example#EXT# info oud zaal1", names(plain.value()))
	require.NotContains(t, plain.value()[0], "assignedLicenses", "only on $select")
	require.Contains(t, plain.value()[0], "mobilePhone", "null is told")
	require.Equal(t, s.server.URL()+"/v1.0/$metadata#users", plain.JSON["@odata.context"])

	some := s.get("/v1.0/users?$select=displayName,assignedLicenses,accountEnabled")
	require.Equal(t, s.server.URL()+"/v1.0/$metadata#users(displayName,assignedLicenses,accountEnabled)", some.JSON["@odata.context"])
	anna := some.value()[0]
	require.Len(t, anna, 4) // and the id
	sku := anna["assignedLicenses"].([]any)[0].(map[string]any)["skuId"].(string)
	require.NoError(t, uuid.Validate(sku))

	one := s.get("/v1.0/users/anna@contoso.example?select=mail")
	require.Equal(t, s.server.URL()+"/v1.0/$metadata#users(mail)/$entity", one.JSON["@odata.context"])
	require.Len(t, one.JSON, 3)
	require.Equal(t, one.JSON["id"], s.get("/beta/users('anna%40contoso.example')").JSON["id"])

	require.Equal(t, 400, s.get("/v1.0/users?$select=nonsense").StatusCode)
	unknown := s.get("/v1.0/users/nobody@contoso.example")
	require.Equal(t, 404, unknown.StatusCode)
	require.Equal(t, "Request_ResourceNotFound", unknown.code())
}

func TestUsersPaging(t *testing.T) {
	s := newStage(t, sim.Options{})
	var seen []map[string]any
	next := s.server.URL() + "/v1.0/users?$top=3&$select=userPrincipalName"
	for pages := 0; next != ""; pages++ {
		require.Less(t, pages, 4)
		page := s.get(next)
		require.Equal(t, 200, page.StatusCode, page.Text)
		seen = append(seen, page.value()...)
		next, _ = page.JSON["@odata.nextLink"].(string)
	}
	require.Len(t, seen, 7)
	require.Len(t, seen[6], 2, "the link keeps the selection")
	for _, top := range []string{"0", "1000", "x"} {
		r := s.get("/v1.0/users?$top=" + top)
		require.Equal(t, 400, r.StatusCode)
		require.Contains(t, r.Text, "Must be between 1 and 999")
	}
	require.Equal(t, 400, s.get("/v1.0/users?$skiptoken=tampered").StatusCode)
}

func TestUsersFilter(t *testing.T) {
	s := newStage(t, sim.Options{})
	eventual := []string{"ConsistencyLevel", "eventual"}
	for _, c := range []struct {
		filter, want string
		advanced     bool
	}{
		{"userType eq 'Member'", "anna bram dienst info oud zaal1", false},
		{"accountEnabled eq true and userType eq 'Member'", "anna bram dienst", false},
		{"startswith(displayName,'Anna')", "anna", false},
		{"startsWith(mail, 'BR') or (userPrincipalName eq 'info@contoso.example')", "bram info", false},
		{"userPrincipalName in ('oud@contoso.example', 'x')", "oud", false},
		{"assignedLicenses/any(l:l/skuId eq cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46)", "anna bram", false},
		{"userType ne 'Guest'", "anna bram dienst info oud zaal1", true},
		{"not(accountEnabled eq true)", "info oud zaal1", true},
		{"endswith(mail,'example') and assignedLicenses/$count ne 0", "anna bram oud", true},
		{"createdDateTime ge 2000-01-01T00:00:00Z and displayName eq 'O''Neill'", "", false},
	} {
		t.Run(c.filter, func(t *testing.T) {
			path := "/v1.0/users?$select=userPrincipalName&$filter=" + url.QueryEscape(c.filter)
			if c.advanced {
				refused := s.get(path)
				require.Equal(t, 400, refused.StatusCode)
				require.Equal(t, "Request_UnsupportedQuery", refused.code())
			}
			r := s.get(path+"&$count=true", eventual...)
			require.Equal(t, 200, r.StatusCode, r.Text)
			require.Equal(t, c.want, names(r.value()))
			require.EqualValues(t, len(r.value()), r.JSON["@odata.count"])
		})
	}
	for _, bad := range []string{"displayName eq", "displayName like 'x'", "(((", "startswith(displayName)", "displayName eq 'open", strings.Repeat("(", 1000) + "a eq 1"} {
		require.Equal(t, 400, s.get("/v1.0/users?$filter="+url.QueryEscape(bad)).StatusCode, bad)
	}
	require.Equal(t, "7", s.get("/v1.0/users/$count", eventual...).Text)
	require.Equal(t, 400, s.get("/v1.0/users/$count").StatusCode)
}

func TestUsersDelta(t *testing.T) {
	s := newStage(t, sim.Options{})
	follow := func(link string) (all []map[string]any, delta string) {
		for {
			page := s.get(link, "Prefer", "odata.maxpagesize=3")
			require.Equal(t, 200, page.StatusCode, page.Text)
			all = append(all, page.value()...)
			if delta, _ = page.JSON["@odata.deltaLink"].(string); delta != "" {
				return all, delta
			}
			link = page.JSON["@odata.nextLink"].(string)
		}
	}
	all, delta := follow("/v1.0/users/delta?$select=userPrincipalName")
	require.Len(t, all, 7)
	require.Len(t, all[0], 2)
	none, delta := follow(delta)
	require.Empty(t, none)
	gone := s.tenant.User("anna@contoso.example").ID
	require.NoError(t, s.tenant.RemoveUser("anna@contoso.example"))
	_, err := s.tenant.AddUser(sim.UserSpec{LocalPart: "nieuw"})
	require.NoError(t, err)
	changed, later := follow(delta)
	require.Equal(t, "nieuw", names(changed[:1]))
	require.Equal(t, map[string]any{"id": gone, "@removed": map[string]any{"reason": "changed"}}, changed[1])
	require.Len(t, changed, 2)

	latest, _ := follow("/v1.0/users/delta?$deltatoken=latest")
	require.Empty(t, latest)
	s.clock.Advance(8 * 24 * time.Hour)
	s.token = s.signIn(s.tenant)
	old := s.get(later)
	require.Equal(t, 410, old.StatusCode)
	require.True(t, strings.HasSuffix(old.Header.Get("Location"), "$deltatoken="))
	again, _ := follow(old.Header.Get("Location"))
	require.Len(t, again, 7)
}

func TestMailboxSettingsAndIDs(t *testing.T) {
	s := newStage(t, sim.Options{})
	for _, kind := range []sim.Kind{sim.KindEquipment, "linked", "others"} {
		_, err := s.tenant.AddUser(sim.UserSpec{LocalPart: string(kind), Kind: kind})
		require.NoError(t, err)
	}
	for local, want := range map[string]string{"anna": "user", "info": "shared", "zaal1": "room", "equipment": "equipment", "linked": "linked", "others": "others"} {
		r := s.get("/v1.0/users/" + local + "@contoso.example/mailboxSettings")
		require.Equal(t, want, r.JSON["userPurpose"], r.Text)
	}
	for _, path := range []string{"mailboxSettings", "settings/exchange"} {
		r := s.get("/v1.0/users/dienst@contoso.example/" + path)
		require.Equal(t, 404, r.StatusCode)
		require.Equal(t, "MailboxNotEnabledForRESTAPI", r.code())
	}
	v1, beta := s.get("/v1.0/users/bram@contoso.example/settings/exchange"), s.get("/beta/users/bram@contoso.example/settings/exchange")
	require.NotContains(t, v1.JSON, "inPlaceArchiveMailboxId")
	require.Regexp(t, `^MBX:[0-9a-f-]{36}@`+s.tenant.ID()+`$`, v1.JSON["primaryMailboxId"])
	require.Regexp(t, `^MBX:[0-9a-f-]{36}@`, beta.JSON["inPlaceArchiveMailboxId"])
	require.Nil(t, s.get("/beta/users/anna@contoso.example/settings/exchange").JSON["inPlaceArchiveMailboxId"])
}

func TestLicencesGroupsOrganization(t *testing.T) {
	s := newStage(t, sim.Options{})
	s.tenant.SetSeats("SPB", 25)
	skus := s.get("/v1.0/subscribedSkus").value()
	require.Len(t, skus, 2)
	require.Equal(t, "SPB", skus[0]["skuPartNumber"])
	require.EqualValues(t, 2, skus[0]["consumedUnits"])
	require.EqualValues(t, 25, skus[0]["prepaidUnits"].(map[string]any)["enabled"])

	g := s.tenant.AddGroup(sim.Group{DisplayName: "Verkoop", Mail: "verkoop@contoso.example", Unified: true, Team: true, Members: []string{s.tenant.User("anna@contoso.example").ID}})
	s.tenant.AddGroup(sim.Group{DisplayName: "Beveiliging"})
	found := s.get("/v1.0/groups?$filter=" + url.QueryEscape("groupTypes/any(c:c eq 'Unified')") + "&$select=displayName,resourceProvisioningOptions").value()
	require.Len(t, found, 1)
	require.Equal(t, []any{"Team"}, found[0]["resourceProvisioningOptions"])
	require.Equal(t, "anna", names(s.get("/v1.0/groups/"+g.ID+"/members").value()))

	org := s.get("/v1.0/organization").value()
	require.Equal(t, s.tenant.ID(), org[0]["id"])
}

func TestTenantsAreApart(t *testing.T) {
	s := newStage(t, sim.Options{})
	other := s.world.AddTenant("fabrikam.example", "Fabrikam")
	_, err := other.AddUser(sim.UserSpec{LocalPart: "zoe"})
	require.NoError(t, err)
	require.Equal(t, 404, s.get("/v1.0/users/zoe@fabrikam.example").StatusCode)
	s.token = s.signIn(other)
	require.Equal(t, "zoe", names(s.get("/v1.0/users").value()))
	require.Equal(t, 404, s.get("/v1.0/users/anna@contoso.example").StatusCode)
}

func TestDirectoryTrafficFitsTheMetadata(t *testing.T) {
	path := filepath.Join(t.TempDir(), "calls.jsonl")
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	s := newStage(t, sim.Options{Record: file})
	g := s.tenant.AddGroup(sim.Group{DisplayName: "Verkoop", Unified: true, Members: []string{s.tenant.User("anna@contoso.example").ID}})
	gone := s.tenant.User("oud@contoso.example").ID
	s.do("DELETE", "/v1.0/users/"+gone, "")
	s.tenant.AddGroup(sim.Group{DisplayName: "Anders"})
	s.faults("pages@GET /users=1x")
	for _, p := range []string{
		"/users", "/users?$top=2&$select=id,assignedLicenses,assignedPlans,proxyAddresses,createdDateTime,userType", "/users/anna@contoso.example",
		"/users/bram@contoso.example?$select=" + "accountEnabled,identities,licenseAssignmentStates,onPremisesSyncEnabled",
		"/users/delta?$select=displayName", "/users/nobody", "/users?$top=5000", "/users/bram@contoso.example/mailboxSettings", "/users/info@contoso.example/mailboxSettings?$select=userPurpose",
		"/users/bram@contoso.example/settings/exchange", "/users/anna@contoso.example/licenseDetails", "/subscribedSkus", "/organization", "/organization/" + s.tenant.ID(), "/groups", "/groups/" + g.ID, "/groups/" + g.ID + "/members",
		"/users?$count=true&$filter=userType%20ne%20'Guest'", "/groups/$count", "/groups/delta?$select=displayName,members", "/groups/delta?$deltatoken=latest",
		"/directory/deletedItems/microsoft.graph.user", "/directory/deletedItems/microsoft.graph.group", "/directory/deletedItems/" + gone,
		"/reports/getMailboxUsageDetail(period='D7')", "/reports/getOneDriveUsageAccountDetail(period='D30')",
	} {
		s.get("/v1.0"+p, "ConsistencyLevel", "eventual")
	}
	s.do("POST", "/v1.0/$batch", `{"requests":[{"id":"1","method":"GET","url":"/users/anna@contoso.example/mailboxSettings"},{"id":"2","method":"GET","url":"users/nobody"},{"id":"3","method":"GET","url":"/users?$top=1","dependsOn":["1"]}]}`)
	s.get("/v1.0/users", "Authorization", "Bearer x")
	_, delta := s.round("/v1.0/groups/delta")
	require.NoError(t, s.tenant.ChangeGroup(g.ID, func(g *sim.Group) { g.Members = nil }))
	s.round(delta)
	require.Equal(t, 200, s.do("POST", "/v1.0/directory/deletedItems/"+gone+"/restore", "{}").StatusCode)
	require.NoError(t, s.server.Close())
	graphcheck(t, path)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NotContains(t, string(text), s.token)
	require.NotContains(t, string(text), s.tenant.DefaultApp().Secret())
}

// round follows a delta to its end.
func (s *stage) round(link string) (all []map[string]any, delta string) {
	s.t.Helper()
	for {
		page := s.get(link, "Prefer", "odata.maxpagesize=2")
		require.Equal(s.t, 200, page.StatusCode, page.Text)
		all = append(all, page.value()...)
		if delta, _ = page.JSON["@odata.deltaLink"].(string); delta != "" {
			return all, delta
		}
		link = page.JSON["@odata.nextLink"].(string)
	}
}

func TestGroupsDelta(t *testing.T) {
	s := newStage(t, sim.Options{})
	control := func(method, body string) string {
		r := s.do(method, "/sim/group", body)
		require.Equal(t, 200, r.StatusCode, r.Text)
		id, _ := r.JSON["id"].(string)
		return id
	}
	sales := control("POST", `{"tenant":"contoso.example","name":"Verkoop","unified":true,"team":true,"members":["anna@contoso.example","bram@contoso.example"]}`)
	empty := control("POST", `{"tenant":"contoso.example","name":"Leeg"}`)
	other := control("POST", `{"tenant":"contoso.example","name":"Anders"}`)
	anna, bram := s.tenant.User("anna@contoso.example").ID, s.tenant.User("bram@contoso.example").ID
	member := func(id string) map[string]any {
		return map[string]any{"@odata.type": "#microsoft.graph.user", "id": id}
	}

	all, delta := s.round("/v1.0/groups/delta?$select=displayName,members")
	require.Len(t, all, 3)
	require.Equal(t, map[string]any{"id": sales, "displayName": "Verkoop", "members@delta": []any{member(anna), member(bram)}}, all[0])
	require.NotContains(t, all[1], "members@delta")
	_, names := s.round("/v1.0/groups/delta?$select=displayName")
	none, delta := s.round(delta)
	require.Empty(t, none)

	control("POST", `{"tenant":"contoso.example","name":"Verkoop","members":["bram@contoso.example","info@contoso.example"]}`)
	control("DELETE", `{"tenant":"contoso.example","name":"Leeg"}`)
	control("DELETE", `{"tenant":"contoso.example","name":"Anders","final":true}`)
	changed, delta := s.round(delta)
	out := member(anna)
	out["@removed"] = map[string]any{"reason": "deleted"}
	require.Equal(t, []map[string]any{
		{"id": sales, "displayName": "Verkoop", "members@delta": []any{out, member(s.tenant.User("info@contoso.example").ID)}},
		{"id": empty, "@removed": map[string]any{"reason": "changed"}},
		{"id": other, "@removed": map[string]any{"reason": "deleted"}},
	}, changed)
	renamed, _ := s.round(names)
	require.Len(t, renamed, 2, "who asked for names only hears of no members")

	require.NoError(t, s.tenant.Restore(empty))
	back, _ := s.round(delta)
	require.Len(t, back, 1)
	require.Equal(t, "Leeg", back[0]["displayName"])
	latest, _ := s.round("/v1.0/groups/delta?$deltatoken=latest")
	require.Empty(t, latest)
	only, _ := s.round("/v1.0/groups/delta?$filter=" + url.QueryEscape("id eq '"+sales+"' or id eq 'x'"))
	require.Len(t, only, 1)
	for _, bad := range []string{"$top=5", "$orderby=displayName", "$expand=owners", "$filter=displayName%20eq%20'x'", "$deltatoken=tampered"} {
		require.Equal(t, 400, s.get("/v1.0/groups/delta?"+bad).StatusCode, bad)
	}
	s.clock.Advance(8 * 24 * time.Hour)
	old := fresh(s).get(delta)
	require.Equal(t, 410, old.StatusCode)
	again, _ := s.round(old.Header.Get("Location"))
	require.Len(t, again, 2)
	require.Equal(t, "2", s.get("/v1.0/groups/$count", "ConsistencyLevel", "eventual").Text)
}

func TestDeletedObjectsComeBackOrNot(t *testing.T) {
	s := newStage(t, sim.Options{})
	anna := s.tenant.User("anna@contoso.example")
	_, delta := s.round("/v1.0/users/delta?$select=id")
	require.Equal(t, 204, s.do("DELETE", "/v1.0/users/anna@contoso.example", "").StatusCode)
	require.Equal(t, 404, s.get("/v1.0/users/anna@contoso.example").StatusCode)
	require.Equal(t, 404, s.get("/v1.0/drives/"+anna.Drive().ID()).StatusCode)
	deleted := s.get("/v1.0/directory/deletedItems/microsoft.graph.user").value()
	require.Len(t, deleted, 1)
	require.NotEmpty(t, deleted[0]["deletedDateTime"])
	restored := s.do("POST", "/v1.0/directory/deletedItems/"+anna.ID+"/restore", "{}")
	require.Equal(t, 200, restored.StatusCode, restored.Text)
	require.Equal(t, 200, s.get("/v1.0/drives/"+anna.Drive().ID()).StatusCode, "with all that belongs to it")
	back, delta := s.round(delta)
	require.Equal(t, []map[string]any{{"id": anna.ID}}, back)

	require.Equal(t, 204, s.do("DELETE", "/v1.0/users/"+anna.ID, "").StatusCode)
	soft, delta := s.round(delta)
	require.Equal(t, map[string]any{"reason": "changed"}, soft[0]["@removed"])
	require.Equal(t, 204, s.do("DELETE", "/v1.0/directory/deletedItems/"+anna.ID, "").StatusCode)
	hard, _ := s.round(delta)
	require.Equal(t, map[string]any{"reason": "deleted"}, hard[0]["@removed"])
	require.Equal(t, 404, s.get("/v1.0/directory/deletedItems/"+anna.ID).StatusCode)
	require.Equal(t, 404, s.do("POST", "/v1.0/directory/deletedItems/"+anna.ID+"/restore", "{}").StatusCode)
}

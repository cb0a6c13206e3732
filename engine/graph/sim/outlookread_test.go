package sim_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
)

// named finds the object whose property has a value.
func named(t *testing.T, list []map[string]any, property, value string) map[string]any {
	t.Helper()
	for _, o := range list {
		if o[property] == value {
			return o
		}
	}
	t.Fatalf("nothing whose %s is %q in %v", property, value, list)
	return nil
}

// TestPlainEndpoints reads calendars, contacts and tasks as any client would.
func TestPlainEndpoints(t *testing.T) {
	recording := filepath.Join(t.TempDir(), "calls.jsonl")
	file, err := os.Create(recording)
	require.NoError(t, err)
	defer file.Close()
	s := outlookStage(t, sim.Options{Record: file})
	const anna = "/v1.0/users/anna@contoso.example"

	events := s.all(anna + "/events?$top=1")
	require.Len(t, events, 2, "one a page")
	series := named(t, events, "subject", "Werkoverleg")
	require.Equal(t, "seriesMaster", series["type"])
	require.Equal(t, map[string]any{"dateTime": "2026-03-09T08:00:00.0000000", "timeZone": "UTC"}, series["start"])
	require.Equal(t, "W. Europe Standard Time", series["originalStartTimeZone"])
	require.Equal(t, "werkoverleg@contoso.example", series["iCalUId"])
	require.Equal(t, map[string]any{
		"pattern": map[string]any{"type": "weekly", "interval": 1.0, "month": 0.0, "dayOfMonth": 0.0, "daysOfWeek": []any{"monday"}, "firstDayOfWeek": "monday", "index": "first"},
		"range":   map[string]any{"type": "numbered", "startDate": "2026-03-09", "endDate": "2026-05-25", "numberOfOccurrences": 12.0, "recurrenceTimeZone": "W. Europe Standard Time"},
	}, series["recurrence"])
	require.Len(t, series["attendees"], 2, "without the organizer")
	require.Equal(t, true, series["isOrganizer"])
	require.Equal(t, false, series["hasAttachments"], "a changed occurrence is no file")
	require.NotContains(t, series, "cancelledOccurrences")
	one := s.get(anna+"/events/"+series["id"].(string)+"?$select=subject,start,cancelledOccurrences", "Prefer", `outlook.timezone="Europe/Amsterdam"`)
	require.Equal(t, 200, one.StatusCode, one.Text)
	require.Equal(t, map[string]any{"dateTime": "2026-03-09T09:00:00.0000000", "timeZone": "Europe/Amsterdam"}, one.JSON["start"])
	require.Equal(t, []any{"OID." + series["id"].(string) + ".2026-04-06"}, one.JSON["cancelledOccurrences"])
	require.NotContains(t, one.JSON, "attendees")
	require.Contains(t, one.Header.Get("Preference-Applied"), "outlook.timezone")

	leave := named(t, events, "subject", "Verlof Anna")
	require.Equal(t, map[string]any{"dateTime": "2026-07-27T00:00:00.0000000", "timeZone": "UTC"}, leave["start"])
	require.Equal(t, []any{true, "oof", "private", nil}, []any{leave["isAllDay"], leave["showAs"], leave["sensitivity"], leave["recurrence"]})

	calendars := s.all(anna + "/calendars")
	require.Equal(t, true, named(t, calendars, "name", "Calendar")["isDefaultCalendar"])
	require.Len(t, s.all(anna+"/calendars/"+named(t, calendars, "name", "Dak")["id"].(string)+"/events"), 2)
	invited := named(t, s.all("/v1.0/users/bram@contoso.example/events?$select=subject,isOrganizer,responseStatus"), "subject", "Werkoverleg")
	require.Equal(t, false, invited["isOrganizer"])
	require.Equal(t, "accepted", invited["responseStatus"].(map[string]any)["response"])

	contact := named(t, s.all(anna+"/contacts"), "displayName", "Piet Jansen")
	require.Equal(t, []any{map[string]any{"name": contact["emailAddresses"].([]any)[0].(map[string]any)["name"], "address": "piet@jansenbouw.example"}}, contact["emailAddresses"])
	require.Equal(t, map[string]any{"street": "Havenkade 12", "city": "Rotterdam", "postalCode": "3011 AA", "countryOrRegion": "Nederland"}, contact["businessAddress"])
	require.Equal(t, []any{"010 123 45 67"}, contact["businessPhones"])
	require.True(t, strings.HasPrefix(contact["birthday"].(string), "1970-05-17"), contact["birthday"])
	folders := s.all(anna + "/contactFolders")
	require.Len(t, folders, 1, "without the default one")
	require.Len(t, s.all(anna+"/contactFolders/"+folders[0]["id"].(string)+"/contacts"), 1, "no distribution list")

	lists := s.all(anna + "/todo/lists")
	require.Equal(t, "defaultList", named(t, lists, "displayName", "Tasks")["wellknownListName"])
	tasks := s.all(anna + "/todo/lists/" + named(t, lists, "displayName", "Tasks")["id"].(string) + "/tasks")
	task := named(t, tasks, "title", "Offerte dakgoot nabellen")
	require.Equal(t, []any{"inProgress", "high", true}, []any{task["status"], task["importance"], task["isReminderOn"]})
	require.Equal(t, map[string]any{"dateTime": "2026-03-06T00:00:00.0000000", "timeZone": "UTC"}, task["dueDateTime"])
	again := named(t, tasks, "title", "Btw-aangifte")["recurrence"].(map[string]any)["pattern"].(map[string]any)
	require.Equal(t, []any{"absoluteMonthly", 3.0, 30.0}, []any{again["type"], again["interval"], again["dayOfMonth"]})

	require.NoError(t, s.server.Close())
	graphcheck(t, recording)
}

func TestPlainEndpointsRefuse(t *testing.T) {
	s := outlookStage(t, sim.Options{})
	const anna = "/v1.0/users/anna@contoso.example"
	inbox := s.get(anna + "/mailFolders/inbox").JSON["id"].(string)
	event := s.all(anna + "/events")[0]["id"].(string)
	for target, want := range map[string]int{
		"/calendars/" + inbox + "/events": 404, "/contacts/" + event: 404, "/events/AAkbogus": 400, "/events?$filter=subject%20eq%20'x'": 400,
		"/events?$select=nonsense": 400, "/todo/lists/" + inbox + "/tasks": 404, "/events?$top=0": 400,
	} {
		require.Equal(t, want, s.get(anna+target).StatusCode, target)
	}
	s.tenant.DefaultApp().SetRoles("Mail.Read")
	s.token = s.signIn(s.tenant)
	for _, target := range []string{"/events", "/contacts", "/todo/lists", "/calendars"} {
		require.Equal(t, 403, s.get(anna+target).StatusCode, target)
	}
}

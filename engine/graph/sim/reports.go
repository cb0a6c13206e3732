package sim

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// Usage reports ("reportRoot: getMailboxUsageDetail"): Graph redirects to a
// pre-authenticated URL that gives CSV.

const (
	reportHost = "reportsncu.office.com"
	reportPath = "/data/v1.0/download"
	reportLife = 5 * time.Minute
)

// reportToken is what the URL of a report is good for.
type reportToken struct {
	Report  string `json:"report"`
	Tenant  string `json:"tid"`
	Period  string `json:"period"`
	Expires int64  `json:"exp"`
}

func (d *directory) reportRoutes() []wire.Route {
	roles := []string{"Reports.Read.All"}
	return []wire.Route{
		{Method: http.MethodGet, Template: "/reports/getMailboxUsageDetail", Roles: roles, Handle: d.report("mailboxes")},
		{Method: http.MethodGet, Template: "/reports/getOneDriveUsageAccountDetail", Roles: roles, Handle: d.report("drives")},
		{Method: http.MethodGet, Template: reportPath, Public: true, Handle: d.reportFile},
	}
}

func (d *directory) report(name string) wire.Handler {
	return func(r *wire.Request) (*wire.Response, error) {
		period := strings.ToUpper(r.Params["period"])
		switch period {
		case "D7", "D30", "D90", "D180":
		default:
			return nil, wire.Errorf(http.StatusBadRequest, "BadRequest", "Invalid aggregation period value: %s.", r.Params["period"])
		}
		token, err := r.Sealer.SealJWT(reportToken{Report: name, Tenant: r.TenantID, Period: period, Expires: r.Clock.Now().Add(reportLife).Unix()})
		if err != nil {
			return nil, err
		}
		return &wire.Response{Status: http.StatusFound, Header: map[string]string{"Location": r.At(reportHost) + reportPath + "?token=" + url.QueryEscape(token)}}, nil
	}
}

func (d *directory) reportFile(r *wire.Request) (*wire.Response, error) {
	var token reportToken
	if r.Sealer.OpenJWT(r.URL.Query().Get("token"), &token) != nil || r.Clock.Now().Unix() >= token.Expires {
		return nil, wire.Errorf(http.StatusUnauthorized, "InvalidAuthenticationToken", "The token of the URL is not valid or has expired.")
	}
	t := d.world.Tenant(token.Tenant)
	if t == nil {
		return nil, noResource(token.Tenant)
	}
	today := r.Clock.Now().Format(time.DateOnly)
	rows := mailboxUsage(t, today, strings.TrimPrefix(token.Period, "D"))
	if token.Report == "drives" {
		rows = driveUsage(t, today, strings.TrimPrefix(token.Period, "D"))
	}
	var text strings.Builder
	text.WriteString("\ufeff")
	w := csv.NewWriter(&text)
	_ = w.WriteAll(rows) // a strings.Builder takes everything
	resp := plainText(text.String())
	resp.Header = map[string]string{"Content-Type": "application/octet-stream", "Content-Disposition": `attachment; filename="` + token.Report + ".csv\""}
	return resp, nil
}

func mailboxUsage(t *Tenant, today, period string) [][]string {
	rows := [][]string{{
		"Report Refresh Date", "User Principal Name", "Display Name", "Is Deleted", "Deleted Date", "Created Date", "Last Activity Date", "Item Count",
		"Storage Used (Byte)", "Issue Warning Quota (Byte)", "Prohibit Send Quota (Byte)", "Prohibit Send/Receive Quota (Byte)",
		"Deleted Item Count", "Deleted Item Size (Byte)", "Deleted Item Quota (Byte)", "Has Archive", "Report Period",
	}}
	for _, u := range t.Users() {
		m := u.Mailbox()
		if m == nil {
			continue
		}
		rows = append(rows, []string{
			today, u.PrincipalName, u.DisplayName, "False", "", u.Created.Format(time.DateOnly), today, strconv.Itoa(m.Count()),
			strconv.FormatInt(m.Size(), 10), "105226698752", "106300440576", "107374182400",
			"0", "0", "32212254720", map[bool]string{true: "True", false: "False"}[m.Archive() != nil], period,
		})
	}
	return rows
}

func driveUsage(t *Tenant, today, period string) [][]string {
	rows := [][]string{{
		"Report Refresh Date", "Site Id", "Site URL", "Owner Display Name", "Is Deleted", "Last Activity Date", "File Count", "Active File Count",
		"Storage Used (Byte)", "Storage Allocated (Byte)", "Owner Principal Name", "Report Period",
	}}
	for _, u := range t.Users() {
		d := u.Drive()
		if d == nil {
			continue
		}
		files, _, size := d.Counts()
		rows = append(rows, []string{
			today, t.world.newID("site", u.ID), d.Web(), u.DisplayName, "False", today, strconv.Itoa(files), strconv.Itoa(files),
			strconv.FormatInt(size, 10), "1099511627776", u.PrincipalName, period,
		})
	}
	return rows
}

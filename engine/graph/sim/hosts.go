package sim

import (
	"net/http"
	"slices"
	"strings"
)

// microsoftDomains are those of the hosts of Microsoft 365 in all clouds
// ("Microsoft 365 URLs and IP address ranges", "National cloud deployments").
var microsoftDomains = []string{
	".microsoft.com", ".microsoftonline.com", ".office365.com", ".office.com", ".sharepoint.com",
	".microsoft.us", ".microsoftonline.us", ".office365.us", ".sharepoint.us", ".sharepoint-mil.us",
	".chinacloudapi.cn", ".partner.microsoftonline.cn", ".partner.outlook.cn", ".sharepoint.cn",
}

// isMicrosoft reports whether the client was led here under a name of
// Microsoft's, where nothing but Microsoft's surface is to be seen.
func isMicrosoft(host string) bool {
	name, _, _ := strings.Cut(strings.ToLower(host), ":")
	return slices.ContainsFunc(microsoftDomains, func(domain string) bool { return strings.HasSuffix(name, domain) })
}

// base is the scheme and authority the client used: links must lead back here.
func base(r *http.Request) string { return "https://" + r.Host }

// elsewhere is where links to another host of Microsoft's lead clients that
// came by a name of Microsoft's: there, if the server was told that this name
// leads here, else "". Some clients withhold their token by the host's name alone.
func (s *Server) elsewhere(asked, name string) string {
	name = s.cloud.host(name)
	if !isMicrosoft(asked) || !slices.ContainsFunc(s.options.Hosts, func(h string) bool { return strings.EqualFold(h, name) }) {
		return ""
	}
	_, port, ok := strings.Cut(asked, ":")
	if ok {
		name += ":" + port
	}
	return "https://" + name
}

// fileBase is where links to a tenant's files lead: to contoso-my.sharepoint.com,
// or what that is in another cloud.
func (s *Server) fileBase(asked, tenantID string) string {
	t := s.world.Tenant(tenantID)
	if t == nil {
		return ""
	}
	return s.elsewhere(asked, t.label()+"-my."+s.cloud.sharePoint)
}

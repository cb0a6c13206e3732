package sim

import (
	"fmt"
	"net/http"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

// Cloud is the cloud that a server plays: Microsoft's global one, or one of
// its national clouds, which have other hosts and lack some of the APIs
// ("National cloud deployments").
type Cloud string

// The clouds.
const (
	CloudGlobal Cloud = "global"
	CloudUSGov  Cloud = "usgov" // L4, GCC High
	CloudUSDoD  Cloud = "usdod" // L5
	CloudChina  Cloud = "china" // operated by 21Vianet
)

// cloudFacts are what differs between clouds.
type cloudFacts struct {
	name       string // cloud_instance_name
	region     string // tenant_region_scope
	login      []string
	graph      string
	sharePoint string // domain of the tenants' sites
	deviceURI  string
	outlook    map[string]string // hosts that are called otherwise than in the global cloud
	lacks      []string          // parts of templates that this cloud does not have
}

// exchangeAPI is the import and export API, which only the global cloud has.
var exchangeAPI = []string{"/admin/exchange/", "/settings/exchange"}

var clouds = map[Cloud]cloudFacts{
	CloudGlobal: {
		name: "microsoftonline.com", region: "EU", graph: "graph.microsoft.com", sharePoint: "sharepoint.com", deviceURI: "https://microsoft.com/devicelogin",
		login: []string{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"},
	},
	CloudUSGov: {
		name: "microsoftonline.us", region: "USGov", graph: "graph.microsoft.us", sharePoint: "sharepoint.us", deviceURI: "https://microsoft.com/deviceloginus",
		login:   []string{"login.microsoftonline.us", "login.usgovcloudapi.net"},
		outlook: map[string]string{"outlook.office.com": "outlook.office365.us", "outlook.office365.com": "outlook.office365.us"}, lacks: exchangeAPI,
	},
	CloudUSDoD: {
		name: "microsoftonline.us", region: "DOD", graph: "dod-graph.microsoft.us", sharePoint: "sharepoint-mil.us", deviceURI: "https://microsoft.com/deviceloginus",
		login:   []string{"login.microsoftonline.us", "login.usgovcloudapi.net"},
		outlook: map[string]string{"outlook.office.com": "outlook-dod.office365.us", "outlook.office365.com": "outlook-dod.office365.us"}, lacks: exchangeAPI,
	},
	CloudChina: {
		name: "partner.microsoftonline.cn", region: "AS", graph: "microsoftgraph.chinacloudapi.cn", sharePoint: "sharepoint.cn", deviceURI: "https://microsoft.com/deviceloginchina",
		login:   []string{"login.partner.microsoftonline.cn", "login.chinacloudapi.cn"},
		outlook: map[string]string{"outlook.office.com": "partner.outlook.cn", "outlook.office365.com": "partner.outlook.cn"}, lacks: exchangeAPI,
	},
}

// ParseCloud reads a cloud's name; "" means the global one.
func ParseCloud(name string) (Cloud, error) {
	if name == "" {
		return CloudGlobal, nil
	}
	if _, ok := clouds[Cloud(name)]; !ok {
		return "", fmt.Errorf("no cloud is called %q; known are global, usgov, usdod and china", name)
	}
	return Cloud(name), nil
}

// audience is what access tokens of the cloud are for.
func (f cloudFacts) audience() string { return "https://" + f.graph }

// realm is how a refused token is answered.
func (f cloudFacts) realm() string {
	return `Bearer realm="", authorization_uri="https://` + f.login[0] + `/common/oauth2/authorize", client_id="` + graphAudience + `"`
}

// host is the cloud's name for a host of the global cloud.
func (f cloudFacts) host(name string) string {
	if own := f.outlook[name]; own != "" {
		return own
	}
	return name
}

// has refuses a route that the cloud lacks in the words for an unknown segment,
// as its metadata does not have it either.
func (f cloudFacts) has(route *wire.Route) error {
	for _, part := range f.lacks {
		if i := strings.Index(route.Template+"/", part); i >= 0 {
			segment := strings.Trim(part, "/")
			return wire.Errorf(http.StatusBadRequest, "BadRequest", "Resource not found for the segment '%s'.", segment[strings.LastIndexByte(segment, '/')+1:])
		}
	}
	return nil
}

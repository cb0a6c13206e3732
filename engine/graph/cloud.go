package graph

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Cloud is a place where Microsoft 365 runs: who signs in and who answers.
type Cloud struct {
	Name      string // global, usgov, usdod, china, or the URL as given
	Authority string // sign-in service without a tenant: https://login.microsoftonline.com
	Root      string // Graph without a version: https://graph.microsoft.com
	Local     bool   // given by URL: no service of Microsoft's
	CA        *x509.CertPool
}

// The hosts are those of Microsoft's "National cloud deployments".
var clouds = map[string]Cloud{
	"global": {Name: "global", Authority: "https://login.microsoftonline.com", Root: "https://graph.microsoft.com"},
	"usgov":  {Name: "usgov", Authority: "https://login.microsoftonline.us", Root: "https://graph.microsoft.us"},
	"usdod":  {Name: "usdod", Authority: "https://login.microsoftonline.us", Root: "https://dod-graph.microsoft.us"},
	"china":  {Name: "china", Authority: "https://login.partner.microsoftonline.cn", Root: "https://microsoftgraph.chinacloudapi.cn"},
}

// ErrCloud says that no cloud goes by the given name.
var ErrCloud = errors.New("unknown cloud")

// ParseCloud finds a cloud by its name (empty means global), or makes one of an
// https URL that answers for sign-in and Graph alike. ca, which may be empty,
// holds further certificates in PEM to trust for such a URL.
func ParseCloud(name string, ca []byte) (Cloud, error) {
	if name == "" {
		name = "global"
	}
	if c, ok := clouds[strings.ToLower(name)]; ok {
		return c, nil
	}
	u, err := url.Parse(name)
	if err != nil || u.Host == "" {
		return Cloud{}, fmt.Errorf("%w %q: want global, usgov, usdod, china or an https URL", ErrCloud, name)
	}
	if u.Scheme != "https" {
		return Cloud{}, fmt.Errorf("%w %q: sign-in wants https", ErrCloud, name)
	}
	c := Cloud{Name: name, Local: true}
	c.Authority = "https://" + u.Host
	c.Root = c.Authority
	if len(ca) > 0 {
		if c.CA, err = x509.SystemCertPool(); err != nil {
			c.CA = x509.NewCertPool()
		}
		if !c.CA.AppendCertsFromPEM(ca) {
			return Cloud{}, fmt.Errorf("%w %q: its certificate file holds no certificate in PEM", ErrCloud, name)
		}
	}
	return c, nil
}

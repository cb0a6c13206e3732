package sim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"slices"
	"time"
)

// wellKnownHosts are the names that clients of Microsoft 365 ask for. They are
// in the certificate so that a hosts entry can lead a client here.
var wellKnownHosts = []string{
	"localhost", "127.0.0.1", "::1",
	"graph.microsoft.com", "login.microsoftonline.com", "login.microsoft.com", "login.windows.net",
	"outlook.office365.com", "outlook.office.com", "reportsncu.office.com", "*.sharepoint.com",
	"graph.microsoft.us", "dod-graph.microsoft.us", "login.microsoftonline.us", "outlook.office365.us", "*.sharepoint.us",
	"microsoftgraph.chinacloudapi.cn", "login.partner.microsoftonline.cn", "login.chinacloudapi.cn", "partner.outlook.cn", "*.sharepoint.cn",
}

// authority is a certificate authority made for one server, and what it signed.
type authority struct {
	caPEM []byte
	pool  *x509.CertPool
	leaf  tls.Certificate
}

// newAuthority makes a CA and a server certificate for the hosts. Certificates
// follow the computer's clock as clients do, not the world's.
func newAuthority(hosts []string, now time.Time) (*authority, error) {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key of the certificate authority: %w", err)
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Microsoft 365 simulator CA"},
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.AddDate(2, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		return nil, fmt.Errorf("make certificate authority: %w", err)
	}
	parsed, err := x509.ParseCertificate(caDER)
	if err != nil {
		return nil, fmt.Errorf("read certificate authority: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key of the server: %w", err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: ca.NotBefore, NotAfter: now.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, h := range slices.Concat(wellKnownHosts, hosts) {
		if ip := net.ParseIP(h); ip != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip)
		} else if !slices.Contains(leaf.DNSNames, h) {
			leaf.DNSNames = append(leaf.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, parsed, key.Public(), caKey)
	if err != nil {
		return nil, fmt.Errorf("make server certificate: %w", err)
	}
	a := &authority{caPEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER}), pool: x509.NewCertPool()}
	a.pool.AddCert(parsed)
	a.leaf = tls.Certificate{Certificate: [][]byte{der, caDER}, PrivateKey: key}
	return a, nil
}

package graph

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
)

// Credential is how an application proves who it is: by a secret, or by a
// certificate with its private key.
type Credential struct {
	Secret      string
	Certificate []byte // PEM: certificate and unencrypted private key (PKCS #8 or PKCS #1), in any order
}

// String hides what the credential holds.
func (c Credential) String() string {
	if len(c.Certificate) > 0 {
		return "certificate"
	}
	return "secret"
}

// GoString hides what the credential holds.
func (c Credential) GoString() string { return c.String() }

// Expires is the end of the certificate's term; zero for a secret, which does
// not say.
func (c Credential) Expires() time.Time {
	for rest := c.Certificate; len(rest) > 0; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		if cert, err := x509.ParseCertificate(block.Bytes); err == nil {
			return cert.NotAfter
		}
	}
	return time.Time{}
}

func (c Credential) msal() (confidential.Credential, error) {
	if len(c.Certificate) == 0 {
		if c.Secret == "" {
			return confidential.Credential{}, refuse(ErrSignIn, "no_credential", "neither a secret nor a certificate was given")
		}
		return confidential.NewCredFromSecret(c.Secret)
	}
	certs, key, err := confidential.CertFromPEM(c.Certificate, "")
	if err != nil {
		return confidential.Credential{}, refuse(ErrBadCertificate, "bad_certificate", fmt.Sprintf("read certificate: %v", err))
	}
	cred, err := confidential.NewCredFromCert(certs, key)
	if err != nil {
		return confidential.Credential{}, refuse(ErrBadCertificate, "bad_certificate", fmt.Sprintf("read certificate: %v", err))
	}
	return cred, nil
}

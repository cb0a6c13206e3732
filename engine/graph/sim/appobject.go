package sim

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"vangnet/engine/graph/sim/wire"
)

// keyCredential is a certificate of a registration as a client sends it. Only
// the public part is ever sent ("keyCredential resource type").
type keyCredential struct {
	Type        string `json:"type"`
	Usage       string `json:"usage"`
	Key         []byte `json:"key"`
	KeyID       string `json:"keyId"`
	DisplayName string `json:"displayName"`
}

// take lets a registration say what a client wants it to. The list of
// certificates is replaced as a whole; one without its key is one that is there
// already.
func (a *App) take(b appBody) error {
	if len(b.PasswordEntries) > 0 {
		return wire.Errorf(http.StatusBadRequest, "Request_BadRequest", "Password credentials cannot be set here. Use addPassword.")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if b.KeyCredentials != nil {
		certs, err := a.certificates(*b.KeyCredentials)
		if err != nil {
			return err
		}
		a.certs = certs
	}
	if b.DisplayName != nil {
		a.DisplayName = *b.DisplayName
	}
	if b.SignInAudience != nil {
		a.body.SignInAudience = b.SignInAudience
	}
	for to, from := range map[*json.RawMessage]json.RawMessage{&a.body.Access: b.Access, &a.body.Web: b.Web, &a.body.PublicClient: b.PublicClient} {
		if from != nil {
			*to = from
		}
	}
	return nil
}

func (a *App) certificates(list []keyCredential) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
next:
	for _, k := range list {
		if len(k.Key) == 0 {
			for _, c := range a.certs {
				if strings.EqualFold(keyID(a.ClientID, string(c.Raw)), k.KeyID) {
					certs = append(certs, c)
					continue next
				}
			}
		}
		cert, err := x509.ParseCertificate(k.Key)
		if err != nil || k.Type != "AsymmetricX509Cert" || k.Usage != "Verify" {
			return nil, wire.Errorf(http.StatusBadRequest, "KeyCredentialsInvalidValue", "Key credential is not valid: want type AsymmetricX509Cert, usage Verify and a certificate.")
		}
		certs = append(certs, cert)
	}
	return certs, nil
}

// keyID is the id of a credential.
func keyID(client, credential string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(client+" "+credential)).String()
}

func (s appSecret) object(text bool) map[string]any {
	o := map[string]any{
		"keyId": s.id, "displayName": orNull(s.name), "hint": s.text[:min(3, len(s.text))], "secretText": nil, "customKeyIdentifier": nil,
		"startDateTime": wire.Time(s.start), "endDateTime": wire.Time(s.expires),
	}
	if text {
		o["secretText"] = s.text
	}
	return o
}

// object is the registration as Graph shows it.
func (a *App) object() map[string]any {
	a.mu.RLock()
	defer a.mu.RUnlock()
	audience := "AzureADMyOrg"
	if a.body.SignInAudience != nil {
		audience = *a.body.SignInAudience
	}
	passwords, keys := []any{}, []any{}
	for _, s := range a.secrets {
		passwords = append(passwords, s.object(false))
	}
	for _, c := range a.certs {
		sum := sha256.Sum256(c.Raw)
		keys = append(keys, map[string]any{
			"keyId": keyID(a.ClientID, string(c.Raw)), "type": "AsymmetricX509Cert", "usage": "Verify", "key": nil, "displayName": c.Subject.String(),
			"customKeyIdentifier": base64.StdEncoding.EncodeToString(sum[:20]), "startDateTime": wire.Time(c.NotBefore), "endDateTime": wire.Time(c.NotAfter),
		})
	}
	return map[string]any{
		"id": a.Application, "appId": a.ClientID, "displayName": a.DisplayName, "description": nil, "signInAudience": audience,
		"createdDateTime": wire.Time(a.created), "deletedDateTime": nil, "publisherDomain": nil, "identifierUris": []string{}, "tags": []string{},
		"requiredResourceAccess": orEmpty(a.body.Access, "[]"), "isFallbackPublicClient": nil, "appRoles": []any{},
		"web": orEmpty(a.body.Web, `{"redirectUris":[]}`), "publicClient": orEmpty(a.body.PublicClient, `{"redirectUris":[]}`),
		"keyCredentials": keys, "passwordCredentials": passwords,
	}
}

func orEmpty(raw json.RawMessage, empty string) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage(empty)
	}
	return raw
}

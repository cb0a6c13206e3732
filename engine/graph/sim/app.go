package sim

import (
	"bytes"
	"crypto/sha1" // identifies, does not protect
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// App is an application registration with its credentials, its service
// principal and the roles granted to that.
type App struct {
	ClientID    string
	ObjectID    string // of its service principal in the tenant
	DisplayName string
	Application string // object id of the registration itself

	created time.Time
	known   time.Time // when the registration is known everywhere

	mu        sync.RWMutex
	secrets   []appSecret
	certs     []*x509.Certificate
	roles     []string
	principal time.Time // when the service principal is known everywhere; zero: there is none
	body      appBody   // what the registration says beside this
}

// appSecret is a client secret.
type appSecret struct {
	id, name       string
	text           string
	known          time.Time // when sign-in accepts it
	start, expires time.Time
}

// newApp registers an application that can sign in at once with everything granted.
func newApp(w *World, t *Tenant, name string) *App {
	now := w.clock.Now()
	a := &App{
		ClientID: w.newID("app", t.domain, name), ObjectID: w.newID("service principal", t.domain, name), DisplayName: name,
		Application: w.newID("application", t.domain, name), created: now, known: now, principal: now,
	}
	a.roles = slices.Clone(allRoles)
	a.AddSecret(w.secretText("secret", a.ClientID), now.AddDate(2, 0, 0))
	return a
}

// Secret is the first client secret.
func (a *App) Secret() string {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if len(a.secrets) == 0 {
		return ""
	}
	return a.secrets[0].text
}

// AddSecret adds a client secret that is accepted until expires.
func (a *App) AddSecret(text string, expires time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.secrets = append(a.secrets, a.newSecret(text, expires))
}

// SetSecret replaces all client secrets by one.
func (a *App) SetSecret(text string, expires time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.secrets = []appSecret{a.newSecret(text, expires)}
}

func (a *App) newSecret(text string, expires time.Time) appSecret {
	return appSecret{id: keyID(a.ClientID, text), text: text, start: a.created, expires: expires}
}

// AddCertificate registers a certificate in DER form as a credential.
func (a *App) AddCertificate(der []byte) error {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return fmt.Errorf("register certificate of %s: %w", a.DisplayName, err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.certs = append(a.certs, cert)
	return nil
}

// Roles lists the granted application permissions.
func (a *App) Roles() []string {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return slices.Clone(a.roles)
}

// SetRoles replaces the granted permissions. Tokens issued before keep theirs.
func (a *App) SetRoles(roles ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.roles = slices.Clone(roles)
}

// hasPrincipal reports whether the app may sign in to its tenant by now.
func (a *App) hasPrincipal(now time.Time) bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return !a.principal.IsZero() && !now.Before(a.principal)
}

// certificate finds a registered certificate by the thumbprint in the header of
// an assertion: x5t#S256 is the SHA-256 of the DER form, x5t its SHA-1. Clients
// write them in base64url, as JWT wants, or in standard base64 ("Microsoft
// identity platform application authentication certificate credentials").
func (a *App) certificate(header map[string]any) *x509.Certificate {
	long, short := thumbprint(header["x5t#S256"]), thumbprint(header["x5t"])
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, c := range a.certs {
		sum256, sum1 := sha256.Sum256(c.Raw), sha1.Sum(c.Raw)
		if bytes.Equal(long, sum256[:]) || long == nil && bytes.Equal(short, sum1[:]) {
			return c
		}
	}
	return nil
}

// thumbprint reads a thumbprint of a header in either alphabet; nil if it is none.
func thumbprint(v any) []byte {
	text, _ := v.(string)
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
	sum, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(sum) == 0 {
		return nil
	}
	return sum
}

// checkSecret reports whether the secret is one of the app's and still valid.
func (a *App) checkSecret(text string, now time.Time) (known, valid bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, s := range a.secrets {
		if s.text == text && !now.Before(s.known) {
			return true, now.Before(s.expires)
		}
	}
	return false, false
}

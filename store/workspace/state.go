package workspace

import (
	"cmp"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"vangnet/engine/model"
)

// State is what all documents together say. It is a copy: read it freely,
// change nothing in it.
type State struct {
	Tenants     []Tenant // in order of domain, those disconnected too
	Technicians []Technician
	Settings    map[string]json.RawMessage
	Damage      []Damage
	Unknown     int // documents of types that this version does not know
	Docs        int
}

// Tenant is a customer's tenant as the workspace knows it.
type Tenant struct {
	model.Tenant
	Connected    bool
	Disconnected time.Time // zero while it is connected
	Credential   Credential
	CloudCA      string                      // PEM; certificate authority of a cloud given as URL
	VaultKey     Secret                      // 32 bytes; kept after disconnecting, for the copies stay
	Choices      map[model.ResourceID]Choice // resources included or excluded by hand
	Changed      time.Time                   // of its newest document
	ChangedBy    string                      // key id of that one's author
}

// Credential is what the program signs in to a tenant with: one of the two.
type Credential struct {
	ClientSecret Secret
	Certificate  Secret // PEM: certificate and private key
}

// Choice is a technician's decision about a resource.
type Choice struct {
	Included bool      `json:"included"`
	Reason   string    `json:"reason,omitempty"` // in the technician's words
	By       string    `json:"-"`                // key id
	Time     time.Time `json:"-"`
}

// Technician is someone who has written in this workspace.
type Technician struct {
	ID    string // key id
	Name  string
	Key   ed25519.PublicKey
	Since time.Time
}

// Tenant finds a tenant by id or domain, without regard to case.
func (s State) Tenant(idOrDomain string) (Tenant, bool) {
	for _, t := range s.Tenants {
		if strings.EqualFold(string(t.ID), idOrDomain) || strings.EqualFold(t.Domain, idOrDomain) {
			return t, true
		}
	}
	return Tenant{}, false
}

// The documents' types.
const (
	typeTechnician   = "technician"
	typeConnected    = "tenant.connected"
	typeUpdated      = "tenant.updated"
	typeCredential   = "tenant.credential"
	typeDisconnected = "tenant.disconnected"
	typeChoice       = "resource.choice"
	typeSetting      = "setting"
	typeVault        = "vault"
)

// Bodies of documents.
type (
	technicianBody struct {
		Name string `json:"name"`
		Key  []byte `json:"key"`
	}
	tenantBody struct {
		Tenant     model.Tenant    `json:"tenant"`
		Credential *credentialBody `json:"credential,omitempty"`
		CloudCA    string          `json:"cloud_ca,omitempty"`
	}
	credentialBody struct {
		Tenant       model.TenantID `json:"tenant_id,omitempty"`
		ClientSecret []byte         `json:"client_secret,omitempty"`
		Certificate  []byte         `json:"certificate,omitempty"`
	}
	disconnectedBody struct {
		Tenant model.TenantID `json:"tenant_id"`
	}
	choiceBody struct {
		Tenant   model.TenantID   `json:"tenant_id"`
		Resource model.ResourceID `json:"resource_id"`
		Choice
	}
	settingBody struct {
		Name  string          `json:"name"`
		Value json.RawMessage `json:"value"`
	}
	vaultBody struct {
		Tenant model.TenantID `json:"tenant_id"`
		Key    []byte         `json:"key"`
	}
)

func (b *credentialBody) credential() Credential {
	return Credential{ClientSecret: NewSecret(b.ClientSecret), Certificate: NewSecret(b.Certificate)}
}

// folding is a state in the making.
type folding struct {
	tenants     map[model.TenantID]*Tenant
	technicians map[string]*Technician
	settings    map[string]json.RawMessage
	unknown     int
}

// fold puts the documents together, in the order of their names: for each
// subject the later one stands. w.mu is held.
func (w *Workspace) fold() State {
	f := &folding{tenants: map[model.TenantID]*Tenant{}, technicians: map[string]*Technician{}, settings: map[string]json.RawMessage{}}
	damage := maps.Clone(w.damage)
	for _, set := range []map[string]*Doc{w.docs, w.vaults} {
		for _, name := range slices.Sorted(maps.Keys(set)) {
			if err := f.add(set[name]); err != nil {
				damage[name] = err
			}
		}
	}
	s := State{Settings: f.settings, Unknown: f.unknown, Docs: len(w.docs)}
	for _, name := range slices.Sorted(maps.Keys(damage)) {
		s.Damage = append(s.Damage, Damage{Name: name, Cause: damage[name].Error()})
	}
	for _, t := range f.tenants {
		if t.ID != "" { // a vault key alone makes no tenant
			s.Tenants = append(s.Tenants, *t)
		}
	}
	slices.SortFunc(s.Tenants, func(a, b Tenant) int { return cmp.Or(cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.ID, b.ID)) })
	for _, t := range f.technicians {
		s.Technicians = append(s.Technicians, *t)
	}
	slices.SortFunc(s.Technicians, func(a, b Technician) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return s
}

// tenant finds or begins a tenant.
func (f *folding) tenant(id model.TenantID) *Tenant {
	t := f.tenants[id]
	if t == nil {
		t = &Tenant{Choices: map[model.ResourceID]Choice{}}
		f.tenants[id] = t
	}
	return t
}

// add takes one document into account. An error means that its body makes no
// sense; it is then as if it were not there.
func (f *folding) add(d *Doc) error {
	switch d.Type {
	case typeTechnician:
		return f.technician(d)
	case typeConnected, typeUpdated:
		return f.connected(d)
	case typeCredential:
		var b credentialBody
		return f.change(d, &b, func() *Tenant { return f.tenants[b.Tenant] }, func(t *Tenant) { t.Credential = b.credential() })
	case typeDisconnected:
		var b disconnectedBody
		return f.change(d, &b, func() *Tenant { return f.tenants[b.Tenant] }, func(t *Tenant) {
			t.Connected, t.Disconnected, t.Credential = false, d.Time, Credential{}
		})
	case typeChoice:
		var b choiceBody
		return f.change(d, &b, func() *Tenant { return f.tenants[b.Tenant] }, func(t *Tenant) {
			b.By, b.Time = d.Author, d.Time
			t.Choices[b.Resource] = b.Choice
		})
	case typeSetting:
		var b settingBody
		if err := body(d, &b); err != nil {
			return err
		}
		f.settings[b.Name] = b.Value
	case typeVault:
		return f.vault(d)
	default:
		f.unknown++
	}
	return nil
}

func (f *folding) technician(d *Doc) error {
	var b technicianBody
	if err := body(d, &b); err != nil {
		return err
	}
	if len(b.Key) != ed25519.PublicKeySize || KeyID(b.Key) != d.Author {
		return fmt.Errorf("technician %q is announced by another", b.Name)
	}
	t := f.technicians[d.Author]
	if t == nil {
		t = &Technician{ID: d.Author, Key: b.Key, Since: d.Time}
		f.technicians[d.Author] = t
	}
	t.Name = b.Name
	return nil
}

func (f *folding) connected(d *Doc) error {
	var b tenantBody
	if err := body(d, &b); err != nil {
		return err
	}
	if !validTenant(b.Tenant.ID) {
		return fmt.Errorf("tenant id %q is none", b.Tenant.ID)
	}
	t := f.tenant(b.Tenant.ID)
	if d.Type == typeUpdated && t.ID == "" {
		return ErrNoTenant
	}
	t.Tenant, t.Changed, t.ChangedBy = b.Tenant, d.Time, d.Author
	if d.Type == typeConnected {
		t.Connected, t.Disconnected, t.CloudCA = true, time.Time{}, b.CloudCA
		if b.Credential != nil {
			t.Credential = b.Credential.credential()
		}
	}
	return nil
}

func (f *folding) vault(d *Doc) error {
	var b vaultBody
	if err := body(d, &b); err != nil {
		return err
	}
	if d.Name != vaultName(b.Tenant) || len(b.Key) != keySize {
		return fmt.Errorf("no vault key of %q", b.Tenant)
	}
	f.tenant(b.Tenant).VaultKey = NewSecret(b.Key)
	return nil
}

// change reads a body and applies it to the tenant it is about.
func (f *folding) change(d *Doc, into any, find func() *Tenant, apply func(*Tenant)) error {
	if err := body(d, into); err != nil {
		return err
	}
	t := find()
	if t == nil {
		return ErrNoTenant
	}
	apply(t)
	t.Changed, t.ChangedBy = d.Time, d.Author
	return nil
}

func body(d *Doc, into any) error {
	if err := json.Unmarshal(d.Body, into); err != nil {
		return fmt.Errorf("body of %s is not readable: %w", d.Type, err)
	}
	return nil
}

func vaultName(id model.TenantID) string { return vaultStart + string(id) }

// validTenant reports a lower-case GUID, the only form that becomes a key.
func validTenant(id model.TenantID) bool {
	if len(id) != 36 {
		return false
	}
	for i, c := range []byte(id) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdef", rune(c)) {
			return false
		}
	}
	return true
}

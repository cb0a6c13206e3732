package workspace

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"vangnet/engine/model"
	"vangnet/store/bucket"
)

// Append adds a document of any type, signed by the technician at work. It is
// in the bucket, and in State, when Append returns nil.
func (w *Workspace) Append(ctx context.Context, typ string, content any) error {
	if err := w.introduce(ctx); err != nil {
		return err
	}
	return w.append(ctx, typ, content)
}

func (w *Workspace) append(ctx context.Context, typ string, content any) error {
	w.appending.Lock()
	defer w.appending.Unlock()
	d, err := w.newDoc(typ, content)
	if err != nil {
		return fmt.Errorf("write %s: %w", typ, err)
	}
	if d.Name, err = docName(d.Time, d.Author, w.opts.Rand); err != nil {
		return fmt.Errorf("write %s: %w", typ, err)
	}
	if err := w.store(ctx, d); err != nil {
		return fmt.Errorf("write %s: %w", typ, err)
	}
	return nil
}

func (w *Workspace) newDoc(typ string, content any) (*Doc, error) {
	if err := w.opts.Identity.check(); err != nil {
		return nil, err
	}
	text, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	previous := ""
	for name := range w.docs {
		previous = max(previous, name)
	}
	w.mu.Unlock()
	return &Doc{Type: typ, Body: text, Author: w.me(), Time: w.now(), Previous: previous}, nil
}

// store seals a document, puts it into the bucket and takes it in.
func (w *Workspace) store(ctx context.Context, d *Doc) error {
	data, err := w.sealDoc(d)
	if err != nil {
		return err
	}
	if err := put(ctx, w.bucket, d.Name, data, w.opts.Lock); err != nil {
		return err
	}
	w.cache.write(d.Name, data)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.takeIn(d.Name, data)
	w.state = w.fold()
	return nil
}

// me is the key id of the technician at work.
func (w *Workspace) me() string {
	return KeyID(w.opts.Identity.Key.Public().(ed25519.PublicKey))
}

// introduce announces the technician at work, once for each key and name.
func (w *Workspace) introduce(ctx context.Context) error {
	id := w.opts.Identity
	if err := id.check(); err != nil {
		return err
	}
	for _, t := range w.State().Technicians {
		if t.ID == w.me() && t.Name == id.Name {
			return nil
		}
	}
	return w.append(ctx, typeTechnician, technicianBody{Name: id.Name, Key: id.Key.Public().(ed25519.PublicKey)})
}

// ConnectTenant connects a tenant or renews its connection. It returns the
// tenant with its vault key, which is made once and stays the same for ever,
// whoever connects the tenant again.
func (w *Workspace) ConnectTenant(ctx context.Context, tenant model.Tenant, credential Credential, cloudCA string) (Tenant, error) {
	if !validTenant(tenant.ID) {
		return Tenant{}, fmt.Errorf("connect tenant: id %q is not a lower-case GUID", tenant.ID)
	}
	if tenant.Since.IsZero() {
		tenant.Since = w.opts.Clock.Now().UTC()
	}
	if err := w.makeVaultKey(ctx, tenant.ID); err != nil {
		return Tenant{}, fmt.Errorf("connect tenant %s: %w", tenant.ID, err)
	}
	b := tenantBody{Tenant: tenant, CloudCA: cloudCA, Credential: bodyOf(credential)}
	if err := w.Append(ctx, typeConnected, b); err != nil {
		return Tenant{}, fmt.Errorf("connect tenant %s: %w", tenant.ID, err)
	}
	t, _ := w.State().Tenant(string(tenant.ID))
	return t, nil
}

func bodyOf(c Credential) *credentialBody {
	return &credentialBody{ClientSecret: c.ClientSecret.Reveal(), Certificate: c.Certificate.Reveal()}
}

// makeVaultKey writes a random vault key unless there is one. The bucket lets
// only one be first.
func (w *Workspace) makeVaultKey(ctx context.Context, id model.TenantID) error {
	name := vaultName(id)
	w.mu.Lock()
	known := w.vaults[name] != nil
	w.mu.Unlock()
	if known {
		return nil
	}
	key := make([]byte, keySize)
	if _, err := io.ReadFull(w.opts.Rand, key); err != nil {
		return fmt.Errorf("random vault key: %w", err)
	}
	d, err := w.newDoc(typeVault, vaultBody{Tenant: id, Key: key})
	if err != nil {
		return err
	}
	d.Name = name
	err = w.store(ctx, d)
	if !errors.Is(err, bucket.ErrExists) {
		return err
	}
	if err := w.Refresh(ctx); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.vaults[name] == nil {
		return fmt.Errorf("vault key of %s: %w", id, cmp.Or(w.damage[name], errGone))
	}
	return nil
}

// UpdateTenant changes what is known of a connected tenant, such as its package.
func (w *Workspace) UpdateTenant(ctx context.Context, tenant model.Tenant) error {
	if _, err := w.connected(tenant.ID); err != nil {
		return fmt.Errorf("change tenant %s: %w", tenant.ID, err)
	}
	return w.Append(ctx, typeUpdated, tenantBody{Tenant: tenant})
}

// SetCredential renews what the program signs in to a tenant with.
func (w *Workspace) SetCredential(ctx context.Context, id model.TenantID, credential Credential) error {
	if _, err := w.connected(id); err != nil {
		return fmt.Errorf("change credential of %s: %w", id, err)
	}
	b := bodyOf(credential)
	b.Tenant = id
	return w.Append(ctx, typeCredential, b)
}

// DisconnectTenant ends the daily copy of a tenant and drops its credential
// from the state. Its vault and vault key stay.
func (w *Workspace) DisconnectTenant(ctx context.Context, id model.TenantID) error {
	if _, err := w.connected(id); err != nil {
		return fmt.Errorf("disconnect tenant %s: %w", id, err)
	}
	return w.Append(ctx, typeDisconnected, disconnectedBody{Tenant: id})
}

// Choose includes or excludes a resource.
func (w *Workspace) Choose(ctx context.Context, id model.TenantID, resource model.ResourceID, choice Choice) error {
	if _, err := w.connected(id); err != nil {
		return fmt.Errorf("choose %s of %s: %w", resource, id, err)
	}
	return w.Append(ctx, typeChoice, choiceBody{Tenant: id, Resource: resource, Choice: choice})
}

// Set gives a shared setting a value, which must marshal to JSON.
func (w *Workspace) Set(ctx context.Context, name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("setting %s: %w", name, err)
	}
	return w.Append(ctx, typeSetting, settingBody{Name: name, Value: text})
}

func (w *Workspace) connected(id model.TenantID) (Tenant, error) {
	t, ok := w.State().Tenant(string(id))
	if !ok || !t.Connected {
		return t, ErrNoTenant
	}
	return t, nil
}

// History is every document, oldest first, those of unknown types too. Bodies
// may hold secrets.
func (w *Workspace) History() []Doc {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]Doc, 0, len(w.docs))
	for _, name := range slices.Sorted(maps.Keys(w.docs)) {
		list = append(list, *w.docs[name])
	}
	return list
}

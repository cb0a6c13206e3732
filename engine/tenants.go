package engine

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"vangnet/engine/backup"
	"vangnet/engine/cause"
	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/engine/model"
	"vangnet/store/vault"
	"vangnet/store/workspace"
)

// ConnectRequest asks to connect a tenant. Exactly one of Secret and Certificate is set.
type ConnectRequest struct {
	Tenant      string // id or domain
	ClientID    string
	Secret      string
	Certificate []byte // PEM: certificate and private key
	Cloud       string
	CloudCA     []byte // PEM
}

// ConnectedTenants lists the tenants of the workspace, in order of domain.
func (e *Engine) ConnectedTenants() []model.Tenant {
	var list []model.Tenant
	for _, t := range e.space.State().Tenants {
		if t.Disconnected.IsZero() {
			list = append(list, t.Tenant)
		}
	}
	return list
}

// FindTenant finds a tenant by domain or id. Tenants that were disconnected are
// found too: their copies stay.
func (e *Engine) FindTenant(name string) (model.Tenant, error) {
	t, ok := e.space.State().Tenant(name)
	if !ok {
		return model.Tenant{}, fault.New(fault.NoTenant, fmt.Errorf("no tenant is called %q here", name), "tenant", name)
	}
	return t.Tenant, nil
}

// Domain is a tenant's domain, for showing.
func (e *Engine) Domain(id model.TenantID) string {
	if t, ok := e.space.State().Tenant(string(id)); ok {
		return t.Tenant.Domain
	}
	return string(id)
}

// Connect signs in to a tenant, reads who it is and what it granted, and keeps
// its credential in the workspace. Connecting again renews it.
func (e *Engine) Connect(ctx context.Context, r ConnectRequest) (model.Tenant, []model.Right, error) {
	cloud, err := graph.ParseCloud(r.Cloud, r.CloudCA)
	if err != nil {
		return model.Tenant{}, nil, cause.Mark(err)
	}
	c, err := graph.New(graph.Options{
		Cloud: cloud, Tenant: r.Tenant, ClientID: r.ClientID, Credential: graph.Credential{Secret: r.Secret, Certificate: r.Certificate},
		Clock: e.opts.Clock, Log: e.opts.Log, App: e.app,
	})
	if err != nil {
		return model.Tenant{}, nil, cause.Mark(err, "tenant", r.Tenant)
	}
	defer c.Close()
	ctx = graph.Hasty(ctx) // a person waits for the answer
	rights, err := c.Rights(ctx)
	if err != nil {
		return model.Tenant{}, nil, markHost(err, r.Tenant, cloud)
	}
	org, err := c.Organization(ctx)
	if err != nil {
		return model.Tenant{}, nil, markHost(err, r.Tenant, cloud)
	}
	t := model.Tenant{ID: model.TenantID(org.ID), Domain: org.Domain, Name: org.Name, ClientID: r.ClientID, Cloud: cloud.Name, Since: e.opts.Clock.Now()}
	cred := workspace.Credential{ClientSecret: workspace.NewSecret([]byte(r.Secret)), Certificate: workspace.NewSecret(r.Certificate)}
	kept, err := e.space.ConnectTenant(ctx, t, cred, string(r.CloudCA))
	if err != nil {
		return model.Tenant{}, nil, cause.Mark(err, "place", e.bucket.String())
	}
	if err := e.makeVault(ctx, kept); err != nil {
		return model.Tenant{}, nil, err
	}
	e.forget(t.ID)
	e.bus.Tick()
	return kept.Tenant, rights, nil
}

// markHost gives an error of Microsoft's its code, with the host it came from.
func markHost(err error, tenant string, cloud graph.Cloud) error {
	host := cloud.Root
	if u, err := url.Parse(cloud.Root); err == nil {
		host = u.Host
	}
	return cause.Mark(err, "tenant", tenant, "host", host)
}

func (e *Engine) makeVault(ctx context.Context, t workspace.Tenant) error {
	err := vault.Create(ctx, vault.Options{Bucket: e.bucket, Tenant: t.ID, Key: t.VaultKey.Reveal(), Lock: e.space.Lock(), Clock: e.opts.Clock})
	if errors.Is(err, vault.ErrExists) {
		return nil
	}
	return cause.Mark(err, "place", e.bucket.String(), "tenant", t.Domain)
}

// forget drops what is open of a tenant's connection.
func (e *Engine) forget(id model.TenantID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c, ok := e.clients[id]; ok {
		c.Close()
		delete(e.clients, id)
	}
}

// Disconnect forgets a tenant's credential. Its vault stays.
func (e *Engine) Disconnect(ctx context.Context, id model.TenantID) error {
	e.forget(id)
	if err := e.space.DisconnectTenant(ctx, id); err != nil {
		return cause.Mark(err, "place", e.bucket.String())
	}
	e.bus.Tick()
	return nil
}

// client opens the connection to a tenant.
func (e *Engine) client(id model.TenantID) (*graph.Client, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c, ok := e.clients[id]; ok {
		return c, nil
	}
	t, ok := e.space.State().Tenant(string(id))
	if !ok || !t.Disconnected.IsZero() {
		return nil, fault.New(fault.NoTenant, fmt.Errorf("tenant %s is not connected", id), "tenant", string(id))
	}
	cloud, err := graph.ParseCloud(t.Cloud, []byte(t.CloudCA))
	if err != nil {
		return nil, cause.Mark(err)
	}
	c, err := graph.New(graph.Options{
		Cloud: cloud, Tenant: string(t.ID), ClientID: t.ClientID,
		Credential: graph.Credential{Secret: string(t.Credential.ClientSecret.Reveal()), Certificate: t.Credential.Certificate.Reveal()},
		Clock:      e.opts.Clock, Log: e.opts.Log, App: e.app,
	})
	if err != nil {
		return nil, cause.Mark(err, "tenant", t.Domain)
	}
	e.clients[id] = c
	return c, nil
}

// vault opens a tenant's vault.
func (e *Engine) vault(ctx context.Context, id model.TenantID) (*vault.Vault, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if v, ok := e.vaults[id]; ok {
		return v, nil
	}
	t, ok := e.space.State().Tenant(string(id))
	if !ok {
		return nil, fault.New(fault.NoTenant, fmt.Errorf("no tenant %s here", id), "tenant", string(id))
	}
	v, err := vault.Open(ctx, vault.Options{
		Bucket: e.bucket, Tenant: id, Key: t.VaultKey.Reveal(), CacheDir: filepath.Join(e.opts.Home, "cache"), Clock: e.opts.Clock,
	})
	if err != nil {
		return nil, cause.Mark(err, "tenant", t.Domain, "place", e.bucket.String())
	}
	e.vaults[id] = v
	return v, nil
}

// CheckRights asks a tenant anew what it granted.
func (e *Engine) CheckRights(ctx context.Context, id model.TenantID) ([]model.Right, error) {
	c, err := e.client(id)
	if err != nil {
		return nil, err
	}
	rights, err := c.Rights(ctx)
	return rights, cause.Mark(err, "tenant", e.Domain(id))
}

// LiveResources asks a tenant anew what it has.
func (e *Engine) LiveResources(ctx context.Context, id model.TenantID) ([]model.Resource, error) {
	c, err := e.client(id)
	if err != nil {
		return nil, err
	}
	list, err := backup.Resources(ctx, c, nil, e.opts.Clock.Now())
	return list, cause.Mark(err, "tenant", e.Domain(id))
}

// VaultKey is what the stock kopia program needs to read a vault.
type VaultKey struct {
	Tenant   string `json:"tenant"`
	Password string `json:"password"`
	Connect  string `json:"connect"` // the command that connects it
}

// VaultKey gives the password and place of a tenant's vault.
func (e *Engine) VaultKey(id model.TenantID) (VaultKey, error) {
	t, ok := e.space.State().Tenant(string(id))
	if !ok {
		return VaultKey{}, fault.New(fault.NoTenant, fmt.Errorf("no tenant %s here", id), "tenant", string(id))
	}
	k := VaultKey{Tenant: t.Domain, Password: vault.Password(t.VaultKey.Reveal())}
	p, prefix := e.bucket.Place(), vault.Prefix(id)
	if p.Dir != "" {
		k.Connect = fmt.Sprintf("kopia repository connect filesystem --readonly --path=%s", filepath.Join(p.Dir, filepath.FromSlash(strings.TrimSuffix(prefix, "/"))))
		return k, nil
	}
	k.Connect = fmt.Sprintf("kopia repository connect s3 --readonly --bucket=%s --prefix=%s --endpoint=%s --region=%s", p.Bucket, p.Prefix+prefix, p.Endpoint, p.Region)
	if p.Insecure {
		k.Connect += " --disable-tls"
	}
	return k, nil
}

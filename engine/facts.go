package engine

import (
	"context"
	"strconv"

	"vangnet/engine/cause"
	"vangnet/engine/model"
	"vangnet/store/vault"
)

// StorageFacts tell where a tenant's vault is and how it is kept.
func (e *Engine) StorageFacts(ctx context.Context, id model.TenantID) ([]model.Fact, error) {
	p := e.bucket.Place()
	facts := []model.Fact{{Label: "storage", Value: e.bucket.String()}, {Label: "vault", Value: vault.Prefix(id)}, {Label: "encryption", Value: "AES-256-GCM"}}
	if p.Region != "" {
		facts = append(facts, model.Fact{Label: "region", Value: p.Region})
	}
	v, err := e.vault(ctx, id)
	if err != nil {
		return facts, err
	}
	lock := ""
	if l := v.Lock(); l != nil {
		lock = l.String()
	}
	facts = append(facts, model.Fact{Label: "lock", Value: lock})
	h, err := e.Tenant(ctx, id)
	if err != nil {
		return facts, cause.Mark(err)
	}
	return append(facts, model.Fact{Label: "size", Value: strconv.FormatInt(h.Bytes, 10)}), nil
}

// Facts tell of this computer and its workspace.
func (e *Engine) Facts(context.Context) ([]model.Fact, error) {
	return []model.Fact{
		{Label: "storage", Value: e.bucket.String()},
		{Label: "home", Value: e.opts.Home},
		{Label: "technician", Value: e.config.Technician},
		{Label: "workspace", Value: e.space.ID()},
		{Label: "tenants", Value: strconv.Itoa(len(e.ConnectedTenants()))},
	}, nil
}

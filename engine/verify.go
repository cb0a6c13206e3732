package engine

import (
	"context"

	"vangnet/engine/cause"
	"vangnet/engine/job"
	"vangnet/engine/model"
	"vangnet/store/vault"
)

// Verify starts to check a tenant's vault and to read back a share of its
// content. The job's result has the report; each damage counts as a failure.
func (e *Engine) Verify(ctx context.Context, id model.TenantID, readPercent float64) (string, error) {
	t, err := e.FindTenant(string(id))
	if err != nil {
		return "", err
	}
	about := model.Job{Kind: model.JobVerify, Tenant: t.ID, Title: t.Name}
	return e.jobs.Start(ctx, about, func(ctx context.Context, rep *job.Reporter) (model.Result, error) {
		r, err := e.verify(ctx, t, readPercent, rep)
		if err != nil {
			return model.Result{}, err
		}
		return model.Result{Failed: int64(len(r.Damage)), Bytes: r.BytesRead, Errors: []model.ItemFault{}, Verified: &r}, nil
	})
}

func (e *Engine) verify(ctx context.Context, t model.Tenant, readPercent float64, rep *job.Reporter) (model.VerifyReport, error) {
	v, err := e.vault(ctx, t.ID)
	if err != nil {
		return model.VerifyReport{}, err
	}
	got, err := v.Verify(ctx, vault.VerifyOptions{ReadPercent: readPercent, Progress: func(p vault.VerifyProgress) {
		rep.Reach(p.Contents, p.ContentsTotal, p.Bytes, p.BytesTotal)
		rep.Now(p.Now)
	}})
	if err != nil {
		return model.VerifyReport{}, cause.Mark(err, "tenant", t.Domain, "place", e.bucket.String())
	}
	return reportOf(t, got), nil
}

// reportOf is what the vault tells, in addresses.
func reportOf(t model.Tenant, got vault.Report) model.VerifyReport {
	r := model.VerifyReport{
		Tenant: t.Domain, Snapshots: got.Snapshots, Objects: got.Contents, Read: got.ReadContents, BytesRead: got.ReadBytes, Damage: []model.Damage{},
	}
	for _, d := range got.Damage {
		out := model.Damage{What: d.Blob, Why: model.DamageKind(d.Problem), More: d.More, Paths: []string{}}
		for _, a := range d.Affected {
			out.Paths = append(out.Paths, model.JoinAddress(a.Resource, a.Path))
		}
		r.Damage = append(r.Damage, out)
	}
	for _, s := range got.NoManifest {
		r.Damage = append(r.Damage, model.Damage{What: s.ID, Why: model.DamageUnlisted, Detail: s.Address, Paths: []string{}})
	}
	if got.StockList != "" {
		r.Damage = append(r.Damage, model.Damage{Why: model.DamageStockList, Detail: got.StockList, Paths: []string{}})
	}
	return r
}

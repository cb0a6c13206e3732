package engine

import (
	"context"
	"fmt"

	"vangnet/engine/cause"
	"vangnet/engine/model"
	"vangnet/store/vault"
)

// VerifyReport is what checking a vault found.
type VerifyReport struct {
	Tenant    string   `json:"tenant"`
	Snapshots int64    `json:"snapshots"`
	Objects   int64    `json:"objects"` // pieces of content in the vault
	Read      int64    `json:"read"`    // of them read back and checked
	BytesRead int64    `json:"bytes_read"`
	Damage    []Damage `json:"damage"`
}

// Damage is one thing that is wrong with a vault.
type Damage struct {
	What  string   `json:"what"` // the blob, by its key in the bucket
	Why   string   `json:"why"`
	Paths []string `json:"paths"`          // addresses that cannot be restored because of it
	More  int64    `json:"more,omitempty"` // beyond those
}

// Verify checks a tenant's vault and reads back a share of its content.
func (e *Engine) Verify(ctx context.Context, id model.TenantID, readPercent float64) (VerifyReport, error) {
	v, err := e.vault(ctx, id)
	if err != nil {
		return VerifyReport{}, err
	}
	got, err := v.Verify(ctx, vault.VerifyOptions{ReadPercent: readPercent})
	if err != nil {
		return VerifyReport{}, cause.Mark(err, "tenant", e.Domain(id), "place", e.bucket.String())
	}
	r := VerifyReport{
		Tenant: e.Domain(id), Snapshots: got.Snapshots, Objects: got.Contents, Read: got.ReadContents, BytesRead: got.ReadBytes, Damage: []Damage{},
	}
	for _, d := range got.Damage {
		out := Damage{What: d.Blob, Why: string(d.Problem), More: d.More, Paths: []string{}}
		for _, a := range d.Affected {
			out.Paths = append(out.Paths, model.JoinAddress(a.Resource, a.Path))
		}
		r.Damage = append(r.Damage, out)
	}
	for _, s := range got.NoManifest {
		r.Damage = append(r.Damage, Damage{
			What: "snapshot " + s.ID, Why: fmt.Sprintf("the stock kopia program cannot find the snapshot of %s; Vangnet can read it", s.Address), Paths: []string{},
		})
	}
	if got.StockList != "" {
		r.Damage = append(r.Damage, Damage{What: "list of snapshots", Why: got.StockList, Paths: []string{}})
	}
	return r, nil
}

package export

import (
	"errors"
	"time"

	"vangnet/engine/cause"
	"vangnet/engine/fault"
	"vangnet/engine/model"
	"vangnet/engine/workload"
)

// errUnfit marks an item that the format cannot hold.
var errUnfit = fault.New(fault.FormUnfit, errors.New("the format holds mailbox items only"))

// Tally counts what a part holds.
type Tally struct {
	Saved     int64                `json:"saved"`
	Failed    int64                `json:"failed"`
	Bytes     int64                `json:"bytes"`
	Kinds     map[string]int64     `json:"kinds,omitempty"`
	Resources []model.HandoverPart `json:"resources,omitempty"`
	Errors    []model.ItemFault    `json:"errors,omitempty"`
	Files     []model.HandoverFile `json:"files,omitempty"`
	Moment    time.Time            `json:"moment"` // of the newest copy that something came from

	last int // index in Resources
}

// resource finds the line of an item's resource; items come resource by resource.
func (t *Tally) resource(c *chosen) *model.HandoverPart {
	address := c.Row.Resource
	if t.last < len(t.Resources) && t.Resources[t.last].Resource == address {
		return &t.Resources[t.last]
	}
	for i := range t.Resources {
		if t.Resources[i].Resource == address {
			t.last = i
			return &t.Resources[i]
		}
	}
	t.last = len(t.Resources)
	t.Resources = append(t.Resources, model.HandoverPart{Resource: address})
	return &t.Resources[t.last]
}

func (t *Tally) saved(c *chosen) {
	if t.Kinds == nil {
		t.Kinds = map[string]int64{}
	}
	t.Kinds[string(c.Entry.Kind)]++
	t.Saved++
	t.Bytes += c.Entry.Size
	r := t.resource(c)
	r.Items++
	r.Bytes += c.Entry.Size
	if c.Row.SnapshotTime.After(t.Moment) {
		t.Moment = c.Row.SnapshotTime
	}
}

func (t *Tally) failed(c *chosen, err error) {
	t.Failed++
	t.resource(c).Failed++
	f := model.ItemFault{Path: c.Row.Path, ID: c.Entry.ID, Cause: err.Error(), Code: cause.Code(err)}
	if errors.Is(err, workload.ErrNoContent) {
		f.Code = c.Entry.Warning
	}
	t.fault(f)
}

func (t *Tally) fault(f model.ItemFault) {
	if len(t.Errors) < maxErrors {
		t.Errors = append(t.Errors, f)
	}
}

// fits reports whether a format can hold an item.
func fits(f model.ExportFormat, e *model.Entry) bool { return f != model.ExportPST || e.Mail != nil }

// endsExport tells what would meet every item from what costs one.
func endsExport(err error) bool {
	if errors.As(err, new(endError)) {
		return true
	}
	switch cause.Code(err) {
	case fault.StorageUnreachable, fault.StorageDenied, fault.StorageKeyMissing, fault.StorageKeyWrong, fault.VaultKey, fault.VaultMissing, fault.DiskFull:
		return true
	}
	return false
}

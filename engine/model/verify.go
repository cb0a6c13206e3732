package model

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
	What   string     `json:"what"`             // the blob, by its key in the bucket; or a snapshot's id
	Why    DamageKind `json:"why"`              // what is wrong with it
	Detail string     `json:"detail,omitempty"` // technical text, where there is more to say
	Paths  []string   `json:"paths"`            // addresses that cannot be restored because of it
	More   int64      `json:"more,omitempty"`   // beyond those
}

// DamageKind says what is wrong with a part of a vault.
type DamageKind string

// The kinds of damage.
const (
	DamageMissing    DamageKind = "missing"    // it is not there any more
	DamageTruncated  DamageKind = "truncated"  // it is shorter than what was stored
	DamageChanged    DamageKind = "changed"    // its bytes are not those that were stored
	DamageUnreadable DamageKind = "unreadable" // it cannot be made sense of
	DamageLost       DamageKind = "lost"       // content that no index knows
	DamageUnlisted   DamageKind = "unlisted"   // a snapshot that the stock kopia program cannot find; Vangnet can
	DamageStockList  DamageKind = "stock_list" // the stock kopia program cannot list snapshots at all
)

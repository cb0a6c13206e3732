package model

import "time"

// TenantID is the Microsoft Entra tenant id, a lower-case GUID.
type TenantID string

// Package is the service plan a customer pays for.
type Package string

// The service plans.
const (
	PackageModern    Package = "Modern"
	PackageVeilig    Package = "Veilig"
	PackageCompliant Package = "Compliant"
)

// Tenant is one customer's Microsoft 365 organisation as the workspace knows it.
// It holds no secret.
type Tenant struct {
	ID       TenantID  `json:"tenant_id"`
	Domain   string    `json:"domain"` // default domain, such as contoso.example
	Name     string    `json:"name"`   // display name of the organisation
	ClientID string    `json:"client_id"`
	Cloud    string    `json:"cloud"` // global, usgov, usdod, china or a URL
	Package  Package   `json:"package,omitempty"`
	Since    time.Time `json:"since"` // when it was connected
}

// State says how a tenant or workload is doing. The order is from bad to good.
type State string

// The states a screen can show. Each has a shape, a word and a colour.
const (
	StateFailing      State = "failing"       // data is not being protected now
	StateAttention    State = "attention"     // someone should look today
	StateWaiting      State = "waiting"       // waits for Microsoft or for a colleague
	StateNeverRun     State = "never_run"     // connected, no run yet
	StateNotProtected State = "not_protected" // left out by choice
	StateRunning      State = "running"
	StateGood         State = "good"
)

// Reason explains a state: a code that the edge turns into a sentence in the
// technician's language, with the values the sentence needs.
type Reason struct {
	Code string            `json:"code"`           // such as consent_withdrawn
	Args map[string]string `json:"args,omitempty"` // such as {"count":"2"}
}

// WorkloadHealth is one workload's state in one tenant.
type WorkloadHealth struct {
	Workload     Workload  `json:"workload"`
	State        State     `json:"state"`
	LastSuccess  time.Time `json:"last_success"` // zero: never
	Protected    int       `json:"protected"`
	NotProtected int       `json:"not_protected"`
	Reason       Reason    `json:"reason"`
}

// TenantHealth is one row of the overview.
type TenantHealth struct {
	Tenant    Tenant           `json:"tenant"`
	State     State            `json:"state"`
	Reason    Reason           `json:"reason"`
	Workloads []WorkloadHealth `json:"workloads"`
	Nights    []State          `json:"nights"`     // the last 30 nights, oldest first; "" where no run was
	Protected int              `json:"protected"`  // accounts with a complete copy
	Accounts  int              `json:"accounts"`   // accounts that should have one
	Bytes     int64            `json:"bytes"`      // content bytes of the newest snapshots
	LastRun   time.Time        `json:"last_run"`   // zero: never
	NewItems  int64            `json:"new_items"`  // saved in the last run
	Checked   int64            `json:"checked"`    // items the last run looked after
	RunningID string           `json:"running_id"` // job at work for this tenant, or ""
}

// Right is one Graph permission the program uses and whether the tenant granted it.
type Right struct {
	Name    string   `json:"name"`
	Granted bool     `json:"granted"`
	For     []string `json:"for"` // what does not work without it: codes such as backup_mail
}

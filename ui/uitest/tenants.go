package uitest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"vangnet/engine/fault"
	"vangnet/engine/model"
)

var companies = []string{
	"Dakbedrijf Noord", "Praktijk Zuid", "Bouwmaat Bergen", "Notaris van Dijk & Zonen", "Kinderopvang De Regenboog", "Garage Hoekstra",
	"Advocatenkantoor Meijer", "Bakkerij 't Stoepje", "Installatietechniek Smit", "Makelaardij De Vries", "Tandartsen Centrum", "Transport Jansen",
	"Administratiekantoor Kroon", "Architectenbureau Lijn Acht", "Fysiotherapie Parkzicht", "Hoveniersbedrijf Groenrijk", "Drukkerij Letterkast",
	"Stichting Welzijn Waterland", "Schildersbedrijf Kleur & Co", "Uitvaartzorg Stil", "Reisbureau Zonnewijzer", "Woningbouwvereniging Het Rijnlandse Land van Buren en Overbetuwe-Oost",
	"Accountants Peil", "Kwekerij Rozendaal", "Machinefabriek Vulcanus", "Camping De Duinroos", "شركة النور للتجارة", "Optiek Helder", "Apotheek Brink", "Fietsenwinkel Spaak",
	"Slagerij van Ommen", "Bibliotheek Oost", "Zorggroep Maasduinen", "Jachthaven Lemmer", "Muziekschool Toonladder", "Verhuur Kraan & Kraan", "Dierenkliniek Poot", "Keukens Nu", "Glashandel Ruit", "IT-Werkplaats 🛠",
}

// makeTenants makes tenants in every state there is.
func makeTenants(now time.Time) []model.TenantHealth {
	list := make([]model.TenantHealth, 0, len(companies))
	for i, name := range companies {
		list = append(list, makeTenant(now, i, name))
	}
	return list
}

func makeTenant(now time.Time, i int, name string) model.TenantHealth {
	accounts := 8 + (i*37)%180
	h := model.TenantHealth{
		Tenant: model.Tenant{
			ID: model.TenantID(fmt.Sprintf("%08x-0000-4000-8000-%012x", 0x1a2b3c00+i, i)), Name: name, Domain: domain(name),
			Cloud: "global", Package: model.PackageVeilig, Since: ago(now, time.Duration(200+i)*24*time.Hour),
		},
		State: model.StateGood, Accounts: accounts, Protected: accounts, Bytes: int64(accounts) * 6_700_000_000,
		LastRun: ago(now, time.Duration(4+i%5)*time.Hour), NewItems: int64(i * 97 % 2400), Checked: int64(accounts) * 900,
	}
	for range 30 {
		h.Nights = append(h.Nights, model.StateGood)
	}
	for _, w := range model.Workloads() {
		h.Workloads = append(h.Workloads, model.WorkloadHealth{Workload: w, State: model.StateGood, LastSuccess: h.LastRun, Protected: accounts})
	}
	trouble(now, i, &h)
	return h
}

// trouble gives some tenants a bad day.
func trouble(now time.Time, i int, h *model.TenantHealth) {
	set := func(s model.State, code string, args ...string) {
		h.State, h.Reason = s, model.Reason{Code: code, Args: pairs(args)}
		h.Nights[29] = s
	}
	switch i {
	case 0:
		set(model.StateFailing, fault.ConsentWithdrawn, "tenant", h.Tenant.Name)
		for k := range h.Workloads {
			h.Workloads[k].State, h.Workloads[k].LastSuccess = model.StateFailing, ago(now, 50*time.Hour)
		}
		h.Nights[28], h.Nights[27] = model.StateFailing, ""
	case 1:
		set(model.StateAttention, "not_yet", "count", "2")
		h.Protected = h.Accounts - 2
		h.Workloads[0].State = model.StateAttention
	case 4:
		set(model.StateAttention, "items_failed", "count", "14")
		h.Workloads[0].State, h.Workloads[4].State = model.StateAttention, model.StateAttention
		h.Nights[12], h.Nights[13] = model.StateAttention, model.StateFailing
	case 9:
		set(model.StateWaiting, fault.Throttled)
	case 11:
		h.State, h.RunningID = model.StateRunning, "job-1"
	case 16:
		h.State, h.Reason = model.StateNeverRun, model.Reason{Code: "never_run"}
		h.Nights, h.Protected, h.Bytes, h.Checked, h.NewItems, h.LastRun = make([]model.State, 30), 0, 0, 0, 0, time.Time{}
		for k := range h.Workloads {
			h.Workloads[k].State, h.Workloads[k].LastSuccess = model.StateNeverRun, time.Time{}
		}
	case 21:
		set(model.StateAttention, "a_code_from_a_newer_engine", "count", "3")
	}
	if i%7 == 3 {
		h.Nights[(i*5)%30] = model.StateAttention
	}
}

func domain(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if r >= 'a' && r <= 'z' && b.Len() < 18 {
			b.WriteRune(r)
		}
	}
	if b.Len() == 0 {
		b.WriteString("noor")
	}
	return b.String() + ".example"
}

func pairs(args []string) map[string]string {
	m := map[string]string{}
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	return m
}

var people = []string{
	"Anna Bakker", "Bram de Boer", "Chaima El Amrani", "Daan Visser", "Eva Jansen", "Fatima Yılmaz", "Gijs van den Berg", "Hanneke Dekker", "Iris Mulder", "Joost Brouwer",
	"Kees van Leeuwen", "Lotte Vermeulen", "Mohamed Haddad", "Nina Kuipers", "Omar Said", "Pieter Hendriks", "Quirine Post", "Ruben Schouten", "Sanne Willems", "Tom Hoekstra",
	"Ursula van der Heijden-Oosterveld tot Nieuwenhuis", "Veerle Maas", "Wouter Prins", "Xander Blom", "Yasmin Kaya", "Zoë Martens", "יעל כהן", "Inkoop", "Info", "Vergaderzaal 1",
}

func account(i int) string {
	name := strings.ToLower(strings.Fields(people[i])[0])
	if name[0] < 'a' || name[0] > 'z' {
		name = "yael"
	}
	return strings.NewReplacer("ı", "i", "ö", "o", "ë", "e").Replace(name)
}

// Resources implements ui.Engine.
func (f *Fake) Resources(ctx context.Context, id model.TenantID) ([]model.ResourceHealth, error) {
	t, err := f.Tenant(ctx, id)
	if err != nil {
		return nil, err
	}
	list := make([]model.ResourceHealth, 0, 2*len(people))
	for i, name := range people {
		address := account(i) + "@" + t.Tenant.Domain
		r := model.Resource{
			Kind: model.Mailbox, Name: name, Address: address, UserID: "user-" + strconv.Itoa(i), ID: model.ResourceID("mailbox:user-" + strconv.Itoa(i)),
			Purpose: "user", Licensed: true, Enabled: true, Licences: []string{"SPE_E3"}, Coverage: model.Protected,
		}
		h := model.ResourceHealth{Resource: r, State: model.StateGood, LastSuccess: t.LastRun, Items: int64(1800 + i*613), Bytes: int64(i+3) * 410_000_000}
		ugly(i, &h)
		list = append(list, h)
		if r.Purpose == "user" && i < 27 {
			list = append(list, drive(h))
		}
	}
	return list, nil
}

func drive(m model.ResourceHealth) model.ResourceHealth {
	d := m
	d.Kind, d.Address, d.Archive = model.Drive, m.Address+"/onedrive", ""
	d.ID, d.DriveID = model.ResourceID("drive:"+m.UserID), "drive-"+m.UserID
	d.Items, d.Bytes, d.Failed = m.Items/4, m.Bytes*3, 0
	if m.Coverage == model.Protected {
		d.State, d.Reason = model.StateGood, model.Reason{}
	}
	return d
}

func ugly(i int, h *model.ResourceHealth) {
	switch i {
	case 2:
		h.Archive = model.Protected
	case 3:
		h.State, h.Failed = model.StateAttention, 14
		h.Reason = model.Reason{Code: "items_failed", Args: map[string]string{"count": "14"}}
	case 5:
		h.Archive = model.NotProtected
		h.State, h.Reason = model.StateAttention, model.Reason{Code: fault.ArchiveRefused}
	case 13:
		h.Coverage, h.Enabled, h.State = model.NotProtected, true, model.StateNeverRun
		h.Reason, h.LastSuccess, h.Items, h.Bytes = model.Reason{Code: "left_tenant"}, time.Time{}, 0, 0
	case 14:
		h.Coverage, h.Licensed, h.State = model.CannotBeProtected, false, model.StateNotProtected
		h.Reason, h.LastSuccess, h.Items, h.Bytes = model.Reason{Code: fault.NoMailbox}, time.Time{}, 0, 0
	case 27, 28:
		h.Purpose = "shared"
	case 29:
		h.Purpose, h.Licensed = "room", false
	}
}

// Runs implements ui.Engine.
func (f *Fake) Runs(ctx context.Context, id model.TenantID, limit int) ([]model.Run, error) {
	resources, err := f.Resources(ctx, id)
	if err != nil {
		return nil, err
	}
	now := f.Clock.Now()
	var runs []model.Run
	for n := range min(limit, 30) {
		start := ago(now, time.Duration(n*24+7)*time.Hour)
		run := model.Run{ID: fmt.Sprintf("run-%d", 30-n), Tenant: id, Started: start, Ended: start.Add(time.Duration(22+n%9) * time.Minute), By: "agent, WERKPLEK-07"}
		if n == 4 {
			run.Error = &model.ItemFault{Code: fault.ConsentWithdrawn, Cause: "AADSTS700016: Application was not found in the directory"}
			runs = append(runs, run)
			continue
		}
		for i, r := range resources {
			run.Resources = append(run.Resources, resourceRun(n, i, r))
		}
		runs = append(runs, run)
	}
	return runs, nil
}

func resourceRun(n, i int, r model.ResourceHealth) model.ResourceRun {
	rr := model.ResourceRun{Tenant: "", ID: r.ID, Address: r.Address, Outcome: model.Unchanged, Unchanged: r.Items, Items: r.Items, Requests: 12, Seconds: 3.2}
	switch {
	case r.Coverage == model.CannotBeProtected:
		rr.Outcome, rr.Skipped = model.Skipped, 1
	case (i+n)%3 == 0:
		rr.Outcome, rr.Saved, rr.Bytes, rr.Requests, rr.Seconds = model.Saved, int64(20+i*7), int64(i+1)*3_400_000, 41, 21.7
	}
	if r.Failed > 0 && n < 3 {
		rr.Outcome, rr.Saved, rr.Failed, rr.Bytes = model.Partial, 210, r.Failed, 88_000_000
		codes := []string{fault.CorruptItem, fault.ItemMalware, fault.HashMismatch, "a_new_code"}
		for k := range int(r.Failed) {
			rr.Errors = append(rr.Errors, model.ItemFault{
				Path: r.Address + "/mail/Inbox/Offerte " + strconv.Itoa(k+1) + " voor de renovatie van het dak aan de Kerkstraat", Code: codes[k%4], Cause: "ErrorItemCorrupt: the item is corrupt (request 3f1a)",
			})
		}
	}
	return rr
}

// makeJobs makes jobs in several states.
func makeJobs(now time.Time) []model.Job {
	return []model.Job{
		{ID: "job-1", Kind: model.JobBackup, Title: "Transport Jansen", State: model.JobRunning, Started: ago(now, 6*time.Minute), Progress: model.Progress{
			Resources: 14, ResourcesTotal: 61, Items: 12_400, ItemsTotal: 38_411, Bytes: 1_310_000_000, BytesTotal: 4_200_000_000, Failed: 1, Now: "inkoop@transportjansen.example/mail/Archief/2024/Facturen",
		}},
		{ID: "job-2", Kind: model.JobBackup, Title: "Makelaardij De Vries", State: model.JobRunning, Started: ago(now, 3*time.Minute), Progress: model.Progress{
			Resources: 2, ResourcesTotal: 20, Items: 900, Bytes: 41_000_000, WaitUntil: now.Add(14 * time.Minute), Now: "info@makelaardijdevries.example",
		}},
		{ID: "job-3", Kind: model.JobRestore, Title: "Offerte dakgoot 2026", More: 2, State: model.JobDone, Started: ago(now, 40*time.Minute), Ended: ago(now, 39*time.Minute), Result: &model.Result{Saved: 3, Bytes: 84_000, Target: model.Target{Kind: model.TargetLive, Address: "inkoop@dakbedrijfnoord.example/mail/Inbox"}}},
		{ID: "job-4", Kind: model.JobBackup, Title: "Kinderopvang De Regenboog", State: model.JobWarnings, Started: ago(now, 5*time.Hour), Ended: ago(now, 4*time.Hour), Result: &model.Result{
			Saved: 812, Unchanged: 120_000, Failed: 14, Bytes: 96_000_000, Errors: []model.ItemFault{{Path: "daan@kinderopvang.example/mail/Inbox/Offerte 1", Code: fault.CorruptItem, Cause: "ErrorItemCorrupt"}, {Path: "daan@kinderopvang.example/onedrive/setup.exe", Code: fault.ItemMalware, Cause: "malwareDetected"}},
		}},
		{ID: "job-5", Kind: model.JobBackup, Title: "Dakbedrijf Noord", State: model.JobFailed, Started: ago(now, 9*time.Hour), Ended: ago(now, 9*time.Hour), Error: &model.Fault{Code: fault.ConsentWithdrawn, Args: map[string]string{"tenant": "Dakbedrijf Noord"}, Detail: "AADSTS700016: Application with identifier 'f3…' was not found in the directory"}},
		{ID: "job-7", Kind: model.JobVerify, Title: "Praktijk Zuid", State: model.JobRunning, Started: ago(now, 2*time.Minute), Progress: model.Progress{
			Items: 61_200, ItemsTotal: 212_000, Bytes: 5_900_000_000, BytesTotal: 20_500_000_000,
		}},
		{ID: "job-8", Kind: model.JobVerify, Title: "Bakkerij Smit", State: model.JobWarnings, Started: ago(now, 3*time.Hour), Ended: ago(now, 2*time.Hour), Result: &model.Result{Failed: 1, Verified: &model.VerifyReport{
			Snapshots: 40, Objects: 90_000, Read: 90_000, BytesRead: 8_000_000_000, Damage: []model.Damage{{What: "tenants/3f1a/p77c1", Why: model.DamageChanged, Paths: []string{"smit@bakkerijsmit.example/onedrive/recepten.docx"}}},
		}}},
		{ID: "job-6", Kind: model.JobCatalog, Title: "Optiek Helder", State: model.JobCancelled, Started: ago(now, 10*time.Hour), Ended: ago(now, 10*time.Hour)},
	}
}

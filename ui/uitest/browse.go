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

var mailFolders = []struct {
	path  string
	items int64
	known string
}{
	{"mail/Inbox", 4102, "inbox"}, {"mail/Inbox/Offertes", 310, ""}, {"mail/Inbox/Offertes/2024 en eerder", 88, ""}, {"mail/Inbox/Leveranciers", 1204, ""},
	{"mail/Verzonden items", 2210, "sentitems"}, {"mail/Concepten", 3, "drafts"}, {"mail/Verwijderde items", 41, "deleteditems"},
	{"mail/Archief (alles van voor de fusie, niet weggooien s.v.p. in verband met de bewaarplicht van zeven jaar)", 0, ""}, {"mail/פרויקטים", 17, ""},
	{"archive/Inbox", 9100, ""}, {"calendar/Agenda", 812, ""}, {"contacts/Contactpersonen", 240, ""}, {"tasks/Taken", 31, ""},
}

var driveFolders = []struct {
	path  string
	items int64
}{
	{"", 6}, {"Documenten", 120}, {"Documenten/2026", 64}, {"Documenten/2026/Offertes", 18}, {"Foto's", 1800}, {"Boekhouding", 340}, {"Leeg", 0}, {"Alle scans", 0},
}

// Folders implements ui.Engine.
func (f *Fake) Folders(ctx context.Context, _ model.TenantID, resource model.ResourceID, _ time.Time) ([]model.Folder, error) {
	if err := f.err(ctx); err != nil {
		return nil, err
	}
	ids := map[string]string{}
	var list []model.Folder
	add := func(path string, items int64, known string) {
		id := "f" + strconv.Itoa(len(list))
		ids[path] = id
		parent := ""
		if i := strings.LastIndexByte(path, '/'); i >= 0 {
			parent = ids[path[:i]]
		}
		list = append(list, model.Folder{ID: id, Parent: parent, Path: path, Known: known, Items: items, Bytes: items * 84_000})
	}
	if strings.HasPrefix(string(resource), "drive:") {
		for _, d := range driveFolders {
			items := d.items
			if d.path == "Alle scans" {
				items = int64(f.Big)
			}
			add(d.path, items, "")
		}
		return list, nil
	}
	for _, m := range mailFolders {
		add(m.path, m.items, m.known)
	}
	return list, nil
}

// RestorePoints implements ui.Engine.
func (f *Fake) RestorePoints(ctx context.Context, _ model.TenantID, _ model.ResourceID) ([]model.RestorePoint, error) {
	now := f.Clock.Now().Truncate(24 * time.Hour)
	points := make([]model.RestorePoint, 0, 60)
	for i := range 60 {
		p := model.RestorePoint{Time: now.Add(-time.Duration(i*24) * time.Hour).Add(23 * time.Hour).Add(-24 * time.Hour), Items: int64(9000 - i*20), Changed: int64(12 + i*37%200)}
		if i%19 == 7 {
			p.Failed = 3
		}
		points = append(points, p)
	}
	return points, f.err(ctx)
}

var subjects = []string{
	"Offerte dakgoot 2026", "Aanslag inkomstenbelasting", "Re: planning week 47", "Factuur 2026-0412", "", "Fwd: Fwd: Re: tekeningen aanbouw Kerkstraat 12 (definitief, versie 7, met aanpassingen van de constructeur en de gemeente erin verwerkt)",
	"Vergadering verzet naar donderdag 🎉", "הצעת מחיר לגג", "Sleutels opgehaald?", "Bevestiging afspraak keuring", "RE: RE: RE: openstaande posten", "Nieuwsbrief november",
}

var senders = []string{
	"Bouwmaat Bergen <verkoop@bouwmaat.example>", "Belastingdienst <noreply@belastingdienst.example>", "Anna Bakker <anna@dakbedrijfnoord.example>", "facturen@leverancier.example", "יעל כהן <yael@zuid.example>", "Gemeente Rijnlanden, afdeling Vergunningen, Toezicht en Handhaving <info@gemeente.example>",
}

var files = []string{"Plan van aanpak.docx", "Begroting 2026.xlsx", "Tekening aanbouw.pdf", "IMG_2041.jpg", "notulen.txt", "Contract — getekend (kopie) (2) definitief nu echt.pdf", "מסמך.docx", "backup.zip"}

func (f *Fake) row(tenant model.TenantID, resource model.ResourceID, folder model.Folder, i int) model.Row {
	t, _ := f.Tenant(context.Background(), tenant)
	address := strings.TrimPrefix(string(resource), "mailbox:")
	n, _ := strconv.Atoi(strings.TrimPrefix(strings.TrimPrefix(address, "drive:"), "user-"))
	address = account(n%len(people)) + "@" + t.Tenant.Domain
	now := f.Clock.Now()
	r := model.Row{
		Ref: model.Ref{Tenant: tenant, Resource: resource, Folder: folder.ID, Item: "i" + strconv.Itoa(i)}, Tenant: tenant,
		Size: int64(3000 + (i*7919)%400_000), Modified: now.Add(-time.Duration(i*97) * time.Minute), SnapshotTime: now.Add(-7 * time.Hour), FirstSeen: now.Add(-400 * time.Hour),
	}
	if strings.HasPrefix(string(resource), "drive:") {
		name := files[i%len(files)]
		if folder.Path == "Alle scans" {
			name = fmt.Sprintf("scan-%06d.pdf", i)
		}
		r.Resource, r.Name, r.Kind = address+"/onedrive", name, model.KindFile
		r.Path = model.JoinAddress(r.Resource, folder.Path, name)
		return r
	}
	subject := subjects[i%len(subjects)]
	r.Resource, r.Kind, r.Subject, r.Name = address, model.KindMessage, subject, model.SafeName(subject)
	r.From, r.To, r.Received = senders[i%len(senders)], address, r.Modified
	r.Read, r.HasAttachment, r.Flagged = i%4 != 0, i%3 == 0, i%11 == 5
	switch {
	case i%13 == 6:
		r.Deleted, r.GoneSince = true, now.Add(-30*time.Hour)
	case i%29 == 9:
		r.Warning = fault.StreamUnknown
	}
	r.Path = model.JoinAddress(address, folder.Path, r.Name)
	return r
}

// List implements ui.Engine. Rows are computed, so that a folder may be of any length.
func (f *Fake) List(ctx context.Context, q model.ListQuery) ([]model.Row, int, error) {
	f.mu.Lock()
	f.listed++
	f.mu.Unlock()
	folders, err := f.Folders(ctx, q.Tenant, q.Resource, q.At)
	if err != nil {
		return nil, 0, err
	}
	for _, folder := range folders {
		if folder.ID != q.Folder {
			continue
		}
		total := int(folder.Items)
		if q.Filter != "" {
			total /= 10
		}
		var rows []model.Row
		for i := q.Offset; i < min(q.Offset+q.Limit, total); i++ {
			n := i
			if q.Desc == (q.Sort == model.SortName) {
				n = total - 1 - i
			}
			row := f.row(q.Tenant, q.Resource, folder, n)
			if !q.Deleted {
				row.Deleted, row.GoneSince = false, time.Time{}
			}
			row.Ref.At = q.At
			rows = append(rows, row)
		}
		return rows, total, nil
	}
	return nil, 0, fault.New(fault.NotFound, fmt.Errorf("no folder %s", q.Folder), "path", q.Folder)
}

// Versions implements ui.Engine.
func (f *Fake) Versions(ctx context.Context, ref model.Ref) ([]model.Row, error) {
	var rows []model.Row
	for i := range 3 {
		row := f.row(ref.Tenant, ref.Resource, model.Folder{ID: ref.Folder, Path: "mail/Inbox"}, 2)
		row.Ref = ref
		row.Ref.At = f.Clock.Now().Add(-time.Duration(i*100+7) * time.Hour)
		row.SnapshotTime, row.FirstSeen = row.Ref.At, row.Ref.At.Add(-90*time.Hour)
		row.Modified = row.FirstSeen.Add(-time.Hour)
		row.Size -= int64(i * 900)
		rows = append(rows, row)
	}
	return rows, f.err(ctx)
}

// Preview implements ui.Engine.
func (f *Fake) Preview(ctx context.Context, ref model.Ref) (model.Preview, error) {
	if strings.HasPrefix(string(ref.Resource), "drive:") {
		return model.Preview{Facts: []model.Fact{
			{Label: "created", Value: "2026-11-12T13:02:00Z"}, {Label: "modified", Value: "2026-11-12T13:02:00Z"}, {Label: "size", Value: "84213"}, {Label: "quickxor", Value: "3b9gkLm0aQ2V9mYkQh0p1rXzQ4I="},
		}}, f.err(ctx)
	}
	return model.Preview{
		Headers: []model.Fact{
			{Label: "from", Value: senders[0]}, {Label: "to", Value: "Inkoop <inkoop@dakbedrijfnoord.example>; Anna Bakker <anna@dakbedrijfnoord.example>"}, {Label: "sent", Value: "2026-11-12T13:02:00Z"},
		},
		Attachments: []model.Fact{{Label: "Offerte 2026-118.pdf", Value: "212000"}, {Label: "tekening.dwg", Value: "1400000"}},
		Text: "Beste Anna,\n\nHierbij de offerte voor het vervangen van de dakgoot aan de Kerkstraat 12. We kunnen in week 47 beginnen als de steiger er dan staat.\n\n" +
			"Graag hoor ik of je akkoord bent; de prijzen gelden tot het eind van de maand. Bij vragen kun je me altijd bellen.\n\nMet vriendelijke groet,\nWillem Bouwmaat\n\n> Op 11 november schreef Anna Bakker:\n> Kun je de offerte nog aanpassen voor zink in plaats van pvc?\n\u202etxt.exe\u202c",
	}, f.err(ctx)
}

// Search implements ui.Engine.
func (f *Fake) Search(ctx context.Context, q model.SearchQuery) (model.SearchPage, error) {
	if err := f.err(ctx); err != nil {
		return model.SearchPage{}, err
	}
	const total = 430
	start, _ := strconv.Atoi(q.Before)
	page := model.SearchPage{}
	if strings.Contains(q.Text, "nietsgevonden") {
		return page, nil
	}
	for i := start; i < min(start+q.Limit, total); i++ {
		tenant := f.tenants[(i*3)%5].Tenant.ID
		if len(q.Tenants) > 0 {
			tenant = q.Tenants[0]
		}
		resource, folder := model.ResourceID("mailbox:user-"+strconv.Itoa(i%20)), model.Folder{ID: "f0", Path: "mail/Inbox"}
		if i%4 == 3 || q.Kind == model.KindFile {
			resource, folder = model.ResourceID("drive:user-"+strconv.Itoa(i%20)), model.Folder{ID: "f1", Path: "Documenten"}
		}
		row := f.row(tenant, resource, folder, i)
		if row.Kind == model.KindFile {
			row.Name = "Offerte " + row.Name
		} else if i%3 == 0 {
			row.Subject = "Offerte dakgoot, herziene versie " + strconv.Itoa(i)
		}
		page.Rows = append(page.Rows, row)
	}
	if start+q.Limit < total {
		page.Next = strconv.Itoa(start + q.Limit)
	}
	return page, nil
}

// LiveTargets implements ui.Engine.
func (f *Fake) LiveTargets(ctx context.Context, id model.TenantID, parent string) ([]model.Row, error) {
	resources, err := f.Resources(ctx, id)
	if err != nil {
		return nil, err
	}
	var rows []model.Row
	add := func(address, name string, items int64, refusal string) {
		rows = append(rows, model.Row{Tenant: id, Path: address, Name: name, Kind: model.KindFolder, Items: items, Warning: refusal})
	}
	switch strings.Count(parent, "/") {
	case 0:
		if parent != "" {
			add(parent+"/mail", "", 4, "")
			add(parent+"/calendar", "", 0, "")
			add(parent+"/onedrive", "", 3, "")
			return rows, nil
		}
		for _, r := range resources {
			if r.Kind == model.Mailbox {
				refusal := ""
				if !r.Licensed && r.Purpose == "user" {
					refusal = fault.NoMailbox
				}
				add(r.Address, r.Address, 3, refusal)
				rows[len(rows)-1].Subject = r.Name
			}
		}
	case 1:
		for _, name := range []string{"Inbox", "Offertes", "Teruggezet"} {
			add(parent+"/"+name, name, 0, "")
		}
	}
	return rows, nil
}

// PlanRestore implements ui.Engine.
func (f *Fake) PlanRestore(ctx context.Context, r model.RestoreRequest) (model.RestorePlan, error) {
	n := int64(len(r.Refs))
	if n == 0 {
		n = 310
	}
	plan := model.RestorePlan{Items: n, Bytes: n * 28_000, Target: r.Target(), Seconds: float64(n) * 0.7, Create: n - n/3}
	switch r.Conflict {
	case model.ConflictCopy:
		plan.Copy = n / 3
	case model.ConflictReplace:
		plan.Replace = n / 3
	default:
		plan.Skip = n / 3
	}
	return plan, f.err(ctx)
}

// PlanExport implements ui.Engine.
func (f *Fake) PlanExport(ctx context.Context, r model.ExportRequest) (model.ExportPlan, error) {
	n := int64(len(r.Refs))
	if n == 0 {
		n = 310
	}
	return model.ExportPlan{Items: n, Bytes: n * 28_000, Seconds: float64(n) / 400}, f.err(ctx)
}

// Export implements ui.Engine.
func (f *Fake) Export(ctx context.Context, r model.ExportRequest, texts model.ExportTexts) (string, error) {
	plan, err := f.PlanExport(ctx, r)
	if err != nil {
		return "", err
	}
	f.mu.Lock()
	f.exports = append(f.exports, r)
	f.mu.Unlock()
	about := model.Job{Kind: model.JobExport, Tenant: r.Tenant, Title: subjects[0], More: len(r.Paths) + len(r.Refs) - 1, Progress: model.Progress{ItemsTotal: plan.Items, BytesTotal: plan.Bytes}}
	id := f.start(about)
	f.mu.Lock()
	f.targets[id] = model.Target{Kind: model.TargetLocal, Address: r.Out}
	f.mu.Unlock()
	return id, nil
}

// Restore implements ui.Engine.
func (f *Fake) Restore(ctx context.Context, r model.RestoreRequest) (string, error) {
	plan, err := f.PlanRestore(ctx, r)
	if err != nil {
		return "", err
	}
	f.mu.Lock()
	f.restores = append(f.restores, r)
	f.mu.Unlock()
	about := model.Job{Kind: model.JobRestore, Tenant: r.Tenant, More: len(r.Paths) + len(r.Refs) - 1, Progress: model.Progress{ItemsTotal: plan.Items, BytesTotal: plan.Bytes}}
	if len(r.Paths) > 0 {
		about.Path = r.Paths[0]
	} else {
		about.Title, about.Path = subjects[0], "inkoop@dakbedrijfnoord.example/mail/Inbox/"+subjects[0]
	}
	id := f.start(about)
	f.mu.Lock()
	f.targets[id] = plan.Target
	f.mu.Unlock()
	return id, nil
}

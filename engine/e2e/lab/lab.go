// Package lab is a whole small world for tests: a simulated Microsoft 365 over
// HTTPS, a workspace in a folder or a bucket, and the engine between them, used
// through its facade only.
package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine"
	"vangnet/engine/clock"
	"vangnet/engine/graph/sim"
	"vangnet/engine/model"
	"vangnet/store/bucket"
)

// Password is the workspace password of every lab.
const Password = "een goed wachtwoord"

// Domain is the domain of the lab's tenant.
const Domain = "contoso.example"

// Setup says what a lab is made of. The zero value has its workspace in a
// folder and time at its usual speed.
type Setup struct {
	Storage string // address; empty: a new folder
	Lock    string
	Keys    bucket.Credentials
	Speed   int           // how much faster time passes for the engine and the service; 0: 1
	Flush   time.Duration // how often a run makes durable what it read; 0: as usual
	Latency time.Duration // of the service
	Fill    func(t testing.TB, tenant *sim.Tenant)
}

// Lab is a running world with a connected tenant.
type Lab struct {
	testing.TB
	World  *sim.World
	Server *sim.Server
	Tenant *sim.Tenant
	Clock  *Clock
	Place  engine.Place
	Home   string
	Keys   bucket.Credentials
	Engine *engine.Engine
	ID     model.TenantID
	flush  time.Duration
}

// New makes a lab that ends with the test.
func New(t testing.TB, s Setup) *Lab {
	t.Helper()
	l := Bare(t, s)
	l.Connect()
	return l
}

// Bare makes a lab whose tenant is not connected yet.
func Bare(t testing.TB, s Setup) *Lab {
	t.Helper()
	c := NewClock(clock.System(), max(s.Speed, 1))
	w := sim.NewWorld(7, c)
	w.SetTemp(t.TempDir())
	tenant := w.AddTenant(Domain, "Contoso")
	if s.Fill != nil {
		s.Fill(t, tenant)
	}
	server, err := sim.Start(context.Background(), w, sim.Options{Latency: s.Latency})
	require.NoError(t, err)
	if s.Storage == "" {
		s.Storage = "file://" + t.TempDir()
	}
	l := &Lab{
		TB: t, World: w, Server: server, Tenant: tenant, Clock: c, Keys: s.Keys, flush: s.Flush,
		Place: engine.Place{Storage: s.Storage, Lock: s.Lock}, Home: t.TempDir(), ID: model.TenantID(tenant.ID()),
	}
	t.Cleanup(func() { require.NoError(t, l.Server.Close()) })
	require.NoError(t, engine.Init(t.Context(), l.Options(), l.Place))
	t.Cleanup(l.Close)
	l.Open()
	return l
}

// Options are the options that the lab opens its home with.
func (l *Lab) Options() engine.Options {
	return engine.Options{
		Home: l.Home, Password: func(context.Context) (string, error) { return Password, nil },
		AccessKey: l.Keys.AccessKey, SecretKey: l.Keys.SecretKey, Technician: "Lab", Clock: l.Clock, FlushEvery: l.flush,
	}
}

// Open opens the workspace, as a program that starts does.
func (l *Lab) Open() {
	l.Helper()
	e, err := engine.Open(l.Context(), l.Options())
	require.NoError(l, err)
	l.Engine = e
}

// Close closes the workspace.
func (l *Lab) Close() {
	if l.Engine != nil {
		require.NoError(l, l.Engine.Close())
		l.Engine = nil
	}
}

// Reopen starts the program anew.
func (l *Lab) Reopen() {
	l.Helper()
	l.Close()
	l.Open()
}

// Hasten ends the latency of the service.
func (l *Lab) Hasten() {
	l.Helper()
	require.NoError(l, l.Server.Close())
	_, port, _ := strings.Cut(strings.TrimPrefix(l.Server.URL(), "https://"), ":")
	server, err := sim.Start(context.Background(), l.World, sim.Options{Listen: "127.0.0.1:" + port})
	require.NoError(l, err)
	l.Server = server
	l.Connect()
}

// Request is how the lab's tenant is connected.
func (l *Lab) Request() engine.ConnectRequest {
	app := l.Tenant.DefaultApp()
	return engine.ConnectRequest{Tenant: Domain, ClientID: app.ClientID, Secret: app.Secret(), Cloud: l.Server.URL(), CloudCA: l.Server.CA()}
}

// Connect connects the tenant.
func (l *Lab) Connect() {
	l.Helper()
	t, _, err := l.Engine.Connect(l.Context(), l.Request())
	require.NoError(l, err)
	require.Equal(l, l.ID, t.ID)
}

// wait returns a job when it has ended.
func (l *Lab) wait(id string, err error) model.Job {
	l.Helper()
	require.NoError(l, err)
	j, err := l.Engine.WaitJob(context.WithoutCancel(l.Context()), id)
	require.NoError(l, err)
	return j
}

// TryBackup runs a backup of what an address means and returns how it went.
func (l *Lab) TryBackup(resource string) model.Job {
	l.Helper()
	return l.wait(l.Engine.Backup(l.Context(), l.ID, resource))
}

// Backup runs a backup in which nothing may fail.
func (l *Lab) Backup() model.Job {
	l.Helper()
	j := l.TryBackup("")
	require.Nil(l, j.Error, "%+v", j.Error)
	require.Equal(l, model.JobDone, j.State, "%s", Text(j.Result))
	return j
}

// TryRestore restores and returns how it went.
func (l *Lab) TryRestore(r model.RestoreRequest) model.Job {
	l.Helper()
	if r.Tenant == "" {
		r.Tenant = l.ID
	}
	return l.wait(l.Engine.Restore(l.Context(), r))
}

// Restore restores; nothing may fail.
func (l *Lab) Restore(r model.RestoreRequest) model.Job {
	l.Helper()
	j := l.TryRestore(r)
	require.Nil(l, j.Error, "%+v", j.Error)
	require.Equal(l, model.JobDone, j.State, "%s", Text(j.Result))
	return j
}

// ExportTexts are short texts in English.
func ExportTexts() model.ExportTexts {
	return model.ExportTexts{
		CoverName: "Read me", HashName: "SHA256SUMS", Archive: "Online archive", Deleted: "Deleted Items", Zone: time.UTC,
		Cover: func(h model.Handover) model.CoverPage {
			return model.CoverPage{
				Language: "en", Title: "Hand-over", Footer: Text(h.Resources), More: func(n int) string { return fmt.Sprint(n) },
				Rows: []model.Fact{{Label: "items", Value: fmt.Sprint(h.Items)}, {Label: "by", Value: h.By}},
			}
		},
	}
}

// TryExport hands over and returns how it went.
func (l *Lab) TryExport(r model.ExportRequest) model.Job {
	l.Helper()
	r.Tenant = l.ID
	return l.wait(l.Engine.Export(l.Context(), r, ExportTexts()))
}

// Export hands over; nothing may fail.
func (l *Lab) Export(r model.ExportRequest) model.Job {
	l.Helper()
	j := l.TryExport(r)
	require.Nil(l, j.Error, "%+v", j.Error)
	require.Equal(l, model.JobDone, j.State, "%s", Text(j.Result))
	return j
}

// RestoreAll puts everything back in place.
func (l *Lab) RestoreAll() model.Job {
	l.Helper()
	return l.Restore(model.RestoreRequest{Paths: l.Accounts()})
}

// Accounts are the addresses of the tenant's accounts that have copies.
func (l *Lab) Accounts() []string {
	l.Helper()
	var list []string
	for _, r := range l.Ls("", time.Time{}) {
		list = append(list, r.Path)
	}
	return list
}

// Ls lists what the copies have at a path.
func (l *Lab) Ls(path string, at time.Time) []model.Row {
	l.Helper()
	return Rows(l, l.Engine.Ls(l.Context(), l.ID, path, at, false))
}

// Rows are the rows or changes of a list that is read as it comes.
func Rows[T any](t testing.TB, list iter.Seq2[T, error]) []T {
	t.Helper()
	rows := []T{}
	for row, err := range list {
		require.NoError(t, err)
		rows = append(rows, row)
	}
	return rows
}

// Names are the names at a path of the copies.
func (l *Lab) Names(path string, at time.Time) []string {
	l.Helper()
	names := []string{}
	for _, r := range l.Ls(path, at) {
		names = append(names, r.Name)
	}
	return names
}

// Walk lists all items of the copies below a path.
func (l *Lab) Walk(path string, at time.Time) []model.Row {
	l.Helper()
	var items []model.Row
	for _, r := range l.Ls(path, at) {
		if r.Kind == model.KindFolder {
			items = append(items, l.Walk(r.Path, at)...)
		} else {
			items = append(items, r)
		}
	}
	return items
}

// Live is what is live at an address, by path.
func (l *Lab) Live(address string) []sim.TreeItem {
	l.Helper()
	items, err := l.World.Tree(address)
	require.NoError(l, err, address)
	return items
}

// Delete removes what is live at an address.
func (l *Lab) Delete(address string) {
	l.Helper()
	require.NoError(l, l.World.Delete(address), address)
}

// Edit changes what is live.
func (l *Lab) Edit(c sim.Change) {
	l.Helper()
	require.NoError(l, l.World.Edit(c), c.Path)
}

// Faults sets what goes wrong in the service; "" ends it.
func (l *Lab) Faults(plan string) {
	l.Helper()
	p, err := sim.ParseFaults(plan)
	require.NoError(l, err)
	l.Server.SetFaults(p)
}

// Calls counts the calls since the last ResetCalls whose method and template
// contain a text; "" counts all of the service's.
func (l *Lab) Calls(text string) int64 {
	var n int64
	for _, c := range l.Server.Calls() {
		if strings.Contains(c.Method+" "+c.Template, text) && c.Template != "/sim" {
			n += c.Count
		}
	}
	return n
}

// Verify reads the whole vault back and wants it to be whole.
func (l *Lab) Verify() {
	l.Helper()
	r := l.Report(l.ID)
	require.Empty(l, r.Damage)
	require.NotZero(l, r.Read)
}

// Report reads the whole vault of a tenant back and says what was found.
func (l *Lab) Report(id model.TenantID) model.VerifyReport {
	l.Helper()
	j := l.wait(l.Engine.Verify(l.Context(), id, 100))
	require.Nil(l, j.Error, "%+v", j.Error)
	return *j.Result.Verified
}

// File makes a file on this computer.
func (l *Lab) File(content []byte) string {
	l.Helper()
	f, err := os.CreateTemp(l.TempDir(), "content")
	require.NoError(l, err)
	_, err = f.Write(content)
	require.NoError(l, err)
	require.NoError(l, f.Close())
	return f.Name()
}

// Text is a value as JSON, for messages.
func Text(v any) string {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err.Error()
	}
	if len(b) > 4000 {
		b = append(b[:4000], "…"...)
	}
	return string(b)
}

package outside_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// m365 has CLI for Microsoft 365 sign in with a secret and with a certificate,
// and look at users, licences, mails and files.
func (in *inside) m365(t *testing.T) {
	m := &m365{in: in, t: t}
	m.run("cli", "config", "set", "--key", "disableTelemetry", "--value", "true")
	t.Run("secret", func(t *testing.T) {
		m := &m365{in, t}
		m.run("login", "--authType", "secret", "--secret", in.tenant.ClientSecret, "--appId", in.tenant.ClientID, "--tenant", in.tenant.TenantID)
		m.checkStatus("secret")
		m.checkUsers()
		m.checkDirectory()
		m.checkMail()
		m.checkFiles()
		m.run("logout")
	})
	t.Run("certificate", func(t *testing.T) {
		m := &m365{in, t}
		m.run("login", "--authType", "certificate", "--certificateFile", filepath.Join(in.dir, "both.pem"), "--appId", in.tenant.ClientID, "--tenant", domain)
		m.checkStatus("certificate")
		m.checkUsers()
		m.run("logout")
	})
	t.Run("refused", func(t *testing.T) {
		_, said, err := in.try("node", in.m365Args("login", "--authType", "secret", "--secret", "wrong", "--appId", in.tenant.ClientID, "--tenant", in.tenant.TenantID)...)
		require.Error(t, err)
		require.Contains(t, string(said), "AADSTS7000215")
	})
}

// m365 runs commands of the program for one test.
type m365 struct {
	in *inside
	t  *testing.T
}

func (in *inside) m365Args(args ...string) []string {
	program := filepath.Join(in.Node, "node_modules", "@pnp", "cli-microsoft365", "dist", "index.js")
	return append([]string{program}, args...)
}

func (m *m365) run(args ...string) []byte {
	m.t.Helper()
	return m.in.program(m.t, "node", m.in.m365Args(args...)...)
}

// ask decodes what a command answers as JSON.
func (m *m365) ask(v any, args ...string) {
	m.t.Helper()
	out := m.run(append(args, "--output", "json")...)
	require.NoError(m.t, json.Unmarshal(out, v), "%s", out)
}

func (m *m365) checkStatus(kind string) {
	m.t.Helper()
	var status struct{ ConnectedAs, AuthType, AppID, AppTenant string }
	m.ask(&status, "status")
	require.Equal(m.t, kind, status.AuthType)
	require.Equal(m.t, "Vangnet", status.ConnectedAs, "the name in the token")
	require.Equal(m.t, m.in.tenant.ClientID, status.AppID)
}

func (m *m365) checkUsers() {
	m.t.Helper()
	var users []struct{ UserPrincipalName string }
	m.ask(&users, "entra", "user", "list")
	var names []string
	for _, u := range users {
		names = append(names, u.UserPrincipalName)
	}
	require.ElementsMatch(m.t, m.in.Users, names)
}

func (m *m365) checkDirectory() {
	m.t.Helper()
	var anna struct{ DisplayName, Mail string }
	m.ask(&anna, "entra", "user", "get", "--userName", "anna@"+domain)
	require.Equal(m.t, "Anna de Vries", anna.DisplayName)
	var licences []struct {
		SkuPartNumber string
		ConsumedUnits int
	}
	m.ask(&licences, "entra", "license", "list")
	require.Len(m.t, licences, 1)
	require.Equal(m.t, m.in.Licensed, licences[0].ConsumedUnits)
	var details struct {
		Value []struct{ SkuPartNumber string }
	} // the command of its own wants a signed-in user
	m.ask(&details, "request", "--url", "@graph/users/anna@"+domain+"/licenseDetails")
	require.Len(m.t, details.Value, 1)
	require.Equal(m.t, "SPB", details.Value[0].SkuPartNumber)
	var tenant string
	m.ask(&tenant, "tenant", "id", "get", "--domainName", domain)
	require.Equal(m.t, m.in.tenant.TenantID, tenant)
}

func (m *m365) checkMail() {
	m.t.Helper()
	type mail struct{ ID, Subject string }
	var mails []mail
	m.ask(&mails, "outlook", "message", "list", "--userName", "anna@"+domain, "--folderName", "Inbox")
	found := map[string]bool{}
	for _, x := range mails {
		found[x.Subject] = true
	}
	require.Len(m.t, mails, len(m.in.Mails))
	for subject := range m.in.Mails {
		require.True(m.t, found[subject], subject)
	}
	mails = nil
	m.ask(&mails, "outlook", "message", "list", "--userName", "anna@"+domain, "--folderName", "Projecten")
	require.Len(m.t, mails, 1, "a folder found by its name")
	require.Equal(m.t, "Dieper", mails[0].Subject)
	mails = nil
	m.ask(&mails, "outlook", "message", "list", "--userName", "anna@"+domain, "--folderName", "Inbox",
		"--startTime", "2026-01-05T00:00:00Z", "--endTime", "2026-01-06T00:00:00Z")
	require.NotEmpty(m.t, mails)
	require.Less(m.t, len(mails), 5, "those of a day")
	first := mails[0]
	var got mail
	m.ask(&got, "outlook", "message", "get", "--userName", "anna@"+domain, "--id", first.ID)
	require.Equal(m.t, first.Subject, got.Subject)
	file := filepath.Join(m.in.dir, "bericht.eml")
	m.run("request", "--url", "@graph/users/anna@"+domain+"/messages/"+first.ID+"/$value", "--filePath", file)
	m.sameFile(file, m.in.Mails[first.Subject])
	var settings struct{ UserPurpose, TimeZone string }
	m.ask(&settings, "outlook", "mailbox", "settings", "get", "--userName", "info@"+domain)
	require.Equal(m.t, "shared", settings.UserPurpose)
	m.run("request", "--url", "@graph/users/anna@"+domain+"/messages/"+first.ID+"/move", "--method", "post", "--content-type", "application/json",
		"--body", `{"destinationId":"archive"}`)
	mails = nil
	m.ask(&mails, "outlook", "message", "list", "--userName", "anna@"+domain, "--folderName", "archive")
	require.Len(m.t, mails, 1)
	require.Equal(m.t, first.Subject, mails[0].Subject)
}

func (m *m365) checkFiles() {
	m.t.Helper()
	root := "@graph/users/anna@" + domain + "/drive/root"
	var item struct{ Name string }
	m.ask(&item, "request", "--url", root+":/Regel/tekst.txt:/content", "--method", "put", "--body", "één regel", "--content-type", "text/plain")
	require.Equal(m.t, "tekst.txt", item.Name)
	file := filepath.Join(m.in.dir, "tekst.txt")
	m.run("request", "--url", root+":/Regel/tekst.txt:/content", "--filePath", file)
	m.sameFile(file, hash([]byte("één regel")))
	m.run("request", "--url", root+":/groot.bin:/content", "--filePath", file)
	m.sameFile(file, m.in.Files["groot.bin"])
	var batch struct{ Responses []struct{ Status int } }
	m.ask(&batch, "request", "--url", "@graph/$batch", "--method", "post", "--content-type", "application/json",
		"--body", `{"requests":[{"id":"1","method":"GET","url":"/organization"},{"id":"2","method":"GET","url":"/users/bram@`+domain+`"}]}`)
	require.Len(m.t, batch.Responses, 2)
	require.Equal(m.t, 200, batch.Responses[0].Status)
	require.Equal(m.t, 200, batch.Responses[1].Status)
}

func (m *m365) sameFile(path, sum string) {
	m.t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(m.t, err)
	require.Equal(m.t, sum, hash(data), path)
}

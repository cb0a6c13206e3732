package e2e_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine"
	"vangnet/engine/e2e/lab"
	"vangnet/engine/e2e/read"
	"vangnet/engine/export/pst/check"
	"vangnet/engine/fault"
	"vangnet/engine/graph/sim"
	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/model"
)

// zipped lists what a ZIP holds, without cover page and hashes, and reads it all.
func zipped(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer func() { _ = z.Close() }()
	list := map[string]string{}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") || strings.HasPrefix(f.Name, "Read me") || strings.HasPrefix(f.Name, "SHA256SUMS") {
			continue
		}
		r, err := f.Open()
		require.NoError(t, err)
		h := sha256.New()
		_, err = io.Copy(h, r)
		require.NoError(t, err)
		list[f.Name] = hex.EncodeToString(h.Sum(nil))
	}
	return list
}

func names(m map[string]string) []string {
	var list []string
	for name := range m {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// TestWhatIsHandedOver holds what is chosen by paths, references, a search, a
// period, versions and deletions.
func TestWhatIsHandedOver(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: lab.Small, Speed: 4})
	first := moment(l)
	l.Edit(sim.Change{Path: files + "/Documenten/plan.txt", File: l.File([]byte("een beter plan"))})
	l.Delete(files + "/Documenten/begroting.xlsx")
	l.Delete(anna + "/mail/Inbox/Projecten")
	l.Backup()

	n := 0
	hand := func(r model.ExportRequest) map[string]string {
		n++
		r.Format, r.Out = model.ExportZIP, filepath.Join(t.TempDir(), fmt.Sprintf("%d.zip", n))
		l.Export(r)
		require.NoFileExists(t, r.Out+".progress")
		require.NoFileExists(t, r.Out+".part")
		return zipped(t, r.Out)
	}
	docs := files + "/Documenten"
	require.Equal(t, []string{"Documenten/plan.txt"}, names(hand(model.ExportRequest{Paths: []string{docs}})))
	before := hand(model.ExportRequest{Paths: []string{docs}, At: first})
	require.Equal(t, []string{"Documenten/begroting.xlsx", "Documenten/plan.txt"}, names(before))
	require.Equal(t, read.Sum([]byte("het plan")), before["Documenten/plan.txt"])
	require.Equal(t, []string{"Documenten/begroting.xlsx", "Documenten/plan.txt"}, names(hand(model.ExportRequest{Paths: []string{docs}, Past: model.Past{Deleted: true}})))
	versions := hand(model.ExportRequest{Paths: []string{docs + "/plan.txt"}, Past: model.Past{Versions: true}})
	require.Len(t, versions, 2)
	require.ElementsMatch(t, []string{read.Sum([]byte("het plan")), read.Sum([]byte("een beter plan"))}, []string{versions[names(versions)[0]], versions[names(versions)[1]]})

	all := hand(model.ExportRequest{Paths: []string{anna}})
	require.Len(t, all, 12+2)
	require.Contains(t, names(all), anna+"/onedrive/Documenten/plan.txt")
	twice := hand(model.ExportRequest{Paths: []string{inbox, anna + "/mail", inbox}})
	require.Len(t, twice, 12, "what was asked for twice comes once")
	rows := l.Walk(inbox, time.Time{})
	require.Len(t, hand(model.ExportRequest{Refs: []model.Ref{rows[0].Ref, rows[3].Ref}}), 2)
	require.Len(t, hand(model.ExportRequest{Paths: []string{inbox}, From: rows[0].Received, Until: rows[0].Received.Add(time.Second)}), 1)
	found := hand(model.ExportRequest{Search: &model.SearchQuery{Text: "plan", Kind: model.KindFile}})
	require.Equal(t, []string{anna + "/onedrive/Documenten/plan.txt"}, names(found))
	found = hand(model.ExportRequest{Search: &model.SearchQuery{Text: "plan", Kind: model.KindFile}, At: first, Paths: []string{docs, inbox}})
	require.Equal(t, map[string]string{anna + "/onedrive/Documenten/plan.txt": read.Sum([]byte("het plan"))}, found, "as it was then")
	none := func(r model.ExportRequest) {
		r.Format, r.Out = model.ExportZIP, filepath.Join(t.TempDir(), "niets.zip")
		j := l.TryExport(r)
		require.NotNil(t, j.Error)
		require.Equal(t, fault.NothingFound, j.Error.Code)
	}
	none(model.ExportRequest{Search: &model.SearchQuery{Text: "plan", Kind: model.KindFile}, Paths: []string{inbox}})
	none(model.ExportRequest{Search: &model.SearchQuery{Text: "begroting"}, Paths: []string{files}})
	found = hand(model.ExportRequest{Search: &model.SearchQuery{Text: "begroting"}, Paths: []string{strings.ToUpper(files)}, Past: model.Past{Deleted: true}})
	require.Equal(t, []string{anna + "/onedrive/Documenten/begroting.xlsx"}, names(found))
	gone := hand(model.ExportRequest{Paths: []string{anna + "/mail"}, Past: model.Past{Deleted: true}})
	require.Len(t, gone, 12+6)
}

// TestHandOverIsRefused holds the sentences for what cannot be.
func TestHandOverIsRefused(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: lab.Small, Speed: 4})
	l.Backup()
	taken := l.File([]byte("iets van iemand anders"))
	for _, c := range []struct {
		name string
		r    model.ExportRequest
		code string
	}{
		{"nothing", model.ExportRequest{Format: model.ExportZIP}, fault.NothingChosen},
		{"a place that is taken", model.ExportRequest{Format: model.ExportZIP, Paths: []string{anna}, Out: taken}, fault.OutExists},
		{"a password for a PST", model.ExportRequest{Format: model.ExportPST, Paths: []string{anna}, Password: "geheim"}, fault.NotEncrypted},
		{"a password that programs read differently", model.ExportRequest{Format: model.ExportZIP, Paths: []string{anna}, Password: "café"}, fault.ZipPassword},
		{"files as PST", model.ExportRequest{Format: model.ExportPST, Paths: []string{files}}, fault.FormUnfit},
		{"what is not there", model.ExportRequest{Format: model.ExportZIP, Paths: []string{anna + "/mail/Nergens"}}, fault.NotFound},
		{"a period without items", model.ExportRequest{Format: model.ExportZIP, Paths: []string{inbox}, Until: time.Unix(0, 0)}, fault.NothingFound},
		{"tiny parts", model.ExportRequest{Format: model.ExportPST, Paths: []string{inbox}, Split: 1000}, fault.SplitSmall},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.r.Out == "" {
				c.r.Out = filepath.Join(t.TempDir(), "uit")
			}
			j := l.TryExport(c.r)
			require.NotNil(t, j.Error)
			require.Equal(t, c.code, j.Error.Code, j.Error.Detail)
			entries, err := os.ReadDir(filepath.Dir(c.r.Out))
			require.NoError(t, err)
			for _, e := range entries {
				require.NotContains(t, e.Name(), "uit", "nothing is left behind")
			}
		})
	}
	got, err := os.ReadFile(taken)
	require.NoError(t, err)
	require.Equal(t, "iets van iemand anders", string(got))
}

// TestMailboxAsPST hands a mailbox with all that is in it over, and lets readers
// of others count.
func TestMailboxAsPST(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: lab.Odd(3 << 20), Speed: 4})
	l.Backup()
	out := filepath.Join(t.TempDir(), "anna.pst")
	j := l.TryExport(model.ExportRequest{Paths: []string{anna}, Format: model.ExportPST, Out: out})
	require.Nil(t, j.Error)
	rows := l.Walk(anna, time.Time{})
	mail, drive := 0, 0
	for _, r := range rows {
		if strings.Contains(r.Path, "/onedrive") {
			drive++
		} else {
			mail++
		}
	}
	require.EqualValues(t, drive, j.Result.Failed, "files do not go into a PST, and are listed")
	require.EqualValues(t, mail, j.Result.Saved)
	for _, f := range j.Result.Errors {
		require.Equal(t, fault.FormUnfit, f.Code, "%+v", f)
	}
	report, err := check.File(context.Background(), out, check.Options{})
	require.NoError(t, err)
	require.True(t, report.Sound(), "%+v", report.Findings)
	require.EqualValues(t, mail, report.Messages)
	require.FileExists(t, strings.TrimSuffix(out, ".pst")+".html")
	sums, err := os.ReadFile(strings.TrimSuffix(out, ".pst") + ".sha256")
	require.NoError(t, err)
	content, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, read.Sum(content)+"  anna.pst\n", string(sums))
	items := read.GoPST(t, out)
	require.Len(t, items, mail)
	folders := map[string]int{}
	for _, i := range items {
		folders[i.Folder]++
	}
	require.Equal(t, 160, folders["Inbox"], "%v", folders)
	require.Equal(t, 30, folders["Online archive/Inbox"], "%v", folders)
	for _, f := range read.Folders(t, out) {
		require.NotContains(t, f, "dieper", "folders of a drive have no place in a PST")
	}
	wholes := read.Wholes(t, out)
	read.Compare(t, asStored(l, rows, wholes), wholes)
	p := read.ReadPST(t, out)
	require.Equal(t, folders["Tasks"]+folders["Notes"], p.Skipped, "readpst has no form for tasks and notes")
	require.Len(t, p.Events, folders["Calendar"])
	require.Len(t, p.People, folders["Contacts"])
}

// asStored are the items of a mailbox as the copy has them, in the order in which
// others came out of a PST file.
func asStored(l *lab.Lab, rows []model.Row, order []read.Whole) []read.Whole {
	l.Helper()
	key := func(w *read.Whole) string {
		return fmt.Sprintf("%s %s %s %s", w.Folder, w.Props["3007"], w.Props["1035"], w.Props["0037"])
	}
	byKey := map[string][]read.Whole{}
	for _, r := range rows {
		kind, rest, _ := strings.Cut(strings.TrimPrefix(r.Path, anna+"/"), "/")
		if kind == "onedrive" {
			continue
		}
		folder := path.Dir(rest)
		if kind == "archive" {
			folder = "Online archive/" + folder
		}
		var b bytes.Buffer
		require.NoError(l, l.Engine.Cat(context.Background(), l.ID, r.Path, time.Time{}, engine.FormatRaw, &b))
		m, _, err := fts.DecodeAt(bytes.NewReader(b.Bytes()), int64(b.Len()), fts.Limits{})
		require.NoError(l, err, r.Path)
		w, err := read.WholeOf(folder, m)
		require.NoError(l, err, r.Path)
		byKey[key(&w)] = append(byKey[key(&w)], w)
	}
	var list []read.Whole
	for i := range order {
		k := key(&order[i])
		if len(byKey[k]) == 0 {
			l.Errorf("the copy has no %s", k)
			continue
		}
		list, byKey[k] = append(list, byKey[k][0]), byKey[k][1:]
	}
	return list
}

// TestPartsOpenAlone splits a mailbox into PST files, which programs of others
// open one by one. With VANGNET_LONG the parts are of 2 GB.
func TestPartsOpenAlone(t *testing.T) {
	t.Parallel()
	mails, size, split := 36, 1<<20, int64(12<<20)
	if os.Getenv("VANGNET_LONG") == "1" {
		mails, size, split = 200, 25<<20, 2<<30
	}
	content := mapi.BytesBlob(lab.Noise(7, size))
	l := lab.New(t, lab.Setup{Speed: 4, Fill: func(t testing.TB, tenant *sim.Tenant) {
		u := lab.User(t, tenant, "anna")
		for i := range mails {
			m := &mapi.Message{Attachments: []mapi.Attachment{attached("tekening.bin", nil)}}
			m.Attachments[0].SetData(content)
			m.Props.SetString(mapi.MessageClass, "IPM.Note")
			m.Props.SetString(mapi.Subject, fmt.Sprintf("Bericht %d", i))
			m.Props.SetString(mapi.Body, "zie bijlage")
			m.Props.SetTime(mapi.DeliveryTime, time.Date(2026, 5, 4, 10, 0, i, 0, time.UTC))
			require.NoError(t, u.Mailbox().PutMessage(fmt.Sprintf("mail/Map %d", i%3), m, mailboxes.Meta{}))
		}
	}})
	l.Backup()
	out := filepath.Join(t.TempDir(), "anna.pst")
	j := l.Export(model.ExportRequest{Paths: []string{anna + "/mail"}, Format: model.ExportPST, Out: out, Split: split})
	require.EqualValues(t, mails, j.Result.Saved)
	parts, err := filepath.Glob(filepath.Join(filepath.Dir(out), "*.pst"))
	require.NoError(t, err)
	require.Greater(t, len(parts), 2)
	sum := read.Sum(lab.Noise(7, size))
	subjects := map[string]int{}
	for _, part := range parts {
		info, err := os.Stat(part)
		require.NoError(t, err)
		require.LessOrEqual(t, info.Size(), split)
		t.Logf("%s: %d bytes", filepath.Base(part), info.Size())
		items := read.GoPST(t, part)
		for i, list := range [][]read.Item{items, read.PFF(t, part), read.ReadPST(t, part).Mails} {
			require.Len(t, list, len(items), "reader %d of %s", i, part)
			for _, item := range list {
				require.Len(t, item.Files, 1)
				require.Equal(t, sum, item.Files[0].SHA256)
				subjects[item.Subject]++
			}
		}
	}
	require.Len(t, subjects, mails)
	for subject, n := range subjects {
		require.Equal(t, 3, n, "%s is not there once to each of three readers", subject)
	}
}

// TestWhatFormsLeaveOut holds that attachments which a calendar or a vCard has
// no place for stand beside it.
func TestWhatFormsLeaveOut(t *testing.T) {
	t.Parallel()
	plan, deed := lab.Noise(1, 6<<20), lab.Noise(2, 5000)
	l := lab.New(t, lab.Setup{Speed: 4, Fill: func(t testing.TB, tenant *sim.Tenant) {
		u := lab.User(t, tenant, "anna")
		at := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
		visit := mailboxes.Appointment("Schouw", "Dorpsstraat 1", "sleutel mee", at, at.Add(time.Hour))
		visit.Attachments = []mapi.Attachment{attached("plan.bin", plan)}
		require.NoError(t, u.Mailbox().PutMessage("calendar/Calendar", visit, mailboxes.Meta{}))
		piet := mailboxes.Contact("Piet", "Jansen", "Dak & Co", "piet@dak.example", "0201234567")
		piet.Attachments = []mapi.Attachment{attached("akte.pdf", deed)}
		require.NoError(t, u.Mailbox().PutMessage("contacts/Contacts", piet, mailboxes.Meta{}))
	}})
	l.Backup()
	out := filepath.Join(t.TempDir(), "uit.zip")
	l.Export(model.ExportRequest{Paths: []string{anna}, Format: model.ExportZIP, Out: out})
	got := zipped(t, out)
	require.Len(t, got, 4, "%v", names(got))
	require.Equal(t, read.Sum(plan), got[anna+"/calendar/Calendar/Schouw/plan.bin"], "%v", names(got))
	require.Equal(t, read.Sum(deed), got[anna+"/contacts/Contacts/Piet Jansen/akte.pdf"], "%v", names(got))
}

func attached(name string, content []byte) mapi.Attachment {
	a := mapi.Attachment{}
	a.Props.SetInt(mapi.AttachMethod, mapi.MethodByValue)
	a.Props.SetString(mapi.AttachLongFilename, name)
	a.SetData(mapi.BytesBlob(content))
	return a
}

package e2e_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/e2e/lab"
	"vangnet/engine/fault"
	"vangnet/engine/graph/sim"
	"vangnet/engine/graph/sim/drives"
	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/model"
)

func letter(subject string) []byte {
	return []byte("Message-ID: <1@x.example>\r\nSubject: " + subject + "\r\nFrom: a@x.example\r\nTo: anna@contoso.example\r\nDate: Mon, 5 Jan 2026 10:00:00 +0000\r\n\r\ntekst\r\n")
}

func TestADisagreementCostsTrust(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: func(t testing.TB, tenant *sim.Tenant) {
		u := lab.User(t, tenant, "anna")
		// The plain endpoints say another subject than the stream.
		meta := mailboxes.Meta{Lazy: true, MessageID: "<1@x.example>", Subject: "het ene"}
		require.NoError(t, u.Mailbox().Put("mail/Inbox", mailboxes.Bytes(letter("het andere")), meta))
	}})
	j := l.Backup()
	require.Contains(t, warnings(j), fault.StreamNotTrusted, lab.Text(j.Result))
	h, err := l.Engine.Tenant(t.Context(), l.ID)
	require.NoError(t, err)
	require.Equal(t, model.StateAttention, h.State)
	require.Equal(t, fault.StreamNotTrusted, h.Reason.Code)

	require.Nil(t, l.TryBackup(files).Error) // a run of something else does not win trust back
	l.Reopen()
	for i := range 3 {
		l.Edit(sim.Change{Path: inbox, File: l.File(letter(fmt.Sprint("nieuw ", i)))})
	}
	l.Server.ResetCalls()
	j = l.Backup()
	require.Contains(t, warnings(j), fault.StreamNotTrusted)
	require.GreaterOrEqual(t, l.Calls("$value"), int64(3), "the MIME of every new mail is kept beside its stream")
	for i := range 3 {
		require.Equal(t, string(letter(fmt.Sprint("nieuw ", i))), cat(t, l, inbox+fmt.Sprint("/nieuw ", i), time.Time{}))
	}
}

// deep is a message in a message, ten thousand times.
func deep(levels int) []byte {
	var b bytes.Buffer
	b.WriteString("Subject: diep\r\nFrom: a@x.example\r\n")
	for i := range levels {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	b.WriteString("Content-Type: text/plain\r\n\r\nbodem\r\n")
	return b.Bytes()
}

func TestHostileContent(t *testing.T) {
	t.Parallel()
	bombs := map[string][]byte{
		"diep":           deep(10_000),
		"lange kop":      []byte("Subject: " + strings.Repeat("lang ", 2<<20) + "\r\nFrom: a@x.example\r\n\r\nx\r\n"),
		"veel koppen":    []byte(strings.Repeat("X-Kop: ja\r\n", 200_000) + "Subject: koppen\r\n\r\nx\r\n"),
		"veel mensen":    []byte("Subject: mensen\r\nTo: " + strings.Repeat("a@x.example, ", 100_000) + "b@x.example\r\n\r\nx\r\n"),
		"leeg":           nil,
		"niets dan nul":  make([]byte, 1<<20),
		"geen eind":      []byte("Subject: eind\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"),
		"kapotte base64": []byte("Subject: kapot\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!" + strings.Repeat("A", 100_001)),
	}
	l := lab.New(t, lab.Setup{Fill: func(t testing.TB, tenant *sim.Tenant) {
		u := lab.User(t, tenant, "anna")
		for name, b := range bombs {
			require.NoError(t, u.Mailbox().Put("mail/Inbox", mailboxes.Bytes(b), mailboxes.Meta{}), name)
		}
	}})
	before := l.Live("")
	l.Backup()
	rows := l.Walk("", time.Time{})
	require.Len(t, rows, len(bombs))
	for _, r := range rows {
		require.NotPanics(t, func() { cat(t, l, r.Path, time.Time{}) })
		p, err := l.Engine.Preview(t.Context(), r.Ref)
		require.NoError(t, err)
		require.LessOrEqual(t, len(p.Text), 1<<20)
	}
	l.Delete("")
	l.RestoreAll()
	require.ElementsMatch(t, hashes(before), hashes(l.Live("")))
}

// hashes are those of all items of a tree.
func hashes(tree []sim.TreeItem) []string {
	var list []string
	for _, i := range tree {
		if i.Hash != "" {
			list = append(list, i.Hash)
		}
	}
	return list
}

func TestMemoryIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("large content")
	}
	const big = 96 << 20
	l := lab.New(t, lab.Setup{Fill: func(t testing.TB, tenant *sim.Tenant) {
		u := lab.User(t, tenant, "anna")
		for i := range 2 {
			lab.Put(t, u, fmt.Sprint("groot", i, ".bin"), lab.Noise(uint64(i), big))
		}
	}})
	runtime.GC()
	var start runtime.MemStats
	runtime.ReadMemStats(&start)
	peak := start.HeapInuse
	done := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				peak = max(peak, now.HeapInuse)
			}
		}
	}()
	j := l.Backup()
	close(done)
	<-watched
	require.GreaterOrEqual(t, j.Result.Bytes, int64(2*big))
	grown := int64(peak) - int64(start.HeapInuse)
	t.Logf("the heap grew by %d MiB while %d MiB were copied", grown>>20, 2*big>>20)
	require.Less(t, grown, int64(400<<20))
}

// Microsoft announces sizes and sums for some Office files that are not those
// of the bytes it delivers.
func TestAFileOfOtherBytesThanAnnounced(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: func(t testing.TB, tenant *sim.Tenant) {
		u := lab.User(t, tenant, "anna")
		lab.Put(t, u, "plan.docx", []byte("plan"))
		lab.Put(t, u, "plan.txt", []byte("plan"))
		u.Drive().SetQuirks(drives.Quirks{OtherFacts: true})
	}})
	before := l.Live(files)
	l.Backup()
	for _, r := range l.Walk(files, time.Time{}) {
		want := ""
		if r.Name == "plan.docx" {
			want = fault.ItemDiffers
		}
		require.Equal(t, want, r.Warning, r.Name)
	}
	require.Zero(t, l.Backup().Result.Saved, "it is not read anew every time")
	l.Delete(files)
	l.RestoreAll()
	same(t, before, l.Live(files))
}

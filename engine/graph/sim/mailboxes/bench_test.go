package mailboxes_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"testing"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/graph/sim/wire"
)

// BenchmarkExport measures exportItems: small mails by twenty, and one of 25 MB.
func BenchmarkExport(b *testing.B) {
	for name, size := range map[string]int{"small": 0, "25MB": 25 << 20} {
		b.Run(name, func(b *testing.B) { benchExport(b, size) })
	}
}

func benchExport(b *testing.B, size int) {
	w := &world{clock: clock.NewManual(start), sealer: wire.NewSealer([]byte("x")), faults: wire.NoFaults{}}
	box, err := mailboxes.New(mailboxes.Options{GUID: boxGUID, TenantID: tenantID, User: user, Clock: w.clock})
	if err != nil {
		b.Fatal(err)
	}
	w.box, w.router = box, wire.NewRouter(mailboxes.Routes(w))
	n := 20
	if size > 0 {
		n = 1
	}
	for i := range n {
		seed := mail("Bericht", i)
		if size > 0 {
			seed = mailboxes.Bytes(fmt.Sprintf("Subject: groot\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; name=a.bin\r\n"+
				"Content-Disposition: attachment; filename=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n", bytes.Repeat([]byte("QUJDREVGR0hJSktM"), size/12)))
		}
		if err := box.Put("mail/Inbox", seed, mailboxes.Meta{}); err != nil {
			b.Fatal(err)
		}
	}
	tree, err := box.Tree("mail/Inbox")
	if err != nil {
		b.Fatal(err)
	}
	var ids []string
	for _, e := range tree[1:] {
		ids = append(ids, e.ID)
	}
	body, err := json.Marshal(map[string]any{"itemIds": ids})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("POST", "https://graph.test/v1.0/admin/exchange/mailboxes/"+box.ID()+"/exportItems", bytes.NewReader(body))
		route, params, refused := w.router.Find("POST", "v1.0", r.URL.EscapedPath()[len("/v1.0"):])
		if refused != nil {
			b.Fatal(refused)
		}
		resp, err := route.Handle(w.request(r, "v1.0", params))
		if err != nil {
			b.Fatal(err)
		}
		n, err := io.Copy(io.Discard, resp.Stream)
		if err != nil || resp.Stream.Close() != nil {
			b.Fatal(err)
		}
		b.SetBytes(n)
	}
}

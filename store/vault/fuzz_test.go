package vault_test

import (
	"errors"
	"strings"
	"testing"

	"vangnet/engine/model"
	"vangnet/store/bucket"
	"vangnet/store/bucket/buckettest"
	"vangnet/store/vault"
)

// FuzzLedgerRecord puts anything in a record's place.
func FuzzLedgerRecord(f *testing.F) {
	b := buckettest.New()
	v := newVault(f, vault.Options{Bucket: b, Tenant: tenant, Key: key})
	record := b.Keys("ledger/")[0]
	good, err := bucket.ReadAll(f.Context(), b, record, 1<<20)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:20])
	f.Add([]byte("VGL1"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := bucket.WriteAll(t.Context(), b, record, text, bucket.PutOptions{}); err != nil {
			t.Fatal(err)
		}
		for _, err := range v.Ledger(t.Context(), "") {
			if (err == nil) != (string(text) == string(good)) || err != nil && !errors.Is(err, vault.ErrDamaged) {
				t.Fatal(err)
			}
		}
	})
}

// FuzzFolderPath gives snapshots folders with any path and items with any name:
// they are refused, or come back as they were.
func FuzzFolderPath(f *testing.F) {
	v := newVault(f, vault.Options{Bucket: buckettest.New(), Tenant: tenant, Key: key})
	s := session(f, v)
	object := put(f, s, "x")
	for _, seed := range [][2]string{{"mail/Inbox", "one"}, {"../x", ".."}, {"a//b", "a/b"}, {"", ".vangnet-state"}, {"a/b.fts", "b"}, {"\xff", "\x00"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, path, name string) {
		ref, err := s.Listing(t.Context(), seqOf([]model.Entry{{ID: "1", Name: name, Object: object, Form: model.FormStream}}))
		if err != nil {
			if !errors.Is(err, vault.ErrBadEntry) {
				t.Fatal(err)
			}
			return
		}
		snap, err := s.Snapshot(t.Context(), spec("anna@contoso.example", model.Folder{ID: "f", Path: path, Listing: ref.Object}))
		if err != nil {
			if !errors.Is(err, vault.ErrBadEntry) {
				t.Fatal(err)
			}
			return
		}
		for _, part := range strings.Split(path, "/") {
			if path != "" && (part == "" || part == "." || part == "..") {
				t.Fatalf("took the path %q", path)
			}
		}
		if text := get(t, s, snap.Root); !strings.Contains(text, ".vangnet-snapshot.json") {
			t.Fatalf("root %s", text)
		}
	})
}

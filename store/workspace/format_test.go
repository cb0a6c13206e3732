package workspace_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"

	"vangnet/store/bucket"
	"vangnet/store/bucket/buckettest"
	"vangnet/store/workspace"
)

var _ workspace.Bucket = bucket.Bucket(nil)

func aead(t *testing.T, key []byte) cipher.AEAD {
	t.Helper()
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	gcm, err := cipher.NewGCM(block)
	require.NoError(t, err)
	return gcm
}

// documentKey opens key.json by the description of the format alone, as a
// recovery without this program would.
func documentKey(t *testing.T, b workspace.Bucket) cipher.AEAD {
	t.Helper()
	var f struct {
		Version   int
		Workspace string
		KDF       string
		Cost      workspace.Cost
		Salt      []byte
		Sealed    []byte `json:"sealed_key"`
	}
	require.NoError(t, json.Unmarshal(read(t, b, "workspace/key.json"), &f))
	gcm := aead(t, argon2.IDKey([]byte(password), f.Salt, f.Cost.Passes, f.Cost.KiB, f.Cost.Threads, 32))
	bound := fmt.Sprintf("vangnet workspace key %d %s %s %+v %x", f.Version, f.Workspace, f.KDF, f.Cost, f.Salt)
	key, err := gcm.Open(nil, f.Sealed[:12], f.Sealed[12:], []byte(bound))
	require.NoError(t, err)
	sub, err := hkdf.Key(sha256.New, key, []byte(f.Workspace), "vangnet workspace documents 1", 32)
	require.NoError(t, err)
	return aead(t, sub)
}

// TestAltered has someone with the password change what another signed.
func TestAltered(t *testing.T) {
	b := buckettest.New()
	w := create(t, b, options("Anna"))
	require.NoError(t, w.Set(t.Context(), "term", "forever"))
	gcm := documentKey(t, b)
	name := b.Keys("workspace/docs/")[1]
	data := read(t, b, name)
	plain, err := gcm.Open(nil, data[1:13], data[13:], []byte(name))
	require.NoError(t, err)
	var parts map[string][]byte
	require.NoError(t, json.Unmarshal(plain, &parts))
	require.Contains(t, string(parts["doc"]), `"forever"`)

	write := func(change func(map[string][]byte)) string {
		altered := map[string][]byte{"doc": parts["doc"], "key": parts["key"], "signature": parts["signature"]}
		change(altered)
		text, err := json.Marshal(altered)
		require.NoError(t, err)
		sealed := append([]byte{1}, gcm.Seal(data[1:13:13], data[1:13], text, []byte(name))...)
		require.NoError(t, b.Put(t.Context(), name, bytes.NewReader(sealed), int64(len(sealed)), bucket.PutOptions{}))
		s := open(t, b, options("Bob")).State()
		if len(s.Damage) == 0 {
			return string(s.Settings["term"])
		}
		require.Empty(t, s.Settings)
		return s.Damage[0].Cause
	}
	require.Equal(t, `"forever"`, write(func(map[string][]byte) {}))
	require.Contains(t, write(func(m map[string][]byte) {
		m["doc"] = []byte(strings.Replace(string(m["doc"]), "forever", "1d", 1))
	}), "signature")
	require.Contains(t, write(func(m map[string][]byte) { m["key"] = m["key"][:31] }), "signature")
	require.Contains(t, write(func(m map[string][]byte) { m["signature"] = nil }), "signature")
	require.Contains(t, write(func(m map[string][]byte) { m["doc"] = nil }), "signature")
}

// FuzzBucket puts anything in the place of a document and of the key file.
func FuzzBucket(f *testing.F) {
	f.Add([]byte{}, []byte(`{"version":1,"kdf":"argon2id","cost":{"passes":1,"kib":8,"threads":1}}`))
	f.Add([]byte{1}, []byte(`{}`))
	f.Add(bytes.Repeat([]byte{1}, 64), []byte(`null`))
	f.Fuzz(func(t *testing.T, doc, key []byte) {
		b := buckettest.New()
		w := create(t, b, options("Anna"))
		require.NoError(t, w.Set(t.Context(), "kept", 1))
		put := func(name string, data []byte) {
			require.NoError(t, b.Put(t.Context(), name, bytes.NewReader(data), int64(len(data)), bucket.PutOptions{}))
		}
		put("workspace/docs/20260101", doc)
		put("workspace/vaults/11111111-1111-1111-1111-111111111111", doc)
		s := open(t, b, options("Anna")).State()
		require.Contains(t, s.Settings, "kept")
		require.Len(t, s.Damage, 2)
		put("workspace/key.json", key)
		if _, err := workspace.Open(t.Context(), b, password, options("Anna")); err == nil {
			t.Fatalf("%q opened", key)
		}
	})
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"vangnet/store/bucket/miniotest"
)

// TestKeepKeys calls the program with keys in its environment that are to be
// kept, and then without; and on a computer that has no key store.
func TestKeepKeys(t *testing.T) {
	s := miniotest.Start(t)
	env := map[string]string{"VANGNET_PASSWORD": "een goed wachtwoord", "VANGNET_LANG": "en"}
	call := func(status int, args ...string) (doc map[string]any, said string) {
		t.Helper()
		var out, errs bytes.Buffer
		got := Run(t.Context(), append([]string{"--json"}, args...), nil, &out, &errs, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
		require.Equal(t, status, got, "%v: %s%s", args, out.String(), errs.String())
		require.NoError(t, json.Unmarshal(out.Bytes(), &doc), out.String())
		return doc, errs.String()
	}
	keys := func(access, secret string) { env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"] = access, secret }
	place, home, other := s.Address(miniotest.Bucket, "bewaard"), t.TempDir(), t.TempDir()

	keyring.MockInit()
	_, said := call(exitUse, "--home", home, "init", "--storage", place, "--keep-keys")
	require.Contains(t, said, "--keep-keys is for an s3:// storage")
	call(exitUse, "--home", home, "init", "--storage", "file://"+filepath.Join(home, "x"), "--keep-keys")
	keys(s.Credentials.AccessKey, s.Credentials.SecretKey)
	doc, said := call(exitDone, "--home", home, "init", "--storage", place, "--keep-keys")
	require.Equal(t, "kept", doc["keys"])
	require.Contains(t, said, "in the key store of this computer now")
	doc, _ = call(exitDone, "--home", other, "open", "--storage", place)
	require.NotContains(t, doc, "keys", "nobody asked")
	keys("", "")
	call(exitDone, "--home", home, "status")
	_, said = call(exitFailed, "--home", other, "status")
	require.Contains(t, said, "vangnetctl open --keep-keys")

	keys(s.Credentials.AccessKey, s.Credentials.SecretKey)
	doc, _ = call(exitDone, "--home", other, "open", "--storage", place, "--keep-keys")
	require.Equal(t, "kept", doc["keys"], "a home that has joined can keep keys later")
	keys("", "")
	call(exitDone, "--home", other, "status")

	keyring.MockInitWithError(errors.New("org.freedesktop.secrets was not provided"))
	t.Cleanup(keyring.MockInit)
	keys(s.Credentials.AccessKey, s.Credentials.SecretKey)
	headless := t.TempDir()
	doc, said = call(exitDone, "--home", headless, "open", "--storage", place, "--keep-keys")
	require.Equal(t, "not_kept", doc["keys"])
	require.Contains(t, said, "This computer has no key store")
	call(exitDone, "--home", headless, "status")
}

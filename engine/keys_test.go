package engine_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"vangnet/engine"
	"vangnet/engine/fault"
	"vangnet/store/bucket/miniotest"
)

// TestKeysInTheKeyStore makes a workspace with keys, keeps those, and opens it
// without any. It uses go-keyring's own stand-in for the system's key store.
func TestKeysInTheKeyStore(t *testing.T) {
	keyring.MockInit()
	s := miniotest.Start(t)
	place := engine.Place{Storage: s.Address(miniotest.Bucket, "sleutels")}
	o := engine.Options{Home: t.TempDir(), Technician: "Test", Password: func(context.Context) (string, error) { return "een goed wachtwoord", nil }}
	require.Equal(t, fault.StorageKeyMissing, fault.Code(engine.Init(t.Context(), o, place)), "nothing is kept yet")
	o.AccessKey, o.SecretKey = s.Credentials.AccessKey, s.Credentials.SecretKey
	require.NoError(t, engine.Init(t.Context(), o, place))
	require.True(t, engine.HasKeyStore(o.Home))
	require.NoError(t, engine.KeepStorageKeys(o.Home, o.AccessKey, o.SecretKey))

	o.AccessKey, o.SecretKey = "", ""
	e, err := engine.Open(t.Context(), o)
	require.NoError(t, err)
	require.NoError(t, e.Close())
	require.NoError(t, engine.Join(t.Context(), o, place), "a home may join again what it has joined, as for new keys")
	another := place
	another.Storage += "&x=1"
	require.Equal(t, fault.HomeInUse, fault.Code(engine.Join(t.Context(), o, another)))

	given := o
	given.AccessKey, given.SecretKey = s.Credentials.AccessKey, "not-the-right-one"
	_, err = engine.Open(t.Context(), given)
	require.Equal(t, fault.StorageKeyWrong, fault.Code(err), "keys that are given go before those that are kept")
	second := o
	second.Home = t.TempDir()
	require.Equal(t, fault.StorageKeyMissing, fault.Code(engine.Join(t.Context(), second, place)), "each home has its own")
	require.NoError(t, filepath.WalkDir(o.Home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		require.NotContains(t, string(text), s.Credentials.SecretKey, path)
		return err
	}))
}

// TestNoKeyStore holds that a computer without one says so, and that the keys of
// the environment go on to work.
func TestNoKeyStore(t *testing.T) {
	keyring.MockInitWithError(errors.New("org.freedesktop.secrets was not provided"))
	t.Cleanup(keyring.MockInit)
	home := t.TempDir()
	require.False(t, engine.HasKeyStore(home))
	require.Equal(t, fault.NoKeyStore, fault.Code(engine.KeepStorageKeys(home, "a", "b")))
	s := miniotest.Start(t)
	place := engine.Place{Storage: s.Address(miniotest.Bucket, "zonder")}
	o := engine.Options{
		Home: home, Technician: "Test", Password: func(context.Context) (string, error) { return "een goed wachtwoord", nil },
		AccessKey: s.Credentials.AccessKey, SecretKey: s.Credentials.SecretKey,
	}
	require.NoError(t, engine.Init(t.Context(), o, place))
	o.AccessKey, o.SecretKey = "", ""
	_, err := engine.Open(t.Context(), o)
	require.Equal(t, fault.StorageKeyMissing, fault.Code(err))
	require.True(t, strings.HasPrefix(place.Storage, "s3://") && engine.NeedsKeys(place.Storage))
}

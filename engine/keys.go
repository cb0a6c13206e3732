package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"vangnet/engine/fault"
	"vangnet/engine/secret"
	"vangnet/store/bucket"
)

// storageKeyName is the key of S3 storage in the key store.
const storageKeyName = "storage-key"

// storageKey is the form in which it is kept there.
type storageKey struct {
	Access string `json:"access_key"`
	Secret string `json:"secret_key"`
}

// keyring is the key store of this computer, as far as it is for a home folder.
func keyring(home string) secret.Keyring { return secret.Keyring{Service: "Vangnet " + home} }

// NeedsKeys reports that a storage address is one that is opened with keys.
func NeedsKeys(storage string) bool { return strings.HasPrefix(storage, "s3://") }

// HasKeyStore reports whether this computer has a key store that answers.
func HasKeyStore(home string) bool { return keyring(home).Available() }

// KeepStorageKeys keeps the keys of S3 storage in the key store of this
// computer, for a home folder: from then on Init, Join and Open find them where
// Options has none. They are in no file. The error is marked NoKeyStore where
// there is no key store.
func KeepStorageKeys(home, access, secretKey string) error {
	k := keyring(home)
	if !k.Available() {
		return fault.New(fault.NoKeyStore, errors.New("keep the storage keys: the system's key store does not answer"))
	}
	value, err := json.Marshal(storageKey{Access: access, Secret: secretKey})
	if err != nil {
		return fmt.Errorf("keep the storage keys: %w", err)
	}
	return k.Set(storageKeyName, value)
}

// storageKeys are the keys that a storage is opened with: those that were given,
// and where there are none those of the key store. A computer without a key
// store has just the given ones.
func storageKeys(o Options, storage string) (bucket.Credentials, error) {
	given := bucket.Credentials{AccessKey: o.AccessKey, SecretKey: o.SecretKey}
	if o.AccessKey != "" || o.SecretKey != "" || !NeedsKeys(storage) {
		return given, nil
	}
	value, err := keyring(o.Home).Get(storageKeyName)
	if err != nil {
		if !errors.Is(err, secret.ErrNotFound) {
			o.Log.Warn("the key store was not read", "error", err)
		}
		return given, nil
	}
	var k storageKey
	if err := json.Unmarshal(value, &k); err != nil {
		return given, fmt.Errorf("read the storage keys from the key store: %w", err)
	}
	return bucket.Credentials{AccessKey: k.Access, SecretKey: k.Secret}, nil
}

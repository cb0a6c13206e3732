package secret_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/zalando/go-keyring"

	"vangnet/engine/secret"
)

func TestStores(t *testing.T) {
	keyring.MockInit()
	stores := map[string]secret.Store{
		"keyring": secret.Keyring{Service: "vangnet test"},
		"sealed":  secret.NewSealed(filepath.Join(t.TempDir(), "a", "sealed.json"), "pass", nil),
	}
	for name, s := range stores {
		if _, err := s.Get("key"); !errors.Is(err, secret.ErrNotFound) {
			t.Errorf("%s: empty store: %v", name, err)
		}
		value := []byte{0, 1, 255, '\n'}
		if err := errors.Join(s.Set("key", []byte("older")), s.Set("key", value), s.Set("other", nil)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := s.Get("key"); err != nil || !bytes.Equal(got, value) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
		if err := errors.Join(s.Delete("key"), s.Delete("key")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.Get("key"); !errors.Is(err, secret.ErrNotFound) {
			t.Errorf("%s: after delete: %v", name, err)
		}
	}
}

func TestSealedKeepsItsSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sealed.json")
	if err := secret.NewSealed(path, "right", nil).Set("key", []byte("very secret value")); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.NewSealed(path, "wrong", nil).Get("key"); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("wrong password: %v", err)
	}
	text, err := os.ReadFile(path)
	if err != nil || bytes.Contains(text, []byte("very secret")) {
		t.Errorf("the file shows the secret (%v)", err)
	}
	for cut := range len(text) {
		if err := os.WriteFile(path, text[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.NewSealed(path, "right", nil).Get("key"); err == nil {
			t.Fatalf("a file cut at %d was believed", cut)
		}
		if cut > 60 {
			break // the rest differs only inside the box
		}
	}
}

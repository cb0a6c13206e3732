package engine

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"

	"vangnet/engine/fault"
	"vangnet/engine/file"
	"vangnet/engine/secret"
)

// config is what a home folder knows of its workspace. It holds no secret.
type config struct {
	Form       int    `json:"form"`
	Storage    string `json:"storage"`
	Technician string `json:"technician"`
}

const (
	configForm = 1
	configFile = "config.json"
)

// DefaultHome is the folder of a technician on this computer.
func DefaultHome() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the configuration folder: %w", err)
	}
	return filepath.Join(dir, "Vangnet"), nil
}

func loadConfig(home string) (config, error) {
	text, err := os.ReadFile(filepath.Join(home, configFile))
	if errors.Is(err, fs.ErrNotExist) {
		return config{}, fault.New(fault.NoWorkspace, err, "place", home)
	}
	if err != nil {
		return config{}, fmt.Errorf("read configuration: %w", err)
	}
	var c config
	if err := json.Unmarshal(text, &c); err != nil || c.Form != configForm || c.Storage == "" {
		return config{}, fmt.Errorf("read configuration %s: damaged, or of a newer version", filepath.Join(home, configFile))
	}
	return c, nil
}

// joinedAlready reports that a home has joined the workspace at a place. One
// that belongs to another is an error.
func joinedAlready(home string, p Place) (bool, error) {
	if _, err := os.Stat(filepath.Join(home, configFile)); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if c, err := loadConfig(home); err != nil || c.Storage != p.Storage {
		return false, homeInUse(home)
	}
	return true, nil
}

func homeInUse(home string) error {
	return fault.New(fault.HomeInUse, fmt.Errorf("%s belongs to a workspace already", home), "place", home)
}

func saveConfig(home string, c config) error {
	c.Form = configForm
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	return file.Write(filepath.Join(home, configFile), append(text, '\n'))
}

// identityName is the technician's private key in the key store.
const identityName = "technician-key"

// identity finds the technician's key of this home. A fresh one is made where
// there is none; it is not kept yet, because a file sealed with a mistyped
// password would shut the home for the right one.
func identity(home, password string) (key ed25519.PrivateKey, fresh bool, err error) {
	seed, err := secrets(home, password).Get(identityName)
	switch {
	case err == nil && len(seed) == ed25519.SeedSize:
		return ed25519.NewKeyFromSeed(seed), false, nil
	case errors.Is(err, secret.ErrSealed):
		return nil, false, fault.New(fault.WrongPassword, err)
	case err != nil && !errors.Is(err, secret.ErrNotFound):
		return nil, false, err
	}
	_, key, err = ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, false, fmt.Errorf("make technician key: %w", err)
	}
	return key, true, nil
}

// keepIdentity keeps the technician's key of this home.
func keepIdentity(home, password string, key ed25519.PrivateKey) error {
	if err := secrets(home, password).Set(identityName, key.Seed()); err != nil {
		return fmt.Errorf("keep technician key: %w", err)
	}
	return nil
}

// secrets is the key store of the system; where there is none, a file of the
// home folder sealed with the workspace password.
func secrets(home, password string) secret.Store {
	if k := keyring(home); k.Available() {
		return k
	}
	return secret.NewSealed(filepath.Join(home, "secrets.json"), password, nil)
}

// technicianName is how colleagues see who works here, unless a name was given.
func technicianName(given string) string {
	if given != "" {
		return given
	}
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	if u, err := user.Current(); err == nil {
		if u.Name != "" {
			return u.Name + " (" + host + ")"
		}
		return u.Username + " (" + host + ")"
	}
	return host
}

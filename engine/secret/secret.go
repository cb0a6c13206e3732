// Package secret keeps small secrets of one computer: the technician's key,
// the workspace password, storage keys. They live in the key store of the
// operating system; where there is none (a server without a desktop) in a file
// of the home folder, sealed with the workspace password.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/zalando/go-keyring"
	"golang.org/x/crypto/argon2"

	"vangnet/engine/file"
)

// ErrNotFound says that the store has no such secret.
var ErrNotFound = errors.New("no such secret")

// ErrSealed says that the password does not open the file.
var ErrSealed = errors.New("the password does not open the sealed secrets")

// Store keeps secrets by name.
type Store interface {
	Get(name string) ([]byte, error) // ErrNotFound where there is none
	Set(name string, value []byte) error
	Delete(name string) error // no error where there is none
}

// Keyring is the key store of the operating system: Windows credential manager,
// macOS keychain, or the Secret Service of a Linux desktop.
type Keyring struct {
	Service string // the program and the home folder it stands for
}

// Available reports whether there is a key store that answers.
func (k Keyring) Available() bool {
	_, err := keyring.Get(k.Service, "available")
	return err == nil || errors.Is(err, keyring.ErrNotFound)
}

// Get reads a secret.
func (k Keyring) Get(name string) ([]byte, error) {
	text, err := keyring.Get(k.Service, name)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read %s from the key store: %w", name, err)
	}
	value, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("read %s from the key store: %w", name, err)
	}
	return value, nil
}

// Set writes a secret.
func (k Keyring) Set(name string, value []byte) error {
	if err := keyring.Set(k.Service, name, base64.StdEncoding.EncodeToString(value)); err != nil {
		return fmt.Errorf("write %s to the key store: %w", name, err)
	}
	return nil
}

// Delete removes a secret.
func (k Keyring) Delete(name string) error {
	if err := keyring.Delete(k.Service, name); err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return fmt.Errorf("remove %s from the key store: %w", name, err)
	}
	return nil
}

// Sealed is a file with secrets, sealed with AES-256-GCM under a key made from
// a password with Argon2id. The parameters stand in the file.
type Sealed struct {
	path     string
	password string
	random   io.Reader
}

// NewSealed returns the store at path. random is where salt and nonces come
// from; nil is the operating system's source.
func NewSealed(path, password string, random io.Reader) *Sealed {
	if random == nil {
		random = rand.Reader
	}
	return &Sealed{path: path, password: password, random: random}
}

// sealedFile is the form of the file.
type sealedFile struct {
	Form    int    `json:"form"`
	Salt    []byte `json:"salt"`
	Time    uint32 `json:"time"`
	Memory  uint32 `json:"memory_kib"`
	Threads uint8  `json:"threads"`
	Nonce   []byte `json:"nonce"`
	Box     []byte `json:"box"`
}

func (s *Sealed) read() (map[string][]byte, error) {
	text, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string][]byte{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read sealed secrets: %w", err)
	}
	var f sealedFile
	if err := json.Unmarshal(text, &f); err != nil || f.Form != 1 || f.Time == 0 || f.Threads == 0 || f.Memory > 1<<20 || f.Time > 100 {
		return nil, fmt.Errorf("read sealed secrets %s: damaged or of a newer version", s.path)
	}
	box, err := s.box(f)
	if err != nil {
		return nil, err
	}
	if len(f.Nonce) != box.NonceSize() {
		return nil, fmt.Errorf("read sealed secrets %s: damaged", s.path)
	}
	plain, err := box.Open(nil, f.Nonce, f.Box, nil)
	if err != nil {
		return nil, ErrSealed
	}
	all := map[string][]byte{}
	if err := json.Unmarshal(plain, &all); err != nil {
		return nil, fmt.Errorf("read sealed secrets: %w", err)
	}
	return all, nil
}

func (s *Sealed) box(f sealedFile) (cipher.AEAD, error) {
	key := argon2.IDKey([]byte(s.password), f.Salt, f.Time, f.Memory, f.Threads, 32)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal secrets: %w", err)
	}
	return cipher.NewGCM(block)
}

func (s *Sealed) write(all map[string][]byte) error {
	plain, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("seal secrets: %w", err)
	}
	f := sealedFile{Form: 1, Salt: make([]byte, 16), Nonce: make([]byte, 12), Time: 2, Memory: 64 << 10, Threads: 2}
	for _, b := range [][]byte{f.Salt, f.Nonce} {
		if _, err := io.ReadFull(s.random, b); err != nil {
			return fmt.Errorf("seal secrets: %w", err)
		}
	}
	box, err := s.box(f)
	if err != nil {
		return err
	}
	f.Box = box.Seal(nil, f.Nonce, plain, nil)
	text, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("seal secrets: %w", err)
	}
	return file.Write(s.path, text)
}

// Get reads a secret.
func (s *Sealed) Get(name string) ([]byte, error) {
	all, err := s.read()
	if err != nil {
		return nil, err
	}
	value, ok := all[name]
	if !ok {
		return nil, ErrNotFound
	}
	return value, nil
}

// Set writes a secret.
func (s *Sealed) Set(name string, value []byte) error {
	all, err := s.read()
	if err != nil {
		return err
	}
	all[name] = value
	return s.write(all)
}

// Delete removes a secret.
func (s *Sealed) Delete(name string) error {
	all, err := s.read()
	if err != nil {
		return err
	}
	if _, ok := all[name]; !ok {
		return nil
	}
	delete(all, name)
	return s.write(all)
}

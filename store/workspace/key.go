package workspace

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"vangnet/store/bucket"
)

const (
	keyName    = "workspace/key.json"
	docPrefix  = "workspace/docs/"
	vaultStart = "workspace/vaults/"

	keyVersion = 1
	keySize    = 32
)

// Cost is what one guess at the password takes (RFC 9106, Argon2id).
type Cost struct {
	Passes  uint32 `json:"passes"`
	KiB     uint32 `json:"kib"`
	Threads uint8  `json:"threads"`
}

// recommended is RFC 9106's second choice, for memory-constrained computers.
var recommended = Cost{Passes: 3, KiB: 64 << 10, Threads: 4}

// sane bounds what a key file can make this computer spend.
func (c Cost) sane() bool {
	return c.Passes >= 1 && c.Passes <= 64 && c.KiB >= 8 && c.KiB <= 1<<20 && c.Threads >= 1 && c.Threads <= 64
}

// keyFile is key.json.
type keyFile struct {
	Version int       `json:"version"`
	ID      string    `json:"workspace"`
	Created time.Time `json:"created"`
	KDF     string    `json:"kdf"`
	Cost    Cost      `json:"cost"`
	Salt    []byte    `json:"salt"`
	Lock    string    `json:"lock,omitempty"` // what is written is locked like this, from whatever desk
	Sealed  []byte    `json:"sealed_key"`     // nonce, ciphertext
	Sum     string    `json:"sum"`            // SHA-256 of the above: tells damage from a wrong password
}

// newKeyFile makes a random workspace key and the file that holds it.
func newKeyFile(password string, o Options) (file, key []byte, err error) {
	if !o.Cost.sane() {
		return nil, nil, fmt.Errorf("password cost %+v is out of bounds", o.Cost)
	}
	random := make([]byte, keySize+16+16)
	if _, err := io.ReadFull(o.Rand, random); err != nil {
		return nil, nil, fmt.Errorf("random key: %w", err)
	}
	key = random[:keySize]
	f := keyFile{
		Version: keyVersion, ID: hex.EncodeToString(random[keySize : keySize+16]), Created: o.Clock.Now().UTC(),
		KDF: "argon2id", Cost: o.Cost, Salt: random[keySize+16:],
	}
	if o.Lock != nil {
		f.Lock = o.Lock.String()
	}
	aead, err := newAEAD(f.passwordKey(password))
	if err != nil {
		return nil, nil, err
	}
	if f.Sealed, err = seal(aead, o.Rand, key, f.bound()); err != nil {
		return nil, nil, err
	}
	f.Sum = f.sum()
	file, err = json.MarshalIndent(f, "", "  ")
	return file, key, err
}

// openKeyFile finds the workspace key with the password.
func openKeyFile(file []byte, password string) ([]byte, error) {
	f, err := parseKeyFile(file)
	if err != nil {
		return nil, err
	}
	aead, err := newAEAD(f.passwordKey(password))
	if err != nil {
		return nil, err
	}
	key, err := unseal(aead, f.Sealed, f.bound())
	if err != nil || len(key) != keySize {
		return nil, ErrPassword
	}
	return key, nil
}

func parseKeyFile(file []byte) (*keyFile, error) {
	f := &keyFile{}
	if err := json.Unmarshal(file, f); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	switch {
	case f.Version > keyVersion:
		return nil, fmt.Errorf("%w: key file version %d", ErrNewer, f.Version)
	case f.Sum != f.sum(), f.Version < 1, f.KDF != "argon2id", !f.Cost.sane(), !isHex(f.ID):
		return nil, ErrDamaged
	}
	if _, err := bucket.ParseLock(f.Lock); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return f, nil
}

func isHex(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 16
}

// passwordKey stretches the password. Its Unicode form is settled first: the
// same password typed on another system may arrive decomposed.
func (f *keyFile) passwordKey(password string) []byte {
	return argon2.IDKey([]byte(norm.NFC.String(password)), f.Salt, f.Cost.Passes, f.Cost.KiB, f.Cost.Threads, keySize)
}

// bound is what the sealed key is bound to.
func (f *keyFile) bound() []byte {
	b := fmt.Appendf(nil, "vangnet workspace key %d %s %s %+v %x", f.Version, f.ID, f.KDF, f.Cost, f.Salt)
	if f.Lock != "" {
		b = append(b, " lock "+f.Lock...)
	}
	return b
}

func (f *keyFile) sum() string {
	sum := sha256.Sum256(append(f.bound(), f.Sealed...))
	return hex.EncodeToString(sum[:])
}

// keys are what documents are sealed with.
type keys struct{ docs cipher.AEAD }

func deriveKeys(key []byte, id string) (keys, error) {
	sub, err := hkdf.Key(sha256.New, key, []byte(id), "vangnet workspace documents 1", keySize)
	if err != nil {
		return keys{}, fmt.Errorf("derive document key: %w", err)
	}
	aead, err := newAEAD(sub)
	return keys{docs: aead}, err
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal encrypts under a random nonce, which comes first.
func seal(aead cipher.AEAD, random io.Reader, plain, bound []byte) ([]byte, error) {
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, fmt.Errorf("random nonce: %w", err)
	}
	return aead.Seal(nonce, nonce, plain, bound), nil
}

func unseal(aead cipher.AEAD, sealed, bound []byte) ([]byte, error) {
	if len(sealed) < aead.NonceSize() {
		return nil, fmt.Errorf("only %d bytes", len(sealed))
	}
	return aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], bound)
}

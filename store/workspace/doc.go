package workspace

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// maxDoc bounds a document in bytes. Documents are small; certificates with
// their chains are the largest.
const maxDoc = 1 << 20

// docVersion is the first byte of a document, outside its seal.
const docVersion = 1

// Doc is one document: a fact that a technician set down.
type Doc struct {
	Name     string          `json:"-"`    // key in the bucket
	Type     string          `json:"type"` // such as tenant.connected
	Body     json.RawMessage `json:"body"`
	Author   string          `json:"author"` // key id of the technician
	Time     time.Time       `json:"time"`
	Previous string          `json:"previous,omitempty"` // name of the newest document its author had seen
}

// signed is what lies sealed in the bucket: the document's JSON, byte for byte
// as it was signed.
type signed struct {
	Doc       []byte `json:"doc"`
	Key       []byte `json:"key"`
	Signature []byte `json:"signature"`
}

// KeyID is the short name of a public key: the first 16 hex digits of its SHA-256.
func KeyID(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:8])
}

// docName is where a document goes. Names sort by time.
func docName(at time.Time, author string, random io.Reader) (string, error) {
	var r [8]byte
	if _, err := io.ReadFull(random, r[:]); err != nil {
		return "", fmt.Errorf("random name: %w", err)
	}
	at = at.UTC()
	return fmt.Sprintf("%s%s%06dZ-%s-%x", docPrefix, at.Format("20060102T150405"), at.Nanosecond()/1000, author, r), nil
}

// toSign is what a signature covers: the name too, so that a document cannot be
// passed off as another.
func toSign(workspace, name string, doc []byte) []byte {
	return fmt.Appendf(nil, "vangnet workspace document %d\n%s\n%s\n%s", docVersion, workspace, name, doc)
}

// sealDoc signs and seals a document.
func (w *Workspace) sealDoc(d *Doc) ([]byte, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	key := w.opts.Identity.Key
	plain, err := json.Marshal(signed{
		Doc: text, Key: key.Public().(ed25519.PublicKey), Signature: ed25519.Sign(key, toSign(w.id, d.Name, text)),
	})
	if err != nil {
		return nil, err
	}
	if len(plain) > maxDoc/2 {
		return nil, fmt.Errorf("document of %d bytes is too large", len(plain))
	}
	sealed, err := seal(w.keys.docs, w.opts.Rand, plain, []byte(d.Name))
	return append([]byte{docVersion}, sealed...), err
}

// openDoc is the inverse of sealDoc. It checks seal, signature and author.
func (w *Workspace) openDoc(name string, data []byte) (*Doc, error) {
	if len(data) == 0 || data[0] != docVersion {
		return nil, errors.New("not a document of a known version")
	}
	plain, err := unseal(w.keys.docs, data[1:], []byte(name))
	if err != nil {
		return nil, errors.New("seal is broken")
	}
	var s signed
	if err := json.Unmarshal(plain, &s); err != nil {
		return nil, fmt.Errorf("not readable: %w", err)
	}
	if len(s.Key) != ed25519.PublicKeySize || !ed25519.Verify(s.Key, toSign(w.id, name, s.Doc), s.Signature) {
		return nil, errors.New("signature does not match")
	}
	d := &Doc{}
	if err := json.Unmarshal(s.Doc, d); err != nil {
		return nil, fmt.Errorf("not readable: %w", err)
	}
	d.Name = name
	if d.Author != KeyID(s.Key) {
		return nil, errors.New("signed by another than its author")
	}
	if strings.HasPrefix(name, docPrefix) && !strings.Contains(name, "-"+d.Author+"-") {
		return nil, errors.New("named for another than its author")
	}
	return d, nil
}

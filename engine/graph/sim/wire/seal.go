package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ErrSeal means that an opaque token was not made by this simulator, or was
// tampered with. Handlers answer it with the 400 of their service.
var ErrSeal = errors.New("token is malformed")

// Sealer makes the opaque, self-contained tokens that nextLinks and deltaLinks
// carry. Two simulators with the same key open each other's.
type Sealer struct{ key []byte }

// NewSealer returns a sealer with the key.
func NewSealer(key []byte) *Sealer { return &Sealer{key: append([]byte(nil), key...)} }

// Seal turns v, encoded as JSON, into a token for links.
func (s *Sealer) Seal(v any) (string, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("seal token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(append(s.mac(body), body...)), nil
}

// Open undoes Seal into v. It returns ErrSeal for anything that Seal did not make.
func (s *Sealer) Open(token string, v any) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < macSize || !hmac.Equal(raw[:macSize], s.mac(raw[macSize:])) {
		return ErrSeal
	}
	if err := json.Unmarshal(raw[macSize:], v); err != nil {
		return ErrSeal
	}
	return nil
}

// jwtHeader is the first part of the tokens in pre-authenticated links.
var jwtHeader = base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"JWT","alg":"HS256"}`))

// SealJWT seals v in the form of a JWT, as the tokens in the query of some
// pre-authenticated links are; clients look for exp in it.
func (s *Sealer) SealJWT(v any) (string, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("seal token: %w", err)
	}
	signed := jwtHeader + "." + base64.RawURLEncoding.EncodeToString(body)
	return signed + "." + base64.RawURLEncoding.EncodeToString(s.mac([]byte(signed))), nil
}

// OpenJWT undoes SealJWT into v. It does not look at times.
func (s *Sealer) OpenJWT(token string, v any) error {
	at := strings.LastIndexByte(token, '.')
	if at < 0 {
		return ErrSeal
	}
	signed, mac := token[:at], token[at+1:]
	sum, err := base64.RawURLEncoding.Strict().DecodeString(mac)
	if err != nil || !hmac.Equal(sum, s.mac([]byte(signed))) {
		return ErrSeal
	}
	body, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(signed, jwtHeader+"."))
	if err != nil || json.Unmarshal(body, v) != nil {
		return ErrSeal
	}
	return nil
}

const macSize = 12

func (s *Sealer) mac(body []byte) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write(body)
	return h.Sum(nil)[:macSize]
}

package archive

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"sync"
)

// Sizes of WinZip's "AES Encryption Information: Encryption Specification AE-1
// and AE-2" for keys of 256 bits.
const (
	saltSize     = 16
	keySize      = 32
	verifierSize = 2
	trailerSize  = 10
	keyRounds    = 1000
	maxPassword  = 99   // of 7-Zip
	keysAhead    = 8    // each takes most of a millisecond of one core
	sealChunk    = 8192 // bytes sealed at once
)

// checkPassword refuses what not every program reads as the same bytes: there
// is no word in the specification on how letters beyond ASCII are coded.
func checkPassword(password string) error {
	if password == "" || len(password) > maxPassword {
		return ErrPassword
	}
	for _, c := range []byte(password) {
		if c < ' ' || c > '~' {
			return ErrPassword
		}
	}
	return nil
}

// sealKey is what one entry is encrypted with.
type sealKey struct {
	salt     [saltSize]byte
	cipher   [keySize]byte
	mac      [keySize]byte
	verifier [verifierSize]byte
	err      error
}

func deriveKey(password string, salt [saltSize]byte) sealKey {
	all, err := pbkdf2.Key(sha1.New, password, salt[:], keyRounds, 2*keySize+verifierSize)
	if err != nil {
		return sealKey{err: fmt.Errorf("derive a key: %w", err)}
	}
	k := sealKey{salt: salt}
	copy(k.cipher[:], all)
	copy(k.mac[:], all[keySize:])
	copy(k.verifier[:], all[2*keySize:])
	return k
}

// keyring makes keys ahead, several at a time, while others convert and
// compress: for small entries making keys is most of the work. They come in the
// order of the salts that rand gives.
type keyring struct {
	ready chan chan sealKey // each gives one key; closed after the last
	err   error             // why there are no more; to be read when ready is closed
	stop  chan struct{}
	work  sync.WaitGroup
}

func newKeyring(password string, rand io.Reader) *keyring {
	r := &keyring{ready: make(chan chan sealKey, keysAhead), stop: make(chan struct{})}
	r.work.Go(func() {
		defer close(r.ready)
		for {
			var salt [saltSize]byte
			if _, err := io.ReadFull(rand, salt[:]); err != nil {
				r.err = fmt.Errorf("read a salt: %w", err)
				return
			}
			made := make(chan sealKey, 1)
			r.work.Go(func() { made <- deriveKey(password, salt) })
			select {
			case r.ready <- made:
			case <-r.stop:
				return
			}
		}
	})
	return r
}

func (r *keyring) next(ctx context.Context) (sealKey, error) {
	select {
	case made, ok := <-r.ready:
		if !ok {
			return sealKey{}, r.err
		}
		k := <-made
		return k, k.err
	case <-ctx.Done():
		return sealKey{}, context.Cause(ctx)
	}
}

func (r *keyring) close() {
	close(r.stop)
	r.work.Wait()
}

// sealer encrypts one entry: salt and verifier, the content under AES in counter
// mode, and ten bytes of its HMAC. The counter is little-endian and begins at
// one, which crypto/cipher's counter mode does not do.
type sealer struct {
	to      io.Writer
	block   cipher.Block
	mac     hash.Hash
	counter uint64
	left    []byte // of the key stream
	stream  [sealChunk]byte
	out     [sealChunk]byte
}

func newSealer(to io.Writer, k sealKey) (*sealer, error) {
	block, err := aes.NewCipher(k.cipher[:])
	if err != nil {
		return nil, fmt.Errorf("begin to encrypt: %w", err)
	}
	head := append(k.salt[:], k.verifier[:]...)
	if _, err := to.Write(head); err != nil {
		return nil, err
	}
	return &sealer{to: to, block: block, mac: hmac.New(sha1.New, k.mac[:])}, nil
}

func (s *sealer) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		if len(s.left) == 0 {
			s.fill(len(p))
		}
		n := subtle.XORBytes(s.out[:], p[:min(len(p), len(s.left))], s.left)
		s.left, p = s.left[n:], p[n:]
		s.mac.Write(s.out[:n])
		if _, err := s.to.Write(s.out[:n]); err != nil {
			return written, err
		}
		written += n
	}
	return written, nil
}

// fill makes key stream for n bytes, or as many as are sealed at once.
func (s *sealer) fill(n int) {
	n = min((n+aes.BlockSize-1)/aes.BlockSize*aes.BlockSize, sealChunk)
	for at := 0; at < n; at += aes.BlockSize {
		s.counter++
		block := s.stream[at : at+aes.BlockSize]
		clear(block)
		binary.LittleEndian.PutUint64(block, s.counter)
		s.block.Encrypt(block, block)
	}
	s.left = s.stream[:n]
}

// finish writes the trailer.
func (s *sealer) finish() error {
	_, err := s.to.Write(s.mac.Sum(nil)[:trailerSize])
	return err
}

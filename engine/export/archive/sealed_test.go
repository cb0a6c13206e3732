package archive_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/binary"
	"io"
	"testing"
)

// sealedPart is an entry as it stands in the file.
func sealedPart(t testing.TB, path, name string) []byte {
	t.Helper()
	r, err := zip.OpenReader(path)
	must(t, err)
	defer r.Close()
	for _, f := range r.File {
		if f.Name == name {
			raw, err := f.OpenRaw()
			must(t, err)
			b, err := io.ReadAll(raw)
			must(t, err)
			return b
		}
	}
	t.Fatalf("%s is not there", name)
	return nil
}

// unsealed reads an encrypted ZIP by WinZip's specification.
func unsealed(t testing.TB, path, password string) map[string]string {
	t.Helper()
	r, err := zip.OpenReader(path)
	must(t, err)
	defer r.Close()
	out := map[string]string{}
	for _, f := range r.File {
		if f.FileInfo().IsDir() {
			out[f.Name] = ""
			continue
		}
		_, extra, ok := bytes.Cut(f.Extra, []byte{0x01, 0x99, 7, 0, 2, 0, 'A', 'E', 3})
		if !ok || f.Method != 99 || f.Flags&1 == 0 || f.CRC32 != 0 || len(extra) < 2 {
			t.Fatalf("%s is not AE-2: method %d, flags %x, CRC %x, extra %x", f.Name, f.Method, f.Flags, f.CRC32, f.Extra)
		}
		plain := unseal(t, sealedPart(t, path, f.Name), password)
		if binary.LittleEndian.Uint16(extra) == zip.Deflate {
			plain, err = io.ReadAll(flate.NewReader(bytes.NewReader(plain)))
			must(t, err)
		}
		if uint64(len(plain)) != f.UncompressedSize64 {
			t.Errorf("%s has %d bytes, says %d", f.Name, len(plain), f.UncompressedSize64)
		}
		out[f.Name] = string(plain)
	}
	return out
}

func unseal(t testing.TB, b []byte, password string) []byte {
	t.Helper()
	if len(b) < 28 {
		t.Fatalf("an encrypted entry of %d bytes", len(b))
	}
	keys, err := pbkdf2.Key(sha1.New, password, b[:16], 1000, 66)
	must(t, err)
	body, trailer := b[18:len(b)-10], b[len(b)-10:]
	mac := hmac.New(sha1.New, keys[32:64])
	mac.Write(body)
	if !bytes.Equal(b[16:18], keys[64:]) || !bytes.Equal(mac.Sum(nil)[:10], trailer) {
		t.Fatal("verifier or code of an encrypted entry is wrong")
	}
	block, err := aes.NewCipher(keys[:32])
	must(t, err)
	plain := make([]byte, len(body))
	var counter, stream [16]byte
	for i := range body {
		if i%16 == 0 {
			binary.LittleEndian.PutUint64(counter[:], uint64(i/16+1))
			block.Encrypt(stream[:], counter[:])
		}
		plain[i] = body[i] ^ stream[i%16]
	}
	return plain
}

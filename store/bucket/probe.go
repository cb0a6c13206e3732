package bucket

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
)

// probe writes a small blob, reads it back and removes it. That the removal is
// denied is fine: the everyday key need not be allowed to delete.
func probe(ctx context.Context, b Bucket, lock *Lock) error {
	text := []byte(rand.Text())
	key := "probe/" + string(text)
	if err := WriteAll(ctx, b, key, text, PutOptions{IfAbsent: true, Lock: lock}); err != nil {
		return err
	}
	back, err := ReadAll(ctx, b, key, 1024)
	if err != nil {
		return err
	}
	if !bytes.Equal(back, text) {
		return &Error{Op: "check", Bucket: b.String(), Key: key, Err: errors.New("what was written comes back changed")}
	}
	if err := b.Delete(ctx, key); err != nil && !errors.Is(err, ErrDenied) {
		return err
	}
	return nil
}

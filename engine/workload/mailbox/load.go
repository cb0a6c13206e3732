package mailbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/rfc5322"
	"vangnet/engine/model"
	"vangnet/engine/workload"
)

// inMemory is the size up to which a stream is decoded in memory; a larger one
// goes through a temporary file, for its attachments are read when wanted.
const inMemory = 8 << 20

// Load reads a mailbox item out of the vault as a message. done must be called
// when the message and its attachments are no longer wanted.
func Load(ctx context.Context, e model.Entry, content workload.Content) (m *mapi.Message, done func() error, err error) {
	if fromMIME(e) {
		m, err := messageOfMIME(ctx, e, content)
		return m, func() error { return nil }, err
	}
	object, err := content.Open(ctx, e.Object)
	if err != nil {
		return nil, nil, err
	}
	m, done, err = load(e, object)
	return m, done, errors.Join(err, object.Close())
}

func load(e model.Entry, object io.Reader) (*mapi.Message, func() error, error) {
	nothing := func() error { return nil }
	raw, err := Raw(e.Form, object)
	if err != nil {
		return nil, nil, err
	}
	if e.Size <= inMemory {
		all, err := io.ReadAll(io.LimitReader(raw, inMemory+1))
		if err != nil {
			return nil, nil, fmt.Errorf("read stream: %w", err)
		}
		m, _, err := fts.DecodeAt(bytes.NewReader(all), int64(len(all)), fts.Limits{})
		return m, nothing, err
	}
	temp, err := os.CreateTemp("", "vangnet-item-*")
	if err != nil {
		return nil, nil, fmt.Errorf("put stream aside: %w", err)
	}
	done := func() error { return errors.Join(temp.Close(), os.Remove(temp.Name())) }
	n, err := io.Copy(temp, raw)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("read stream: %w", err), done())
	}
	m, _, err := fts.DecodeAt(temp, n, fts.Limits{})
	if err != nil {
		return nil, nil, errors.Join(err, done())
	}
	return m, done, nil
}

// WriteEML writes a mailbox item as RFC 5322 text. Where the item's own MIME is
// in the vault, its bytes are written unchanged.
func WriteEML(ctx context.Context, w io.Writer, e model.Entry, content workload.Content) error {
	if mime := mimeOf(e); mime != "" {
		object, err := content.Open(ctx, mime)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, object)
		return errors.Join(err, object.Close())
	}
	m, done, err := Load(ctx, e, content)
	if err != nil {
		return err
	}
	return errors.Join(rfc5322.Write(w, m, rfc5322.Options{}), done())
}

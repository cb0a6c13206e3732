package mailboxes

import (
	"encoding/binary"
	"fmt"
	"io"

	"vangnet/engine/mapi/fts"
)

// Exchange understands its own streams, also those that a reader outside does
// not. So the simulator, asked to take in a stream that it wrote with a Damage,
// takes out what it put in. A stream that was cut stays refused.

// The oddities that fts.Encode writes into the payload.
const (
	oddElement     = 0x66AA0EEE
	oddElementSize = 11
	oddMarkSize    = 4
)

// heal returns content that decodes to its end, or why there is none. What it
// returns with an error is what is left to be dropped.
func (m *Mailbox) heal(src source) (source, error) {
	for range 3 {
		at, err := judge(src)
		if err != nil {
			return src, err
		}
		var n int64
		switch {
		case at.State == fts.Complete:
			return src, nil
		case at.Reason == fts.ReasonUnknownType && at.Tag == oddElement:
			n = oddElementSize
		case at.Reason == fts.ReasonNesting && at.Tag == fts.EndEmbed:
			n = oddMarkSize
		default:
			return src, fmt.Errorf("it is %s (%s at %d)", at.State, at.Reason, at.Offset)
		}
		healed, err := m.without(src, at.Offset, n)
		if err != nil {
			return src, err
		}
		src.drop()
		src = healed
	}
	return src, fmt.Errorf("it does not heal")
}

func judge(src source) (fts.Outcome, error) {
	r, err := src.Open()
	if err != nil {
		return fts.Outcome{}, err
	}
	defer r.Close()
	_, outcome, err := fts.Decode(r, streamLimits)
	return outcome, err
}

// without copies a stream, leaving n bytes out of its payload.
func (m *Mailbox) without(src source, offset, n int64) (source, error) {
	r, err := src.Open()
	if err != nil {
		return source{}, err
	}
	defer r.Close()
	out := streamed(func(w io.Writer) error { return cutPayload(w, r, offset, n) })
	defer out.Close()
	content, err := spool(out, m.opt.SpoolDir)
	return source{Content: content, form: formStream}, err
}

// cutPayload copies records, leaving bytes from to from+n of the joined payload out.
func cutPayload(w io.Writer, r io.Reader, from, n int64) error {
	var head [8]byte
	at := int64(0)
	for {
		if _, err := io.ReadFull(r, head[:]); err == io.EOF { //nolint:errorlint // io.ReadFull returns it bare
			return nil
		} else if err != nil {
			return err
		}
		body := make([]byte, min(binary.LittleEndian.Uint32(head[4:]), maxContent))
		if _, err := io.ReadFull(r, body); err != nil {
			return err
		}
		if binary.LittleEndian.Uint32(head[:]) == 2 {
			lo := min(max(from-at, 0), int64(len(body)))
			hi := min(max(from+n-at, 0), int64(len(body)))
			at += int64(len(body))
			body = append(body[:lo], body[hi:]...)
		}
		binary.LittleEndian.PutUint32(head[4:], uint32(len(body)))
		if _, err := w.Write(append(head[:], body...)); err != nil {
			return err
		}
	}
}

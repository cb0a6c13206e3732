package mailbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/rfc5322"
	"vangnet/engine/model"
	"vangnet/engine/workload"
)

// streamOf gives an item's stream for an import: the one that was exported, or,
// where that was cut off or only the item's MIME could be had, one made of its MIME.
func streamOf(ctx context.Context, e model.Entry, content workload.Content) (graph.Source, error) {
	if e.Object == "" {
		return graph.Source{}, workload.ErrNoContent
	}
	if fromMIME(e) {
		return streamOfMIME(ctx, e, content)
	}
	return graph.Source{Size: e.Size, Open: func(offset int64) (io.ReadCloser, error) {
		object, err := content.Open(ctx, e.Object)
		if err != nil {
			return nil, err
		}
		r, err := Raw(e.Form, object)
		if err == nil && offset > 0 {
			_, err = io.CopyN(io.Discard, r, offset)
		}
		if err != nil {
			return nil, errors.Join(err, object.Close())
		}
		return both{Reader: r, Closer: object}, nil
	}}, nil
}

// both reads one thing and closes another below it.
type both struct {
	io.Reader
	io.Closer
}

// fromMIME reports an item whose MIME is all that there is, or more than its
// stream, which was cut off.
func fromMIME(e model.Entry) bool {
	return e.Form == model.FormMIME || e.MIME != "" && e.Warning == fault.StreamTruncated
}

// messageOfMIME makes a message of an item's MIME with the facts its listing has.
func messageOfMIME(ctx context.Context, e model.Entry, content workload.Content) (*mapi.Message, error) {
	object, err := content.Open(ctx, mimeOf(e))
	if err != nil {
		return nil, err
	}
	m, _, err := rfc5322.Parse(io.LimitReader(object, mimeLimit), rfc5322.Limits{})
	if err = errors.Join(err, object.Close()); err != nil {
		return nil, fmt.Errorf("read stored MIME: %w", err)
	}
	if e.Mail != nil {
		flags := int64(0)
		if e.Mail.Read {
			flags |= mapi.FlagRead
		}
		if e.Mail.Draft {
			flags |= mapi.FlagUnsent
		}
		m.Props.SetInt(mapi.MessageFlags, flags)
		setTime(m, mapi.DeliveryTime, e.Mail.Received)
	}
	setTime(m, mapi.CreationTime, e.Created)
	return m, nil
}

// streamOfMIME makes a stream of an item's MIME.
func streamOfMIME(ctx context.Context, e model.Entry, content workload.Content) (graph.Source, error) {
	m, err := messageOfMIME(ctx, e, content)
	if err != nil {
		return graph.Source{}, err
	}
	var out bytes.Buffer
	if err := fts.Encode(&out, m, fts.Options{}); err != nil {
		return graph.Source{}, err
	}
	raw := out.Bytes()
	return graph.Source{Size: int64(len(raw)), Open: func(offset int64) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(raw[offset:])), nil
	}}, nil
}

// mimeOf is the object that holds an item's MIME.
func mimeOf(e model.Entry) model.ObjectID {
	if e.Form == model.FormMIME {
		return e.Object
	}
	return e.MIME
}

func setTime(m *mapi.Message, id mapi.PropID, t time.Time) {
	if !t.IsZero() {
		m.Props.SetTime(id, t)
	}
}

package mailboxes

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

// Exchange has been seen to send control characters raw inside JSON texts. An
// item broken as Controls is shown that way.

// controlMark stands for a raw control character until the JSON is written.
const controlMark = "\uE0FF"

// rawControls writes an answer itself when one of its items wants raw control
// characters; the server's encoder would escape them.
func rawControls(r *wire.Request, resp *wire.Response, list ...state) (*wire.Response, error) {
	for i := range list {
		if list[i].broken == Controls {
			return writeControls(r, resp)
		}
	}
	return resp, nil
}

func writeControls(r *wire.Request, resp *wire.Response) (*wire.Response, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(resp.JSON); err != nil {
		return nil, err
	}
	body := bytes.ReplaceAll(b.Bytes(), []byte(controlMark), []byte{0x0B})
	context := resp.Context
	if len(r.Select) > 0 {
		set, entity, _ := strings.Cut(context, "/$")
		context = set + "(" + strings.Join(r.Select, ",") + ")"
		if entity != "" {
			context += "/$" + entity
		}
	}
	body = append([]byte(`{"@odata.context":`+quoted(r.Root()+"/$metadata#"+context)+","), body[1:]...)
	resp.JSON, resp.Context = nil, ""
	resp.Stream, resp.Length = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp.Header = map[string]string{"Content-Type": jsonType}
	return resp, nil
}

// jsonType is the media type of Graph's answers.
const jsonType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

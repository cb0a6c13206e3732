package mailboxes

import (
	"html"
	"io"
	"strings"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// maxBody bounds the body that a message's JSON carries.
const maxBody = 32 << 20

// bodyOf is a message's body in the form the client prefers: "text", else HTML
// where there is any.
func bodyOf(msg *mapi.Message, prefer string) object {
	if page, ok := htmlOf(msg); ok && !strings.EqualFold(prefer, "text") {
		return object{"contentType": "html", "content": page}
	}
	text, _ := mapi.BodyText(msg, maxBody)
	if strings.EqualFold(prefer, "html") {
		return object{"contentType": "html", "content": "<html><body><pre>" + html.EscapeString(text) + "</pre></body></html>"}
	}
	return object{"contentType": "text", "content": text}
}

func htmlOf(msg *mapi.Message) (string, bool) {
	p, ok := msg.Props.Get(mapi.BodyHTML)
	if !ok {
		return "", false
	}
	if s, isText := p.Value.(string); isText {
		return s, true
	}
	blob, ok := msg.Props.Blob(mapi.BodyHTML)
	if !ok {
		return "", false
	}
	r, err := blob.Open()
	if err != nil {
		return "", false
	}
	defer r.Close()
	decoded, _ := charset.NewReader(msg.HTMLCodePage(), io.LimitReader(r, maxBody))
	b, err := io.ReadAll(decoded)
	return string(b), err == nil
}

// preview is the beginning of the body as text, 255 characters.
func preview(msg *mapi.Message) string {
	text, _ := mapi.BodyText(msg, 2048)
	runes := []rune(text)
	return strings.TrimSpace(string(runes[:min(len(runes), 255)]))
}

package read

import (
	"bytes"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/jhillyerd/enmime/v2"
)

// Mail reads a mail with enmime. Of HTML it has the text that enmime decodes,
// so HTML is a sum that only another Mail has.
func Mail(folder string, raw []byte) (Item, error) {
	p := enmime.NewParser(enmime.SkipMalformedParts(false), enmime.DisableTextConversion(true))
	e, err := p.ReadEnvelope(bytes.NewReader(raw))
	if err != nil {
		return Item{}, fmt.Errorf("read mail: %w", err)
	}
	i := Item{Folder: folder, Subject: e.GetHeader("Subject"), Text: Plain(e.Text)}
	if from := people(e, "From"); len(from) > 0 {
		i.From, i.FromName = from[0].Address, from[0].Name
	}
	for _, l := range []struct {
		to   *[]string
		name string
	}{{&i.To, "To"}, {&i.Cc, "Cc"}, {&i.Bcc, "Bcc"}} {
		for _, a := range people(e, l.name) {
			*l.to = append(*l.to, strings.ToLower(a.Address))
		}
	}
	if t, err := mail.ParseDate(strings.TrimSpace(e.GetHeader("Date"))); err == nil {
		i.Sent = t
	}
	if e.HTML != "" {
		i.HTML = Sum([]byte(Plain(e.HTML)))
	}
	for _, part := range slices.Concat(e.Attachments, e.Inlines, e.OtherParts) {
		if part.ContentType == "message/rfc822" {
			in, err := Mail("", part.Content)
			if err != nil {
				return i, err
			}
			i.Items = append(i.Items, in)
			continue
		}
		i.Files = append(i.Files, File{Name: part.FileName, SHA256: Sum(part.Content)})
	}
	i.sort()
	return i, nil
}

func people(e *enmime.Envelope, name string) []*mail.Address {
	list, err := e.AddressList(name)
	if err != nil {
		return nil
	}
	return list
}

package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"
)

// Message is what the plain mail endpoints say of an item: for looking whether
// it is there already, and for checking what was read as a stream.
type Message struct {
	ID             string
	ChangeKey      string
	MessageID      string // Internet message id, with angle brackets
	Subject        string
	From           string // "Name <address>"
	To             []string
	Cc             []string
	Bcc            []string
	Received       time.Time
	Sent           time.Time
	Created        time.Time
	Modified       time.Time
	Read           bool
	Draft          bool
	Flagged        bool
	Importance     string // low, normal, high
	Categories     []string
	HasAttachments bool   // attachments that are not inline
	Folder         string // parent folder's id
	BodyType       string // text, html; only from Message
	Body           string // only from Message
}

type addressJSON struct {
	Address struct {
		Name    string `json:"name"`
		Address string `json:"address"`
	} `json:"emailAddress"`
}

func (a addressJSON) String() string {
	if a.Address.Address == "" {
		return a.Address.Name
	}
	if a.Address.Name == "" || a.Address.Name == a.Address.Address {
		return a.Address.Address
	}
	return a.Address.Name + " <" + a.Address.Address + ">"
}

type messageJSON struct {
	ID             string        `json:"id"`
	ChangeKey      string        `json:"changeKey"`
	MessageID      string        `json:"internetMessageId"`
	Subject        string        `json:"subject"`
	From           addressJSON   `json:"from"`
	To             []addressJSON `json:"toRecipients"`
	Cc             []addressJSON `json:"ccRecipients"`
	Bcc            []addressJSON `json:"bccRecipients"`
	Received       looseTime     `json:"receivedDateTime"`
	Sent           looseTime     `json:"sentDateTime"`
	Created        looseTime     `json:"createdDateTime"`
	Modified       looseTime     `json:"lastModifiedDateTime"`
	Read           bool          `json:"isRead"`
	Draft          bool          `json:"isDraft"`
	Importance     string        `json:"importance"`
	Categories     []string      `json:"categories"`
	HasAttachments bool          `json:"hasAttachments"`
	Folder         string        `json:"parentFolderId"`
	Flag           struct {
		Status string `json:"flagStatus"`
	} `json:"flag"`
	Body struct {
		Type    string `json:"contentType"`
		Content string `json:"content"`
	} `json:"body"`
}

func (m messageJSON) message() Message {
	return Message{
		ID: m.ID, ChangeKey: m.ChangeKey, MessageID: m.MessageID, Subject: m.Subject, From: m.From.String(),
		To: people(m.To), Cc: people(m.Cc), Bcc: people(m.Bcc),
		Received: time.Time(m.Received), Sent: time.Time(m.Sent), Created: time.Time(m.Created), Modified: time.Time(m.Modified),
		Read: m.Read, Draft: m.Draft, Flagged: strings.EqualFold(m.Flag.Status, "flagged"), Importance: strings.ToLower(m.Importance),
		Categories: m.Categories, HasAttachments: m.HasAttachments, Folder: m.Folder,
		BodyType: strings.ToLower(m.Body.Type), Body: m.Body.Content,
	}
}

func people(list []addressJSON) []string {
	var out []string
	for _, a := range list {
		out = append(out, a.String())
	}
	return out
}

const messageFields = "id,changeKey,internetMessageId,subject,from,toRecipients,ccRecipients,bccRecipients,receivedDateTime,sentDateTime," +
	"createdDateTime,lastModifiedDateTime,isRead,isDraft,importance,categories,hasAttachments,parentFolderId,flag"

// Message reads one item through the plain endpoint, with its body.
func (c *Client) Message(ctx context.Context, userID, id string) (Message, error) {
	var m messageJSON
	err := c.ask(ctx, request{
		call: c.inMailbox("read message of "+userID, userID), method: http.MethodGet, header: outlook(0),
		url: query(at("/v1.0/users/{}/messages/{}", userID, id), "$select", messageFields+",body"),
	}, &m)
	return m.message(), err
}

// Attachments lists the names of an item's attachments, inline ones included.
func (c *Client) Attachments(ctx context.Context, userID, id string) ([]string, error) {
	var names []string
	err := c.pages(ctx, request{
		call: c.inMailbox("list attachments of "+userID, userID), method: http.MethodGet, header: outlook(0),
		url: query(at("/v1.0/users/{}/messages/{}/attachments", userID, id), "$select", "id,name,size,isInline"),
	}, func(raw json.RawMessage) error {
		var a struct {
			Name string `json:"name"`
		}
		if json.Unmarshal(raw, &a) == nil {
			names = append(names, a.Name)
		}
		return nil
	})
	return names, err
}

// messagePageSize is the most the endpoint gives at once.
const messagePageSize = 1000

// MessagesIn lists the messages of a folder by what tells them apart: message
// id, subject, sent, received. A plain list may skip or repeat what changes
// while it is read.
func (c *Client) MessagesIn(ctx context.Context, userID, folder string) iter.Seq2[Message, error] {
	return c.messages(ctx, userID, query(at("/v1.0/users/{}/mailFolders/{}/messages", userID, folder),
		"$select", "id,changeKey,internetMessageId,subject,receivedDateTime,sentDateTime,lastModifiedDateTime,isRead,isDraft,parentFolderId",
		"$top", fmt.Sprint(messagePageSize)))
}

// FindMessage finds the messages of a user that have an Internet message id, in
// whatever folder.
func (c *Client) FindMessage(ctx context.Context, userID, messageID string) ([]Message, error) {
	literal := "'" + strings.ReplaceAll(messageID, "'", "''") + "'"
	var out []Message
	for m, err := range c.messages(ctx, userID, query(at("/v1.0/users/{}/messages", userID),
		"$filter", "internetMessageId eq "+literal, "$select", messageFields)) {
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

var errEnough = errors.New("caller has enough")

func (c *Client) messages(ctx context.Context, userID, path string) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		r := request{call: c.inMailbox("list messages of "+userID, userID), method: http.MethodGet, url: path, header: outlook(0)}
		err := c.pages(ctx, r, func(raw json.RawMessage) error {
			var m messageJSON
			if json.Unmarshal(raw, &m) != nil || m.ID == "" {
				return nil // one strange value costs itself
			}
			if !yield(m.message(), nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(Message{}, err)
		}
	}
}

// MIME reads a message as RFC 5322 text, attachments inside. read may be called
// again when the text arrived broken: data then failed, and what it gave is to
// be thrown away. An error of read's own ends the call.
func (c *Client) MIME(ctx context.Context, userID, id string, read func(data io.Reader) error) error {
	return c.stream(ctx, c.mimeOf(userID, id), read)
}

func (c *Client) mimeOf(userID, id string) request {
	return request{
		call: c.inMailbox("read MIME of a message of "+userID, userID), method: http.MethodGet,
		url: at("/v1.0/users/{}/messages/{}/$value", userID, id), header: outlook(0),
	}
}

// OpenMIME is MIME for callers that want a reader. It is not asked for again
// when it breaks: reading then fails with ErrNetwork. Close it soon; it holds
// one of the mailbox's few places.
func (c *Client) OpenMIME(ctx context.Context, userID, id string) (io.ReadCloser, error) {
	resp, err := c.send(ctx, c.mimeOf(userID, id))
	if err != nil {
		return nil, err
	}
	return &body{ReadCloser: resp.Body, ctx: ctx}, nil
}

// body is an answer's body whose failures are of this package's kinds.
type body struct {
	io.ReadCloser
	ctx context.Context //nolint:containedctx // of the request this is the answer to
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = lineFault(b.ctx, err)
	}
	return n, err
}

// stream hands an answer's body to read, and asks again when it broke.
func (c *Client) stream(ctx context.Context, r request, read func(io.Reader) error) error {
	err := c.retry.persist(ctx, func() error {
		resp, err := c.send(ctx, r)
		if err != nil {
			return final{err}
		}
		defer resp.Body.Close() //nolint:errcheck // read as far as it goes
		body := &watched{in: resp.Body}
		own := read(body)
		if own != nil && (body.err == nil || errors.Is(body.err, io.EOF)) {
			return final{own}
		}
		if body.err == nil {
			_, _ = io.Copy(io.Discard, body)
		}
		if errors.Is(body.err, io.EOF) {
			return nil
		}
		return fmt.Errorf("%s: %w", r.what, lineFault(ctx, body.err))
	})
	if f, ok := err.(final); ok { //nolint:errorlint // set just above, never wrapped
		err = f.error
	}
	return err
}

// watched remembers how a body ended.
type watched struct {
	in  io.Reader
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.in.Read(p)
	if err != nil {
		w.err = err
	}
	return n, err
}

// DeleteMessage deletes a mailbox item of a message class; Exchange keeps it
// among the recoverable items for a while. Items of other classes are refused:
// deleting a meeting would send cancellations to people. One that is gone
// already is no error.
func (c *Client) DeleteMessage(ctx context.Context, userID, id, class string) error {
	if !deletable(class) {
		return fmt.Errorf("delete item of %s: %w", userID, refuse(ErrForbidden, "class_not_deletable", "items of class "+class+" are never deleted"))
	}
	err := c.ask(ctx, request{
		call: c.inMailbox("delete message of "+userID, userID), method: http.MethodDelete, header: outlook(0),
		url: at("/v1.0/users/{}/messages/{}", userID, id),
	}, nil)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func deletable(class string) bool {
	class = strings.ToLower(class)
	return class == "" || class == "ipm.note" || strings.HasPrefix(class, "ipm.note.") || strings.HasPrefix(class, "report.")
}

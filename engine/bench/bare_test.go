package bench_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// bareJob asks the bare program for everything a service has.
type bareJob struct {
	Service service
	Dir     string // where to write it; empty: it is thrown away
}

// bare is a program that downloads and nothing else, as many resources and
// calls at once as the engine does.
type bare struct {
	bareJob
	client          *http.Client
	token           string
	items, n, calls atomic.Int64
}

func playBare(part []byte) (any, error) {
	p := &bare{}
	if err := json.Unmarshal(part, &p.bareJob); err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(p.Service.CA))
	p.client = &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 32,
	}}
	var r report
	err := r.work(p.Service, func() error { return profile("bare", p.all) })
	r.Saved, r.Bytes, r.Requests, r.PeakKB = p.items.Load(), p.n.Load(), p.calls.Load(), peak()
	return r, err
}

func (p *bare) all() error {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {p.Service.ClientID}, "client_secret": {p.Service.Secret}, "scope": {p.Service.URL + "/.default"}}
	resp, err := p.client.PostForm(p.Service.URL+"/"+domain+"/oauth2/v2.0/token", form)
	if err != nil {
		return err
	}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	err = errors.Join(json.NewDecoder(resp.Body).Decode(&token), resp.Body.Close())
	if err != nil {
		return err
	}
	p.token = token.AccessToken
	var g errgroup.Group
	g.SetLimit(4)
	err = p.pages("/v1.0/users?$select=id", func(v json.RawMessage) error {
		var u struct{ ID string }
		if err := json.Unmarshal(v, &u); err != nil {
			return err
		}
		g.Go(func() error { return p.mailbox(u.ID) })
		g.Go(func() error { return p.drive(u.ID) })
		return nil
	})
	return errors.Join(err, g.Wait())
}

// call asks and gives the answer's body; nil where there is no such thing.
func (p *bare) call(method, address string, body io.Reader) (io.ReadCloser, error) {
	if strings.HasPrefix(address, "/") {
		address = p.Service.URL + address
	}
	req, err := http.NewRequestWithContext(context.Background(), method, address, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("Prefer", `odata.maxpagesize=1000, IdType="ImmutableId"`)
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	p.calls.Add(1)
	switch {
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusForbidden:
		return nil, resp.Body.Close()
	case resp.StatusCode >= 300:
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 2000))
		return nil, errors.Join(fmt.Errorf("%s %s: %s: %s", method, address, resp.Status, text), resp.Body.Close())
	}
	return resp.Body, nil
}

func (p *bare) get(address string, into any) error {
	body, err := p.call("GET", address, nil)
	if err != nil || body == nil {
		return err
	}
	return errors.Join(json.NewDecoder(body).Decode(into), body.Close())
}

// pages calls fn for every value of a list.
func (p *bare) pages(address string, fn func(json.RawMessage) error) error {
	for address != "" {
		var page struct {
			Value []json.RawMessage
			Next  string `json:"@odata.nextLink"`
		}
		if err := p.get(address, &page); err != nil {
			return err
		}
		for _, v := range page.Value {
			if err := fn(v); err != nil {
				return err
			}
		}
		address = page.Next
	}
	return nil
}

func (p *bare) mailbox(user string) error {
	var settings struct{ PrimaryMailboxID string }
	if err := p.get("/beta/users/"+user+"/settings/exchange", &settings); err != nil || settings.PrimaryMailboxID == "" {
		return err
	}
	top := "/v1.0/admin/exchange/mailboxes/" + url.PathEscape(settings.PrimaryMailboxID)
	var g errgroup.Group
	g.SetLimit(3)
	var batch []string
	flush := func() {
		ids := batch
		batch = nil
		if len(ids) > 0 {
			g.Go(func() error { return p.export(top, ids) })
		}
	}
	err := p.pages(top+"/folders/delta", func(v json.RawMessage) error {
		var f struct{ ID string }
		if err := json.Unmarshal(v, &f); err != nil {
			return err
		}
		return p.pages(top+"/folders/"+url.PathEscape(f.ID)+"/items/delta", func(v json.RawMessage) error {
			var i struct{ ID string }
			if err := json.Unmarshal(v, &i); err != nil {
				return err
			}
			if batch = append(batch, i.ID); len(batch) == 20 {
				flush()
			}
			return nil
		})
	})
	flush()
	return errors.Join(err, g.Wait())
}

// export downloads items; the answer is taken apart as it comes in.
func (p *bare) export(top string, ids []string) error {
	text, err := json.Marshal(map[string]any{"itemIds": ids})
	if err != nil {
		return err
	}
	body, err := p.call("POST", top+"/exportItems", bytes.NewReader(text))
	if err != nil || body == nil {
		return errors.Join(err, errors.New("no answer to an export"))
	}
	defer body.Close()
	var answer struct {
		Value []struct{ ItemID, Data string }
	}
	if err := json.NewDecoder(body).Decode(&answer); err != nil {
		return err
	}
	for _, i := range answer.Value {
		if err := p.keep(base64.NewDecoder(base64.StdEncoding, strings.NewReader(i.Data))); err != nil {
			return err
		}
	}
	return nil
}

func (p *bare) drive(user string) error {
	var d struct{ ID string }
	if err := p.get("/v1.0/users/"+user+"/drive?$select=id", &d); err != nil || d.ID == "" {
		return err
	}
	var g errgroup.Group
	g.SetLimit(4)
	err := p.pages("/v1.0/drives/"+d.ID+"/root/delta?$top=1000", func(v json.RawMessage) error {
		var i struct {
			ID   string
			File *struct{}
			URL  string `json:"@microsoft.graph.downloadUrl"`
		}
		if err := json.Unmarshal(v, &i); err != nil {
			return err
		}
		if i.File != nil {
			g.Go(func() error {
				body, err := p.call("GET", i.URL, nil)
				if err != nil || body == nil {
					return errors.Join(err, errors.New("a file is not there"))
				}
				return errors.Join(p.keep(body), body.Close())
			})
		}
		return nil
	})
	return errors.Join(err, g.Wait())
}

// keep takes one item's content.
func (p *bare) keep(r io.Reader) error {
	count := p.items.Add(1)
	var to io.Writer = io.Discard
	if p.Dir != "" {
		dir := filepath.Join(p.Dir, fmt.Sprint(count/1000))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		f, err := os.Create(filepath.Join(dir, fmt.Sprint(count)))
		if err != nil {
			return err
		}
		defer f.Close()
		to = f
	}
	n, err := io.Copy(to, r)
	p.n.Add(n)
	return err
}

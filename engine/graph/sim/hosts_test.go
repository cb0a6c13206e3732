package sim_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
)

// under sends a request under another host name, as a hosts entry makes clients do.
func (s *stage) under(host, method, target, body string, headers ...string) reply {
	s.t.Helper()
	q, err := http.NewRequest(method, s.server.URL()+target, strings.NewReader(body))
	require.NoError(s.t, err)
	q.Host = host
	q.Header.Set("Authorization", "Bearer "+s.token)
	q.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		if q.Header.Set(headers[i], headers[i+1]); headers[i+1] == "" {
			q.Header.Del(headers[i])
		}
	}
	resp, err := s.client.Do(q)
	require.NoError(s.t, err)
	r := reply{Response: resp}
	if strings.Contains(resp.Header.Get("Content-Type"), "json") {
		decode(s.t, resp, &r.JSON)
	}
	require.NoError(s.t, resp.Body.Close())
	return r
}

// TestPreAuthenticatedMailHosts: where the names of Outlook's hosts lead here
// too, upload and import URLs are on them, as in the service; else they stay
// where the client is.
func TestPreAuthenticatedMailHosts(t *testing.T) {
	outlook := []string{"outlook.office.com", "outlook.office365.com"}
	for _, c := range []struct {
		name                     string
		hosts                    []string
		called                   string
		uploadHost, importedHost string // empty: as called
	}{
		{"led there", outlook, "graph.microsoft.com", outlook[0], outlook[1]},
		{"by its own name", outlook, "", "", ""},
		{"not led there", nil, "graph.microsoft.com", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, sim.Options{Hosts: c.hosts})
			own := c.called
			if own == "" {
				own = strings.TrimPrefix(s.server.URL(), "https://")
			}
			at := func(host string) string {
				if host == "" {
					return "https://" + own + "/"
				}
				return "https://" + host + "/"
			}
			const messages = "/v1.0/users/anna@contoso.example/messages"
			id := s.under(own, "POST", messages, `{"subject":"Groot"}`).JSON["id"].(string)
			session := s.under(own, "POST", messages+"/"+id+"/attachments/createUploadSession", `{"AttachmentItem":{"attachmentType":"file","name":"a.bin","size":5}}`)
			require.Equal(t, 201, session.StatusCode)
			upload := session.JSON["uploadUrl"].(string)
			require.True(t, strings.HasPrefix(upload, at(c.uploadHost)+"api/v2.0/Users('"), upload)
			require.Equal(t, 2, strings.Count(upload[strings.Index(upload, "authtoken="):], "."), "a JWT: %s", upload)

			host, path, _ := strings.Cut(strings.TrimPrefix(upload, "https://"), "/")
			put := func(headers ...string) reply {
				return s.under(host, "PUT", "/"+path, "hallo", append(headers, "Content-Range", "bytes 0-4/5")...)
			}
			require.Equal(t, 401, put().StatusCode, "it takes no token")
			done := put("Authorization", "")
			require.Equal(t, 201, done.StatusCode)
			require.True(t, strings.HasPrefix(done.Header.Get("Location"), at(c.uploadHost)+"api/v2.0/Users('"), done.Header)
			require.Len(t, s.under(own, "GET", messages+"/"+id+"/attachments", "").value(), 1)

			box := s.mailboxID("anna@contoso.example")
			link := s.under(own, "POST", "/v1.0/admin/exchange/mailboxes/"+box+"/createImportSession", "").JSON["importUrl"].(string)
			require.True(t, strings.HasPrefix(link, at(c.importedHost)+"api/gv1.0/Mailboxes('MBX:"), link)
			require.Equal(t, 2, strings.Count(link[strings.Index(link, "authtoken="):], "."), link)
			host, path, _ = strings.Cut(strings.TrimPrefix(link, "https://"), "/")
			require.Equal(t, 400, s.under(host, "POST", "/"+path, `{"FolderId":"x","Mode":"create","Data":"AAAA"}`, "Authorization", "").StatusCode)
			tampered := strings.Replace(path, "authtoken=e", "authtoken=f", 1)
			require.Equal(t, 401, s.under(host, "POST", "/"+tampered, `{}`, "Authorization", "").StatusCode)
		})
	}
}

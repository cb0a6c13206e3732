package drives

import (
	"net/url"

	"vangnet/engine/graph/sim/wire"
)

// putSource completes an upload session under another name or rule:
// PUT on an item with @microsoft.graph.sourceUrl ("Handle upload errors").
func (c *call) putSource() (*wire.Response, error) {
	var in struct {
		Name      string `json:"name"`
		Behaviour string `json:"@microsoft.graph.conflictBehavior"`
		Source    string `json:"@microsoft.graph.sourceUrl"`
	}
	if err := c.body(&in); err != nil {
		return nil, err
	}
	u, err := url.Parse(in.Source)
	if err != nil || in.Source == "" {
		return nil, invalid("The request must have a source URL.")
	}
	cl, ok := openTempauth(c.req, u.Query().Get("tempauth"))
	if !ok || cl.Session == "" || cl.Drive != c.drive.id {
		return nil, noSession()
	}
	how, err := c.behaviour(in.Behaviour, behaviourFail)
	if err != nil {
		return nil, err
	}
	s, err := c.hold(cl)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if s.total < 0 || s.spool.size < s.total {
		return nil, invalid("The upload is not complete.")
	}
	if err := c.redirectSession(s, in.Name, how); err != nil {
		return nil, err
	}
	return c.commit(s)
}

// redirectSession lets a session end at the address of this request, which may
// be the folder the named file goes into or the file itself.
func (c *call) redirectSession(s *session, name string, how behaviour) error {
	d := c.drive
	d.mu.Lock()
	defer d.mu.Unlock()
	s.to.how, s.to.match = how, ""
	if folder, err := c.target(d); err == nil && folder.folder && name != "" {
		s.to.existing, s.to.parent, s.to.name = nil, folder, name
		return d.place(folder, name)
	}
	to, err := c.uploadTo(how)
	if err != nil {
		return err
	}
	to.times, to.who = s.to.times, s.to.who
	s.to = to
	return nil
}

package sim

import (
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"vangnet/engine/graph/sim/drives"
	"vangnet/engine/graph/sim/mailboxes"
)

// Scale says how much is made up: mails and files are counted per user.
type Scale struct{ Users, Mails, Files int }

// ScaleDomain is the tenant that Populate makes.
const ScaleDomain = "scale.example"

// ParseScale reads the form of the command line: "users=50,mails=200,files=100".
// It returns the names it knows but makes nothing of yet.
func ParseScale(s string) (scale Scale, ignored []string, err error) {
	for part := range strings.SplitSeq(s, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			return scale, nil, fmt.Errorf("read scale %q: want name=number", part)
		}
		switch name {
		case "users":
			scale.Users = n
		case "mails":
			scale.Mails = n
		case "files":
			scale.Files = n
		case "sites", "teams":
			ignored = append(ignored, name+": not simulated yet")
		default:
			return scale, nil, fmt.Errorf("read scale: no kind of thing is called %q", name)
		}
	}
	return scale, ignored, nil
}

// Populate makes a tenant of the given size. The bytes of mails and files are
// made when they are read; in memory is only what lists show.
func (w *World) Populate(s Scale) (*Tenant, error) {
	t := w.AddTenant(ScaleDomain, "Scale")
	for i := range s.Users {
		u, err := t.AddUser(UserSpec{LocalPart: fmt.Sprintf("user%05d", i+1), DisplayName: fmt.Sprintf("User %05d", i+1), Licences: []string{"SPB"}})
		if err != nil {
			return nil, err
		}
		if err := fillMailbox(u, s.Mails); err != nil {
			return nil, err
		}
		if err := fillDrive(u, s.Files); err != nil {
			return nil, err
		}
	}
	return t, nil
}

var scaleFolders = []string{"mail/Inbox", "mail/Inbox", "mail/Inbox/Projects", "mail/Sent Items", "mail/Archive"}

func fillMailbox(u *User, mails int) error {
	maker := &mailMaker{world: u.tenant.world, user: u, newest: u.tenant.world.clock.Now().Truncate(time.Hour)}
	for n := range mails {
		m := madeMail{maker, n}
		when := m.date()
		err := u.Mailbox().Put(scaleFolders[m.number(len(scaleFolders), "folder")], m, mailboxes.Meta{
			Lazy: true, Subject: m.subject(), MessageID: m.messageID(), Received: when, Sent: when.Add(-time.Minute),
			Read: m.number(3, "read") > 0, Flagged: m.number(20, "flagged") == 0, Attachments: m.attachment() > 0,
		})
		if err != nil {
			return fmt.Errorf("fill mailbox of %s: %w", u.PrincipalName, err)
		}
	}
	return nil
}

func fillDrive(u *User, files int) error {
	w := u.tenant.world
	newest := w.clock.Now().Truncate(time.Hour)
	kinds := []string{"docx", "xlsx", "pdf", "jpg", "txt", "pptx"}
	for n := range files {
		number := func(most int, what string) int { return w.number(most, u.ID, "file", n, what) }
		size := int64(1)<<number(21, "scale") + int64(number(4096, "size"))
		when := newest.Add(-time.Duration(number(3*365*24, "age")) * time.Hour)
		path := fmt.Sprintf("Documents/Project %03d/Part %d/File %05d.%s", number(1+files/40, "project"), number(4, "part"), n+1, kinds[number(len(kinds), "kind")])
		seed := uint64(number(1<<62, "seed"))
		if err := u.Drive().Put(path, drives.Generated(seed, size), drives.Times{Created: when.Add(-time.Hour), Modified: when}); err != nil {
			return fmt.Errorf("fill drive of %s: %w", u.PrincipalName, err)
		}
	}
	return nil
}

// mailMaker makes up the mails of one user.
type mailMaker struct {
	world  *World
	user   *User
	newest time.Time
}

// madeMail is a message that is made up whenever it is read.
type madeMail struct {
	maker *mailMaker
	n     int
}

func (m madeMail) number(most int, what string) int {
	return m.maker.world.number(most, m.maker.user.ID, "mail", m.n, what)
}

func (m madeMail) date() time.Time {
	return m.maker.newest.Add(-time.Duration(m.number(3*365*24*60, "age")) * time.Minute)
}

func (m madeMail) subject() string {
	return fmt.Sprintf("%s %s %d", scaleWords[m.number(len(scaleWords), "w1")], scaleWords[m.number(len(scaleWords), "w2")], m.n+1)
}

func (m madeMail) messageID() string {
	return fmt.Sprintf("<%s@mail.%s>", m.maker.world.newID("message", m.maker.user.ID, m.n), m.maker.user.tenant.domain)
}

// attachment is the size of the attachment before encoding; 0: none.
func (m madeMail) attachment() int {
	if m.number(8, "attached") > 0 {
		return 0
	}
	return 2000 + m.number(120_000, "attachment")
}

const (
	madeBoundary = "=_made_up_boundary"
	madeLine     = 57 // bytes in one line of base64
)

// Size is the length of the text, known without making the attachment.
func (m madeMail) Size() int64 {
	head, tail := m.frame()
	n := m.attachment()
	encoded := base64.StdEncoding.EncodedLen(n) + 2*((n+madeLine-1)/madeLine)
	return int64(len(head) + encoded + len(tail))
}

// Open reads the message.
func (m madeMail) Open() (io.ReadCloser, error) {
	head, tail := m.frame()
	var b strings.Builder
	b.WriteString(head)
	data, err := io.ReadAll(io.LimitReader(m.bytes(), int64(m.attachment())))
	if err != nil {
		return nil, fmt.Errorf("make up attachment: %w", err)
	}
	for len(data) > 0 {
		n := min(madeLine, len(data))
		b.WriteString(base64.StdEncoding.EncodeToString(data[:n]) + "\r\n")
		data = data[n:]
	}
	b.WriteString(tail)
	return noClose{strings.NewReader(b.String())}, nil
}

func (m madeMail) bytes() io.Reader {
	r, err := drives.Generated(uint64(m.number(1<<62, "bytes")), 1<<20).Open(0)
	if err != nil {
		return strings.NewReader("")
	}
	return r
}

// frame is the text around the attachment's base64.
func (m madeMail) frame() (head, tail string) {
	u := m.maker.user
	var b strings.Builder
	fmt.Fprintf(&b, "From: Sender %d <sender%d@partner.example>\r\nTo: %s <%s>\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: %s\r\nMIME-Version: 1.0\r\n",
		m.number(500, "from"), m.number(500, "from"), u.DisplayName, u.Mail, m.subject(), m.date().Format(time.RFC1123Z), m.messageID())
	text := m.text()
	if m.attachment() == 0 {
		return b.String() + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + text, ""
	}
	fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n--%s\r\n"+
		"Content-Type: application/octet-stream; name=\"part%d.bin\"\r\nContent-Disposition: attachment; filename=\"part%d.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\n",
		madeBoundary, madeBoundary, text, madeBoundary, m.n, m.n)
	return b.String(), "--" + madeBoundary + "--\r\n"
}

func (m madeMail) text() string {
	var b strings.Builder
	for line := range 4 + m.number(60, "lines") {
		sum := m.maker.world.digest(m.maker.user.ID, "text", m.n, line)
		for _, c := range sum[:8] {
			b.WriteString(scaleWords[int(c)%len(scaleWords)])
			b.WriteByte(' ')
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

var scaleWords = strings.Fields("offer invoice roof planning meeting report order delivery budget contract window bicycle harbour " +
	"garden printer market summer winter question answer project drawing concrete payment reminder agenda minutes holiday network support")

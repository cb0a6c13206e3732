package sim

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"vangnet/engine/graph/sim/drives"
	"vangnet/engine/graph/sim/mailboxes"
)

// Scale says how much is made up: all but the users is counted per user.
type Scale struct{ Users, Mails, Files, Events, Contacts, Tasks int }

// ScaleDomain is the tenant that Populate makes.
const ScaleDomain = "scale.example"

// ParseScale reads the form of the command line: "users=50,mails=200,files=100".
// Events, contacts and tasks that are not named are as many as a mailbox with so
// many mails has: a tenth, a twentieth, a fortieth. It returns the names it knows
// but makes nothing of yet.
func ParseScale(s string) (scale Scale, ignored []string, err error) {
	fields := map[string]*int{
		"users": &scale.Users, "mails": &scale.Mails, "files": &scale.Files,
		"events": &scale.Events, "contacts": &scale.Contacts, "tasks": &scale.Tasks,
	}
	scale.Events, scale.Contacts, scale.Tasks = -1, -1, -1
	for part := range strings.SplitSeq(s, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			return Scale{}, nil, fmt.Errorf("read scale %q: want name=number", part)
		}
		switch field := fields[name]; {
		case field != nil:
			*field = n
		case name == "sites" || name == "teams":
			ignored = append(ignored, name+": not simulated yet")
		default:
			return Scale{}, nil, fmt.Errorf("read scale: no kind of thing is called %q", name)
		}
	}
	for field, share := range map[*int]int{&scale.Events: 10, &scale.Contacts: 20, &scale.Tasks: 40} {
		if *field < 0 {
			*field = scale.Mails / share
		}
	}
	return scale, ignored, nil
}

// Populate makes a tenant of the given size. The bytes of items and files are
// made when they are read; in memory is only what lists show.
func (w *World) Populate(s Scale) (*Tenant, error) {
	t := w.AddTenant(ScaleDomain, "Scale")
	for i := range s.Users {
		u, err := t.AddUser(UserSpec{LocalPart: fmt.Sprintf("user%05d", i+1), DisplayName: fmt.Sprintf("User %05d", i+1), Licences: []string{"SPB"}})
		if err != nil {
			return nil, err
		}
		maker := newMailMaker(u)
		if err := maker.fill(s.Mails); err != nil {
			return nil, err
		}
		items := newItemMaker(maker)
		for kind, count := range []int{madeEvent: s.Events, madeContact: s.Contacts, madeTask: s.Tasks} {
			if err := items.fill(madeKind(kind), count); err != nil {
				return nil, err
			}
		}
		if err := fillDrive(u, s.Files); err != nil {
			return nil, err
		}
	}
	return t, nil
}

var scaleFolders = []string{"mail/Inbox", "mail/Inbox", "mail/Inbox/Projects", "mail/Sent Items", "mail/Archive"}

// fill gives the user so many mails.
func (k *mailMaker) fill(mails int) error {
	u := k.user
	for n := range mails {
		m := madeMail{k, int32(n), 0}
		f := m.facts()
		head, tail := m.frame(f)
		m.size = int32(len(head) + encodedLen(f.attachment) + len(tail))
		err := u.Mailbox().Put(scaleFolders[f.folder], m, mailboxes.Meta{
			Lazy: true, Subject: f.subject, MessageID: f.id, Received: f.date, Sent: f.date.Add(-time.Minute),
			Read: f.read, Flagged: f.flagged, Attachments: f.attachment > 0,
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
		sum := w.digest(u.ID, "file", n)
		number := func(at, most int) int { return int(binary.LittleEndian.Uint32(sum[at:])) % most }
		size := int64(1)<<number(0, 21) + int64(number(4, 4096))
		when := newest.Add(-time.Duration(number(8, 3*365*24)) * time.Hour)
		path := fmt.Sprintf("Documents/Project %03d/Part %d/File %05d.%s", number(12, 1+files/40), number(16, 4), n+1, kinds[number(20, len(kinds))])
		content := drives.Generated(binary.LittleEndian.Uint64(sum[24:]), size)
		if err := u.Drive().Put(path, content, drives.Times{Created: when.Add(-time.Hour), Modified: when}); err != nil {
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
	lines  []string // that texts are made of
}

func newMailMaker(u *User) *mailMaker {
	w := u.tenant.world
	m := &mailMaker{world: w, user: u, newest: w.clock.Now().Truncate(time.Hour)}
	for i := range 256 {
		sum := w.digest(u.ID, "line", i)
		var line strings.Builder
		for _, c := range sum[:8+i%5] {
			line.WriteString(scaleWords[int(c)%len(scaleWords)])
			line.WriteByte(' ')
		}
		m.lines = append(m.lines, line.String()+"\r\n")
	}
	return m
}

// madeMail is a message that is made up whenever it is read.
type madeMail struct {
	maker *mailMaker
	n     int32
	size  int32
}

// mailFacts are what a made-up message is about.
type mailFacts struct {
	subject, id, sender string
	date                time.Time
	folder, attachment  int // attachment: bytes before encoding; 0: none
	read, flagged       bool
	firstLine, lines    int
	seed                uint64
}

func (m madeMail) facts() mailFacts {
	sum := m.maker.world.digest(m.maker.user.ID, "mail", m.n)
	number := func(at, most int) int { return int(binary.LittleEndian.Uint32(sum[at:])) % most }
	word := func(at int) string { return scaleWords[int(sum[at])%len(scaleWords)] }
	f := mailFacts{
		subject: word(0) + " " + word(1) + " " + strconv.Itoa(int(m.n)+1),
		id:      fmt.Sprintf("<%x@mail.%s>", sum[:12], m.maker.user.tenant.domain),
		sender:  strconv.Itoa(number(2, 500)),
		date:    m.maker.newest.Add(-time.Duration(number(4, 3*365*24*60)) * time.Minute),
		folder:  number(8, len(scaleFolders)), read: sum[12]%3 > 0, flagged: sum[13]%20 == 0,
		firstLine: int(sum[14]), lines: 4 + int(sum[15])%60, seed: binary.LittleEndian.Uint64(sum[24:]),
	}
	if sum[16]%8 == 0 {
		f.attachment = 2000 + number(20, 120_000)
	}
	return f
}

const (
	madeBoundary = "=_made_up_boundary"
	madeLine     = 57 // bytes in one line of base64
)

// encodedLen is the length of n bytes as lines of base64.
func encodedLen(n int) int {
	return base64.StdEncoding.EncodedLen(n) + 2*((n+madeLine-1)/madeLine)
}

// Size is the length of the text.
func (m madeMail) Size() int64 { return int64(m.size) }

// Open reads the message.
func (m madeMail) Open() (io.ReadCloser, error) {
	f := m.facts()
	head, tail := m.frame(f)
	var b bytes.Buffer
	b.Grow(int(m.size))
	b.WriteString(head)
	if f.attachment > 0 {
		data := make([]byte, f.attachment)
		r, err := drives.Generated(f.seed, int64(len(data))).Open(0)
		if err == nil {
			_, err = io.ReadFull(r, data)
		}
		if err != nil {
			return nil, fmt.Errorf("make up attachment: %w", err)
		}
		writeBase64(&b, data)
	}
	b.WriteString(tail)
	return noClose{strings.NewReader(b.String())}, nil
}

// frame is the text around the attachment's base64.
func (m madeMail) frame(f mailFacts) (head, tail string) {
	u := m.maker.user
	var b strings.Builder
	fmt.Fprintf(&b, "From: Sender %s <sender%s@partner.example>\r\nTo: %s <%s>\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: %s\r\nMIME-Version: 1.0\r\n",
		f.sender, f.sender, u.DisplayName, u.Mail, f.subject, f.date.Format(time.RFC1123Z), f.id)
	if f.attachment > 0 {
		b.WriteString("Content-Type: multipart/mixed; boundary=\"" + madeBoundary + "\"\r\n\r\n--" + madeBoundary + "\r\n")
	}
	b.WriteString("Content-Type: text/plain; charset=utf-8\r\n\r\n")
	for i := range f.lines {
		b.WriteString(m.maker.lines[(f.firstLine+i)%len(m.maker.lines)])
	}
	if f.attachment == 0 {
		return b.String(), ""
	}
	fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: application/octet-stream; name=\"part%d.bin\"\r\nContent-Disposition: attachment; filename=\"part%d.bin\"\r\n"+
		"Content-Transfer-Encoding: base64\r\n\r\n", madeBoundary, m.n, m.n)
	return b.String(), "--" + madeBoundary + "--\r\n"
}

var scaleWords = strings.Fields("offer invoice roof planning meeting report order delivery budget contract window bicycle harbour " +
	"garden printer market summer winter question answer project drawing concrete payment reminder agenda minutes holiday network support")

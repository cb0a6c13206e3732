package bench_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim"
	"vangnet/engine/graph/sim/drives"
	"vangnet/engine/graph/sim/mailboxes"
)

// world says what the service holds; mails, files and folders count for each account.
type world struct {
	Accounts int
	Mails    int
	Folders  int // that the mails are spread over
	Files    int
	FileSize int  // on average
	Small    bool // mails without attachments
}

// service is where a service of a world is.
type service struct {
	URL, CA, ClientID, Secret string
	PID                       int
}

const domain = "bench.example"

// serve plays the service until standard input ends.
func serve(part []byte) (any, error) {
	var w world
	if err := json.Unmarshal(part, &w); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "vangnet-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	all := sim.NewWorld(7, clock.System())
	all.SetTemp(dir)
	tenant := all.AddTenant(domain, "Bench")
	for i := range w.Accounts {
		if err := addAccount(tenant, w, i); err != nil {
			return nil, err
		}
	}
	server, err := sim.Start(context.Background(), all, sim.Options{})
	if err != nil {
		return nil, err
	}
	app := tenant.DefaultApp()
	if err := json.NewEncoder(os.Stdout).Encode(service{server.URL(), string(server.CA()), app.ClientID, app.Secret(), os.Getpid()}); err != nil {
		return nil, err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return nil, errors.Join(err, server.Close())
}

func addAccount(tenant *sim.Tenant, w world, n int) error {
	u, err := tenant.AddUser(sim.UserSpec{LocalPart: fmt.Sprintf("user%05d", n), Licences: []string{"SPE_E3"}, NoMailbox: w.Mails == 0, NoDrive: w.Files == 0})
	if err != nil {
		return err
	}
	begin := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range w.Mails {
		l := letter{account: n, n: i, small: w.Small}
		folder := "mail/Inbox"
		if f := i % max(w.Folders, 1); f > 0 {
			folder = fmt.Sprintf("mail/Map %03d", f)
		}
		at := begin.Add(time.Duration(i) * time.Hour)
		err := u.Mailbox().Put(folder, l, mailboxes.Meta{
			Lazy: true, Subject: l.subject(), MessageID: l.id(), Received: at, Sent: l.sent(), Read: i%3 > 0, Attachments: l.attached() > 0,
		})
		if err != nil {
			return err
		}
	}
	for i := range w.Files {
		r := rand.New(rand.NewPCG(uint64(n), uint64(i)))
		at := begin.Add(time.Duration(i) * time.Hour)
		size := 1 + r.IntN(2*w.FileSize)
		path := fmt.Sprintf("Map %03d/Bestand %06d.bin", i/100, i)
		if err := u.Drive().Put(path, drives.Generated(r.Uint64(), int64(size)), drives.Times{Created: at, Modified: at}); err != nil {
			return err
		}
	}
	return nil
}

// letter is a mail that is made whenever it is read: some kilobytes of words,
// one in six with an attachment that does not compress.
type letter struct {
	account, n int
	small      bool
}

var words = strings.Fields("dak offerte lood pannen werk morgen graag bericht vergadering planning factuur bijlage contract straat huis garage " +
	"schouw isolatie steiger ladder ploeg levering termijn klant adres sleutel regen storm schade verzekering foto rapport week")

// textPool is what bodies are cut from.
var textPool = func() string {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for i := 0; b.Len() < 1<<20; i++ {
		fmt.Fprintf(&b, "%s %d%c", words[r.IntN(len(words))], r.IntN(10_000), " \n"[btoi(i%9 == 8)])
	}
	return b.String()
}()

// noisePool is what attachments are cut from.
var noisePool = func() []byte {
	r := rand.NewChaCha8([32]byte{1})
	b := make([]byte, 4<<20)
	_, _ = r.Read(b)
	return b
}()

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (l letter) draw() *rand.Rand { return rand.New(rand.NewPCG(uint64(l.account), uint64(l.n))) }

func (l letter) subject() string {
	return fmt.Sprintf("%s %s %d", words[l.n%len(words)], words[l.n/7%len(words)], l.n)
}

func (l letter) id() string { return fmt.Sprintf("<%d.%d@partner.example>", l.account, l.n) }

func (l letter) sent() time.Time {
	return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(l.n)*time.Hour - time.Minute)
}

// attached is the attachment's size, 0 for none.
func (l letter) attached() int {
	if l.small || l.n%6 != 0 {
		return 0
	}
	return 20_000 + l.n*7919%100_000
}

// Open gives the mail's text.
func (l letter) Open() (io.ReadCloser, error) {
	text := l.text()
	return io.NopCloser(strings.NewReader(text)), nil
}

// Size is the text's length. It is only shown: an estimate would do, but the
// simulator wants it exact.
func (l letter) Size() int64 { return int64(len(l.text())) }

func (l letter) text() string {
	r := l.draw()
	var b strings.Builder
	fmt.Fprintf(&b, "From: Klant %d <klant%d@partner.example>\r\nTo: user%05d@%s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: %s\r\nMIME-Version: 1.0\r\n",
		l.n%300, l.n%300, l.account, domain, l.subject(), l.sent().Format(time.RFC1123Z), l.id())
	n := l.attached()
	if n > 0 {
		b.WriteString("Content-Type: multipart/mixed; boundary=\"grens\"\r\n\r\n--grens\r\n")
	}
	b.WriteString("Content-Type: text/plain; charset=utf-8\r\n\r\n")
	size := 500 + r.IntN(5000)
	from := r.IntN(len(textPool) - size)
	b.WriteString(strings.ReplaceAll(textPool[from:from+size], "\n", "\r\n"))
	if n > 0 {
		fmt.Fprintf(&b, "\r\n--grens\r\nContent-Type: application/octet-stream; name=\"deel%d.bin\"\r\nContent-Disposition: attachment; filename=\"deel%d.bin\"\r\n"+
			"Content-Transfer-Encoding: base64\r\n\r\n", l.n, l.n)
		from := r.IntN(len(noisePool) - n)
		writeLines(&b, noisePool[from:from+n])
		b.WriteString("--grens--\r\n")
	}
	return b.String()
}

// firstLine reads one JSON line.
func firstLine(r io.Reader, into any) error {
	line, err := bufio.NewReader(r).ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	return json.Unmarshal(line, into)
}

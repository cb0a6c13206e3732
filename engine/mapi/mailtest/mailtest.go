// Package mailtest makes mails of many odd kinds for tests and demonstrations:
// what real mailboxes hold after twenty years. The same seed gives the same mails.
package mailtest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Mail is one message as it would lie in an .eml file.
type Mail struct {
	Name  string // a file name without extension, unique in its batch
	Kind  string // what is odd about it
	Bytes []byte
}

// Options say what to make.
type Options struct {
	Seed  int64
	Count int
	Big   int       // bytes of the first big attachment; 0: 300,000. Later ones have at most 100,000
	Start time.Time // date of the first mail; zero: 2026-01-05 08:00 UTC
	To    string    // address they are sent to; empty: ontvanger@contoso.example
}

// Generate makes n mails, going round through all kinds.
func Generate(seed int64, n int) []Mail { return Make(Options{Seed: seed, Count: n}) }

// Make makes mails.
func Make(opt Options) []Mail {
	if opt.Big <= 0 {
		opt.Big = 300_000
	}
	if opt.Start.IsZero() {
		opt.Start = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	}
	if opt.To == "" {
		opt.To = "ontvanger@contoso.example"
	}
	out := make([]Mail, 0, opt.Count)
	all := kinds()
	for i := range opt.Count {
		k := all[i%len(all)]
		g := &gen{rnd: rand.New(rand.NewPCG(uint64(opt.Seed), uint64(i))), n: i, opt: opt, big: min(opt.Big, 100_000)}
		if i < len(all) {
			g.big = opt.Big
		}
		out = append(out, Mail{Name: fmt.Sprintf("%05d-%s", i, k.name), Kind: k.name, Bytes: k.make(g)})
	}
	return out
}

// Kinds names all kinds, in the order they are made.
func Kinds() []string {
	var out []string
	for _, k := range kinds() {
		out = append(out, k.name)
	}
	return out
}

type kind struct {
	name string
	make func(*gen) []byte
}

// gen makes one mail.
type gen struct {
	rnd    *rand.Rand
	n      int
	opt    Options
	big    int
	bounds int
}

func (g *gen) pick(list []string) string { return list[g.rnd.IntN(len(list))] }

var people = []string{
	"Anna de Vries <anna@fabrikam.example>", "Bert Jansen <bert@fabrikam.example>", "\"Dijk, Carla van\" <carla@woodgrove.example>",
	"Daan Bakker <daan@litware.example>", "Esra Yilmaz <esra@tailspin.example>", "=?utf-8?q?J=C3=B6rg_M=C3=BCller?= <joerg@adatum.example>",
	"Facturen <facturen@proseware.example>", "noreply@wingtip.example",
}

var words = strings.Fields(`de offerte voor het dak is klaar en wij sturen u hierbij de tekening van de goot met de planning voor volgende week
graag horen wij of de prijs akkoord is want de levering van het materiaal duurt nog tien dagen bij regen schuift de montage een dag op
met vriendelijke groet namens het team van de werkplaats factuur betaling afspraak vergadering notulen bijlage overzicht maand kwartaal`)

// sentence is some words.
func (g *gen) sentence(n int) string {
	s := make([]string, n)
	for i := range s {
		s[i] = g.pick(words)
	}
	return strings.Join(s, " ")
}

// text is some lines, ended by CR and LF.
func (g *gen) text(lines int) string {
	var b strings.Builder
	for range lines {
		b.WriteString(g.sentence(6+g.rnd.IntN(7)) + ".\r\n")
	}
	return b.String()
}

func (g *gen) bytes(n int) []byte {
	b := make([]byte, n)
	for i := 0; i < n; {
		v := g.rnd.Uint64()
		for k := 0; k < 8 && i < n; k, i = k+1, i+1 {
			b[i] = byte(v >> (8 * k))
		}
	}
	return b
}

func (g *gen) date() time.Time {
	return g.opt.Start.Add(time.Duration(g.n)*97*time.Minute + time.Duration(g.rnd.IntN(3000))*time.Second)
}

func (g *gen) id() string { return fmt.Sprintf("<%d.%016x@mail.example>", g.n, g.rnd.Uint64()) }

// head is an ordinary header without the lines about content.
func (g *gen) head(subject string) string {
	d := g.date()
	return fmt.Sprintf("Received: from mx.example (mx.example [192.0.2.1]) by in.contoso.example;\r\n %s\r\n", d.Add(3*time.Second).Format(time.RFC1123Z)) +
		fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: %s\r\nMIME-Version: 1.0\r\n",
			g.pick(people), g.opt.To, subject, d.Format(time.RFC1123Z), g.id())
}

// subject is an ordinary one.
func (g *gen) subject() string {
	s := g.sentence(2 + g.rnd.IntN(4))
	s = strings.ToUpper(s[:1]) + s[1:]
	return g.pick([]string{"", "", "", "RE: ", "FW: ", "Antw: "}) + s
}

// plainMail is a mail of one text.
func (g *gen) plainMail(subject, contentLines, body string) []byte {
	return []byte(g.head(subject) + contentLines + "\r\n" + body)
}

const utf8Plain = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"

func plainPart(body string) string { return utf8Plain + "\r\n" + body }

func htmlPart(body string) string {
	return "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body
}

func filePart(media, params string, data []byte) string {
	return "Content-Type: " + media + "\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment" + params + "\r\n\r\n" + base64Lines(data)
}

func base64Lines(data []byte) string {
	s := base64.StdEncoding.EncodeToString(data)
	var b bytes.Buffer
	b.Grow(len(s) + len(s)/38 + 2)
	for len(s) > 76 {
		b.WriteString(s[:76] + "\r\n")
		s = s[76:]
	}
	b.WriteString(s + "\r\n")
	return b.String()
}

// multi joins parts, with the Content-Type line of the whole first.
func (g *gen) multi(kind string, parts ...string) string {
	g.bounds++
	b := fmt.Sprintf("----=_Part_%d_%d_%08x", g.n, g.bounds, g.rnd.Uint32())
	var out strings.Builder
	fmt.Fprintf(&out, "Content-Type: multipart/%s;\r\n\tboundary=\"%s\"\r\n\r\n", kind, b)
	for _, p := range parts {
		out.WriteString("--" + b + "\r\n" + p + "\r\n")
	}
	out.WriteString("--" + b + "--\r\n")
	return out.String()
}

func (g *gen) multiMail(subject, kind string, parts ...string) []byte {
	return []byte(g.head(subject) + g.multi(kind, parts...))
}

// alternative is text and HTML of the same words.
func (g *gen) alternative() string {
	t := g.text(4)
	return g.multi("alternative", plainPart(t), htmlPart("<html><body><p>"+strings.ReplaceAll(t, "\r\n", "<br>\r\n")+"</p></body></html>\r\n"))
}

// newSame is the source of what is the same in all mails of all seeds.
func newSame() *rand.Rand { return rand.New(rand.NewPCG(1, 1)) }

package sim

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
)

// demoCard is a contact to be written as vCard.
type demoCard struct {
	given, surname, company, title, mail, phone, mobile string
	place                                               string // street, city, postal code
	home                                                bool   // the address is that of a person
	born, note, category                                string
	photo                                               []byte
}

func mailName(given, surname string) string {
	return strings.ToLower(plainLetters.Replace(string([]rune(given)[:1]) + "." + strings.ReplaceAll(surname, " ", "")))
}

var cardEscape = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

func (c *demoCard) write(b *strings.Builder, changed string) {
	line := func(name string, values ...string) {
		if strings.Join(values, "") == "" {
			return
		}
		for i, v := range values {
			values[i] = cardEscape.Replace(v)
		}
		fmt.Fprintf(b, "%s:%s\r\n", name, strings.Join(values, ";"))
	}
	b.WriteString("BEGIN:VCARD\r\nVERSION:3.0\r\n")
	line("FN", c.given+" "+c.surname)
	line("N", c.surname, c.given, "", "", "")
	line("ORG", c.company)
	line("TITLE", c.title)
	line("EMAIL;TYPE=INTERNET", c.mail)
	kind := "WORK"
	if c.home {
		kind = "HOME"
	}
	line("TEL;TYPE="+kind+",VOICE", c.phone)
	line("TEL;TYPE=CELL,VOICE", c.mobile)
	if parts := strings.Split(c.place, "|"); len(parts) == 3 {
		line("ADR;TYPE="+kind, "", "", parts[0], parts[1], "", parts[2], "Nederland")
	}
	line("BDAY", c.born)
	line("NOTE", c.note)
	line("CATEGORIES", c.category)
	line("REV", changed)
	if len(c.photo) > 0 {
		fmt.Fprintf(b, "PHOTO;ENCODING=b;TYPE=JPEG:%s\r\n", base64.StdEncoding.EncodeToString(c.photo))
	}
	b.WriteString("END:VCARD\r\n")
}

var demoCities = []string{"Utrecht|3511 AB", "Amersfoort|3811 CD", "Gouda|2801 EF", "Zwolle|8011 GH", "Leiden|2311 JK", "Breda|4811 LM"}

// contacts makes up customers, suppliers and one distribution list.
func (o *demoOffice) contacts() error {
	customers, suppliers := o.between(6, 12), o.between(3, len(o.say.suppliers))
	photos := o.between(2, 4)
	var cards []demoCard
	taken := map[string]bool{}
	for len(cards) < customers+suppliers {
		c := o.card(len(cards) >= customers)
		if taken[c.given+c.surname] {
			continue
		}
		taken[c.given+c.surname] = true
		if len(cards)%3 == 0 && photos > 0 {
			photos--
			c.photo = avatar(o.random.IntN(1 << 24))
		}
		cards = append(cards, c)
	}
	var b strings.Builder
	for i := range cards {
		cards[i].write(&b, o.moment().Format("20060102T150405Z"))
	}
	fmt.Fprintf(&b, "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nFN:%s\r\nREV:%s\r\n", o.say.list, o.moment().Format("20060102T150405Z"))
	for _, c := range cards[customers:] {
		fmt.Fprintf(&b, "MEMBER;CN=%q:mailto:%s\r\n", c.given+" "+c.surname, c.mail)
	}
	b.WriteString("END:VCARD\r\n")
	return o.read("contacts/Contacts", readCards, b.String())
}

func (o *demoOffice) card(supplier bool) demoCard {
	c := demoCard{given: pick(o.random, demoGiven), surname: pick(o.random, demoSurnames), mobile: fmt.Sprintf("06 %08d", o.random.IntN(100_000_000))}
	c.place = o.words("{straat}") + "|" + pick(o.random, demoCities)
	if supplier {
		c.company, c.category = pick(o.random, o.say.suppliers), "Leverancier"
		c.title = pick(o.random, []string{"Accountmanager", "Binnendienst", "Eigenaar", "Planner"})
		c.mail = mailName(c.given, c.surname) + "@leverancier.example"
		c.phone = fmt.Sprintf("030 %07d", o.random.IntN(10_000_000))
		return c
	}
	c.home, c.category, c.mail = true, "Klant", mailName(c.given, c.surname)+"@klant.example"
	if o.random.IntN(3) == 0 {
		c.born = fmt.Sprintf("%d-%02d-%02d", 1945+o.random.IntN(55), 1+o.random.IntN(12), 1+o.random.IntN(28))
	}
	if o.random.IntN(3) == 0 {
		c.note = o.words(pick(o.random, []string{"Bij voorkeur na {tijd} bellen.", "Klant sinds {nummer}.", "Sleutel ligt bij de buren.\nHond in de tuin.", "Contactpersoon voor {straat}."}))
	}
	return c
}

// avatar is a picture of somebody: a head and shoulders in two colours.
func avatar(n int) []byte {
	const size = 96
	shade := func(n, dark int) color.RGBA {
		return color.RGBA{uint8(dark + n>>16&0x7F), uint8(dark + n>>8&0x7F), uint8(dark + n&0x7F), 255}
	}
	back, front := shade(n, 128), shade(n, 16)
	picture := image.NewRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			dx, dy := x-size/2, y-size*3/8
			at := back
			if dx*dx+dy*dy < 18*18 || y > size*5/8 && dx*dx+(y-size)*(y-size) < 36*36 {
				at = front
			}
			picture.SetRGBA(x, y, at)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, &jpeg.Options{Quality: 75}); err != nil {
		return nil // a buffer does not fail
	}
	return b.Bytes()
}

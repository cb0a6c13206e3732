// Package vcardtest makes vCards of many odd kinds for tests and demonstrations:
// what address books hold after twenty years and four telephones. They are the
// same at every call.
package vcardtest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
)

// File is one file of vCards.
type File struct {
	Name string // a file name without extension, unique
	Data []byte
}

// All are files as programs write them, one to three cards each.
func All() []File {
	var out []File
	for _, list := range [][]File{nameFiles(), phoneFiles(), addressFiles(), textFiles(), dateFiles(), pictureFiles(), oldFiles(), newFiles(),
		programFiles(), groupFiles(), manyFiles()} {
		out = append(out, list...)
	}
	return out
}

// file makes a file of cards.
func file(name string, cards ...string) File { return File{name, []byte(strings.Join(cards, ""))} }

// card makes a card of a version; long lines are folded.
func card(version string, lines ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCARD\r\nVERSION:" + version + "\r\n")
	for _, l := range lines {
		b.WriteString(fold(l) + "\r\n")
	}
	return b.String() + "END:VCARD\r\n"
}

const foldAt = 74

// fold breaks a line between characters.
func fold(s string) string {
	if len(s) <= foldAt {
		return s
	}
	var b strings.Builder
	n := 0
	for _, r := range s {
		size := len(string(r))
		if n+size > foldAt {
			b.WriteString("\r\n ")
			n = 1
		}
		b.WriteRune(r)
		n += size
	}
	return b.String()
}

// picture draws a small face of its own for each seed.
func picture(seed, size int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			m.Set(x, y, color.RGBA{uint8(x * 255 / size), uint8(y * 255 / size), uint8((seed*37 + x*y) % 251), 255})
		}
	}
	return m
}

// JPEG is a picture of size by size pixels.
func JPEG(seed, size int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(seed, size), &jpeg.Options{Quality: 80}); err != nil {
		panic(fmt.Sprintf("a picture in memory: %v", err))
	}
	return b.Bytes()
}

// PNG is a picture of size by size pixels.
func PNG(seed, size int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, picture(seed, size)); err != nil {
		panic(fmt.Sprintf("a picture in memory: %v", err))
	}
	return b.Bytes()
}

// certificate has the outer form of one: a sequence of n bytes.
func certificate(n int) []byte {
	b := []byte{0x30, 0x82, byte(n >> 8), byte(n)}
	for i := range n {
		b = append(b, byte(i*7))
	}
	return b
}

func b64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// quoted is text in quoted-printable, in the bytes it has, with soft breaks.
func quoted(head string, text []byte) string {
	var b strings.Builder
	b.WriteString(head)
	n := len(head)
	for _, c := range text {
		s := string(rune(c))
		if c == '=' || c < ' ' || c >= 0x7F {
			s = fmt.Sprintf("=%02X", c)
		}
		if n+len(s) > foldAt {
			b.WriteString("=\r\n")
			n = 0
		}
		b.WriteString(s)
		n += len(s)
	}
	return b.String()
}

// old makes a card of version 2.1, whose lines are left as they are.
func old(lines ...string) string {
	return "BEGIN:VCARD\r\nVERSION:2.1\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VCARD\r\n"
}

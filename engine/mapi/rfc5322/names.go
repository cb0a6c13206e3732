package rfc5322

import (
	"mime"
	"path"
	"strings"
	"unicode/utf8"
)

const maxFileName = 1000 // bytes

// fileName is the name that a part gives itself, "" for none.
func fileName(e *entity) string {
	for _, raw := range []string{e.dparams["filename"], e.params["name"], e.dparams["name"]} {
		name := collapse(decodeWords([]byte(raw)))
		if name == "" {
			continue
		}
		for len(name) > maxFileName || !utf8.ValidString(name) {
			name = name[:min(len(name)-1, maxFileName)]
		}
		return name
	}
	return ""
}

// shortName makes a name of eight and three characters.
func shortName(name string) string {
	plain := func(s string, n int) string {
		s = strings.Map(func(r rune) rune {
			if r > 0x20 && r < 0x7F && !strings.ContainsRune(`."/\[]:;|=,*?<>+~`, r) {
				return r
			}
			return -1
		}, s)
		return s[:min(len(s), n)]
	}
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	short, ext3 := plain(stem, 9), plain(ext, 3)
	if len(short) > 8 || short != stem {
		short = short[:min(len(short), 6)] + "~1"
	}
	if ext3 != "" {
		return short + "." + ext3
	}
	return short
}

// extensions of media types that mail attachments have. The table of the
// computer is not asked, so that every computer names alike.
var extensions = map[string]string{
	"text/plain": ".txt", "text/html": ".htm", "text/calendar": ".ics", "text/csv": ".csv", "text/rtf": ".rtf", "text/vcard": ".vcf",
	"text/x-vcard": ".vcf", "text/xml": ".xml", "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/svg+xml": ".svg",
	"image/tiff": ".tif", "image/bmp": ".bmp", "application/pdf": ".pdf", "application/zip": ".zip", "application/json": ".json",
	"application/xml": ".xml", "application/msword": ".doc", "application/ms-tnef": ".dat", "application/rtf": ".rtf",
	"application/pkcs7-signature": ".p7s", "application/x-pkcs7-signature": ".p7s", "application/pkcs7-mime": ".p7m",
	"message/delivery-status": ".dat", "message/disposition-notification": ".dat", "text/rfc822-headers": ".txt", "message/rfc822": ".eml",
	"audio/mpeg": ".mp3", "audio/wav": ".wav", "video/mp4": ".mp4", "application/octet-stream": ".bin",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   ".docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         ".xlsx",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
}

func extension(media string) string { return extensions[media] }

// mediaOf guesses the type of a file by its name.
func mediaOf(name string) string {
	ext := strings.ToLower(path.Ext(name))
	best := ""
	for media, e := range extensions {
		if e == ext && (best == "" || media < best) {
			best = media
		}
	}
	if best == "" {
		return "application/octet-stream"
	}
	return best
}

// cleanMedia is a media type fit to be written, or the standard one.
func cleanMedia(media, name string) string {
	kind, _, err := mime.ParseMediaType(media)
	if err != nil || strings.Count(kind, "/") != 1 || !isPlain(kind) {
		return mediaOf(name)
	}
	return kind
}

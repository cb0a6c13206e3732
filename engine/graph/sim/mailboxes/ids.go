package mailboxes

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"

	"github.com/google/uuid"
)

// Ids look as Exchange Online's do: base64url over a mailbox part and an entry
// id. A default item id names the folder and the item's place, so it changes
// when the item moves; an immutable one names the item only.
// Lengths: folders 120, default item ids 152, immutable item ids 72 characters.

var (
	errMalformedID = errors.New("id is malformed")
	errForeignID   = errors.New("id of another mailbox")
)

// idKind says what a decoded id names.
type idKind int

const (
	idFolder    idKind = iota // a folder's number
	idPlace                   // a default item id: the number of the item's present place
	idImmutable               // an immutable item id: the item's number
)

var (
	classicHead   = []byte{0x00, 0x03, 0x24, 0x00}
	immutableHead = []byte{0x00, 0x09, 0x00, 0x2E, 0x00, 0x00, 0x00, 0x00}
	// provider is the store provider UID in immutable entry ids.
	provider = []byte{0x1D, 0x84, 0x03, 0x11, 0xAA, 0x66, 0x11, 0xCD, 0x9B, 0xC8, 0x00, 0xAA, 0x00, 0x2F, 0xC4, 0x5A}
)

const (
	folderEntry = 46 // bytes of a folder entry id, "MS-OXCDATA, Folder EntryID Structure"
	itemEntry   = 70 // bytes of a message entry id, "MS-OXCDATA, Message EntryID Structure"
)

// idCoder makes and reads the ids of one mailbox.
type idCoder struct {
	text  string   // the mailbox GUID as text, part of every default id
	guid  [16]byte // the mailbox GUID
	local [16]byte // the replica GUID that precedes counters
}

func newIDCoder(guid uuid.UUID) idCoder {
	sum := sha256.Sum256(append([]byte("replica "), guid[:]...))
	return idCoder{text: guid.String(), guid: guid, local: [16]byte(sum[:16])}
}

func counter(b []byte, n uint64) []byte {
	var w [8]byte
	binary.BigEndian.PutUint64(w[:], n)
	return append(b, w[2:]...)
}

func readCounter(b []byte) uint64 {
	var w [8]byte
	copy(w[2:], b[:6])
	return binary.BigEndian.Uint64(w[:])
}

// classic starts a default id with an entry id of the given type and length.
func (c idCoder) classic(entry int, kind byte) []byte {
	b := make([]byte, 0, 128)
	b = append(b, classicHead...)
	b = append(b, c.text...)
	b = append(b, byte(entry), 0)
	b = append(b, 0, 0, 0, 0)
	b = append(b, c.guid[:]...)
	return append(b, kind, 0)
}

func (c idCoder) counted(b []byte, n uint64) []byte {
	b = append(b, c.local[:]...)
	return append(counter(b, n), 0, 0)
}

func (c idCoder) folderID(n uint64) string {
	b := c.counted(c.classic(folderEntry, 1), n)
	return base64.URLEncoding.EncodeToString(append(b, 0))
}

func (c idCoder) placeBytes(folder, place uint64) []byte {
	b := c.counted(c.classic(itemEntry, 7), folder)
	return append(c.counted(b, place), 0)
}

func (c idCoder) placeID(folder, place uint64) string {
	return base64.URLEncoding.EncodeToString(c.placeBytes(folder, place))
}

func (c idCoder) immutableID(n uint64) string {
	b := make([]byte, 0, 54)
	b = append(b, immutableHead...)
	b = append(b, provider...)
	b = append(b, 0x0D, 0x00)
	b = append(b, c.local[:]...)
	b = counter(b, n)
	return base64.URLEncoding.EncodeToString(append(b, 0, 0, 0, 0, 0, 0))
}

// decode reads any id of this mailbox.
func (c idCoder) decode(id string) (idKind, uint64, error) {
	b, err := base64.URLEncoding.DecodeString(id)
	if err != nil {
		return 0, 0, errMalformedID
	}
	if len(b) == 54 && bytes.HasPrefix(b, immutableHead) {
		if !bytes.Equal(b[26:42], c.local[:]) {
			return 0, 0, errForeignID
		}
		return idImmutable, readCounter(b[42:48]), nil
	}
	head := len(classicHead) + 36 + 2
	if !bytes.HasPrefix(b, classicHead) || len(b) < head+folderEntry+1 {
		return 0, 0, errMalformedID
	}
	if string(b[4:40]) != c.text {
		return 0, 0, errForeignID
	}
	switch {
	case b[40] == folderEntry && len(b) == head+folderEntry+1:
		return idFolder, readCounter(b[head+38:]), nil
	case b[40] == itemEntry && len(b) == head+itemEntry+1:
		return idPlace, readCounter(b[head+62:]), nil
	}
	return 0, 0, errMalformedID
}

// changeKey is the mark of one change of an object.
func (c idCoder) changeKey(seq uint64) string {
	b := []byte{9, 0, 0, 0, 0x16, 0, 0, 0}
	b = append(b, c.local[:]...)
	return base64.StdEncoding.EncodeToString(counter(b, seq))
}

// attachmentID names the n-th attachment of an item.
func (c idCoder) attachmentID(item []byte, unique uint64, n int) string {
	var seed [16]byte
	binary.BigEndian.PutUint64(seed[:], unique)
	binary.BigEndian.PutUint64(seed[8:], uint64(n))
	sum := sha256.Sum256(append(seed[:], c.local[:]...))
	b := append(append([]byte{}, item[:len(item)-1]...), 0x01, 0x12, 0x10, 0x00)
	return base64.URLEncoding.EncodeToString(append(b, sum[:16]...))
}

// conversationID groups messages of one topic.
func (c idCoder) conversationID(topic string) string {
	sum := sha256.Sum256([]byte(topic))
	b := append([]byte{0x00, 0x04, 0x24, 0x00}, c.text...)
	b = append(b, 0x10, 0x00)
	return base64.URLEncoding.EncodeToString(append(b, sum[:16]...))
}

// Package assets holds what the program carries with it: its icon and its
// translations. It imports nothing of the house.
package assets

import "embed"

//go:embed icon.png
var icon []byte

// Translations holds translations/<language>.json: a flat object of keys and texts.
//
//go:embed translations/*.json
var Translations embed.FS

// Toolkit holds toolkit/<language>.json: the words of Fyne in languages that it
// does not speak itself. They follow the language of the computer.
//
//go:embed toolkit/*.json
var Toolkit embed.FS

// Icon is the program's icon, a PNG of 512 by 512.
func Icon() []byte { return icon }

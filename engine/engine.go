// Package engine is the facade over everything below the screens: the desktop
// app and the command line use it and nothing else.
package engine

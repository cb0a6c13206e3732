// Package drives is the simulator's OneDrive: drives with folders, files,
// versions and a change log, and the part of Microsoft Graph that reads and
// writes them (driveItem, delta, content by pre-authenticated URL, upload
// sessions), as the Microsoft Graph v1.0 reference describes it and as real
// clients have seen it.
//
// A Drive holds the state and is safe for use from several goroutines. Routes
// makes the protocol; it knows nothing of tokens, gzip or the error form, which
// are the server's (package wire). Content is never held in memory whole.
package drives

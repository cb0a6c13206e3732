// Package mailboxes is the Exchange part of the simulator: mailboxes in memory
// that speak Microsoft Graph's mail endpoints and its mailbox import and export
// API.
//
// A Mailbox holds folders and items. An item's content is where it came from:
// RFC 5322 bytes that a seed gave (kept as bytes, as a file, or made again each
// time they are read) or a stream that a client imported. What the endpoints
// show is derived from that content and from the item's own state (read, flag,
// categories), so a folder of 200,000 items whose content is lazy stays cheap.
package mailboxes

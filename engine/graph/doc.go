// Package graph is everything Vangnet asks of Microsoft 365, in plain Go types.
//
// A Client speaks for one tenant. All its calls, those of Microsoft's SDK and
// our own, go through one chain of round trippers:
//
//	retry → budget → refusal → sign-in → gzip → trace → network
//
// Retry stands outermost so that every attempt is charged to its budget
// (Microsoft counts throttled calls too), carries a token that is valid then,
// and is compressed anew from the plain body. The SDK's own middleware is not
// used: it compresses and retries in random order, which breaks retried bodies
// (microsoft/kiota-http-go, issue 183).
//
// The SDK is used for the calls whose answer is one small thing (settings, a
// drive, a folder made). Pages of deltas, exported items and files are read by
// this package, because there one broken value must not cost its whole page and
// an item of 150 MB must not be held in memory.
package graph

// Package sim is an in-memory Microsoft 365: tenants with users, mailboxes and
// drives that speak OAuth and Microsoft Graph over HTTPS, so that any Graph
// client can be led to it instead of to Microsoft. It is the test bed of the
// house: tests, the demonstration workspace and cmd/m365sim share it.
//
// A World holds the tenants, a Server shows one to the network. Everything is
// deterministic from the world's seed and its clock. The subject matter of
// mailboxes and drives is in packages of their own, which declare their
// endpoints as wire.Route; this package does what is the same for all of them:
// TLS, sign-in, tokens, permissions, throttling, planned faults, $select,
// batches, error form, recording, and the directory.
package sim

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
//
// # Seed folder
//
// Everything is optional. Folders below calendar, contacts, tasks and notes are
// further calendars and folders; one file may hold several items.
//
//	<domain>/tenant.json                          display name, licences, groups, app registration
//	<domain>/users/<local part>/user.json         display name, kind, licences, …
//	…/mail/<Folder>/*.eml  archive/<Folder>/*.eml  with flags in a .json of the same name
//	…/calendar/*.ics  contacts/*.vcf  notes/*.txt
//	…/tasks/*.json                                one todoTask of Graph, or a list; or *.ics
//	…/onedrive/**                                 files as they are
//
// # Steering a running server
//
// Below /sim, outside of Graph's paths, JSON in and out. Addresses are those
// of the house: anna@contoso.example/mail/Inbox/Offerte, …/archive/…,
// …/calendar/Calendar/Overleg, …/onedrive/Documenten; a tenant's domain; or
// nothing for everything.
//
//	GET  clock, POST clock {"advance":"24h"}
//	POST faults {"429":"10%","504@/messages":"2x"}   nothing: no faults
//	POST seed {"dir":DIR}             add or change; answers what was ignored
//	POST delete {"path":ADDRESS}
//	POST edit {"path":ADDRESS, …}     fields as in Change; "file" may be .ics, .vcf or .json in calendar, contacts, tasks
//	GET  tree?path=ADDRESS            what is live, with hashes
//	GET  calls, DELETE calls          counts by route
//	GET  mutations                    what clients changed, and which mails it would have sent
//	POST streams {"mode":"truncated","path":ADDRESS}   odd export streams; "": none
//	POST quirks {"path":ADDRESS,"no_hashes":true, …}   fields as in Quirks; what is not named is off
//	POST full {"path":ADDRESS,"full":true}             mailboxes without room
//	POST deltas/expire {"path":ADDRESS}                delta links become too old
//	POST user {"path":USER, …as user.json}, DELETE user {"path":USER,"final":true}
//	POST group {"tenant":DOMAIN,"name":NAME,"members":[USER…],"rename":…,"mail":…,"unified":…,"team":…},
//	DELETE group {"tenant":DOMAIN,"name":NAME,"final":true}
//	POST tenant {"tenant":DOMAIN,"replication_delay":"30s","without_sharepoint":true}
//	POST app {"tenant":DOMAIN,"roles":[…],"secret":…,"expires":…,"certificate":PEM}
//	POST device/approve {"user_code":…,"user":USER,"decline":false}
package sim

// Package fault carries errors to the edge. Inside the engine an error is an
// ordinary wrapped error; where its cause is known it is marked once with a
// code. Screens and the command line turn the code into a sentence with a next
// step, in the technician's language; the wrapped text is the detail.
package fault

import (
	"context"
	"errors"

	"vangnet/engine/model"
)

// The codes. Each has a sentence in every translation.
const (
	Unexpected         = "unexpected"
	Cancelled          = "cancelled"
	WrongUse           = "wrong_use"           // a call that the edge itself refuses, in its own words
	NoWorkspace        = "no_workspace"        // place
	HomeInUse          = "home_in_use"         // place
	WorkspaceExists    = "workspace_exists"    // place
	WrongPassword      = "wrong_password"      //
	PasswordMissing    = "password_missing"    //
	StorageAddress     = "storage_address"     // place
	StorageUnreachable = "storage_unreachable" // place
	StorageDenied      = "storage_denied"      // place
	NoVersioning       = "no_versioning"       // place
	NoObjectLock       = "no_object_lock"      // place
	DiskFull           = "disk_full"           // place
	NoTenant           = "no_tenant"           // tenant
	TenantUnknown      = "tenant_unknown"      // tenant: Microsoft knows no such tenant
	WrongSecret        = "wrong_secret"        // tenant
	ExpiredSecret      = "expired_secret"      // tenant
	SignIn             = "sign_in"             // tenant
	ExpiredCertificate = "expired_certificate" // tenant
	CloudUnknown       = "cloud_unknown"       //
	Unavailable        = "unavailable"         //
	QuotaFull          = "quota_full"          //
	StorageKeyMissing  = "storage_key_missing" // place
	StorageKeyWrong    = "storage_key_wrong"   // place
	NoBucket           = "no_bucket"           // place
	ClockWrong         = "clock_wrong"         //
	VaultKey           = "vault_key"           // tenant
	BadCertificate     = "bad_certificate"     // tenant
	AppUnknown         = "app_unknown"         // tenant
	ConsentWithdrawn   = "consent_withdrawn"   // tenant
	MissingPermission  = "missing_permission"  // right
	Network            = "network"             // host
	Throttled          = "throttled"           //
	NotFound           = "not_found"           // path
	Ambiguous          = "ambiguous"           // path
	NoMailbox          = "no_mailbox"          //
	NoDrive            = "no_drive"            //
	CorruptItem        = "corrupt_item"        // Microsoft cannot export the item
	ItemGone           = "item_gone"           // vanished between listing and reading
	ItemMalware        = "item_malware"        //
	ItemLocked         = "item_locked"         //
	ItemNotebook       = "item_notebook"       // OneNote content is out of reach
	ItemDiffers        = "item_differs"        // Microsoft announces other content than it delivers, each time the same
	HashMismatch       = "hash_mismatch"       // what arrived is not what was announced
	StreamTruncated    = "stream_truncated"    //
	StreamNotTrusted   = "stream_not_trusted"  // parsed stream and plain reading disagree
	StreamUnknown      = "stream_unknown"      // stream has parts we do not know; MIME kept beside
	MIMEOnly           = "mime_only"           // stream could not be had; MIME stored instead
	VaultDamaged       = "vault_damaged"       // object
	VaultMissing       = "vault_missing"       // tenant
	ArchiveRefused     = "archive_refused"     // archive: not protected
	TargetUnsafe       = "target_unsafe"       // path
	NotProtected       = "not_protected"       // resource
	ListingChanged     = "listing_changed"     // path
	RefUnknown         = "ref_unknown"         // what was chosen is not in the copies as they are known here
	NoArchive          = "no_archive"          // path: the account has no archive mailbox now
	NoKeyStore         = "no_key_store"        // the computer has no key store
	NothingFound       = "nothing_found"       // nothing of what was chosen is in the copies
	ExportDamaged      = "export_damaged"      // path: what was written did not pass its check
	ItemTooLarge       = "item_too_large"      // an item that the format cannot hold

	// What was asked cannot be done like that, whatever the world is like.
	LockForm      = "lock_form"      // lock
	IsFolder      = "is_folder"      // path
	NotReadable   = "not_readable"   // path, form
	WrongKind     = "wrong_kind"     // path: files into a mailbox, or mail onto a drive
	MailboxPlace  = "mailbox_place"  // path: no workload of a mailbox
	FolderNeeded  = "folder_needed"  // path: a mailbox keeps items in folders only
	AddressNeeded = "address_needed" // another tenant has no original place
	NothingChosen = "nothing_chosen" // an export of nothing
	NotEncrypted  = "not_encrypted"  // form: has no password
	FormUnfit     = "form_unfit"     // form: cannot hold such things
	OutExists     = "out_exists"     // place: is there already
	ZipPassword   = "zip_password"   // a password that not every program would read alike
	SplitSmall    = "split_small"    // size: parts smaller than that are of no use
)

// Error is an error whose cause is known by a code.
type Error struct {
	Code string
	Args map[string]string
	Err  error
}

// New marks err with a code. Args are name, value pairs for the sentence.
func New(code string, err error, args ...string) *Error {
	e := &Error{Code: code, Err: err}
	if len(args) > 0 {
		e.Args = make(map[string]string, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			e.Args[args[i]] = args[i+1]
		}
	}
	return e
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Code
	}
	return e.Err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Misused reports a code that says the call was wrong, not the world.
func Misused(code string) bool {
	switch code {
	case WrongUse, LockForm, IsFolder, NotReadable, WrongKind, MailboxPlace, FolderNeeded, AddressNeeded,
		NothingChosen, NotEncrypted, FormUnfit, OutExists, ZipPassword, SplitSmall:
		return true
	}
	return false
}

// Code is the code an error carries: its mark, Cancelled for an ended context,
// Unexpected for anything else, "" for nil.
func Code(err error) string {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	case errors.Is(err, context.Canceled):
		return Cancelled
	}
	return Unexpected
}

// Of turns an error into what a job or a screen carries.
func Of(err error) *model.Fault {
	if err == nil {
		return nil
	}
	f := &model.Fault{Code: Code(err), Detail: err.Error()}
	var e *Error
	if errors.As(err, &e) {
		f.Args = e.Args
	}
	return f
}

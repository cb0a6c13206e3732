// Package cause finds out what an error means to a person: it marks errors of
// Microsoft 365, of the storage and of the vault with the codes of package
// fault, so that the edge can say what happened and what to do next.
package cause

import (
	"context"
	"errors"
	"syscall"

	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/store/bucket"
	"vangnet/store/vault"
)

// known maps the kinds of error of the packages below to codes; the first that
// fits counts, so narrow kinds stand before wide ones.
var known = []struct {
	kind error
	code string
}{
	{graph.ErrWrongSecret, fault.WrongSecret},
	{graph.ErrExpiredSecret, fault.ExpiredSecret},
	{graph.ErrExpiredCert, fault.ExpiredCertificate},
	{graph.ErrBadCertificate, fault.BadCertificate},
	{graph.ErrUnknownTenant, fault.TenantUnknown},
	{graph.ErrUnknownApp, fault.AppUnknown},
	{graph.ErrNoConsent, fault.ConsentWithdrawn},
	{graph.ErrSignIn, fault.SignIn},
	{graph.ErrForbidden, fault.MissingPermission},
	{graph.ErrNetwork, fault.Network},
	{graph.ErrThrottled, fault.Throttled},
	{graph.ErrUnavailable, fault.Unavailable},
	{graph.ErrNoMailbox, fault.NoMailbox},
	{graph.ErrNoDrive, fault.NoDrive},
	{graph.ErrQuota, fault.QuotaFull},
	{graph.ErrCloud, fault.CloudUnknown},
	{bucket.ErrFull, fault.DiskFull},
	{bucket.ErrNoVersioning, fault.NoVersioning},
	{bucket.ErrNoLock, fault.NoObjectLock},
	{bucket.ErrNoCredentials, fault.StorageKeyMissing},
	{bucket.ErrCredentials, fault.StorageKeyWrong},
	{bucket.ErrDenied, fault.StorageDenied},
	{bucket.ErrNoBucket, fault.NoBucket},
	{bucket.ErrUnreachable, fault.StorageUnreachable},
	{bucket.ErrBadAddress, fault.StorageAddress},
	{bucket.ErrClockSkew, fault.ClockWrong},
	{vault.ErrNoVault, fault.VaultMissing},
	{vault.ErrKey, fault.VaultKey},
	{vault.ErrMissing, fault.VaultDamaged},
	{vault.ErrDamaged, fault.VaultDamaged},
	{syscall.ENOSPC, fault.DiskFull},
}

// Code is the code of an error's cause, "" for nil.
func Code(err error) string {
	if code := fault.Code(err); code != fault.Unexpected {
		return code
	}
	for _, k := range known {
		if errors.Is(err, k.kind) {
			return k.code
		}
	}
	return fault.Unexpected
}

// Mark gives an error its code, unless it carries one. Args are name, value
// pairs for the sentence.
func Mark(err error, args ...string) error {
	var marked *fault.Error
	if err == nil || errors.As(err, &marked) || errors.Is(err, context.Canceled) {
		return err
	}
	return fault.New(Code(err), err, args...)
}

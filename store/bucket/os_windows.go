package bucket

import (
	"errors"
	"syscall"
)

// System error codes of Windows (winerror.h).
const (
	errHandleDiskFull = syscall.Errno(39)
	errDiskFull       = syscall.Errno(112)
)

func isFull(err error) bool {
	return errors.Is(err, errDiskFull) || errors.Is(err, errHandleDiskFull)
}

// syncDir does nothing: NTFS logs names itself, and folders cannot be flushed.
func syncDir(string) error { return nil }

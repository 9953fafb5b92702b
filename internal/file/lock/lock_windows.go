package lock

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// The lock is on one byte far behind the text, since nobody else can read what is
// locked.
const lockedAt = 1 << 30

// tryLock locks a file, unless another open file has its lock.
func tryLock(file *os.File) error {
	err := windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{Offset: lockedAt})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return errHeld
	}
	return err
}

// release closes the file and then removes it, which fails where somebody else has
// opened it meanwhile: it is theirs then.
func release(file *os.File, path string) {
	_ = file.Close()
	_ = os.Remove(path)
}

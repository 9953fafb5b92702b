package lock

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// Locked bytes cannot be read by others, so the lock is on one byte far behind the text.
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

// release closes the file and then removes it. That fails if somebody else has opened it
// in between: then it is theirs.
func release(file *os.File, path string) {
	_ = file.Close()
	_ = os.Remove(path)
}

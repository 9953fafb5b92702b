//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package lock

import (
	"errors"
	"os"
	"syscall"
)

// tryLock locks a file, unless another open file has its lock.
func tryLock(file *os.File) error {
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return errHeld
		case errors.Is(err, syscall.ENOLCK): // a network file system without a lock service
			return errors.ErrUnsupported
		}
		return err
	}
}

// release removes the file while we still hold it, so that it is not somebody else's.
func release(file *os.File, path string) {
	_ = os.Remove(path)
	_ = file.Close()
}

//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package lock

import (
	"errors"
	"os"
)

func tryLock(*os.File) error { return errors.ErrUnsupported }

func release(file *os.File, path string) {
	_ = file.Close()
	_ = os.Remove(path)
}

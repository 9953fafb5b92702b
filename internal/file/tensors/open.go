package tensors

import (
	"errors"
	"fmt"
	"os"
)

// Open opens a regular file and returns its size in bytes. Folders, pipes and devices are
// errors, because tensors are read at any offset.
func Open(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("open tensors: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", path)
	}
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("open tensors: %w", err), f.Close())
	}
	return f, info.Size(), nil
}

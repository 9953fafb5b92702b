package atomicfile

import (
	"errors"
	"fmt"
	"syscall"

	"easel/internal/base/hint"
)

// NoSpace reports whether an error means that the disk, or the user's quota, is full. The
// next file would fail too.
func NoSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// NoSpaceError ends work on many files because there was no space for one of them.
type NoSpaceError struct {
	// Folder is the folder of the files. Way is advice for continuing later, with the
	// marks of package hint.
	Folder, Way string
}

// Error implements error.
func (e *NoSpaceError) Error() string { return fmt.Sprintf("no space is left for %s", e.Folder) }

// Hint is the advice for users of the Go package.
func (e *NoSpaceError) Hint() string { return hint.Plain(e.Way) }

// Advice is the advice with its marks.
func (e *NoSpaceError) Advice() string { return e.Way }

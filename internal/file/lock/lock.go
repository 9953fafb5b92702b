// Package lock gives a folder or an output file one owner at a time.
//
// Call [Folder] with the folder that a run writes to, or [File] with an output that takes
// long to make, before anything there is read or written, and [Lock.Release] afterwards.
// If somebody else is the owner, the error is a [HeldError] that says who.
//
// # Guarantees
//
// Only one process, and only one goroutine of it, has the lock. The operating system holds
// it (flock, LockFileEx), so a killed process does not block others: it leaves a small file,
// which the next owner takes over. Release removes that file. On file systems without
// locks, Folder and File succeed although nothing is locked: refusing all work there would
// be worse.
package lock

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// FolderFile is the name of the lock file in a folder that has an owner.
const FolderFile = ".easel.lock"

// longestName is the longest file name, in bytes, that every file system accepts.
const longestName = 255

// Owner is who holds a lock, according to the lock file. Unknown fields are zero.
type Owner struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

// HeldError is the error if Path, the folder or file to be locked, has another owner.
type HeldError struct {
	Path  string
	Owner Owner
}

// Error says who the owner is, and since when.
func (e *HeldError) Error() string {
	if e.Owner.PID == 0 {
		return fmt.Sprintf("another process is working on %s", e.Path)
	}
	return fmt.Sprintf("%s is in use by process %d on %s since %s",
		e.Path, e.Owner.PID, e.Owner.Host, e.Owner.Since.Format("2006-01-02 15:04:05"))
}

// Hint is the advice.
func (e *HeldError) Hint() string {
	return "wait for it to end, or stop it, and try again"
}

// Lock is held until Release.
type Lock struct {
	file *os.File
	path string
}

// Folder locks an existing folder for the caller.
func Folder(dir string) (*Lock, error) { return take(dir, filepath.Join(dir, FolderFile)) }

// File locks a file for the caller. It need not exist, but its folder must.
func File(path string) (*Lock, error) {
	target := path
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		target = resolved
	}
	name := "." + filepath.Base(target) + ".lock"
	if len(name) > longestName {
		sum := sha256.Sum256([]byte(name))
		name = "." + hex.EncodeToString(sum[:16]) + ".lock"
	}
	return take(path, filepath.Join(filepath.Dir(target), name))
}

// errHeld is what tryLock returns if there is another owner.
var errHeld = errors.New("held")

func take(what, path string) (*Lock, error) {
	for {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
		if errors.Is(err, fs.ErrPermission) { // what another user's killed process has left
			if left, open := os.Open(path); open == nil {
				file, err = left, nil
			}
		}
		if err != nil {
			return nil, fmt.Errorf("lock %s: %w", what, err)
		}
		switch err := tryLock(file); {
		case errors.Is(err, errHeld):
			owner := ownerIn(file)
			return nil, errors.Join(&HeldError{what, owner}, file.Close())
		case errors.Is(err, errors.ErrUnsupported):
			return &Lock{file, path}, nil
		case err != nil:
			return nil, errors.Join(fmt.Errorf("lock %s: %w", what, err), file.Close())
		}
		// The previous owner may have removed the file after we opened it. Then we hold a
		// file that nobody else will find.
		if named, err := os.Stat(path); err == nil {
			if own, err := file.Stat(); err == nil && os.SameFile(named, own) {
				sign(file)
				return &Lock{file, path}, nil
			}
		}
		if err := file.Close(); err != nil {
			return nil, fmt.Errorf("lock %s: %w", what, err)
		}
	}
}

// sign writes who we are, for people only: the lock works without it.
func sign(file *os.File) {
	host, _ := os.Hostname()
	text, err := json.Marshal(Owner{os.Getpid(), host, time.Now().Round(time.Second)})
	if err == nil && file.Truncate(0) == nil {
		_, _ = file.WriteAt(append(text, '\n'), 0)
	}
}

// ownerIn reads who has signed, which may be incomplete if the owner is just doing so.
func ownerIn(file *os.File) (o Owner) {
	text, err := io.ReadAll(io.NewSectionReader(file, 0, 1<<12))
	if err != nil || json.Unmarshal(text, &o) != nil {
		return Owner{}
	}
	return o
}

// Release gives up the lock. It does nothing for nil or if called again.
func (l *Lock) Release() {
	if l == nil || l.file == nil {
		return
	}
	release(l.file, l.path)
	l.file = nil
}

// Package lock gives a folder, or a file that takes long to make, one owner at a
// time.
//
// Call [Folder] with the folder that a run writes to, or [File] with the output,
// before anything there is read or written, and [Lock.Release] when all is
// written. Where somebody else is the owner, the error is a [HeldError] that says
// who.
//
// # Guarantees
//
// Of any number of processes, and of goroutines of one process, one has the lock.
// The operating system holds it (flock, LockFileEx), so that a process that is
// killed leaves none behind: what it leaves is a small file, which the next owner
// takes over. Release removes that file. On file systems that have no locks, Folder
// and File succeed and nothing is held: to refuse all work there would be worse.
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

// FolderFile is the name of the lock inside a folder that has an owner.
const FolderFile = ".easel.lock"

// longestName is how many bytes a file's name has at most, everywhere.
const longestName = 255

// Owner is who holds a lock, as the lock's file says. What is not known is zero.
type Owner struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

// HeldError is why a lock could not be taken: Path, the folder or file that it is
// for, has another owner.
type HeldError struct {
	Path  string
	Owner Owner
}

// Error says who the owner is, and since when.
func (e *HeldError) Error() string {
	if e.Owner.PID == 0 {
		return fmt.Sprintf("%s is being worked on by another process", e.Path)
	}
	return fmt.Sprintf("%s is being worked on by process %d on %s since %s",
		e.Path, e.Owner.PID, e.Owner.Host, e.Owner.Since.Format("2006-01-02 15:04:05"))
}

// Hint is the advice.
func (e *HeldError) Hint() string {
	return "wait for it to end, or stop it, and give the command again"
}

// Lock is held until it is released.
type Lock struct {
	file *os.File
	path string
}

// Folder takes a folder, which has to exist, for the caller alone.
func Folder(dir string) (*Lock, error) { return take(dir, filepath.Join(dir, FolderFile)) }

// File takes a file for the caller alone. It need not exist; its folder has to.
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

// errHeld is what tryLock returns where there is another owner.
var errHeld = errors.New("held")

func take(what, path string) (*Lock, error) {
	for {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
		if errors.Is(err, fs.ErrPermission) {
			file, err = os.Open(path) // what another user's killed process has left
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
		// The owner before us may have removed the file after we opened it: what we
		// hold then is a file that nobody else will find.
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

// sign writes who we are. It is for people only: the lock is held without it.
func sign(file *os.File) {
	host, _ := os.Hostname()
	text, err := json.Marshal(Owner{os.Getpid(), host, time.Now().Round(time.Second)})
	if err == nil && file.Truncate(0) == nil {
		_, _ = file.WriteAt(append(text, '\n'), 0)
	}
}

// ownerIn reads who has signed. The owner may be about to.
func ownerIn(file *os.File) (o Owner) {
	text, err := io.ReadAll(io.NewSectionReader(file, 0, 1<<12))
	if err != nil || json.Unmarshal(text, &o) != nil {
		return Owner{}
	}
	return o
}

// Release gives the lock back. A nil lock is none, and to release again does
// nothing.
func (l *Lock) Release() {
	if l == nil || l.file == nil {
		return
	}
	release(l.file, l.path)
	l.file = nil
}

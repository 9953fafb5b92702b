package prepare

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"easel/internal/file/lock"
)

// place is an output folder that nobody else writes to.
type place struct {
	out  string
	lock *lock.Lock
	made bool // the folder, by us
	bare bool // there was no record before
}

// enter makes an output folder if there is none, and locks it.
func enter(out string) (*place, error) {
	_, err := os.Lstat(out)
	p := &place{out: out, made: errors.Is(err, fs.ErrNotExist)}
	if err := makeFolder(out); err != nil {
		return nil, err
	}
	if p.lock, err = lock.Folder(out); err != nil {
		return nil, err
	}
	_, err = os.Lstat(filepath.Join(out, recordName))
	p.bare = errors.Is(err, fs.ErrNotExist)
	return p, nil
}

// leave unlocks the folder. If nothing was made, it removes a record that we wrote,
// which would only hinder the next call.
func (p *place) leave(something bool) {
	if !something && p.bare {
		_ = os.Remove(filepath.Join(p.out, recordName))
	}
	p.lock.Release()
	if !something && p.made {
		_ = os.Remove(p.out) // if it is empty
	}
}

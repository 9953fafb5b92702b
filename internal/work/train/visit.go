package train

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/file/lock"
)

// visit is a stay in a run's folder that nobody else is in.
type visit struct {
	folder folder
	lock   *lock.Lock
	// What was not there before, the outermost folder first.
	folders, files []string
}

// enter takes the folder of a run, and makes it if it is a new one's.
func (f folder) enter(isNew bool) (*visit, error) {
	v := &visit{folder: f}
	if isNew {
		v.folders = absent(ancestors(string(f)))
		if err := os.MkdirAll(string(f), 0o755); err != nil {
			v.removeFolders()
			return nil, hint.New(fmt.Errorf("run folder: %w", err), roomOr(err, writable))
		}
	} else if _, err := f.read(); err != nil {
		return nil, err
	}
	var err error
	if v.lock, err = lock.Folder(string(f)); err != nil {
		v.removeFolders()
		var held *lock.HeldError
		if !errors.As(err, &held) {
			err = hint.New(fmt.Errorf("run folder cannot be written: %w", err), roomOr(err, writable))
		}
		return nil, err
	}
	v.files = absent([]string{f.samples(), f.checkpoints(), f.config(), f.log(), f.report(), filepath.Join(string(f), sampleName(0))})
	return v, nil
}

// leave gives the folder back. What a run has written that has come to nothing,
// one without a checkpoint, is removed; folders that something else is in stay.
func (v *visit) leave(failed bool) {
	undo := failed && !v.folder.saved()
	if undo {
		for _, path := range slices.Backward(v.files) {
			_ = os.Remove(path)
		}
	}
	v.lock.Release()
	if undo {
		v.removeFolders()
	}
}

func (v *visit) removeFolders() {
	for _, path := range slices.Backward(v.folders) {
		_ = os.Remove(path)
	}
}

// ancestors are a folder and those that it is in, the outermost first.
func ancestors(dir string) (paths []string) {
	for dir = filepath.Clean(dir); ; dir = filepath.Dir(dir) {
		paths = slices.Insert(paths, 0, dir)
		if dir == filepath.Dir(dir) {
			return paths
		}
	}
}

func absent(paths []string) []string {
	return slices.DeleteFunc(paths, func(path string) bool {
		_, err := os.Lstat(path)
		return !errors.Is(err, fs.ErrNotExist)
	})
}

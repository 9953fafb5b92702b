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

// visit is exclusive use of a run's folder.
type visit struct {
	folder folder
	lock   *lock.Lock
	// Folders that did not exist before, the outermost first.
	folders, files []string
}

// enter locks the folder of a run; for a new run, it makes the folder.
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

// leave releases the folder. It removes the files of a run without a checkpoint, which are
// useless; folders that hold anything else stay.
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

// ancestors returns a folder and its parents, the outermost first.
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

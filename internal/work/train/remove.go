package train

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"easel/internal/file/lock"
)

// Remove removes a run: the files that training has written, one by one, and then
// the folders that are empty. Anything else stays. A folder without a run
// that this easel can read, and a run that is being trained, are errors, and
// nothing is removed.
func Remove(run string) error {
	f := folder(run)
	if _, err := f.read(); err != nil {
		return err
	}
	l, err := lock.Folder(run)
	if err != nil {
		return err
	}
	defer func() {
		l.Release()
		_ = os.Remove(run) // if it is empty
	}()
	for _, dir := range []string{f.checkpoints(), f.samples()} {
		if err := f.removeSteps(dir); err != nil {
			return fmt.Errorf("remove run: %w", err)
		}
	}
	// The configuration goes last: without it nothing shows that the rest is a run.
	for _, path := range []string{f.log(), f.report(), f.best(), f.config()} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove run: %w", err)
		}
	}
	return nil
}

// removeSteps removes the files of steps from a folder, and the unfinished files of
// killed processes.
func (f folder) removeSteps(dir string) error {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range list {
		if !f.isStep(e.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	_ = os.Remove(dir) // only if it is empty
	return nil
}

// isStep reports whether a run writes files of this name for its steps.
func (f folder) isStep(name string) bool {
	if rest, ok := strings.CutPrefix(name, "."); ok && strings.HasSuffix(name, ".tmp") {
		name = rest // of a file that was not finished: its name, a number and .tmp
		for range 2 {
			name = strings.TrimSuffix(name, filepath.Ext(name))
		}
	}
	var step int
	_, err := fmt.Sscanf(name, "step-%d.", &step)
	return err == nil && (name == filepath.Base(f.checkpoint(step)) || name == filepath.Base(sampleName(step)))
}

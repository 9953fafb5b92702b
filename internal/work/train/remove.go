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

// Remove removes a run: the files that training wrote, one by one, and then the folders
// that are empty. Everything else stays. It fails, and removes nothing, if the folder has
// no readable run or the run is being trained.
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
		_ = os.Remove(run) // only if it is empty
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

// removeSteps removes the files of steps from a folder, and unfinished ones that killed
// processes left.
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

// isStep reports whether a run writes files with this name for its steps.
func (f folder) isStep(name string) bool {
	if rest, ok := strings.CutPrefix(name, "."); ok && strings.HasSuffix(name, ".tmp") {
		name = rest // an unfinished file: its name, a number and .tmp
		for range 2 {
			name = strings.TrimSuffix(name, filepath.Ext(name))
		}
	}
	var step int
	_, err := fmt.Sscanf(name, "step-%d.", &step)
	return err == nil && (name == filepath.Base(f.checkpoint(step)) || name == filepath.Base(sampleName(step)))
}

package stored

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"easel/internal/base/hint"
)

// ErrNone is wrapped by the error of [Latest] if a folder has no checkpoint.
var ErrNone = errors.New("no checkpoint")

// stepFile matches the name of a checkpoint. It may have more than eight digits: steps are
// compared as numbers.
var stepFile = regexp.MustCompile(`^step-([0-9]{8,18})\.safetensors$`)

// leftover matches the temporary name under which package atomicfile writes a checkpoint.
var leftover = regexp.MustCompile(`^\.step-[0-9]+\.safetensors\.[^.]*\.tmp$`)

// StepPath returns the path of a step's checkpoint in a checkpoints folder.
func StepPath(dir string, step int) string {
	return filepath.Join(dir, fmt.Sprintf("step-%08d.safetensors", step))
}

// Latest returns the checkpoint with the highest step in a checkpoints folder,
// and that step. A missing or empty folder is an error that wraps [ErrNone].
// Files left behind by a killed process do not count as checkpoints.
func Latest(dir string) (path string, step int, err error) {
	steps, _, err := scan(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", 0, fmt.Errorf("find the latest checkpoint: %w", err)
	}
	if len(steps) == 0 {
		return "", 0, hint.New(
			fmt.Errorf("%s: %w", dir, ErrNone),
			"a run saves its first checkpoint some time after it starts; is this the run's folder?",
		)
	}
	step = steps[len(steps)-1]
	return StepPath(dir, step), step, nil
}

// Prune removes all but the newest keep checkpoints of a folder, and unfinished
// files left by killed processes. No other process may be writing checkpoints
// there. keep must be at least 1.
func Prune(dir string, keep int) error {
	if keep < 1 {
		return fmt.Errorf("prune checkpoints: cannot keep %d", keep)
	}
	steps, leftovers, err := scan(dir)
	if err != nil {
		return fmt.Errorf("prune checkpoints: %w", err)
	}
	var failed []error
	for _, step := range steps[:max(0, len(steps)-keep)] {
		failed = append(failed, os.Remove(StepPath(dir, step)))
	}
	for _, name := range leftovers {
		failed = append(failed, os.Remove(filepath.Join(dir, name)))
	}
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("prune checkpoints: %w", err)
	}
	return nil
}

// scan returns the steps of a folder's checkpoints in ascending order, and the names of
// temporary files of unfinished checkpoints.
func scan(dir string) (steps []int, leftovers []string, err error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, item := range list {
		name := item.Name()
		if leftover.MatchString(name) {
			leftovers = append(leftovers, name)
		}
		match := stepFile.FindStringSubmatch(name)
		if match == nil || !item.Type().IsRegular() {
			continue
		}
		// Eighteen digits fit; a name with needless zeros is not one of ours.
		step, err := strconv.Atoi(match[1])
		if err == nil && filepath.Base(StepPath(dir, step)) == name {
			steps = append(steps, step)
		}
	}
	slices.Sort(steps)
	return steps, leftovers, nil
}

package stored

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"easel/internal/base/hint"
)

// The names in a run folder that other packages look for.
const (
	BestFile          = "best.safetensors"
	CheckpointsFolder = "checkpoints"
)

// Find returns the model file for a path: a file itself, or the latest checkpoint of a run
// folder, or its best model if it has no checkpoints any more. The best model is best by
// one validation measure only, so otherwise it must be named explicitly.
func Find(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", hint.New(fmt.Errorf("open model: %w", err), "give a run folder of {run train}, or a .safetensors file that it wrote")
	}
	if !info.IsDir() {
		return path, nil
	}
	for _, folder := range []string{filepath.Join(path, CheckpointsFolder), path} {
		file, _, err := Latest(folder)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, ErrNone) {
			return "", fmt.Errorf("open model %s: %w", path, err)
		}
	}
	best := filepath.Join(path, BestFile)
	if _, err := os.Stat(best); err == nil {
		return best, nil
	}
	return "", hint.New(
		fmt.Errorf("open model %s: the folder has neither %s nor a checkpoint", path, BestFile),
		"a run has a model after its first checkpoint; is this the run folder, {out} of {run train}?",
	)
}

package tensorflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"easel/internal/base/hint"
)

// Variables is an open checkpoint of deeplearn.js: manifest.json with the shape of every
// variable, and a file of raw float32 for each. Many goroutines may use it at once.
type Variables struct {
	*Layers
}

// OpenVariables opens a checkpoint by its manifest.json.
func OpenVariables(path string) (*Variables, error) {
	v := &Variables{&Layers{name: path, weights: map[string]weight{}}}
	if err := v.open(); err != nil {
		return nil, hint.New(
			errors.Join(fmt.Errorf("%s: not a deeplearn.js checkpoint: %w", path, err), v.Close()),
			"manifest.json and the files that it names must be in one folder",
		)
	}
	return v, nil
}

func (v *Variables) open() error {
	text, err := readLimited(v.name, manifestLimit)
	if err != nil {
		return err
	}
	if v.folder, err = os.OpenRoot(filepath.Dir(v.name)); err != nil {
		return err
	}
	return v.parse(text, v.sizeOf)
}

// parse reads manifest.json; sizeOf returns the size of a file in the folder.
func (v *Variables) parse(text []byte, sizeOf func(path string) (int64, error)) error {
	var list map[string]struct {
		Filename string `json:"filename"`
		Shape    []int  `json:"shape"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	for name, variable := range list {
		w := weight{shape: variable.Shape, dtype: "F32"}
		if err := w.count64(); err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
		size, err := sizeOf(variable.Filename)
		if err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
		if size != w.bytes() {
			return fmt.Errorf("%q: %s has %d bytes, expected %d for the shape %v", name, variable.Filename, size, w.bytes(), variable.Shape)
		}
		w.files = []shard{{variable.Filename, size}}
		v.weights[name] = w
		v.names = append(v.names, name)
	}
	if len(v.names) == 0 {
		return errors.New("it names no variables")
	}
	slices.Sort(v.names)
	return nil
}

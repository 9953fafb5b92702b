package translate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/model/stored"
)

// ModelOptions say how a stored model is used. The zero value is the default.
type ModelOptions struct {
	// Backend is what computes: cpu, or xla:NAME or xla:PATH for a plugin of XLA;
	// "" is cpu.
	Backend string
	// Precision is how products multiply: "float32", the default, or of XLA's
	// backends "tf32" or "bf16" too.
	Precision string
	// Threads to work with; 0 is one per core.
	Threads int
	// Translation has the seed of the noise, whether there is noise, and the
	// limit of memory.
	Translation Options
}

// Model is a Translator of a stored model, whose file it keeps open: weights are
// used where they lie in it.
type Model struct {
	*Translator
	name  string // of the file, in the state that was opened
	close func() error
}

// Files is that of the Translator, with a record of what was made by this model.
func (m *Model) Files(ctx context.Context, inputs []string, out string, o FileOptions, notify func(Event)) (Result, error) {
	o.Model = m.name
	return m.Translator.Files(ctx, inputs, out, o, notify)
}

// Close frees the model's memory and closes its file. Closing again does nothing.
func (m *Model) Close() error { return m.close() }

// Open opens a run folder or a model file.
func Open(path string, o ModelOptions) (*Model, error) {
	m, err := stored.OpenMapped(path)
	if err != nil {
		return nil, err
	}
	options, err := o.backend()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open model %s: %w", path, err), m.Close())
	}
	t, err := Load(m, o.Backend, options, o.Translation)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open model %s: %w", path, err), m.Close())
	}
	return &Model{t, nameOf(m.Path), sync.OnceValue(func() error { return errors.Join(t.Close(), m.Close()) })}, nil
}

// OpenStyle opens a network that paints in a style, in one pass.
func OpenStyle(path string, style StyleOptions, o ModelOptions) (*Model, error) {
	s, err := stored.OpenStyle(path)
	if err != nil {
		return nil, err
	}
	options, err := o.backend()
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	d, err := backend.Open(o.Backend, options)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	t, err := NewStyle(d, s.Network, s, style, o.Translation)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open style %s: %w", path, err), s.Close())
	}
	return &Model{t, nameOf(path), sync.OnceValue(func() error { return errors.Join(t.Close(), s.Close()) })}, nil
}

func (o ModelOptions) backend() (backend.Options, error) {
	precision, err := device.ParsePrecision(cmp.Or(o.Precision, device.Float32.String()))
	return backend.Options{Threads: o.Threads, Precision: precision}, err
}

// nameOf tells a model's file from others and from itself after a change.
func nameOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return path
	}
	if whole, err := filepath.Abs(path); err == nil {
		path = whole
	}
	return fmt.Sprintf("%s %d %s", path, info.Size(), info.ModTime().UTC().Format(time.RFC3339Nano))
}

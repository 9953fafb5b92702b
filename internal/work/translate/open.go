package translate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/file/digest"
	"easel/internal/model/stored"
)

// ModelOptions say how to use a stored model. The zero value is the default.
type ModelOptions struct {
	// Backend runs the model: cpu, or xla:NAME or xla:PATH for an XLA plugin; "" is cpu.
	Backend string
	// Precision is that of products: "float32", the default, "bf16" where the processor or
	// XLA's device has it, or on XLA "tf32".
	Precision string
	// Threads to work with; 0 is one per core.
	Threads int
	// Translation has the seed of the noise, whether there is noise, and the limit of
	// memory.
	Translation Options
}

// Model is a Translator for a stored model, whose file stays open: weights are used
// directly from it.
type Model struct {
	*Translator
	// Precision is that of the products. Where others translate for this model, set theirs:
	// it is a part of what identifies translations.
	Precision device.Precision

	path  string
	name  string // identifies the opened state of the file, and style
	style string // identifies the style of a style network
	close func() error
}

// Files is Translator.Files with a record of what this model made.
func (m *Model) Files(ctx context.Context, inputs []string, out string, o FileOptions, notify func(Event)) (Result, error) {
	o.Model = m.name + m.products()
	return m.Translator.Files(ctx, inputs, out, o, notify)
}

// Signature identifies everything that determines translations except the inputs: the
// content of the model's file, the options of the translation, and o. Unlike the record of
// Files it is the same for a copy of the file on another machine.
func (m *Model) Signature(o FileOptions) (string, error) {
	sum, err := digest.File(m.path)
	if err != nil {
		return "", fmt.Errorf("read model %s: %w", m.path, err)
	}
	o.Model = sum + m.style + m.products()
	return m.signature(o), nil
}

// products identifies the precision of products, unless it is the usual one.
func (m *Model) products() string {
	if m.Precision == device.Float32 {
		return ""
	}
	return " " + m.Precision.String()
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
	return &Model{t, options.Precision, m.Path, nameOf(m.Path), "", sync.OnceValue(func() error { return errors.Join(t.Close(), m.Close()) })}, nil
}

// OpenStyle opens a style network.
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
	name := style.styleName()
	return &Model{t, options.Precision, path, nameOf(path) + name, name, sync.OnceValue(func() error { return errors.Join(t.Close(), s.Close()) })}, nil
}

func (o ModelOptions) backend() (backend.Options, error) {
	precision, err := device.ParsePrecision(o.Precision)
	return backend.Options{Threads: o.Threads, Precision: precision}, err
}

// nameOf identifies a model's file, including its current state.
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

package torch7

import (
	"errors"
	"fmt"
	"io"

	"easel/internal/base/hint"
	"easel/internal/file/tensors"
)

// File is an open Torch 7 file.
type File struct {
	// Root is the value that was saved.
	Root   any
	name   string
	source io.ReaderAt
	close  func() error
}

// Open opens a .t7 file, which stays open until Close.
func Open(path string) (*File, error) {
	f, size, err := tensors.Open(path)
	if err != nil {
		return nil, err
	}
	file, err := NewFile(path, f, size)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	file.close = f.Close
	return file, nil
}

// NewFile reads a file of size bytes from source. Errors call it name. The size of a long
// integer depends on the system that wrote the file, and is not stored: eight bytes are
// tried first, then four, as on 32-bit systems and Windows.
func NewFile(name string, source io.ReaderAt, size int64) (*File, error) {
	f := &File{name: name, source: source}
	var first error
	for _, long := range []int{8, 4} {
		r := &reader{source: source, size: size, long: long, seen: map[int32]any{}}
		root := r.value(0)
		if r.err == nil && r.at != size {
			r.err = fmt.Errorf("%d bytes follow its end", size-r.at)
		}
		if r.err == nil {
			f.Root = root
			return f, nil
		}
		if first == nil {
			first = r.err
		}
	}
	return nil, hint.New(
		fmt.Errorf("%s: not a binary Torch 7 file: %w", name, first),
		"the file may be damaged, of another kind, or in Torch's text form; torch.save(path, torch.load(path, 'ascii')) converts that to binary",
	)
}

// Floats reads a tensor's numbers, row by row, as float32.
func (f *File) Floats(t *Tensor) ([]float32, error) {
	if t.size() == 0 {
		return nil, nil
	}
	k := t.storage.kind
	first, count := t.offset, t.size()
	if !t.contiguous() {
		first, count = 0, t.storage.count
	}
	data := make([]float32, count)
	section := io.NewSectionReader(f.source, t.storage.at+first*k.size, count*k.size)
	if err := tensors.Decode(k.name, section, data); err != nil {
		return nil, fmt.Errorf("%s: read tensor of shape %v: %w", f.name, t.Shape, err)
	}
	if t.contiguous() {
		return data, nil
	}
	return t.gather(data), nil
}

// size is the number of elements.
func (t *Tensor) size() int64 {
	if len(t.Shape) == 0 {
		return 0
	}
	n := int64(1)
	for _, d := range t.Shape {
		n *= int64(d)
	}
	return n
}

func (t *Tensor) contiguous() bool {
	step := int64(1)
	for i := len(t.Shape) - 1; i >= 0; i-- {
		if t.Shape[i] != 1 && t.stride[i] != step {
			return false
		}
		step *= int64(t.Shape[i])
	}
	return true
}

// gather collects elements that are not contiguous in the storage.
func (t *Tensor) gather(whole []float32) []float32 {
	data := make([]float32, t.size())
	for i := range data {
		at, rest := t.offset, int64(i)
		for axis := len(t.Shape) - 1; axis >= 0; axis-- {
			n := int64(t.Shape[axis])
			at += rest % n * t.stride[axis]
			rest /= n
		}
		data[i] = whole[at]
	}
	return data
}

// Close closes the file.
func (f *File) Close() error {
	if f.close == nil {
		return nil
	}
	return f.close()
}

package safetensors

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
	"unsafe"

	"easel/internal/base/hint"
	"easel/internal/file/tensors"
)

// Reader reads the tensors of a safetensors file. Many goroutines may use it at once.
type Reader struct {
	name     string // of the file, for errors
	source   io.ReaderAt
	metadata map[string]string
	entries  map[string]entry
	names    []string
	data     int64 // where the tensors' bytes start

	file *os.File // nil for other sources
	size int64

	lock   sync.Mutex // of the fields below
	opened bool       // mapping was tried
	closed bool
	mapped []byte // the whole file, or nil
}

// Open opens a safetensors file and checks its header. It fails for files that are not
// safetensors, are truncated, or contradict themselves. Close the Reader to close the
// file.
func Open(path string) (*Reader, error) {
	f, size, err := tensors.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := NewReader(path, f, size)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r.file, r.size = f, size
	return r, nil
}

// ErrOther is wrapped by the error of [Open] for a file that does not begin like a
// safetensors file.
var ErrOther = errors.New("not a safetensors file")

// NewReader reads a safetensors file of size bytes from source. Errors call it name.
func NewReader(name string, source io.ReaderAt, size int64) (*Reader, error) {
	r := &Reader{name: name, source: source}
	err := r.readHeader(size)
	if errors.Is(err, ErrOther) {
		return nil, hint.New(fmt.Errorf("%s: %w", name, err), "this is a file of another kind, or its download is incomplete")
	}
	if err != nil {
		return nil, hint.New(
			fmt.Errorf("%s: not a complete safetensors file: %w", name, err),
			"the file may be damaged or of another kind; compare its size with the original's, or download it again",
		)
	}
	r.names = sortedKeys(r.entries)
	return r, nil
}

func (r *Reader) readHeader(size int64) error {
	var prefix [8]byte
	if size <= int64(len(prefix)) {
		return fmt.Errorf("%w: it has %d bytes", ErrOther, size)
	}
	if err := readFull(r.source, prefix[:], 0); err != nil {
		return err
	}
	length := binary.LittleEndian.Uint64(prefix[:])
	var brace [1]byte
	if err := readFull(r.source, brace[:], int64(len(prefix))); err != nil {
		return err
	}
	if brace[0] != '{' {
		return fmt.Errorf("%w: the header does not begin with '{'", ErrOther)
	}
	if length > maxHeader {
		return fmt.Errorf("%w: its header would be longer than the format allows", ErrOther)
	}
	r.data = 8 + int64(length)
	if r.data > size {
		return fmt.Errorf("the header needs %d bytes and the file has %d", r.data, size)
	}
	text := make([]byte, length)
	if err := readFull(r.source, text, 8); err != nil {
		return err
	}
	var err error
	if r.metadata, r.entries, err = parseHeader(text); err != nil {
		return err
	}
	return checkLayout(r.entries, size-r.data)
}

// Close closes the file. Do not use the results of View afterwards. Closing again does
// nothing.
func (r *Reader) Close() error {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.file == nil || r.closed {
		return nil
	}
	mapped := r.mapped
	r.closed, r.mapped = true, nil
	return errors.Join(unmap(mapped), r.file.Close())
}

// mapping is the whole file in memory, or nil where that is impossible.
func (r *Reader) mapping() []byte {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.file != nil && !r.opened && !r.closed {
		r.opened, r.mapped = true, mapFile(r.file, r.size)
	}
	return r.mapped
}

// Metadata returns a copy of the file's metadata, nil if there is none.
func (r *Reader) Metadata() map[string]string { return maps.Clone(r.metadata) }

// Names returns a copy of the names of all tensors, sorted.
func (r *Reader) Names() []string { return slices.Clone(r.names) }

// Shape returns a tensor's shape, and whether the tensor exists.
func (r *Reader) Shape(name string) ([]int, bool) {
	e, ok := r.entries[name]
	return slices.Clone(e.shape), ok
}

// Type returns a tensor's element type in the file, such as "F32"; "" if it does not
// exist.
func (r *Reader) Type(name string) string { return r.entries[name].dtype }

// Tensor reads one tensor and converts it to float32.
func (r *Reader) Tensor(name string) (shape []int, data []float32, err error) {
	e, err := r.find(name)
	if err != nil {
		return nil, nil, err
	}
	data = make([]float32, (e.end-e.begin)/dtypeSizes[e.dtype])
	if err := r.ReadInto(name, data); err != nil {
		return nil, nil, err
	}
	return slices.Clone(e.shape), data, nil
}

// View is Tensor without a copy, if the file and the system allow it: then data is the file
// itself, mapped into memory, whose pages are read when they are used. Writing to data does
// not change the file. It is valid until Close. If another program truncates the file
// meanwhile, the process ends; files that this package writes are replaced, never changed.
func (r *Reader) View(name string) (shape []int, data []float32, err error) {
	e, err := r.find(name)
	if err != nil {
		return nil, nil, err
	}
	mapped := r.mapping()
	begin, end := r.data+e.begin, r.data+e.end
	if mapped == nil || !tensors.InPlace(e.dtype) || begin%4 != 0 || begin == end {
		return r.Tensor(name)
	}
	return slices.Clone(e.shape), unsafe.Slice((*float32)(unsafe.Pointer(&mapped[begin])), (end-begin)/4), nil
}

// ReadInto reads a tensor into dst, which must have exactly its number of values.
func (r *Reader) ReadInto(name string, dst []float32) error {
	e, err := r.find(name)
	if err != nil {
		return err
	}
	if n := (e.end - e.begin) / dtypeSizes[e.dtype]; int64(len(dst)) != n {
		return fmt.Errorf("%s: tensor %q has %d values, expected %d", r.name, name, n, len(dst))
	}
	if err := tensors.Decode(e.dtype, io.NewSectionReader(r.source, r.data+e.begin, e.end-e.begin), dst); err != nil {
		return fmt.Errorf("%s: read tensor %q: %w", r.name, name, err)
	}
	return nil
}

func (r *Reader) find(name string) (entry, error) {
	e, ok := r.entries[name]
	if !ok {
		return e, fmt.Errorf("%s: no tensor %q among its %d", r.name, name, len(r.names))
	}
	if err := tensors.Check(e.dtype); err != nil {
		return e, fmt.Errorf("%s: tensor %q: %w", r.name, name, err)
	}
	return e, nil
}

// readFull is ReadAt, but a complete read is never reported as EOF.
func readFull(source io.ReaderAt, buf []byte, at int64) error {
	if n, err := source.ReadAt(buf, at); n < len(buf) {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func compare(a, b int64) int { return cmp.Compare(a, b) }

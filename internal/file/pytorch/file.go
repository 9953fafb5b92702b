package pytorch

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"path"
	"slices"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/file/tensors"
)

// pickleLimit is how much is read of a file's pickles at most. Those of a network with
// thousands of tensors are smaller.
const pickleLimit = 4 << 20

// File is an open PyTorch file. Many goroutines may use it at once.
type File struct {
	name    string // for errors
	close   func() error
	tensors map[string]*tensor
	names   []string
	// open opens a storage for reading.
	open func(s storage) (io.ReadCloser, error)
}

// Open opens a file written by torch.save and checks that it has named tensors. The file
// stays open until Close.
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

// NewFile reads a file of size bytes from source. Errors call it name.
func NewFile(name string, source io.ReaderAt, size int64) (*File, error) {
	f := &File{name: name}
	read := f.readLegacy
	var head [4]byte
	if _, err := source.ReadAt(head[:], 0); err == nil && string(head[:]) == "PK\x03\x04" {
		read = f.readZip
	}
	root, err := read(source, size)
	if err == nil {
		err = f.collect(root)
	}
	if err != nil {
		return nil, hint.New(
			fmt.Errorf("%s: not a PyTorch state dict: %w", name, err),
			"the file may be damaged or of another kind; torch.save(model.state_dict(), path) makes a state dict of a whole model",
		)
	}
	return f, nil
}

// Looks reports whether a file that begins with head, which has at least 16 bytes, looks
// like a PyTorch file.
func Looks(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || len(head) > 2 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5
}

// The older container has pickles of a magic number, a version, the machine's byte order and
// sizes, the tensors, and the keys of the storages. For each storage follow the number of
// its elements (eight bytes) and the elements.
const legacyVersion = 1001

var legacyMagic, _ = new(big.Int).SetString("1950a86a20f9469cfc6c", 16)

func (f *File) readLegacy(source io.ReaderAt, size int64) (any, error) {
	text := make([]byte, min(size, pickleLimit))
	if _, err := source.ReadAt(text, 0); err != nil && err != io.EOF {
		return nil, err
	}
	var pickles [5]pickle
	rest := text
	for i := range pickles {
		var err error
		if pickles[i], err = unpickle(rest); err != nil {
			return nil, err
		}
		rest = pickles[i].rest
		if magic, ok := pickles[0].value.(*big.Int); !ok || magic.Cmp(legacyMagic) != 0 {
			return nil, errors.New("it does not begin with PyTorch's magic number")
		}
	}
	if pickles[1].value != int64(legacyVersion) {
		return nil, errors.New("unknown version of the container")
	}
	keys, _ := pickles[4].value.(*list)
	if keys == nil {
		return nil, errors.New("the list of storages is missing")
	}
	places, err := legacyPlaces(source, size, int64(len(text)-len(rest)), keys.items, pickles[3].storages)
	if err != nil {
		return nil, err
	}
	f.open = func(s storage) (io.ReadCloser, error) {
		at, ok := places[s.key]
		if !ok {
			return nil, fmt.Errorf("storage %q is not in the file", s.key)
		}
		return io.NopCloser(io.NewSectionReader(source, at, s.bytes())), nil
	}
	return pickles[3].value, nil
}

// legacyPlaces finds where the elements of each storage begin.
func legacyPlaces(source io.ReaderAt, size, at int64, keys []any, storages map[string]storage) (map[string]int64, error) {
	places := map[string]int64{}
	for _, k := range keys {
		key, _ := k.(string)
		s, ok := storages[key]
		if !ok {
			return nil, fmt.Errorf("storage %q is not used by any tensor", key)
		}
		var count [8]byte
		if n, err := source.ReadAt(count[:], at); n < len(count) {
			return nil, fmt.Errorf("storage %q is truncated: %w", key, err)
		}
		if n := binary.LittleEndian.Uint64(count[:]); n != uint64(s.size) {
			return nil, fmt.Errorf("storage %q has %d elements, expected %d", key, n, s.size)
		}
		at += int64(len(count))
		if s.bytes() > size-at {
			return nil, fmt.Errorf("storage %q is truncated: %d of %d bytes are missing", key, s.bytes()-(size-at), s.bytes())
		}
		places[key] = at
		at += s.bytes()
	}
	return places, nil
}

// readZip reads the newer container: NAME/data.pkl, and NAME/data/KEY for each storage,
// uncompressed.
func (f *File) readZip(source io.ReaderAt, size int64) (any, error) {
	archive, err := zip.NewReader(source, size)
	if err != nil {
		return nil, err
	}
	entries := map[string]*zip.File{}
	for _, e := range archive.File {
		_, inside, _ := strings.Cut(e.Name, "/")
		entries[inside] = e
	}
	if order := entries["byteorder"]; order != nil {
		if text, err := readEntry(order, 16); err != nil || string(text) != "little" {
			return nil, errors.Join(fmt.Errorf("its byte order is %q, expected little", text), err)
		}
	}
	data := entries["data.pkl"]
	if data == nil {
		return nil, errors.New("the zip archive has no data.pkl")
	}
	text, err := readEntry(data, pickleLimit)
	if err != nil {
		return nil, fmt.Errorf("data.pkl: %w", err)
	}
	f.open = func(s storage) (io.ReadCloser, error) {
		e := entries[path.Join("data", s.key)]
		switch {
		case e == nil:
			return nil, fmt.Errorf("storage %q is not in the file", s.key)
		case e.Method != zip.Store || e.CompressedSize64 != e.UncompressedSize64 || e.CompressedSize64 > uint64(size):
			return nil, fmt.Errorf("storage %q is compressed, which PyTorch does not do", s.key)
		case e.UncompressedSize64 != uint64(s.bytes()):
			return nil, fmt.Errorf("storage %q has %d bytes, expected %d", s.key, e.UncompressedSize64, s.bytes())
		}
		return e.Open()
	}
	p, err := unpickle(text)
	return p.value, err
}

// readEntry reads a file in the archive, up to a limit.
func readEntry(e *zip.File, limit int64) ([]byte, error) {
	r, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, limit))
}

// wrappers are the keys under which trainers save a state dict along with other things.
var wrappers = []any{"state_dict", "model_state_dict", "model"}

// tensorsOf returns the tensors of a state dict, by name.
func tensorsOf(root any) map[string]*tensor {
	d, _ := root.(*dict)
	if d == nil {
		return nil
	}
	for _, e := range d.entries {
		if inner, ok := e.value.(*dict); ok && slices.Contains(wrappers, e.key) {
			return inner.tensors()
		}
	}
	return d.tensors()
}

// tensors returns the dict's own tensors, by name.
func (d *dict) tensors() map[string]*tensor {
	tensors := map[string]*tensor{}
	for _, e := range d.entries {
		if t, ok := e.value.(*tensor); ok {
			name, _ := e.key.(string)
			tensors[name] = t
		}
	}
	return tensors
}

// collect takes over the result of the pickle.
func (f *File) collect(root any) error {
	f.tensors = tensorsOf(root)
	if len(f.tensors) == 0 {
		return errors.New("it has no named tensors")
	}
	for name := range f.tensors {
		f.names = append(f.names, name)
	}
	slices.Sort(f.names)
	return nil
}

// Close closes the file.
func (f *File) Close() error {
	if f.close == nil {
		return nil
	}
	return f.close()
}

// Names returns a copy of the names of all tensors, sorted.
func (f *File) Names() []string { return slices.Clone(f.names) }

// Shape returns a tensor's shape, and whether the tensor exists.
func (f *File) Shape(name string) ([]int, bool) {
	t, ok := f.tensors[name]
	if !ok {
		return nil, false
	}
	shape := make([]int, len(t.shape))
	for i, d := range t.shape {
		shape[i] = int(d)
	}
	return shape, true
}

// Tensor reads a tensor, row by row, as float32.
func (f *File) Tensor(name string) (shape []int, data []float32, err error) {
	t, ok := f.tensors[name]
	if !ok {
		return nil, nil, fmt.Errorf("%s: no tensor %q among its %d", f.name, name, len(f.names))
	}
	if data, err = f.read(t); err != nil {
		return nil, nil, fmt.Errorf("%s: read tensor %q: %w", f.name, name, err)
	}
	shape, _ = f.Shape(name)
	return shape, data, nil
}

func (f *File) read(t *tensor) ([]float32, error) {
	r, err := f.open(t.storage)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if t.contiguous() {
		data := make([]float32, t.size())
		if _, err := io.CopyN(io.Discard, r, t.offset*(t.storage.bytes()/max(t.storage.size, 1))); err != nil {
			return nil, err
		}
		return data, tensors.Decode(t.storage.dtype, r, data)
	}
	whole := make([]float32, t.storage.size)
	if err := tensors.Decode(t.storage.dtype, r, whole); err != nil {
		return nil, err
	}
	return t.gather(whole), nil
}

// gather collects the elements of a tensor that are not contiguous in its storage.
func (t *tensor) gather(whole []float32) []float32 {
	data := make([]float32, t.size())
	for i := range data {
		at, rest := t.offset, int64(i)
		for axis := len(t.shape) - 1; axis >= 0; axis-- {
			at += rest % t.shape[axis] * t.stride[axis]
			rest /= t.shape[axis]
		}
		data[i] = whole[at]
	}
	return data
}

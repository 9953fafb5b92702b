package tensorflow

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/file/tensors"
)

// Pict is an open .pict file, as affinelayer's export-checkpoint.py writes it: three blocks,
// each after its length (four bytes, big-endian). They have the tensors' names and shapes in
// JSON, 256 numbers, and for each weight one byte that is an index into these numbers.
type Pict struct {
	name     string
	source   io.ReaderAt
	close    func() error
	codebook [256]float32
	entries  map[string]pictEntry
	names    []string
}

type pictEntry struct {
	shape         []int
	offset, count int64
}

// pictListLimit is the size of the longest list of tensors that is read.
const pictListLimit = 1 << 20

// OpenPict opens a .pict file, which stays open until Close.
func OpenPict(path string) (*Pict, error) {
	f, size, err := tensors.Open(path)
	if err != nil {
		return nil, err
	}
	p := &Pict{name: path, source: f, close: f.Close, entries: map[string]pictEntry{}}
	if err := p.read(size); err != nil {
		return nil, hint.New(
			errors.Join(fmt.Errorf("%s: not a .pict file: %w", path, err), f.Close()),
			"the file may be damaged or of another kind; compare its size with the original's, or download it again",
		)
	}
	return p, nil
}

// LooksPict reports whether a file that begins with head may be a .pict file.
func LooksPict(head []byte) bool {
	return len(head) > 5 && head[0] == 0 && bytes.HasPrefix(head[4:], []byte("["))
}

func (p *Pict) read(size int64) error {
	list, at, err := p.block(0, size, pictListLimit)
	if err != nil {
		return err
	}
	book, at, err := p.block(at, size, int64(4*len(p.codebook)))
	if err != nil {
		return err
	}
	if len(book) != 4*len(p.codebook) {
		return fmt.Errorf("its table of numbers has %d bytes, expected %d", len(book), 4*len(p.codebook))
	}
	for i := range p.codebook {
		p.codebook[i] = math.Float32frombits(binary.LittleEndian.Uint32(book[4*i:]))
	}
	var length [4]byte
	if _, err := p.source.ReadAt(length[:], at); err != nil {
		return cutOff(err)
	}
	at += int64(len(length))
	if n := int64(binary.BigEndian.Uint32(length[:])); n != size-at {
		return fmt.Errorf("it has %d bytes of weights, expected %d", size-at, n)
	}
	return p.list(list, at, size)
}

// block reads a block of at most limit bytes.
func (p *Pict) block(at, size, limit int64) ([]byte, int64, error) {
	var length [4]byte
	if _, err := p.source.ReadAt(length[:], at); err != nil {
		return nil, 0, cutOff(err)
	}
	at += int64(len(length))
	n := int64(binary.BigEndian.Uint32(length[:]))
	if n > limit || n > size-at {
		return nil, 0, fmt.Errorf("invalid block of %d bytes", n)
	}
	b := make([]byte, n)
	_, err := p.source.ReadAt(b, at)
	return b, at + n, cutOff(err)
}

func cutOff(err error) error {
	if err == io.EOF {
		return errCutOff
	}
	return err
}

// list reads names and shapes; the weights are in the same order.
func (p *Pict) list(text []byte, at, size int64) error {
	var list []struct {
		Name  string `json:"name"`
		Shape []int  `json:"shape"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	for _, e := range list {
		w := weight{shape: e.Shape, dtype: "U8"}
		if err := w.count64(); err != nil {
			return fmt.Errorf("%q: %w", e.Name, err)
		}
		if w.count > size-at {
			return fmt.Errorf("%q: %w", e.Name, errCutOff)
		}
		if _, twice := p.entries[e.Name]; twice {
			return fmt.Errorf("%q appears twice", e.Name)
		}
		p.entries[e.Name] = pictEntry{e.Shape, at, w.count}
		p.names = append(p.names, e.Name)
		at += w.count
	}
	if at != size {
		return fmt.Errorf("%d bytes follow the last tensor", size-at)
	}
	slices.Sort(p.names)
	return nil
}

// Names returns a copy of the names of all tensors, sorted.
func (p *Pict) Names() []string { return slices.Clone(p.names) }

// Shape returns a tensor's shape, and whether the tensor exists.
func (p *Pict) Shape(name string) ([]int, bool) {
	e, ok := p.entries[name]
	return slices.Clone(e.shape), ok
}

// Tensor reads a tensor.
func (p *Pict) Tensor(name string) (shape []int, data []float32, err error) {
	e, ok := p.entries[name]
	if !ok {
		return nil, nil, fmt.Errorf("%s: no tensor %q among its %d", p.name, name, len(p.names))
	}
	indices := make([]byte, e.count)
	if _, err := p.source.ReadAt(indices, e.offset); err != nil && len(indices) > 0 {
		return nil, nil, fmt.Errorf("%s: read tensor %q: %w", p.name, name, cutOff(err))
	}
	data = make([]float32, e.count)
	for i, index := range indices {
		data[i] = p.codebook[index]
	}
	return slices.Clone(e.shape), data, nil
}

// Close closes the file.
func (p *Pict) Close() error { return p.close() }

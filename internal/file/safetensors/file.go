package safetensors

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// Tensor is a named array of float32, row by row (the last index runs fastest).
// An empty Shape is a scalar: one value.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// File is a whole safetensors file in memory, as [Load] returns it.
type File struct {
	Metadata map[string]string
	Tensors  []Tensor // sorted by name
}

// maxHeader is the longest header, in bytes, that the format's reference implementation
// accepts. It limits the memory that a damaged file can make us allocate.
const maxHeader = 100_000_000

// metadataKey is the one name in a header that is not a tensor.
const metadataKey = "__metadata__"

// dtypeSizes lists the element types of the format with their sizes in bytes. A header may
// have any of them; [Reader.Tensor] converts the floating-point ones.
var dtypeSizes = map[string]int64{
	"BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1,
	"U16": 2, "I16": 2, "F16": 2, "BF16": 2,
	"U32": 4, "I32": 4, "F32": 4,
	"U64": 8, "I64": 8, "F64": 8,
}

// elements is the number of values of a shape; 1 for the empty shape.
func elements(shape []int) (int64, error) {
	n := uint64(1)
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("shape %v has a negative size", shape)
		}
		hi, lo := bits.Mul64(n, uint64(d))
		if hi != 0 || lo > math.MaxInt64/8 {
			// A later zero would make the product small again, but such a shape is a
			// mistake.
			return 0, fmt.Errorf("shape %v is too large", shape)
		}
		n = lo
	}
	return int64(n), nil
}

// Load reads a whole file. Use [Open] if only some tensors are needed.
func Load(path string) (*File, error) {
	r, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	f := &File{Metadata: r.Metadata()}
	for _, name := range r.Names() {
		shape, data, err := r.Tensor(name)
		if err != nil {
			return nil, err
		}
		f.Tensors = append(f.Tensors, Tensor{name, shape, data})
	}
	return f, nil
}

// byName returns the tensors sorted by name, without changing its argument.
func byName(tensors []Tensor) []Tensor {
	sorted := slices.Clone(tensors)
	slices.SortStableFunc(sorted, func(a, b Tensor) int {
		switch {
		case a.Name < b.Name:
			return -1
		case a.Name > b.Name:
			return 1
		}
		return 0
	})
	return sorted
}

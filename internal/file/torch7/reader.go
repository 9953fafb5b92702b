package torch7

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// The types of Torch's serialisation (torch7/File.lua).
const (
	typeNil               = 0
	typeNumber            = 1
	typeString            = 2
	typeTable             = 3
	typeTorch             = 4
	typeBoolean           = 5
	typeFunction          = 6 // without an index
	typeOldFunction       = 7
	typeRecursiveFunction = 8
)

const (
	// depthLimit is how deeply values may be nested. A graph of nngraph follows its edges,
	// about four values per node.
	depthLimit = 5000
	// stringLimit is the size of the longest text; code of functions is skipped.
	stringLimit = 1 << 16
	maxRank     = 16
)

// reader reads values one after the other. After the first error all values are nil.
type reader struct {
	source io.ReaderAt
	size   int64
	long   int // bytes of a long integer
	at     int64
	seen   map[int32]any
	window []byte // a part of the file, starting at start
	start  int64
	err    error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("byte %d: "+format, append([]any{r.at}, args...)...)
	}
}

var errCutOff = errors.New("it is truncated")

// windowBytes is how much of the file is read at a time.
const windowBytes = 1 << 16

// take returns the next n bytes, at most stringLimit; they are valid until the next call.
func (r *reader) take(n int64) []byte {
	if r.err != nil || n < 0 || n > stringLimit || n > r.size-r.at {
		r.fail("%w", errCutOff)
		return make([]byte, 8)
	}
	if from := r.at - r.start; from < 0 || from+n > int64(len(r.window)) {
		r.window = make([]byte, min(windowBytes, r.size-r.at))
		r.start = r.at
		if got, err := r.source.ReadAt(r.window, r.at); got < len(r.window) {
			r.fail("%w", err)
			return make([]byte, max(n, 8))
		}
	}
	b := r.window[r.at-r.start:][:n]
	r.at += n
	return b
}

// skip skips n bytes.
func (r *reader) skip(n int64) {
	if n < 0 || n > r.size-r.at {
		r.fail("%w", errCutOff)
		return
	}
	r.at += n
}

func (r *reader) int32() int32 { return int32(binary.LittleEndian.Uint32(r.take(4))) }

func (r *reader) integer() int64 {
	if r.long == 4 {
		return int64(r.int32())
	}
	return int64(binary.LittleEndian.Uint64(r.take(8)))
}

func (r *reader) text() string { return string(r.take(int64(r.int32()))) }

// value reads a value, at the given depth.
func (r *reader) value(depth int) any {
	if depth > depthLimit {
		r.fail("values are nested more than %d deep", depthLimit)
	}
	if r.err != nil {
		return nil
	}
	switch t := r.int32(); t {
	case typeNil:
	case typeNumber:
		return math.Float64frombits(binary.LittleEndian.Uint64(r.take(8)))
	case typeString:
		return r.text()
	case typeBoolean:
		return r.int32() == 1
	case typeTable:
		return r.once(func(put func(any)) { r.table(put, depth) })
	case typeTorch:
		return r.once(func(put func(any)) { r.object(put, depth) })
	case typeOldFunction, typeRecursiveFunction:
		return r.once(func(put func(any)) { put(Function{}); r.function(depth) })
	case typeFunction:
		r.function(depth)
		return Function{}
	default:
		r.fail("unknown type of value %d", t)
	}
	return nil
}

// once reads a value's index and, if it is new, the value. read stores the value under its
// index before it reads the contents, which may refer to it.
func (r *reader) once(read func(put func(any))) any {
	number := r.int32()
	if r.err != nil {
		return nil
	}
	if v, ok := r.seen[number]; ok {
		return v
	}
	read(func(v any) { r.seen[number] = v })
	return r.seen[number]
}

// function skips the code, and the values that the function has captured.
func (r *reader) function(depth int) {
	r.skip(int64(r.int32()))
	r.value(depth + 1)
}

func (r *reader) table(put func(any), depth int) {
	t := &Table{}
	put(t)
	for n := r.int32(); n > 0 && r.err == nil; n-- {
		key := r.value(depth + 1)
		t.add(key, r.value(depth+1))
	}
}

// kinds are the element types of tensors and storages, by the name of their class without
// "torch." and "Tensor" or "Storage". A long integer has the size of the system that wrote it.
var kinds = map[string]kind{
	"Float": {"F32", 4}, "Cuda": {"F32", 4}, "Double": {"F64", 8}, "CudaDouble": {"F64", 8}, "Half": {"F16", 2}, "CudaHalf": {"F16", 2},
	"Byte": {"U8", 1}, "Char": {"I8", 1}, "Short": {"I16", 2}, "Int": {"I32", 4}, "Long": {"I64", 8}, "CudaLong": {"I64", 8}, "CudaInt": {"I32", 4},
	"CudaByte": {"U8", 1}, "CudaChar": {"I8", 1}, "CudaShort": {"I16", 2},
}

func (r *reader) object(put func(any), depth int) {
	class := r.text()
	if strings.HasPrefix(class, "V ") {
		class = r.text()
	}
	short, torch := strings.CutPrefix(class, "torch.")
	name, isTensor := strings.CutSuffix(short, "Tensor")
	if _, ok := kinds[name]; torch && isTensor && ok {
		t := &Tensor{} // its storage has the element type
		put(t)
		r.tensor(t, depth)
		return
	}
	name, isStorage := strings.CutSuffix(short, "Storage")
	if k, ok := kinds[name]; torch && isStorage && ok {
		put(r.storage(k))
		return
	}
	o := &Object{Class: class}
	put(o)
	if strings.HasPrefix(class, "tds.") {
		r.tds(o, class, depth)
		return
	}
	o.value = r.value(depth + 1)
}

// tds reads a hash or vector of the tds library, whose contents have no indices.
func (r *reader) tds(o *Object, class string, depth int) {
	t := &Table{}
	o.value = t
	n := r.integer()
	for i := int64(1); i <= n && r.err == nil; i++ {
		key := any(float64(i))
		if strings.HasSuffix(strings.ToLower(class), "hash") {
			key = r.value(depth + 1)
		}
		t.add(key, r.value(depth+1))
	}
}

func (r *reader) storage(k kind) *storage {
	if k.name == "I64" {
		k.size = int64(r.long)
	}
	count := r.integer()
	if count < 0 || count > (r.size-r.at)/k.size {
		r.fail("storage of %d elements: %w", count, errCutOff)
		return &storage{}
	}
	s := &storage{k, r.at, count}
	r.skip(count * k.size)
	return s
}

func (r *reader) tensor(t *Tensor, depth int) {
	rank := r.int32()
	if rank < 0 || rank > maxRank {
		r.fail("invalid tensor with %d axes", rank)
		return
	}
	shape, stride := make([]int, rank), make([]int64, rank)
	for i := range shape {
		n := r.integer()
		if shape[i] = int(n); n < 0 || int64(shape[i]) != n {
			r.fail("invalid tensor with an axis of size %d", n)
		}
	}
	for i := range stride {
		stride[i] = r.integer()
	}
	offset := r.integer() - 1
	s, _ := r.value(depth + 1).(*storage)
	if r.err != nil {
		return
	}
	t.Shape, t.stride, t.offset, t.storage = shape, stride, offset, s
	if err := t.check(); err != nil {
		r.fail("%w", err)
	}
}

// check refuses a tensor that reaches beyond its storage, or has more elements than it.
func (t *Tensor) check() error {
	for _, d := range t.Shape {
		if d == 0 {
			t.Shape, t.stride = []int{0}, []int64{1}
		}
	}
	if len(t.Shape) == 0 || t.Shape[0] == 0 {
		return nil
	}
	if t.storage == nil || t.offset < 0 {
		return errors.New("the tensor has no storage")
	}
	last, count := float64(t.offset), 1.0 // floating point cannot overflow here
	for i, n := range t.Shape {
		if t.stride[i] < 0 {
			return errors.New("the tensor has a negative stride")
		}
		last += float64(n-1) * float64(t.stride[i])
		count *= float64(n)
	}
	if size := float64(t.storage.count); last >= size || count > size {
		return fmt.Errorf("a tensor of shape %v with strides %v does not fit its storage of %d elements", t.Shape, t.stride, t.storage.count)
	}
	return nil
}

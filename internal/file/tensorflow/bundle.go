package tensorflow

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"math/bits"
	"os"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"easel/internal/base/hint"
	"easel/internal/file/tensors"
)

// indexLimit is the size of the longest index that is read.
const indexLimit = 64 << 20

// indexEnding is the extension of the file that stands for a checkpoint.
const indexEnding = ".index"

// types are the element types of tensors, with their names in package tensors and their
// sizes in bytes.
var types = map[uint64]struct {
	name string
	size uint64
}{
	1: {"F32", 4}, 2: {"F64", 8}, 3: {"I32", 4}, 4: {"U8", 1}, 5: {"I16", 2}, 6: {"I8", 1}, 9: {"I64", 8},
	10: {"BOOL", 1}, 14: {"BF16", 2}, 17: {"U16", 2}, 19: {"F16", 2}, 22: {"U32", 4}, 23: {"U64", 8},
}

// stored is the index's description of a tensor.
type stored struct {
	dtype        uint64
	shape        []int
	elements     uint64
	shard        uint64
	offset, size uint64
	crc          uint32
	sliced       bool
}

// Bundle is an open checkpoint: PREFIX.index and PREFIX.data-00000-of-00001, …. Many
// goroutines may use it at once.
type Bundle struct {
	name    string // of the index, for errors
	tensors map[string]stored
	names   []string
	shards  []*os.File
	sizes   []uint64 // of the shards
}

// OpenBundle opens a checkpoint by its prefix or its index file. Its data files stay open
// until Close.
func OpenBundle(path string) (*Bundle, error) {
	prefix := strings.TrimSuffix(path, indexEnding)
	b := &Bundle{name: prefix + indexEnding}
	if err := b.open(prefix); err != nil {
		return nil, hint.New(
			errors.Join(fmt.Errorf("%s: not a TensorFlow checkpoint: %w", b.name, err), b.Close()),
			"a checkpoint is PREFIX.index and PREFIX.data-00000-of-00001 in one folder; download all of its files",
		)
	}
	return b, nil
}

func (b *Bundle) open(prefix string) error {
	data, err := readLimited(b.name, indexLimit)
	if err != nil {
		return err
	}
	shards, err := b.readIndex(data)
	if err != nil {
		return err
	}
	for i := range shards {
		f, size, err := tensors.Open(fmt.Sprintf("%s.data-%05d-of-%05d", prefix, i, shards))
		if err != nil {
			return err
		}
		b.shards, b.sizes = append(b.shards, f), append(b.sizes, uint64(size))
	}
	return b.checkPlaces()
}

// shardLimit limits how many files a checkpoint can make us open.
const shardLimit = 256

// readIndex fills tensors, and returns the number of data files.
func (b *Bundle) readIndex(data []byte) (int, error) {
	all, err := readTable(data)
	if err != nil {
		return 0, err
	}
	if len(all) == 0 || all[0].key != "" {
		return 0, errors.New("its header is missing")
	}
	header, err := fields(all[0].value)
	if err != nil {
		return 0, fmt.Errorf("header: %w", err)
	}
	shards := header.number(1)
	if shards < 1 || shards > shardLimit {
		return 0, fmt.Errorf("it has %d data files", shards)
	}
	if header.number(2) != 0 {
		return 0, errors.New("its numbers are big-endian")
	}
	b.tensors = map[string]stored{}
	for _, p := range all[1:] {
		t, err := readEntry(p.value)
		if err == nil && t.shard >= shards {
			err = fmt.Errorf("data file %d of %d", t.shard, shards)
		}
		if err != nil {
			return 0, fmt.Errorf("%q: %w", p.key, err)
		}
		if _, numeric := types[t.dtype]; !numeric || t.sliced {
			continue // texts, and variables in pieces, which our networks do not have
		}
		if _, twice := b.tensors[p.key]; twice {
			return 0, fmt.Errorf("%q appears twice", p.key)
		}
		b.tensors[p.key] = t
		b.names = append(b.names, p.key)
	}
	slices.Sort(b.names)
	return int(shards), nil
}

// checkPlaces compares the places of the tensors with the sizes of the data files.
func (b *Bundle) checkPlaces() error {
	for _, name := range b.names {
		t := b.tensors[name]
		if size := b.sizes[t.shard]; t.offset > size || t.size > size-t.offset {
			return fmt.Errorf("%q: %s is truncated", name, b.shards[t.shard].Name())
		}
	}
	return nil
}

// message is the fields of a protocol buffer message by number: all of them for bytes, the
// last one for other kinds.
type message struct {
	numbers map[protowire.Number]uint64
	bytes   map[protowire.Number][][]byte
}

func (m message) number(n protowire.Number) uint64 { return m.numbers[n] }

// fields reads a message one level deep.
func fields(b []byte) (message, error) {
	m := message{map[protowire.Number]uint64{}, map[protowire.Number][][]byte{}}
	for len(b) > 0 {
		num, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return m, protowire.ParseError(n)
		}
		b = b[n:]
		switch kind {
		case protowire.VarintType:
			m.numbers[num], n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(b)
			m.numbers[num] = uint64(v)
		case protowire.BytesType:
			var v []byte
			v, n = protowire.ConsumeBytes(b)
			m.bytes[num] = append(m.bytes[num], v)
		default:
			n = protowire.ConsumeFieldValue(num, kind, b)
		}
		if n < 0 {
			return m, protowire.ParseError(n)
		}
		b = b[n:]
	}
	return m, nil
}

// readEntry reads the index's description of a tensor (tensor_bundle.proto).
func readEntry(b []byte) (stored, error) {
	m, err := fields(b)
	if err != nil {
		return stored{}, err
	}
	t := stored{
		dtype: m.number(1), shard: m.number(3), offset: m.number(4), size: m.number(5), crc: uint32(m.number(6)),
		sliced: len(m.bytes[7]) > 0, elements: 1,
	}
	for _, shape := range m.bytes[2] {
		s, err := fields(shape)
		if err != nil {
			return t, err
		}
		for _, dim := range s.bytes[2] {
			d, err := fields(dim)
			if err != nil {
				return t, err
			}
			if t.elements, err = times(t.elements, d.number(1)); err != nil || len(t.shape) == maxRank {
				return t, errors.New("invalid shape")
			}
			t.shape = append(t.shape, int(d.number(1)))
		}
	}
	if kind, numeric := types[t.dtype]; numeric && !t.sliced && t.size != t.elements*kind.size {
		return t, fmt.Errorf("a tensor of type %s and shape %v cannot have %d bytes", kind.name, t.shape, t.size)
	}
	return t, nil
}

// maxRank is the largest number of axes.
const maxRank = 16

// times multiplies the sizes of a shape.
func times(a, b uint64) (uint64, error) {
	high, low := bits.Mul64(a, b)
	if high != 0 || low > math.MaxInt64/16 {
		return 0, errors.New("too large")
	}
	return low, nil
}

// Names returns a copy of the names of all tensors of numbers, sorted.
func (b *Bundle) Names() []string { return slices.Clone(b.names) }

// Shape returns a tensor's shape, and whether the tensor exists.
func (b *Bundle) Shape(name string) ([]int, bool) {
	t, ok := b.tensors[name]
	return slices.Clone(t.shape), ok
}

// Tensor reads a tensor, row by row, checks its checksum and converts it to float32.
// Tensors of integers are an error.
func (b *Bundle) Tensor(name string) (shape []int, data []float32, err error) {
	t, ok := b.tensors[name]
	if !ok {
		return nil, nil, fmt.Errorf("%s: no tensor %q among its %d", b.name, name, len(b.names))
	}
	hash := crc32.New(castagnoli)
	source := io.TeeReader(io.NewSectionReader(b.shards[t.shard], int64(t.offset), int64(t.size)), hash)
	data = make([]float32, t.elements)
	err = tensors.Decode(types[t.dtype].name, source, data)
	if err == nil && masked(hash.Sum32()) != t.crc {
		err = errors.New("its checksum is wrong: the file is damaged")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: read tensor %q: %w", b.name, name, err)
	}
	return slices.Clone(t.shape), data, nil
}

// Close closes the files.
func (b *Bundle) Close() error {
	var errs []error
	for _, f := range b.shards {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

// readLimited reads a whole file that must not be longer than limit.
func readLimited(path string, limit int64) ([]byte, error) {
	f, size, err := tensors.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > limit {
		return nil, fmt.Errorf("it has %d bytes; at most %d are read", size, limit)
	}
	return io.ReadAll(io.LimitReader(f, limit))
}

package pytorch

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strconv"

	"easel/internal/file/atomicfile"
	"easel/internal/file/tensors"
)

// Tensor is a named array of numbers, row by row.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// WriteOptions say how numbers are written.
type WriteOptions struct {
	// Half writes them as float16, rounded to nearest.
	Half bool
}

// Write writes a state dict in the zip container: an OrderedDict of tensors in the given
// order, which torch.load reads with weights_only=True. An existing file is replaced only
// when the new one is complete.
func Write(path string, list []Tensor, o WriteOptions) error {
	known := map[string]bool{}
	for _, t := range list {
		count := 1
		for _, d := range t.Shape {
			count *= d
		}
		if known[t.Name] || count != len(t.Data) {
			return fmt.Errorf("write %s: tensor %q appears twice, or its number of values does not match its shape %v", path, t.Name, t.Shape)
		}
		known[t.Name] = true
	}
	return atomicfile.Write(path, func(w io.Writer) error { return writeZip(w, list, o) })
}

// alignment is that of storages in PyTorch's files, in bytes.
const alignment = 64

// archiveWriter writes uncompressed files, and counts bytes.
type archiveWriter struct {
	zip *zip.Writer
	out *countingWriter
}

type countingWriter struct {
	io.Writer
	count int64
}

func (w *countingWriter) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	w.count += int64(n)
	return n, err
}

func writeZip(w io.Writer, list []Tensor, o WriteOptions) error {
	out := &countingWriter{Writer: w}
	a := archiveWriter{zip.NewWriter(out), out}
	if err := a.add("archive/data.pkl", pickled(list, o)); err != nil {
		return err
	}
	if err := a.add("archive/byteorder", []byte("little")); err != nil {
		return err
	}
	for i, t := range list {
		var raw []byte
		if o.Half {
			raw = tensors.EncodeHalf(t.Data)
		} else {
			var b bytes.Buffer
			b.Grow(4 * len(t.Data))
			if err := tensors.Encode(&b, t.Data); err != nil {
				return err
			}
			raw = b.Bytes()
		}
		if err := a.add("archive/data/"+strconv.Itoa(i), raw); err != nil {
			return err
		}
	}
	if err := a.add("archive/version", []byte("3\n")); err != nil {
		return err
	}
	return a.zip.Close()
}

// add writes a file with its size and checksum in front, as PyTorch does, and with padding
// so that its contents are aligned.
func (a archiveWriter) add(name string, data []byte) error {
	if err := a.zip.Flush(); err != nil {
		return err
	}
	const localHeader, extraHeader = 30, 4
	begin := a.out.count + int64(localHeader+len(name)+extraHeader)
	padding := (alignment - begin%alignment) % alignment
	extra := binary.LittleEndian.AppendUint16([]byte("FB"), uint16(padding))
	extra = append(extra, make([]byte, padding)...)
	size := uint64(len(data))
	w, err := a.zip.CreateRaw(&zip.FileHeader{
		Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(data), Extra: extra,
		CompressedSize64: size, UncompressedSize64: size,
	})
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// pickled is the dict as a pickle: an OrderedDict whose values are views, one per storage.
func pickled(list []Tensor, o WriteOptions) []byte {
	class := "FloatStorage"
	if o.Half {
		class = "HalfStorage"
	}
	p := &pickler{}
	p.raw("\x80\x02ccollections\nOrderedDict\n)R(")
	for i, t := range list {
		p.text(t.Name)
		p.raw("ctorch._utils\n_rebuild_tensor_v2\n((")
		p.text("storage")
		p.raw("ctorch\n" + class + "\n")
		p.text(strconv.Itoa(i))
		p.text("cpu")
		p.integer(len(t.Data))
		p.raw("tQK\x00")
		p.tuple(t.Shape)
		p.tuple(strides(t.Shape))
		p.raw("\x89ccollections\nOrderedDict\n)RtR") // requires_grad is false, no hooks
	}
	p.raw("u.")
	return p.b.Bytes()
}

func strides(shape []int) []int {
	s := make([]int, len(shape))
	step := 1
	for i := len(shape) - 1; i >= 0; i-- {
		s[i] = step
		step *= shape[i]
	}
	return s
}

type pickler struct{ b bytes.Buffer }

func (p *pickler) raw(s string) { p.b.WriteString(s) }

func (p *pickler) text(s string) {
	p.b.WriteByte('X')
	_ = binary.Write(&p.b, binary.LittleEndian, uint32(len(s)))
	p.b.WriteString(s)
}

func (p *pickler) integer(v int) {
	if v <= math.MaxInt32 {
		p.b.WriteByte('J')
		_ = binary.Write(&p.b, binary.LittleEndian, int32(v))
		return
	}
	p.raw("\x8a\x08")
	_ = binary.Write(&p.b, binary.LittleEndian, int64(v))
}

func (p *pickler) tuple(values []int) {
	p.b.WriteByte('(')
	for _, v := range values {
		p.integer(v)
	}
	p.b.WriteByte('t')
}

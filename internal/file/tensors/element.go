package tensors

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"unsafe"
)

// chunkBytes is how many bytes of a tensor are converted at a time. It is a multiple of
// every element size.
const chunkBytes = 1 << 18

// littleEndian says whether float32 values have the same bytes in memory as in files.
var littleEndian = func() bool {
	one := uint16(1)
	return *(*byte)(unsafe.Pointer(&one)) == 1
}()

// InPlace reports whether values of this type can be used as float32 without conversion.
func InPlace(dtype string) bool { return dtype == "F32" && littleEndian }

// memory is the memory of a float32 slice, as bytes.
func memory(values []float32) []byte {
	if len(values) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&values[0])), 4*len(values))
}

// sizes are the bytes per element of the types that become float32.
var sizes = map[string]int{"F32": 4, "F16": 2, "BF16": 2, "F64": 8}

// Check reports a type that [Decode] cannot convert.
func Check(dtype string) error {
	if sizes[dtype] == 0 {
		return fmt.Errorf("unsupported element type %s; only F32, F16, BF16 and F64 can be read", dtype)
	}
	return nil
}

// Decode fills dst with little-endian values of type F32, F16, BF16 or F64. Any other type
// is an error.
func Decode(dtype string, source io.Reader, dst []float32) error {
	if err := Check(dtype); err != nil {
		return err
	}
	if InPlace(dtype) {
		_, err := io.ReadFull(source, memory(dst))
		return noEOF(err)
	}
	size := sizes[dtype]
	buf := make([]byte, min(chunkBytes, len(dst)*size))
	for len(dst) > 0 {
		n := min(len(dst), len(buf)/size)
		if _, err := io.ReadFull(source, buf[:n*size]); err != nil {
			return noEOF(err)
		}
		convert(dtype, buf, dst[:n])
		dst = dst[n:]
	}
	return nil
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func convert(dtype string, src []byte, dst []float32) {
	switch dtype {
	case "F32":
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
		}
	case "F16":
		for i := range dst {
			dst[i] = halfToFloat(binary.LittleEndian.Uint16(src[2*i:]))
		}
	case "BF16":
		for i := range dst {
			dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(src[2*i:])) << 16)
		}
	case "F64":
		for i := range dst {
			dst[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:])))
		}
	}
}

// halfToFloat converts IEEE 754 binary16, exactly.
func halfToFloat(h uint16) float32 {
	sign := uint32(h>>15) << 31
	exponent, fraction := uint32(h>>10)&31, uint32(h)&1023
	switch exponent {
	case 0: // zero and subnormal: fraction · 2⁻²⁴
		v := float32(fraction) * (1.0 / (1 << 24))
		return math.Float32frombits(math.Float32bits(v) | sign)
	case 31: // infinity and NaN
		return math.Float32frombits(sign | 255<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}

// Encode writes values as F32, little-endian.
func Encode(w io.Writer, values []float32) error {
	if littleEndian {
		_, err := w.Write(memory(values))
		return err
	}
	buf := make([]byte, min(chunkBytes, 4*len(values)))
	for len(values) > 0 {
		n := min(len(values), len(buf)/4)
		for i, v := range values[:n] {
			binary.LittleEndian.PutUint32(buf[4*i:], math.Float32bits(v))
		}
		if _, err := w.Write(buf[:4*n]); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

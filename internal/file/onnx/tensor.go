package onnx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"easel/internal/file/tensors"
)

// Tensor is a named array of numbers.
type Tensor struct {
	Name  string
	Type  DataType
	Shape []int64
	// Raw is the numbers, little-endian, row by row.
	Raw []byte
}

// maxElements limits the product of a shape.
const maxElements = math.MaxInt64 / 16

// elements is the number of values.
func (t Tensor) elements() (int64, error) {
	n := int64(1)
	for _, d := range t.Shape {
		if d < 0 || d > 0 && n > maxElements/d {
			return 0, fmt.Errorf("tensor %q has the invalid shape %v", t.Name, t.Shape)
		}
		n *= d
	}
	return n, nil
}

// check compares the number of bytes with the shape.
func (t Tensor) check() error {
	n, err := t.elements()
	if err != nil {
		return err
	}
	kind, ok := types[t.Type]
	if ok && int64(len(t.Raw)) != n*int64(kind.size) {
		return fmt.Errorf("tensor %q of shape %v has %d bytes, expected %d", t.Name, t.Shape, len(t.Raw), n*int64(kind.size))
	}
	return nil
}

// Floats returns the numbers as float32. Types that are not floating-point are an error.
func (t Tensor) Floats() ([]float32, error) {
	kind, ok := types[t.Type]
	if !ok {
		return nil, fmt.Errorf("tensor %q has elements of the unknown type %d", t.Name, t.Type)
	}
	n, err := t.elements()
	if err != nil {
		return nil, err
	}
	data := make([]float32, n)
	if err := tensors.Decode(kind.name, bytes.NewReader(t.Raw), data); err != nil {
		return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
	}
	return data, nil
}

// Ints returns the numbers of a tensor of 64-bit, 32-bit or 8-bit integers.
func (t Tensor) Ints() ([]int64, error) {
	switch t.Type {
	case Int64:
		list := make([]int64, len(t.Raw)/8)
		for i := range list {
			list[i] = int64(binary.LittleEndian.Uint64(t.Raw[8*i:]))
		}
		return list, nil
	case Int32:
		list := make([]int64, len(t.Raw)/4)
		for i := range list {
			list[i] = int64(int32(binary.LittleEndian.Uint32(t.Raw[4*i:])))
		}
		return list, nil
	case Int8:
		list := make([]int64, len(t.Raw))
		for i, b := range t.Raw {
			list[i] = int64(int8(b))
		}
		return list, nil
	case Uint8:
		list := make([]int64, len(t.Raw))
		for i, b := range t.Raw {
			list[i] = int64(b)
		}
		return list, nil
	}
	return nil, fmt.Errorf("tensor %q does not have integers", t.Name)
}

// FloatTensor makes a tensor of float32.
func FloatTensor(name string, data []float32, shape ...int) Tensor {
	return Tensor{name, Float32, sizes(shape), bits(data)}
}

// IntTensor makes a tensor of 64-bit integers with one axis.
func IntTensor(name string, values ...int64) Tensor {
	raw := make([]byte, 0, 8*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return Tensor{name, Int64, []int64{int64(len(values))}, raw}
}

// HalfTensor makes a tensor of float16, rounded to nearest.
func HalfTensor(name string, data []float32, shape ...int) Tensor {
	return Tensor{name, Float16, sizes(shape), tensors.EncodeHalf(data)}
}

// ByteTensor makes a tensor of 8-bit integers.
func ByteTensor(name string, data []int8, shape ...int) Tensor {
	raw := make([]byte, len(data))
	for i, v := range data {
		raw[i] = byte(v)
	}
	return Tensor{name, Int8, sizes(shape), raw}
}

func sizes(shape []int) []int64 {
	s := make([]int64, len(shape))
	for i, d := range shape {
		s[i] = int64(d)
	}
	return s
}

func bits(data []float32) []byte {
	raw := make([]byte, 0, 4*len(data))
	for _, v := range data {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return raw
}

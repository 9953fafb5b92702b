package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"easel/internal/base/hint"
	"easel/internal/file/tensors"
)

// sizeLimit is the size of the largest file, a limit of protocol buffers.
const sizeLimit = math.MaxInt32

// Open reads a file.
func Open(path string) (*Model, error) {
	f, size, err := tensors.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > sizeLimit {
		return nil, fmt.Errorf("%s is larger than the two gigabytes that ONNX allows", path)
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	m, err := Parse(data)
	if err != nil {
		return nil, hint.New(
			fmt.Errorf("%s: not an ONNX model: %w", path, err),
			"the file may be damaged or of another kind; compare its size with the original's, or download it again",
		)
	}
	return m, nil
}

// Parse reads a model from its bytes, which the model refers to.
func Parse(data []byte) (*Model, error) {
	m := &Model{}
	hasGraph := false
	err := each(data, func(f field) (err error) {
		switch f.number {
		case 1:
			m.IRVersion = int64(f.varint)
		case 2:
			m.Producer = string(f.bytes)
		case 3:
			m.ProducerVersion = string(f.bytes)
		case 7:
			hasGraph = true
			m.Graph, err = parseGraph(f.bytes)
		case 8:
			err = m.parseOpset(f.bytes)
		case 14:
			err = m.parseProperty(f.bytes)
		}
		return err
	})
	if err == nil && !hasGraph {
		err = errors.New("it has no graph")
	}
	return m, err
}

func (m *Model) parseOpset(b []byte) error {
	domain, version := "", int64(0)
	err := each(b, func(f field) error {
		switch f.number {
		case 1:
			domain = string(f.bytes)
		case 2:
			version = int64(f.varint)
		}
		return nil
	})
	if domain == "" || domain == "ai.onnx" {
		m.Opset = version
	}
	return err
}

func (m *Model) parseProperty(b []byte) error {
	var p Property
	err := each(b, func(f field) error {
		switch f.number {
		case 1:
			p.Key = string(f.bytes)
		case 2:
			p.Value = string(f.bytes)
		}
		return nil
	})
	m.Metadata = append(m.Metadata, p)
	return err
}

// field is a field of a message; its kind says which value it has.
type field struct {
	number protowire.Number
	kind   protowire.Type
	varint uint64
	bytes  []byte
}

// each calls do with the fields of a message, in order.
func each(b []byte, do func(field) error) error {
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		f := field{number: number, kind: kind}
		switch kind {
		case protowire.VarintType:
			f.varint, n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(b)
			f.varint = uint64(v)
		case protowire.Fixed64Type:
			f.varint, n = protowire.ConsumeFixed64(b)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(b)
		default:
			return errors.New("unknown kind of field")
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		if err := do(f); err != nil {
			return err
		}
	}
	return nil
}

func parseGraph(b []byte) (Graph, error) {
	var g Graph
	err := each(b, func(f field) error {
		switch f.number {
		case 1:
			n, err := parseNode(f.bytes)
			g.Nodes = append(g.Nodes, n)
			return err
		case 2:
			g.Name = string(f.bytes)
		case 5:
			t, err := parseTensor(f.bytes)
			g.Initializers = append(g.Initializers, t)
			return err
		case 11:
			v, err := parseValue(f.bytes)
			g.Inputs = append(g.Inputs, v)
			return err
		case 12:
			v, err := parseValue(f.bytes)
			g.Outputs = append(g.Outputs, v)
			return err
		}
		return nil
	})
	return g, err
}

func parseNode(b []byte) (Node, error) {
	var n Node
	err := each(b, func(f field) error {
		switch f.number {
		case 1:
			n.Inputs = append(n.Inputs, string(f.bytes))
		case 2:
			n.Outputs = append(n.Outputs, string(f.bytes))
		case 3:
			n.Name = string(f.bytes)
		case 4:
			n.Op = string(f.bytes)
		case 5:
			a, err := parseAttribute(f.bytes)
			n.Attributes = append(n.Attributes, a)
			return err
		}
		return nil
	})
	return n, err
}

func parseAttribute(b []byte) (Attribute, error) {
	var a Attribute
	err := each(b, func(f field) error {
		switch f.number {
		case 1:
			a.Name = string(f.bytes)
		case 2:
			a.Float = math.Float32frombits(uint32(f.varint))
		case 3:
			a.Int = int64(f.varint)
		case 4:
			a.Text = string(f.bytes)
		case 5:
			t, err := parseTensor(f.bytes)
			a.Tensor = &t
			return err
		case 7:
			a.Floats = append(a.Floats, f.floats()...)
		case 8:
			list, err := f.varints()
			a.Ints = append(a.Ints, list...)
			return err
		case 20:
			a.Type = AttributeType(f.varint)
		}
		return nil
	})
	return a, err
}

// floats reads a repeated field of floats, packed or not.
func (f field) floats() []float32 {
	if f.kind == protowire.Fixed32Type {
		return []float32{math.Float32frombits(uint32(f.varint))}
	}
	list := make([]float32, len(f.bytes)/4)
	for i := range list {
		list[i] = math.Float32frombits(binary.LittleEndian.Uint32(f.bytes[4*i:]))
	}
	return list
}

// varints reads a repeated field of integers, packed or not.
func (f field) varints() ([]int64, error) {
	if f.kind == protowire.VarintType {
		return []int64{int64(f.varint)}, nil
	}
	var list []int64
	for b := f.bytes; len(b) > 0; {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		list, b = append(list, int64(v)), b[n:]
	}
	return list, nil
}

func parseTensor(b []byte) (Tensor, error) {
	var t Tensor
	err := each(b, func(f field) error {
		switch f.number {
		case 1:
			list, err := f.varints()
			t.Shape = append(t.Shape, list...)
			return err
		case 2:
			t.Type = DataType(f.varint)
		case 4:
			t.Raw = append(t.Raw, bits(f.floats())...)
		case 5, 7:
			list, err := f.varints()
			t.Raw = appendInts(t.Raw, list, t.Type)
			return err
		case 8:
			t.Name = string(f.bytes)
		case 9:
			t.Raw = f.bytes
		case 10:
			t.Raw = append(t.Raw, f.bytes...)
		case 13:
			return errors.New("its tensors are in another file; onnx.save with save_as_external_data=False puts them inside")
		}
		return nil
	})
	if err != nil {
		return t, err
	}
	return t, t.check()
}

// appendInts converts integers of the fields int32_data and int64_data to raw data; halves
// are stored there as their bits.
func appendInts(raw []byte, list []int64, kind DataType) []byte {
	for _, v := range list {
		switch types[kind].size {
		case 1:
			raw = append(raw, byte(v))
		case 2:
			raw = binary.LittleEndian.AppendUint16(raw, uint16(v))
		case 4:
			raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
		case 8:
			raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
		}
	}
	return raw
}

// parseValue reads a ValueInfoProto: name and type, tensor type, shape, sides.
func parseValue(b []byte) (Value, error) {
	var v Value
	err := each(b, func(f field) error {
		switch f.number {
		case 1:
			v.Name = string(f.bytes)
		case 2:
			return inside(f.bytes, 1, func(b []byte) error { return v.parseTensorType(b) })
		}
		return nil
	})
	return v, err
}

func (v *Value) parseTensorType(b []byte) error {
	return each(b, func(f field) error {
		switch f.number {
		case 1:
			v.Type = DataType(f.varint)
		case 2:
			return inside(f.bytes, 1, func(b []byte) error {
				var d Dim
				err := each(b, func(f field) error {
					switch f.number {
					case 1:
						d.Size = int64(f.varint)
					case 2:
						d.Name = string(f.bytes)
					}
					return nil
				})
				v.Dims = append(v.Dims, d)
				return err
			})
		}
		return nil
	})
}

// inside calls do with each message in b that has the given number.
func inside(b []byte, number protowire.Number, do func([]byte) error) error {
	return each(b, func(f field) error {
		if f.number != number {
			return nil
		}
		return do(f.bytes)
	})
}

package onnx

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"easel/internal/file/atomicfile"
)

// Write writes a model. It replaces an existing file only when the new one is complete.
func Write(path string, m *Model) error {
	return atomicfile.WriteBytes(path, m.Bytes())
}

// Bytes encodes the model as a file. Equal models give equal bytes.
func (m *Model) Bytes() []byte {
	var b []byte
	b = appendInt(b, 1, m.IRVersion)
	b = appendText(b, 2, m.Producer)
	b = appendText(b, 3, m.ProducerVersion)
	b = appendBytes(b, 7, m.Graph.bytes())
	b = appendBytes(b, 8, appendInt(appendText(nil, 1, ""), 2, m.Opset))
	for _, p := range m.Metadata {
		b = appendBytes(b, 14, appendText(appendText(nil, 1, p.Key), 2, p.Value))
	}
	return b
}

func (g Graph) bytes() []byte {
	var b []byte
	for _, n := range g.Nodes {
		b = appendBytes(b, 1, n.bytes())
	}
	b = appendText(b, 2, g.Name)
	for _, t := range g.Initializers {
		b = appendBytes(b, 5, t.bytes())
	}
	for _, v := range g.Inputs {
		b = appendBytes(b, 11, v.bytes())
	}
	for _, v := range g.Outputs {
		b = appendBytes(b, 12, v.bytes())
	}
	return b
}

func (n Node) bytes() []byte {
	var b []byte
	for _, in := range n.Inputs {
		b = appendBytes(b, 1, []byte(in)) // also "", which stands for an omitted input
	}
	for _, out := range n.Outputs {
		b = appendText(b, 2, out)
	}
	b = appendText(b, 3, n.Name)
	b = appendText(b, 4, n.Op)
	for _, a := range n.Attributes {
		b = appendBytes(b, 5, a.bytes())
	}
	return b
}

func (a Attribute) bytes() []byte {
	b := appendText(nil, 1, a.Name)
	switch a.Type {
	case FloatAttribute:
		b = protowire.AppendTag(b, 2, protowire.Fixed32Type)
		b = protowire.AppendFixed32(b, math.Float32bits(a.Float))
	case IntAttribute:
		b = appendInt(b, 3, a.Int)
	case TextAttribute:
		b = appendText(b, 4, a.Text)
	case TensorAttribute:
		b = appendBytes(b, 5, a.Tensor.bytes())
	case FloatsAttribute:
		b = appendBytes(b, 7, bits(a.Floats))
	case IntsAttribute:
		b = appendBytes(b, 8, packed(a.Ints))
	}
	return appendInt(b, 20, int64(a.Type))
}

func (t Tensor) bytes() []byte {
	b := make([]byte, 0, len(t.Raw)+len(t.Name)+64)
	if len(t.Shape) > 0 {
		b = appendBytes(b, 1, packed(t.Shape))
	}
	b = appendInt(b, 2, int64(t.Type))
	b = appendText(b, 8, t.Name)
	return appendBytes(b, 9, t.Raw)
}

func (v Value) bytes() []byte {
	var shape []byte
	for _, d := range v.Dims {
		var dim []byte
		if d.Name != "" {
			dim = appendText(nil, 2, d.Name)
		} else {
			dim = appendInt(nil, 1, d.Size)
		}
		shape = appendBytes(shape, 1, dim)
	}
	tensor := appendBytes(appendInt(nil, 1, int64(v.Type)), 2, shape)
	return appendBytes(appendText(nil, 1, v.Name), 2, appendBytes(nil, 1, tensor))
}

func packed(values []int64) []byte {
	var b []byte
	for _, v := range values {
		b = protowire.AppendVarint(b, uint64(v))
	}
	return b
}

func appendInt(b []byte, number protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, number, protowire.VarintType), uint64(v))
}

func appendText(b []byte, number protowire.Number, s string) []byte {
	if s == "" {
		return b
	}
	return protowire.AppendString(protowire.AppendTag(b, number, protowire.BytesType), s)
}

func appendBytes(b []byte, number protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, number, protowire.BytesType), v)
}

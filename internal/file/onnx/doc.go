// Package onnx reads and writes models in the Open Neural Network Exchange format, as far
// as networks for pictures need it: nodes with their attributes, tensors, inputs, outputs
// and metadata.
//
//	m, err := onnx.Open("mosaic.onnx")
//	for _, t := range m.Graph.Initializers {
//		data, err := t.Floats()
//	}
//	err = onnx.Write("out.onnx", m)
//
// Why protowire and not generated code: of some hundred messages of ONNX only seven are
// needed here, and generated code would decode every number of every tensor separately.
//
// # Guarantees
//
// Reading takes memory in proportion to the file; the bytes of tensors are not copied.
// Tensors whose numbers are in another file are an error, as is a file of more than two
// gigabytes, the limit of the format. Every error names the file.
package onnx

// Model is an ONNX file.
type Model struct {
	IRVersion       int64
	Opset           int64 // version of the standard operators
	Producer        string
	ProducerVersion string
	Graph           Graph
	// Metadata is free text, by name.
	Metadata []Property
}

// Property is one entry of the metadata.
type Property struct{ Key, Value string }

// Graph is a network. Its nodes are in an order in which they can run.
type Graph struct {
	Name            string
	Nodes           []Node
	Initializers    []Tensor
	Inputs, Outputs []Value
}

// Node is one operation.
type Node struct {
	Name, Op        string
	Inputs, Outputs []string
	Attributes      []Attribute
}

// Attribute is a constant of a node. Type says which field it uses.
type Attribute struct {
	Name   string
	Type   AttributeType
	Float  float32
	Int    int64
	Text   string
	Tensor *Tensor
	Floats []float32
	Ints   []int64
}

// AttributeType says which field of an attribute is used.
type AttributeType int64

// The types, with their numbers in onnx.proto.
const (
	FloatAttribute  AttributeType = 1
	IntAttribute    AttributeType = 2
	TextAttribute   AttributeType = 3
	TensorAttribute AttributeType = 4
	FloatsAttribute AttributeType = 6
	IntsAttribute   AttributeType = 7
)

// Attribute is a node's attribute of the given name, or nil.
func (n Node) Attribute(name string) *Attribute {
	for i := range n.Attributes {
		if n.Attributes[i].Name == name {
			return &n.Attributes[i]
		}
	}
	return nil
}

// Value is an input or an output.
type Value struct {
	Name string
	Type DataType
	Dims []Dim
}

// Dim is the size of an axis: a number, or a name if it is variable.
type Dim struct {
	Size int64
	Name string
}

// DataType is the element type of a tensor.
type DataType int64

// The types, with their numbers in onnx.proto.
const (
	Float32  DataType = 1
	Uint8    DataType = 2
	Int8     DataType = 3
	Int32    DataType = 6
	Int64    DataType = 7
	Float16  DataType = 10
	Float64  DataType = 11
	BFloat16 DataType = 16
)

// types are the names in package tensors, with sizes in bytes.
var types = map[DataType]struct {
	name string
	size int
}{
	Float32: {"F32", 4}, Float16: {"F16", 2}, Float64: {"F64", 8}, BFloat16: {"BF16", 2},
	Uint8: {"U8", 1}, Int8: {"I8", 1}, Int32: {"I32", 4}, Int64: {"I64", 8},
}

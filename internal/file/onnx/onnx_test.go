package onnx

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the onnx package writes comes out: numbers of all fields, attributes,
// sides by name, metadata.
func TestReference(t *testing.T) {
	t.Parallel()
	m, err := Open(filepath.Join("testdata", "mixed.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	if m.Opset != 17 || m.Producer != "easel test" || !cmp.Equal(m.Metadata, []Property{{"a", "1"}}) {
		t.Errorf("opset %d, %q, %v", m.Opset, m.Producer, m.Metadata)
	}
	want := map[string][]float32{"raw": {0, 1, 2, 3, 4, 5}, "fields": {0.5, -1, 2}, "half": {0.5, -2}, "double": {0.25}}
	for _, tensor := range m.Graph.Initializers {
		if tensor.Name == "ints" {
			if got, err := tensor.Ints(); err != nil || !cmp.Equal(got, []int64{-1, 3}) {
				t.Errorf("ints are %v: %v", got, err)
			}
			continue
		}
		if got, err := tensor.Floats(); err != nil || !cmp.Equal(got, want[tensor.Name]) {
			t.Errorf("%s is %v: %v", tensor.Name, got, err)
		}
	}
	conv := m.Graph.Nodes[0]
	if a := conv.Attribute("pads"); conv.Op != "Conv" || a == nil || !cmp.Equal(a.Ints, []int64{1, 1, 1, 1}) {
		t.Errorf("node %+v", conv)
	}
	if a := m.Graph.Nodes[1].Attribute("alpha"); a == nil || a.Float != 0.25 {
		t.Errorf("node %+v", m.Graph.Nodes[1])
	}
	if in := m.Graph.Inputs[0]; in.Name != "x" || !cmp.Equal(in.Dims, []Dim{{Name: "batch"}, {Size: 3}, {}, {Size: 224}}) {
		t.Errorf("input %+v", in)
	}
}

// A model that is written and read is the same.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	constant := FloatTensor("", []float32{1.5}, 1)
	m := &Model{
		IRVersion: 8, Opset: 17, Producer: "easel", ProducerVersion: "1",
		Graph: Graph{
			Name: "generator",
			Nodes: []Node{{Name: "pad", Op: "Pad", Inputs: []string{"x", "pads", ""}, Outputs: []string{"y"}, Attributes: []Attribute{
				{Name: "mode", Type: TextAttribute, Text: "reflect"}, {Name: "f", Type: FloatAttribute, Float: 0.5},
				{Name: "i", Type: IntAttribute, Int: -3}, {Name: "is", Type: IntsAttribute, Ints: []int64{1, -2}},
				{Name: "fs", Type: FloatsAttribute, Floats: []float32{1, 2}}, {Name: "t", Type: TensorAttribute, Tensor: &constant},
			}}},
			Initializers: []Tensor{IntTensor("pads", 0, 0, 1, 1, 0, 0, 1, 1), HalfTensor("h", []float32{1, 0.1}, 2)},
			Inputs:       []Value{{"x", Float32, []Dim{{Name: "n"}, {Size: 3}}}},
			Outputs:      []Value{{"y", Float32, []Dim{{Name: "n"}, {Size: 3}}}},
		},
		Metadata: []Property{{"k", "v"}},
	}
	path := filepath.Join(t.TempDir(), "m.onnx")
	if err := Write(path, m); err != nil {
		t.Fatal(err)
	}
	got, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, got); diff != "" {
		t.Error(diff)
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	external := Model{Graph: Graph{Initializers: []Tensor{{Name: "w", Type: Float32, Shape: []int64{3}, Raw: []byte{1}}}}}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":     {nil, "no graph"},
		"text":      {[]byte("hello, this is no model"), "not an ONNX model"},
		"too short": {external.Bytes(), "has 1 bytes, expected 12"},
	} {
		path := filepath.Join(t.TempDir(), "x.onnx")
		if err := os.WriteFile(path, c.data, 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	data, err := os.ReadFile(filepath.Join("testdata", "mixed.onnx"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err != nil {
			return
		}
		for _, tensor := range m.Graph.Initializers {
			if _, known := types[tensor.Type]; known {
				_, _ = tensor.Floats()
				_, _ = tensor.Ints()
			}
		}
		again, err := Parse(m.Bytes())
		if err != nil || !bytes.Equal(again.Bytes(), m.Bytes()) {
			t.Fatalf("what was read cannot be written and read again: %v", err)
		}
	})
}

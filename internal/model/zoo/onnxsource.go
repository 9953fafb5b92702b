package zoo

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/base/strictjson"
	"easel/internal/file/onnx"
	"easel/internal/model/stored"
)

// formatONNX is the format that exported reads.
const formatONNX = "ONNX"

// openONNX has a graph's tensors in the order of the file. One that is stored as
// float16 or in 8 bits has the name under which the nodes read it as float32.
func openONNX(path string) (*ordered, error) {
	m, err := onnx.Open(path)
	if err != nil {
		return nil, err
	}
	return orderedONNX(path, m), nil
}

func orderedONNX(path string, m *onnx.Model) *ordered {
	o := newOrdered(nil)
	o.metadata = map[string]string{}
	for _, p := range m.Metadata {
		o.metadata[p.Key] = p.Value
	}
	raw := map[string]onnx.Tensor{}
	for _, t := range m.Graph.Initializers {
		raw[t.Name] = t
	}
	if o.metadata[onnxConfig] == "" {
		o.walk = walk(m.Graph)
		m.Graph.Initializers = append(m.Graph.Initializers, constants(m.Graph, o.walk, raw)...)
	}
	wide := widened(m.Graph, raw)
	for _, t := range m.Graph.Initializers {
		read, ok := wide[t.Name]
		if !ok {
			read = widening{name: t.Name, values: t}
		}
		if read.name == "" {
			continue // scales: they belong to another
		}
		o.add(read.name, ints32(t.Shape), func() ([]float32, error) {
			data, err := read.floats()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			return data, nil
		})
	}
	return o
}

// constants are tensors that layers read and that are not initialisers, or not under that
// name.
func constants(g onnx.Graph, w *onnxWalk, raw map[string]onnx.Tensor) []onnx.Tensor {
	var list []onnx.Tensor
	for _, n := range g.Nodes {
		if len(n.Outputs) == 0 {
			continue
		}
		switch value := n.Attribute("value"); {
		case n.Op == "Constant" && value != nil && value.Tensor != nil && w.reads[n.Outputs[0]]:
			t := *value.Tensor
			t.Name = n.Outputs[0]
			list = append(list, t)
		case n.Op == "Identity" && len(n.Inputs) == 1:
			if t, ok := raw[n.Inputs[0]]; ok {
				t.Name = n.Outputs[0]
				list = append(list, t)
			}
		}
	}
	return list
}

func ints32(list []int64) []int {
	out := make([]int, len(list))
	for i, v := range list {
		out[i] = int(v)
	}
	return out
}

// widening is how a stored tensor becomes float32.
type widening struct {
	name   string
	values onnx.Tensor
	scales *onnx.Tensor // of a tensor of integers, along an axis
	axis   int
}

// widened are the initialisers that nodes turn into float32, by their own names.
func widened(g onnx.Graph, raw map[string]onnx.Tensor) map[string]widening {
	wide := map[string]widening{}
	for _, n := range g.Nodes {
		if len(n.Inputs) == 0 || len(n.Outputs) != 1 {
			continue
		}
		t, ok := raw[n.Inputs[0]]
		switch {
		case !ok:
		case n.Op == "Cast" && t.Type == onnx.Float16:
			wide[t.Name] = widening{name: n.Outputs[0], values: t}
		case n.Op == "DequantizeLinear" && len(n.Inputs) == 2:
			scales, ok := raw[n.Inputs[1]]
			axis := 1 // what ONNX takes where nothing is said
			if a := n.Attribute("axis"); a != nil {
				axis = int(a.Int)
			}
			if ok && axis >= 0 && axis < len(t.Shape) {
				wide[t.Name] = widening{n.Outputs[0], t, &scales, axis}
				wide[scales.Name] = widening{}
			}
		}
	}
	return wide
}

func (w widening) floats() ([]float32, error) {
	if w.scales == nil {
		return w.values.Floats()
	}
	values, err := w.values.Ints()
	if err != nil {
		return nil, err
	}
	scales, err := w.scales.Floats()
	if err != nil {
		return nil, err
	}
	if int64(len(scales)) != w.values.Shape[w.axis] {
		return nil, fmt.Errorf("tensor %q has %d scales for %d channels", w.values.Name, len(scales), w.values.Shape[w.axis])
	}
	inner := 1
	for _, d := range w.values.Shape[w.axis+1:] {
		inner *= int(d)
	}
	data := make([]float32, len(values))
	for i, v := range values {
		data[i] = float32(v) * scales[i/inner%len(scales)]
	}
	return data, nil
}

// exported recognises a file that ToONNX made, by its metadata: the weights have
// easel's own names, in the layouts in which they are written.
func exported(s *source, _ ImportOptions) (*network, error) {
	o, ok := s.container.(*ordered)
	if !ok || o.metadata[onnxConfig] == "" {
		return nil, nil
	}
	text := []byte(o.metadata[onnxConfig])
	n := &network{name: "a network that easel exported", notes: []string{"only the network is in the file: it does not say how long it was trained"}}
	var images struct{ Images json.RawMessage }
	err := json.Unmarshal(text, &images)
	var w *onnxWriter
	switch {
	case err != nil:
	case images.Images == nil:
		n.style = &stored.StyleConfig{}
		if err = strictjson.Decode(text, n.style); err == nil {
			w, err = painting(n.style.Network, ExportOptions{})
		}
	default:
		if err = strictjson.Decode(text, &n.config); err == nil {
			err = n.config.Validate()
		}
		if err == nil {
			w, err = translating(n.config.Network, ExportOptions{Noise: o.metadata[onnxNoise] != ""})
		}
	}
	if err == nil {
		err = w.lower()
	}
	if err != nil {
		return nil, hint.New(errors.Join(fmt.Errorf("its description (%s in the metadata) cannot be used", onnxConfig), err), "update easel, or export the model again")
	}
	n.places = w.places
	n.idle = func(name string) bool {
		return !strings.HasPrefix(name, "generator/") && !strings.HasPrefix(name, "style/")
	}
	return n, nil
}

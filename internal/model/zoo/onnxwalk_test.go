package zoo

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/base/near"
	"easel/internal/file/onnx"
)

// changedONNX is a file of testdata after a change to its graph.
func changedONNX(t *testing.T, file string, change func(g *onnx.Graph)) string {
	t.Helper()
	m, err := onnx.Open(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	change(&m.Graph)
	path := filepath.Join(t.TempDir(), file)
	if err := onnx.Write(path, m); err != nil {
		t.Fatal(err)
	}
	return path
}

// Whichever map comes first in a concatenation, the graph says: with both and the
// halves of the kernels after them in the other order, the picture is the same.
func TestOrderOfConcatenations(t *testing.T) {
	t.Parallel()
	path := changedONNX(t, "unet_training.onnx", func(g *onnx.Graph) {
		kernels := 0
		for i, n := range g.Nodes {
			switch n.Op {
			case "Concat":
				slices.Reverse(g.Nodes[i].Inputs)
			case "ConvTranspose":
				if kernels++; kernels == 1 {
					continue // it reads no concatenation
				}
				at := slices.IndexFunc(g.Initializers, func(k onnx.Tensor) bool { return k.Name == n.Inputs[1] })
				k := g.Initializers[at]
				data, err := k.Floats()
				if err != nil {
					t.Fatal(err)
				}
				half := len(data) / 2
				g.Initializers[at] = onnx.FloatTensor(k.Name, slices.Concat(data[half:], data[:half]), ints32(k.Shape)...)
			}
		}
	})
	m, err := Import(path, ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if d := recordedCase(t, "unet_training.onnx").off(t, m); !near.Within(d, tolerance) {
		t.Errorf("off by %g", d)
	}
}

// A graph that differs from those that are known is refused, and says where.
func TestOtherGraphs(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(g *onnx.Graph){
		"its skips differ": func(g *onnx.Graph) { // skips that nothing rectifies
			for i, n := range g.Nodes {
				if n.Op == "Relu" && strings.Contains(n.Inputs[0], "Concat") {
					g.Nodes[i].Op = "LeakyRelu"
				}
			}
		},
		"its layer 2 is not": func(g *onnx.Graph) {
			at := slices.IndexFunc(g.Nodes, func(n onnx.Node) bool { return n.Op == "BatchNormalization" })
			g.Nodes[at].Attribute("epsilon").Float = 1e-3
		},
		"do not match any known": func(g *onnx.Graph) { // no picture
			at := slices.IndexFunc(g.Nodes, func(n onnx.Node) bool { return n.Op == "Tanh" })
			g.Nodes[at].Op = "Sigmoid"
		},
	} {
		path := changedONNX(t, "unet_training.onnx", change)
		if _, err := Import(path, ImportOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	path := changedONNX(t, "style_nameless.onnx", func(g *onnx.Graph) {
		for i, n := range g.Nodes {
			if mode := n.Attribute("mode"); n.Op == "Pad" && mode != nil {
				g.Nodes[i].Attribute("mode").Text = "constant"
			}
		}
	})
	if _, err := Import(path, ImportOptions{}); err == nil || !strings.Contains(err.Error(), "do not match any known") {
		t.Errorf("a style with zeros for borders: %v", err)
	}
}

// What a file in ONNX cannot be run with is said.
func TestONNXStatistics(t *testing.T) {
	t.Parallel()
	for file, c := range map[string]struct {
		o    ImportOptions
		want string
	}{
		"unet_eval.onnx":     {ImportOptions{NormStatistics: "picture"}, "part of the weights"},
		"unet_training.onnx": {ImportOptions{NormStatistics: "stored"}, "no stored statistics"},
	} {
		if _, err := Import(filepath.Join("testdata", file), c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

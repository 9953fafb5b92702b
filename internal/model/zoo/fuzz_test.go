package zoo

import (
	"bytes"
	"encoding/binary"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"easel/internal/file/onnx"
	"easel/internal/file/torch7"
)

// listing is a container that has names and shapes only, a tensor a line: "name 1 2 3".
type listing struct {
	names  []string
	shapes map[string][]int
}

func newListing(text string) *listing {
	l := &listing{shapes: map[string][]int{}}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 || len(l.names) == 500 {
			continue
		}
		shape := []int{}
		for _, f := range fields[1:] {
			d, err := strconv.Atoi(f)
			if err != nil {
				continue
			}
			shape = append(shape, d)
		}
		l.names, l.shapes[fields[0]] = append(l.names, fields[0]), shape
	}
	return l
}

func (l *listing) Names() []string                 { return l.names }
func (l *listing) Shape(name string) ([]int, bool) { s, ok := l.shapes[name]; return s, ok }
func (l *listing) Close() error                    { return nil }
func (l *listing) Tensor(name string) ([]int, []float32, error) {
	return l.shapes[name], make([]float32, 4), nil
}

// FuzzRecognise: whatever the names and shapes of a file's tensors, each family refuses it, or
// describes a network. Building one takes most of the time, so it is built only where the file
// has all tensors that the family expects.
func FuzzRecognise(f *testing.F) {
	for _, file := range []string{"unet_none.pth", "style.pth", "resnet_none.pth", "huggan.bin", "affinelayer", "lengstrom"} {
		s, err := open(filepath.Join("testdata", file))
		if err != nil {
			f.Fatal(err)
		}
		var text strings.Builder
		for _, n := range s.names {
			shape, _ := s.shape(n)
			text.WriteString(n + " " + joined(shape) + "\n")
		}
		if err := s.Close(); err != nil {
			f.Fatal(err)
		}
		f.Add(text.String())
	}
	dir := f.TempDir() // with no other files of the model
	f.Fuzz(func(t *testing.T, text string) {
		l := newListing(text)
		s := &source{container: l, path: filepath.Join(dir, "x"), format: "PyTorch", names: l.names}
		for _, f := range families() {
			n, err := f.recognise(s, ImportOptions{})
			if n == nil || err != nil {
				continue
			}
			complete := true
			for _, at := range n.places {
				if again, _ := n.placeOf(at.own); again != at {
					t.Fatalf("%s: two places for %s", f.name, at.own)
				}
				complete = complete && (at.theirs == "" || s.has(at.theirs))
			}
			if complete {
				_ = n.check(s)
			}
		}
	})
}

func joined(shape []int) string {
	parts := make([]string, len(shape))
	for i, d := range shape {
		parts[i] = strconv.Itoa(d)
	}
	return strings.Join(parts, " ")
}

// FuzzTorch7: the modules of a network may be anything, in any order.
func FuzzTorch7(f *testing.F) {
	var w torch7Writer
	w.object("nn.Sequential", "modules", 2)
	w.number(1)
	w.object("nn.SpatialConvolution", "kW", 0)
	w.number(2)
	w.object("nn.TotalVariation", "strength", 0)
	if _, err := torch7.NewFile("x.t7", bytes.NewReader(w.out), int64(len(w.out))); err != nil {
		f.Fatal(err)
	}
	f.Add(w.out)
	f.Fuzz(func(_ *testing.T, data []byte) {
		file, err := torch7.NewFile("x.t7", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		net, err := newTorch7Net(file)
		if err != nil {
			return
		}
		s := &source{container: net, path: "x.t7", format: formatTorch7, names: net.Names()}
		_, _ = johnsonTorch7(s, ImportOptions{})
		_, _ = torch7UNet(s, ImportOptions{})
	})
}

// torch7Writer writes just what a seed is made of.
type torch7Writer struct {
	out   []byte
	index uint32
}

func (w *torch7Writer) int(v uint32) { w.out = binary.LittleEndian.AppendUint32(w.out, v) }

func (w *torch7Writer) text(v string) {
	w.int(uint32(len(v)))
	w.out = append(w.out, v...)
}

func (w *torch7Writer) number(v float64) {
	w.int(1)
	w.out = binary.LittleEndian.AppendUint64(w.out, math.Float64bits(v))
}

// object begins an object with one field: a number, or a table of so many pairs, which
// follow.
func (w *torch7Writer) object(class, field string, pairs uint32) {
	w.int(4)
	w.index += 2
	w.int(w.index - 1)
	w.text("V 1")
	w.text(class)
	w.int(3)
	w.int(w.index)
	w.int(1)
	w.int(2)
	w.text(field)
	if pairs == 0 {
		w.number(3)
		return
	}
	w.index++
	w.int(3)
	w.int(w.index)
	w.int(pairs)
}

// FuzzWalk: a graph of ONNX may be anything.
func FuzzWalk(f *testing.F) {
	node := func(op, out string, in ...string) onnx.Node {
		return onnx.Node{Op: op, Inputs: in, Outputs: []string{out}}
	}
	m := onnx.Model{Graph: onnx.Graph{
		Initializers: []onnx.Tensor{onnx.FloatTensor("k", make([]float32, 16), 1, 1, 4, 4), onnx.FloatTensor("b", []float32{1}, 1)},
		Nodes: []onnx.Node{
			node("Identity", "c", "b"), node("Conv", "y", "x", "k", "c"), node("BatchNormalization", "z", "y", "b", "c", "b", "c"),
			node("ConvTranspose", "t", "z", "k"), node("Concat", "s", "y", "t"), node("Relu", "r", "s"), node("Tanh", "out", "r"),
		},
	}}
	f.Add(m.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := onnx.Parse(data)
		if err != nil {
			return
		}
		s := &source{container: orderedONNX("x.onnx", m), path: filepath.Join(t.TempDir(), "x"), format: formatONNX}
		s.names = s.Names()
		_, _ = s.imported(ImportOptions{})
	})
}

// FuzzOptionsBeside: no text of options is more than a wrong one.
func FuzzOptionsBeside(f *testing.F) {
	f.Add("  direction: BtoA \t[default: AtoB]\nlabel_nc: 35\nno_instance: True\n")
	f.Add("2\n15\nwhich_direction\n2\n4\nBtoA\n")
	f.Add(`{"which_direction": "BtoA"}`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []func(*besides, string) error{(*besides).port, (*besides).affinelayer} {
			var b besides
			if read(&b, text) == nil && b.direction != "" && b.direction != "AtoB" && b.direction != "BtoA" {
				t.Fatalf("the direction %q", b.direction)
			}
		}
	})
}

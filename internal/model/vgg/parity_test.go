package vgg

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/engine/backend/backendtest"
	"easel/internal/engine/cpu"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
	"easel/internal/file/safetensors"
	"easel/internal/model/nn"
)

// recorded is a file that testdata/reference.py wrote: what PyTorch makes of
// the same weights and picture.
type recorded struct {
	testing.TB
	*safetensors.Reader
	config Config
	kind   Kind
}

func openRecorded(t testing.TB, path string) recorded {
	t.Helper()
	r, err := safetensors.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	var about struct {
		Config
		Kind Kind
	}
	if err := json.Unmarshal([]byte(r.Metadata()["reference"]), &about); err != nil {
		t.Fatal(err)
	}
	return recorded{t, r, about.Config, about.Kind}
}

func (r recorded) tensor(name string) ([]int, []float32) {
	r.Helper()
	shape, value, err := r.Tensor(name)
	if err != nil {
		r.Fatal(err)
	}
	return shape, value
}

// weights reads features.N, which counts rectifiers and pools as well.
func (r recorded) weights() *Weights {
	r.Helper()
	var filters []Filter
	for i, l := range Layers() {
		if l.kind != convolution {
			continue
		}
		_, kernel := r.tensor(fmt.Sprintf("features.%d.weight", i))
		_, bias := r.tensor(fmt.Sprintf("features.%d.bias", i))
		filters = append(filters, Filter{Layer: l.Name, Kernel: kernel, Bias: bias})
	}
	w, err := FromOIHW(r.kind, r.config.Width, filters)
	if err != nil {
		r.Fatal(err)
	}
	return w
}

// objective is the loss of reference.py, with its targets as inputs.
func objective(layers map[string]*graph.Node) *graph.Node {
	content := layers["relu4_2"]
	g := content.Graph()
	loss := graph.L2(content, g.Input("target/relu4_2", content.Shape()...))
	for _, name := range styleLayers {
		f := layers[name].Shape()
		gram := graph.Scale(graph.Gram(layers[name]), 1/float32(f[1]*f[2]))
		loss = graph.Add(loss, graph.L2(gram, g.Input("target/"+name, gram.Shape()...)))
	}
	return loss
}

var styleLayers = []string{"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"}

// run holds every layer, the loss and its gradient to the pixels against the
// record; the gradient may be off by so much.
func (r recorded) run(d device.Device, gradient float64) {
	r.Helper()
	shape, picture := r.tensor("picture")
	g := graph.New()
	scope := nn.NewScope(g)
	x := g.Input("picture", shape...)
	var names []string
	for _, l := range Layers() {
		if _, ok := r.Shape("layer/" + l.Name); ok {
			names = append(names, l.Name)
		}
	}
	layers := Features(scope.Sub("vgg"), r.config, x, names...)
	for _, name := range names {
		g.Output(name, layers[name])
	}
	loss := objective(layers)
	g.Output("loss", loss)
	g.Output("gradient", graph.Gradient(loss, x)[0])
	if err := r.weights().Store(d, scope.Parameters()); err != nil {
		r.Fatal(err)
	}
	p, err := d.Compile(g)
	if err != nil {
		r.Fatal(err)
	}
	defer p.Close()
	copy(p.Input("picture"), picture)
	for _, name := range r.Names() {
		if strings.HasPrefix(name, "target/") {
			_, value := r.tensor(name)
			copy(p.Input(name), value)
		}
	}
	if err := p.Run(); err != nil {
		r.Fatal(err)
	}
	for _, name := range names {
		shape, want := r.tensor("layer/" + name)
		if !layers[name].Shape().Equal(shape) {
			r.Errorf("%s is %v, PyTorch has %v", name, layers[name].Shape(), shape)
		}
		r.near(name, p.Output(name), want, 1e-4)
	}
	_, want := r.tensor("loss")
	r.near("loss", p.Output("loss"), want, 1e-4)
	_, want = r.tensor("gradient")
	r.near("gradient", p.Output("gradient"), want, gradient)
}

// near compares by the 2-norm of the difference, relative to that of want.
func (r recorded) near(what string, got, want []float32, limit float64) {
	r.Helper()
	if len(got) != len(want) {
		r.Errorf("%s: %d values, want %d", what, len(got), len(want))
		return
	}
	difference, norm := 0.0, 0.0
	for i := range want {
		d := float64(got[i]) - float64(want[i])
		difference += d * d
		norm += float64(want[i]) * float64(want[i])
	}
	relative := math.Sqrt(difference / norm)
	r.Logf("%s: %.2g", what, relative)
	if !(relative <= limit) {
		r.Errorf("%s: off by %.2g, want %g at most", what, relative, limit)
	}
}

// promised is the gradient's relative error that easel promises.
const promised = 1e-3

// VGG-19 itself, against a file that is too large to be kept.
func TestPyTorchFull(t *testing.T) {
	t.Parallel()
	path := os.Getenv("EASEL_VGG_REFERENCE")
	if path == "" {
		t.Skip("EASEL_VGG_REFERENCE is not set: it is the file that `python testdata/reference.py --full FILE …` writes")
	}
	d, err := cpu.New(cpu.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	r := openRecorded(t, path)
	_, deviation := r.tensor("deviation/gradient")
	t.Logf("PyTorch's own float32 is off by %.2g in the gradient", deviation[0])
	// An activation within rounding of its kink falls to one side or the other.
	r.run(d, max(promised, 2*float64(deviation[0])))
}

// Every layer, the loss and its gradient are PyTorch's, whatever the kind of
// weights, the pool and the border; on the reference and on every backend.
func TestPyTorch(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.safetensors")
	if err != nil || len(files) < 4 {
		t.Fatalf("references %v: %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".safetensors"), func(t *testing.T) {
			t.Parallel()
			openRecorded(t, file).run(reference.New(), promised)
			backendtest.Each(t, func(t *testing.T, open func(t testing.TB) device.Device) {
				openRecorded(t, file).run(open(t), promised)
			})
		})
	}
}

package feedforward

import (
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/engine/backend/backendtest"
	"easel/internal/engine/device"
	"easel/internal/engine/reference"
	"easel/internal/file/safetensors"
	"easel/internal/model/nn"
	"easel/internal/model/style"
)

// recorded is a file that testdata/reference.py wrote: what PyTorch makes of the same
// weights and pictures.
type recorded struct {
	testing.TB
	*safetensors.Reader
	about struct {
		Config      Config
		Content     float64 `json:"content_weight"`
		Style       float64 `json:"style_weight"`
		Variation   float64 `json:"variation_weight"`
		Batch, Size int
		Rate        float64
	}
}

func openRecorded(t testing.TB, kind Kind) *recorded {
	t.Helper()
	reader, err := safetensors.Open(filepath.Join("testdata", string(kind)+".safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close() })
	r := &recorded{TB: t, Reader: reader}
	if err := json.Unmarshal([]byte(reader.Metadata()["reference"]), &r.about); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *recorded) values(name string) []float32 {
	r.Helper()
	_, value, err := r.Tensor(name)
	if err != nil {
		r.Fatal(err)
	}
	return value
}

func (r *recorded) objective() style.Objective {
	o := style.Paper() // for its layers
	o.ContentWeight, o.StyleWeight, o.VariationWeight = r.about.Content, r.about.Style, r.about.Variation
	o.Formula, o.Variation = style.Relative, style.NinePointVariation
	return o
}

// store gives a device PyTorch's initial weights.
func (r *recorded) store(d device.Device, s *Step) {
	r.Helper()
	set := func(ps nn.Parameters, prefix string) {
		for _, p := range ps {
			value := r.values(prefix + p.Name)
			if len(value) != p.Shape.Size() {
				r.Fatalf("%s %v: PyTorch has %d numbers", p.Name, p.Shape, len(value))
			}
			if err := d.SetParameter(p.Name, p.Shape, value); err != nil {
				r.Fatal(err)
			}
		}
	}
	set(s.Parameters.Trainable(), "initial/")
	set(s.Fixed, "")
	for _, p := range s.Parameters {
		if !p.Trainable {
			if err := d.SetParameter(p.Name, p.Shape, p.Initialise(0)); err != nil {
				r.Fatal(err)
			}
		}
	}
}

// feed fills the inputs that stay the same.
func (r *recorded) feed(p device.Program) {
	for _, name := range r.Names() {
		if input, ok := strings.CutPrefix(name, "input/"); ok {
			copy(p.Input(input), r.values(name))
		}
	}
}

// compare takes so many of PyTorch's steps.
func (r *recorded) compare(d device.Device, steps int, output, relative, loss float64) {
	r.Helper()
	s, err := TrainStep(r.about.Config, r.objective(), r.about.Batch, r.about.Size, StepOptions{LossWidth: r.about.Config.Width, Gradients: true})
	if err != nil {
		r.Fatal(err)
	}
	r.store(d, s)
	p, err := d.Compile(s.Graph)
	if err != nil {
		r.Fatal(err)
	}
	defer p.Close()
	r.feed(p)
	p.Input("rate")[0] = float32(r.about.Rate)
	rows := r.values("losses")
	for i := range steps {
		p.Input("step")[0] = float32(i + 1)
		if err := p.Run(); err != nil {
			r.Fatal(err)
		}
		if i == 0 {
			r.first(p, output, relative)
		}
		for k, name := range []string{"content", "style", "variation", "total"} {
			got, want := float64(p.Output("loss/" + name)[0]), float64(rows[4*i+k])
			if !(math.Abs(got-want) <= loss*want) {
				r.Errorf("step %d: the loss of %s is %g, PyTorch's %g", i+1, name, got, want)
			}
		}
	}
}

// first compares the pictures and the gradients of the first step.
func (r *recorded) first(p device.Program, output, relative float64) {
	r.Helper()
	want := r.values("output/fake")
	for i, v := range p.Output("fake") {
		if !(math.Abs(float64(v-want[i])) <= output) {
			r.Fatalf("sample %d is %g, PyTorch's %g", i, v, want[i])
		}
	}
	var gradients []string
	longest := 0.0
	for _, name := range r.Names() {
		if strings.HasPrefix(name, "gradient/") {
			gradients = append(gradients, name)
			longest = max(longest, length(r.values(name)))
		}
	}
	// The shift of the last block is lost in the norm after it: its gradient is
	// rounding.
	least := 1e-5 * longest
	for _, name := range gradients {
		if off := distance(p.Output(name), r.values(name)); !(off <= relative*max(length(r.values(name)), least)) {
			r.Errorf("%s is %g from PyTorch's, whose length is %g", name, off, length(r.values(name)))
		}
	}
	if len(gradients) < 15 {
		r.Errorf("%d gradients were compared", len(gradients))
	}
}

// distance is |got − want|.
func distance(got, want []float32) float64 {
	off := make([]float32, len(want))
	for i, v := range want {
		off[i] = got[i] - v
	}
	return length(off)
}

func length(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}

// TestParity holds training steps against PyTorch's float64 on the reference executor,
// which leaves float32 weights between steps.
func TestParity(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{Johnson, AdaIN} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			openRecorded(t, kind).compare(reference.New(), 3, 1e-5, 1e-5, 1e-4)
		})
	}
}

// TestBackendParity is the same on every backend, within what is promised: outputs to
// 1e-4, every gradient and ten steps of losses to 1e-3.
func TestBackendParity(t *testing.T) {
	t.Parallel()
	backendtest.Each(t, func(t *testing.T, open func(t testing.TB) device.Device) {
		for _, kind := range []Kind{Johnson, AdaIN} {
			t.Run(string(kind), func(t *testing.T) { openRecorded(t, kind).compare(open(t), 10, 1e-4, 1e-3, 1e-3) })
		}
	})
}

// TestJudgement has the losses of a step with a batch of one, and changes nothing.
func TestJudgement(t *testing.T) {
	t.Parallel()
	r := openRecorded(t, Johnson)
	d := reference.New()
	run := func(s *Step, err error) device.Program {
		if err != nil {
			t.Fatal(err)
		}
		r.store(d, s)
		p, err := d.Compile(s.Graph)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = p.Close() })
		for _, layer := range r.objective().StyleLayers() {
			copy(p.Input("target/"+layer), r.values("input/target/"+layer))
		}
		copy(p.Input("a"), r.values("input/a"))
		return p
	}
	options := StepOptions{LossWidth: r.about.Config.Width}
	train := run(TrainStep(r.about.Config, r.objective(), 1, r.about.Size, options))
	train.Input("step")[0] = 1
	judge := run(Judgement(r.about.Config, r.objective(), r.about.Size, options))
	for _, p := range []device.Program{train, judge} {
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"loss/total", "loss/content", "loss/style", "loss/variation", "fake"} {
		for i, v := range judge.Output(name) {
			if v != train.Output(name)[i] {
				t.Fatalf("%s is %g, and %g in training", name, v, train.Output(name)[i])
			}
		}
	}
	if _, err := TrainStep(r.about.Config, r.objective(), 1, 30, options); err == nil {
		t.Error("a step for pictures of 30×30 was built")
	}
}

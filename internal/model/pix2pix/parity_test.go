package pix2pix

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/engine/device"
	"easel/internal/engine/reference"
	"easel/internal/file/safetensors"
)

// recorded is a file that testdata/reference.py wrote: what PyTorch makes of
// the same weights, pictures and masks.
type recorded struct {
	t      testing.TB
	reader *safetensors.Reader
	config Config
	batch  int
	steps  int
	losses []string // columns of the recorded losses
	width  int      // of the perceptual network
}

// tolerance of a comparison with PyTorch.
type tolerance struct {
	output   float64 // absolute, of every element
	gradient float64 // relative, 2-norm of the difference to that of the tensor
	loss     float64 // relative
	moved    float64 // relative, of a weight tensor's way over all steps
	// deviations, above 0, allows so many times the distance of PyTorch's own
	// float32 from the recorded float64 values where that is more. At full size
	// it is: some of millions of activations lie within rounding of their kink,
	// and one alone changes gradients by 1e-3. The generator's gradients are
	// then compared in generatorStep only.
	deviations float64
}

// promised is what easel promises of every device.
var promised = tolerance{output: 1e-4, gradient: 1e-3, loss: 1e-3, moved: 2e-2}

func openRecorded(t testing.TB, path string) *recorded {
	t.Helper()
	reader, err := safetensors.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close() })
	var about struct {
		Config       json.RawMessage
		Batch, Steps int
		Losses       []string
		Width        int `json:"perceptual_width"`
	}
	about.Losses = []string{"d", "gan", "l1"}
	if err := json.Unmarshal([]byte(reader.Metadata()["reference"]), &about); err != nil {
		t.Fatal(err)
	}
	config, err := Decode(about.Config)
	if err != nil {
		t.Fatal(err)
	}
	return &recorded{t, reader, config, about.Batch, about.Steps, about.Losses, about.Width}
}

func (r *recorded) tensor(name string) []float32 {
	r.t.Helper()
	_, value, err := r.reader.Tensor(name)
	if err != nil {
		r.t.Fatal(err)
	}
	return value
}

// compare trains on a device for as many steps as PyTorch did, and holds the
// generator's gradients of the first step against PyTorch's: on a device of
// its own, because that needs other weights.
func (r *recorded) compare(open func() device.Device, within tolerance) {
	r.t.Helper()
	r.train(open(), within)
	r.generatorStep(open(), within)
}

// program compiles the recorded training step, its inputs filled.
func (r *recorded) program(d device.Device) (device.Program, *Step) {
	r.t.Helper()
	s := step(r.t, r.config, r.batch, r.config.ImageSize, StepOptions{GivenMasks: true, Gradients: true, PerceptualWidth: r.width})
	r.store(d, s)
	p, err := d.Compile(s.Graph)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, name := range r.reader.Names() {
		if label, ok := strings.CutPrefix(name, "input/"); ok {
			copy(p.Input(label), r.tensor(name))
		} else if strings.HasPrefix(name, "mask/") {
			copy(p.Input(name), r.tensor(name))
		}
	}
	p.Input("rate")[0] = float32(r.config.LearningRate)
	p.Input("step")[0] = 1
	return p, s
}

// train compares the discriminator's gradients of the first step, what it and
// the generator make of the pictures, all steps' losses and the final weights.
func (r *recorded) train(d device.Device, within tolerance) {
	r.t.Helper()
	p, s := r.program(d)
	losses, deviations, allowed := r.tensor("losses"), r.tensor("deviation/losses"), within.loss
	for i := range r.steps {
		p.Input("step")[0] = float32(i + 1)
		if err := p.Run(); err != nil {
			r.t.Fatal(err)
		}
		if i == 0 {
			r.outputs(p, within, "fake", "logits/real", "logits/fake")
			r.gradients(p, s, "discriminator", within)
			if within.deviations == 0 {
				r.outputs(p, within, "logits/generator")
				r.gradients(p, s, "generator", within)
			}
		}
		for j, name := range r.losses {
			at := len(r.losses)*i + j
			allowed = max(allowed, within.deviations*float64(deviations[at]))
			got, want := float64(p.Output("loss/" + name)[0]), float64(losses[at])
			if !alike(got, want, allowed) {
				r.t.Errorf("step %d: %s is %g, PyTorch's %g, allowed %g of it", i+1, name, got, want, allowed)
			}
		}
	}
	r.finalWeights(d, s, within)
}

// generatorStep compares the generator's gradients. They go through the
// discriminator after its first update, which moves each weight by its
// gradient's sign, whatever its size: elements that are rounding noise move
// the logits of a full-size network by 1e-3. So the discriminator is PyTorch's,
// as updated there, and stays as it is: the rate is 0.
func (r *recorded) generatorStep(d device.Device, within tolerance) {
	r.t.Helper()
	if r.config.SpectralNorm && within.deviations == 0 {
		return // its power iteration is from the weights before the update; train compares these too
	}
	p, s := r.program(d)
	for _, q := range s.Parameters.Trainable().Under("discriminator") {
		if err := d.SetParameter(q.Name, q.Shape, r.tensor("updated/"+q.Name)); err != nil {
			r.t.Fatal(err)
		}
	}
	p.Input("rate")[0] = 0
	if err := p.Run(); err != nil {
		r.t.Fatal(err)
	}
	r.outputs(p, within, "logits/generator")
	r.gradients(p, s, "generator", within)
}

func alike(got, want, relative float64) bool {
	return math.Abs(got-want) <= relative*max(math.Abs(want), 1e-2)
}

// store gives the device PyTorch's initial weights; both sides have to have
// the same parameters.
func (r *recorded) store(d device.Device, s *Step) {
	r.t.Helper()
	count := 0
	for _, p := range s.Parameters.Trainable() {
		shape, value, err := r.reader.Tensor("initial/" + p.Name)
		if err == nil && !p.Shape.Equal(shape) {
			err = errors.New("PyTorch has another shape")
		}
		if err == nil {
			err = d.SetParameter(p.Name, p.Shape, value)
		}
		if err != nil {
			r.t.Fatalf("%s %v: %v", p.Name, p.Shape, err)
		}
	}
	for _, p := range s.Perceptual {
		if err := d.SetParameter(p.Name, p.Shape, r.tensor(p.Name)); err != nil {
			r.t.Fatal(err)
		}
	}
	for _, name := range r.reader.Names() {
		if strings.HasPrefix(name, "initial/") {
			count++
		}
		if state, ok := strings.CutPrefix(name, "state/"); ok {
			p, _ := s.Parameters.Find(state)
			if err := d.SetParameter(state, p.Shape, r.tensor(name)); err != nil {
				r.t.Fatal(err)
			}
		}
	}
	if want := len(s.Parameters.Trainable()); count != want {
		r.t.Fatalf("PyTorch has %d parameters, easel %d", count, want)
	}
}

func (r *recorded) outputs(p device.Program, within tolerance, names ...string) {
	r.t.Helper()
	for _, name := range names {
		want := r.tensor("output/" + strings.ReplaceAll(name, "/", "_"))
		worst := 0.0
		for i, got := range p.Output(name) {
			worst = max(worst, math.Abs(float64(got)-float64(want[i])))
		}
		if !(worst <= within.output) {
			r.t.Errorf("%s is %g from PyTorch's", name, worst)
		}
		r.t.Logf("%s: largest difference %.1e", name, worst)
	}
}

func (r *recorded) gradients(p device.Program, s *Step, network string, within tolerance) {
	r.t.Helper()
	worst, which := 0.0, ""
	for _, q := range s.Parameters.Trainable().Under(network) {
		off := distance(p.Output("gradient/"+q.Name), r.tensor("gradient/"+q.Name))
		allowed := max(within.gradient, within.deviations*float64(r.tensor("deviation/gradient/" + q.Name)[0]))
		if !(off <= allowed) {
			r.t.Errorf("gradient of %s is %g from PyTorch's, allowed %g", q.Name, off, allowed)
		}
		if off > worst {
			worst, which = off, q.Name
		}
	}
	r.t.Logf("largest relative difference of a gradient: %.1e (%s)", worst, which)
}

// distance is |got − want| / |want| in 2-norms.
func distance(got, want []float32) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	var off, size float64
	for i, v := range got {
		d := float64(v) - float64(want[i])
		off += d * d
		size += float64(want[i]) * float64(want[i])
	}
	if off == 0 {
		return 0
	}
	return math.Sqrt(off / size)
}

// finalWeights compares how far each parameter has come after all steps. Adam
// moves a weight by its rate whatever its gradient's size, so gradients that
// are all rounding noise leave a little slack.
func (r *recorded) finalWeights(d device.Device, s *Step, within tolerance) {
	r.t.Helper()
	for _, p := range s.Parameters.Trainable() {
		_, value, err := d.Parameter(p.Name)
		if err != nil {
			r.t.Fatal(err)
		}
		before, want := r.tensor("initial/"+p.Name), r.tensor("final/"+p.Name)
		var size, moved float64
		for i, v := range value {
			w, m := float64(v), float64(v)-float64(before[i])
			size += w * w
			moved += m * m
		}
		slack := within.moved * float64(want[1])
		if math.Abs(math.Sqrt(size)-float64(want[0])) > slack || math.Abs(math.Sqrt(moved)-float64(want[1])) > slack {
			r.t.Errorf("%s ends with |w| = %g, moved %g; PyTorch's with %g, %g", p.Name, math.Sqrt(size), math.Sqrt(moved), want[0], want[1])
		}
	}
}

// TestParity holds the model against PyTorch's float64 on the reference
// executor: what is left is float32 weights between steps.
func TestParity(t *testing.T) {
	t.Parallel()
	eachRecorded(t, func(t *testing.T, r *recorded) {
		r.compare(func() device.Device { return reference.New() },
			tolerance{output: 1e-6, gradient: 1e-6, loss: 1e-4, moved: 1e-3})
	})
}

func eachRecorded(t *testing.T, f func(t *testing.T, r *recorded)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.safetensors"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no reference values: %v", err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".safetensors"), func(t *testing.T) {
			t.Parallel()
			f(t, openRecorded(t, path))
		})
	}
}

// fullReference is the file of the full-size comparison, which is too large to
// be kept.
func fullReference(t *testing.T) string {
	t.Helper()
	path := os.Getenv("EASEL_FULL_REFERENCE")
	if path == "" {
		t.Skip("EASEL_FULL_REFERENCE is not set: it is the file that `python testdata/reference.py --full FILE` writes")
	}
	return path
}

package lowering_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"easel/internal/data/facade"
	"easel/internal/engine/cpu"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/engine/xla/lowering"
	"easel/internal/file/imgio"
	"easel/internal/model/pix2pix"
)

// TestLossCurveOfBFloat16 trains a small pix2pix on drawn façades, on JAX's CPU
// client in float32 and in bfloat16 and on the processor, from the same weights
// with the same pictures and noise, and compares the losses. Go test -v shows
// the curves.
func TestLossCurveOfBFloat16(t *testing.T) {
	const steps = 160
	python := os.Getenv(pythonVariable)
	if python == "" {
		t.Skip(pythonVariable + " names no Python with jaxlib")
	}
	c := pix2pix.Default()
	c.ImageSize, c.Width, c.DiscriminatorWidth, c.PatchLayers = 64, 8, 8, 2
	s, err := pix2pix.TrainStep(c, 1, c.ImageSize, c.ImageSize, pix2pix.StepOptions{})
	must(t, err)
	folder := t.TempDir()
	want := trainOnProcessor(t, s, folder, steps)
	precisions := []device.Precision{device.Float32, device.BFloat16}
	writeTraining(t, s, folder, precisions)
	if out, err := exec.Command(python, "testdata/train_modules.py", folder).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	exact, rough := readCurve(t, s, folder, 0, steps), readCurve(t, s, folder, 1, steps)
	for _, name := range s.Losses {
		for part := range 4 {
			from, to := part*steps/4, (part+1)*steps/4
			a, b, p := mean(exact[name][from:to]), mean(rough[name][from:to]), mean(want[name][from:to])
			t.Logf("%s, steps %d to %d: float32 %.4f, bf16 %.4f, processor %.4f", name, from+1, to, a, b, p)
			allowed := map[string]float64{"loss/l1": 0.02}[name]
			if allowed == 0 {
				allowed = 0.06 // what two networks that compete do to one another
			}
			if off := math.Abs(b/a - 1); !(off <= allowed) {
				t.Errorf("%s, steps %d to %d: %.4f in bf16, %.4f in float32", name, from+1, to, b, a)
			}
			if off := math.Abs(p/a - 1); !(off <= allowed) {
				t.Errorf("%s, steps %d to %d: %.4f on the processor, %.4f in float32", name, from+1, to, p, a)
			}
		}
	}
	if l1 := rough["loss/l1"]; !(mean(l1[3*steps/4:]) < 0.8*mean(l1[:steps/8])) {
		t.Errorf("in bf16 the network does not learn: L1 goes from %.4f to %.4f", mean(l1[:steps/8]), mean(l1[3*steps/4:]))
	}
	if slices.Equal(exact["loss/l1"], rough["loss/l1"]) {
		t.Error("bf16 has the bits of float32")
	}
}

func mean(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) / float64(len(v))
	}
	return sum
}

// trainOnProcessor returns the losses by name, and writes the weights' first
// values and every step's inputs.
func trainOnProcessor(t *testing.T, s *pix2pix.Step, folder string, steps int) map[string][]float32 {
	t.Helper()
	d, err := cpu.New(cpu.Options{Threads: 1})
	must(t, err)
	t.Cleanup(func() { must(t, d.Close()) })
	must(t, s.Parameters.Store(d, 1))
	p, err := d.Compile(s.Graph)
	must(t, err)
	m, err := lowering.Lower(s.Graph, lowering.Options{})
	must(t, err)
	var parameters, inputs bytes.Buffer
	for _, a := range m.Arguments {
		if a.Kind == lowering.Parameter {
			_, value, err := d.Parameter(a.Name)
			must(t, err)
			must(t, binary.Write(&parameters, binary.LittleEndian, value))
		}
	}
	losses := map[string][]float32{}
	size := int(math.Sqrt(float64(len(p.Input("a")) / 3)))
	for step := range steps {
		labels, photo := facade.Generate(1, step%16, size)
		imgio.ToModel(p.Input("a"), labels)
		imgio.ToModel(p.Input("b"), photo)
		key := graph.Key(1, uint64(step))
		copy(p.Input("key"), key[:])
		p.Input("rate")[0], p.Input("step")[0] = 2e-4, float32(step+1)
		for _, a := range m.Arguments {
			if a.Kind == lowering.Input {
				must(t, binary.Write(&inputs, binary.LittleEndian, p.Input(a.Name)))
			}
		}
		must(t, p.Run())
		for _, name := range s.Losses {
			losses[name] = append(losses[name], p.Output(name)[0])
		}
	}
	must(t, os.WriteFile(filepath.Join(folder, "parameters"), parameters.Bytes(), 0o644))
	must(t, os.WriteFile(filepath.Join(folder, "inputs"), inputs.Bytes(), 0o644))
	return losses
}

// writeTraining writes a module for each precision.
func writeTraining(t *testing.T, s *pix2pix.Step, folder string, precisions []device.Precision) {
	t.Helper()
	type value struct {
		specification
		Name      string `json:"name"`
		Parameter bool   `json:"parameter"`
	}
	describe := func(values []lowering.Value) (all []value) {
		for i, spec := range specifications(values) {
			all = append(all, value{spec, values[i].Name, values[i].Kind == lowering.Parameter})
		}
		return all
	}
	type entry struct {
		Module    string  `json:"module"`
		Arguments []value `json:"arguments"`
		Results   []value `json:"results"`
	}
	var list []entry
	for i, precision := range precisions {
		m, err := lowering.Lower(s.Graph, lowering.Options{Precision: precision})
		must(t, err)
		name := fmt.Sprintf("%d.mlir", i)
		must(t, os.WriteFile(filepath.Join(folder, name), m.Text, 0o644))
		list = append(list, entry{name, describe(m.Arguments), describe(m.Results)})
	}
	text, err := json.Marshal(list)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(folder, "jobs.json"), text, 0o644))
}

// readCurve is a job's losses by name.
func readCurve(t *testing.T, s *pix2pix.Step, folder string, job, steps int) map[string][]float32 {
	t.Helper()
	out, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("%d.out", job)))
	must(t, err)
	var names []string
	for _, o := range s.Graph.Outputs() {
		if len(o.Node.Shape()) == 0 {
			names = append(names, o.Name)
		}
	}
	all := make([]float32, steps*len(names))
	if len(out) != 4*len(all) {
		t.Fatalf("%d bytes of %d steps with %v", len(out), steps, names)
	}
	must(t, binary.Read(bytes.NewReader(out), binary.LittleEndian, all))
	curve := map[string][]float32{}
	for i, v := range all {
		curve[names[i%len(names)]] = append(curve[names[i%len(names)]], v)
	}
	return curve
}

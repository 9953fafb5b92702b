package lowering_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"easel/internal/base/near"
	"easel/internal/engine/conformance"
	"easel/internal/engine/cpu"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/engine/xla/lowering"
	"easel/internal/model/pix2pix"
)

// pythonVariable names a Python that has jax and jaxlib, for the tests that run
// modules on JAX's CPU client.
const pythonVariable = "EASEL_TEST_PYTHON"

// job is a module with the values of its arguments, those of each device one
// after the other.
type job struct {
	name      string
	module    *lowering.Module
	devices   int
	arguments [][]float32 // of the inputs and parameters, in order
	check     func(t *testing.T, results [][]float32)
}

// values looks up the arguments of a module by name; inputs have a value for
// each device, parameters one for all.
func values(m *lowering.Module, devices int, inputs, parameters map[string][]float32) [][]float32 {
	var all [][]float32
	for i := range devices {
		for _, a := range m.Arguments {
			switch size := a.Shape.Size(); a.Kind {
			case lowering.DeviceNumber:
				all = append(all, []float32{math.Float32frombits(uint32(i))})
			case lowering.Parameter:
				all = append(all, parameters[a.Name])
			default:
				all = append(all, inputs[a.Name][i*size:(i+1)*size])
			}
		}
	}
	return all
}

type specification struct {
	Shape []int  `json:"shape"`
	Type  string `json:"type"`
}

func specifications(values []lowering.Value) []specification {
	all := []specification{}
	for _, v := range values {
		s := specification{append([]int{}, v.Shape...), "<f4"}
		if v.Kind == lowering.DeviceNumber {
			s.Type = "<u4"
		}
		all = append(all, s)
	}
	return all
}

// runJobs runs all jobs in one process of Python, and each one's check.
func runJobs(t *testing.T, jobs []job) {
	t.Helper()
	python := os.Getenv(pythonVariable)
	if python == "" {
		t.Skip(pythonVariable + " names no Python with jaxlib")
	}
	folder := t.TempDir()
	type entry struct {
		Module    string          `json:"module"`
		Devices   int             `json:"devices"`
		Arguments []specification `json:"arguments"`
		Results   []specification `json:"results"`
	}
	var list []entry
	for i, j := range jobs {
		e := entry{fmt.Sprintf("%d.mlir", i), j.devices, specifications(j.module.Arguments), specifications(j.module.Results)}
		list = append(list, e)
		var in bytes.Buffer
		for _, v := range j.arguments {
			must(t, binary.Write(&in, binary.LittleEndian, v))
		}
		must(t, os.WriteFile(filepath.Join(folder, e.Module), j.module.Text, 0o644))
		must(t, os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d.in", i)), in.Bytes(), 0o644))
	}
	text, err := json.Marshal(list)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(folder, "jobs.json"), text, 0o644))
	if out, err := exec.Command(python, "testdata/run_modules.py", folder).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, j := range jobs {
		t.Run(j.name, func(t *testing.T) {
			if text, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("%d.error", i))); err == nil {
				t.Fatalf("%s\n%s", text, j.module.Text)
			}
			out, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("%d.out", i)))
			must(t, err)
			j.check(t, results(t, j, out))
		})
	}
}

// results takes apart what the script wrote.
func results(t *testing.T, j job, out []byte) [][]float32 {
	t.Helper()
	var all [][]float32
	r := bytes.NewReader(out)
	for range j.devices {
		for _, v := range j.module.Results {
			value := make([]float32, v.Shape.Size())
			must(t, binary.Read(r, binary.LittleEndian, value))
			all = append(all, value)
		}
	}
	if r.Len() > 0 {
		t.Fatalf("%d bytes too many", r.Len())
	}
	return all
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Every operation and every gradient, on another compiler's front door than
// the plugin's of package xla.
func TestConformanceOnJAX(t *testing.T) {
	var jobs []job
	for e := range conformance.Examples(1) {
		m, err := lowering.Lower(e.Graph, lowering.Options{})
		must(t, err)
		jobs = append(jobs, job{e.Name, m, 1, values(m, 1, e.Inputs, e.Parameters), func(t *testing.T, results [][]float32) {
			outputs := map[string][]float32{}
			for i, r := range m.Results {
				outputs[r.Name] = results[i]
			}
			e.Check(t, outputs)
		}})
	}
	runJobs(t, jobs)
}

// The training step of a small pix2pix, on one device and on two, against the
// processor: losses, and all weights and moments after it.
func TestTrainingStepOnJAX(t *testing.T) {
	var jobs []job
	for _, devices := range []int{1, 2} {
		jobs = append(jobs, trainingJob(t, devices))
	}
	runJobs(t, jobs)
}

func trainingJob(t *testing.T, devices int) job {
	t.Helper()
	c := pix2pix.Default()
	c.ImageSize, c.Width, c.DiscriminatorWidth, c.PatchLayers = 32, 4, 4, 2
	s, err := pix2pix.TrainStep(c, 2, 32, 32, pix2pix.StepOptions{Devices: devices})
	must(t, err)
	m, err := lowering.Lower(s.Graph, lowering.Options{Devices: devices})
	must(t, err)
	d, err := cpu.NewDevices(devices, cpu.Options{Threads: 1})
	must(t, err)
	t.Cleanup(func() { must(t, d.Close()) })
	must(t, s.Parameters.Store(d, 1))
	p, err := d.Compile(s.Graph)
	must(t, err)
	inputs, parameters := fill(p, s.Graph), map[string][]float32{}
	for _, each := range s.Parameters {
		_, value, err := d.Parameter(each.Name)
		must(t, err)
		parameters[each.Name] = value
	}
	must(t, p.Run())
	check := func(t *testing.T, results [][]float32) {
		for i, r := range m.Results {
			got, want := results[i], []float32(nil)
			if r.Kind == lowering.Output {
				want = p.Output(r.Name)
				got = nil
				for k := range devices {
					got = append(got, results[k*len(m.Results)+i]...)
				}
			} else {
				_, want, err = d.Parameter(r.Name)
				must(t, err)
			}
			wantClose(t, r.Name, got, want)
		}
	}
	return job{fmt.Sprintf("%d devices", devices), m, devices, values(m, devices, inputs, parameters), check}
}

// fill gives a program's inputs values, and returns them.
func fill(p device.Program, g *graph.Graph) map[string][]float32 {
	r := rand.New(rand.NewPCG(1, 2))
	inputs := map[string][]float32{}
	for _, n := range g.Nodes() {
		in, ok := n.Op().(graph.Input)
		if !ok {
			continue
		}
		value := p.Input(in.Label)
		switch in.Label {
		case "rate":
			device.Fill(value, 2e-4)
		case "step":
			device.Fill(value, 1)
		case "key":
			key := graph.Key(3, 4)
			device.Fill(value, key[:]...)
		default:
			for i := range value {
				value[i] = 2*r.Float32() - 1
			}
		}
		inputs[in.Label] = value
	}
	return inputs
}

// wantClose allows the rounding of a network of float32. An update of Adam's
// first step is about the rate times the gradient's sign, so where the gradient
// is next to nothing the update may be anything within twice the rate.
func wantClose(t *testing.T, name string, got, want []float32) {
	t.Helper()
	largest, far := 0.0, 0
	for _, w := range want {
		largest = max(largest, math.Abs(float64(w)))
	}
	for i, w := range want {
		off := math.Abs(float64(got[i]) - float64(w))
		if !(off <= 2*2e-4+1e-3*largest) {
			t.Fatalf("%s: element %d is %g, want %g", name, i, got[i], w)
		}
		if !near.Within(off, 1e-3*largest) {
			far++
		}
	}
	if far > len(want)/100 {
		t.Errorf("%s: %d of %d elements differ by more than a thousandth", name, far, len(want))
	}
}

// Package bench measures the cases that easel is judged by, on the machine
// that it runs on: a whole training step and the generator's forward pass of
// pix2pix, and VGG-19 as style transfer runs it.
//
// Run measures one case; the seconds are the median of repeated steps after
// one that does not count. MeasureMachine measures what the processor and its
// memory can do at most, and Result.Against what part of that a case reaches.
package bench

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"easel/internal/backend"
	"easel/internal/cpu"
	"easel/internal/device"
	"easel/internal/graph"
	"easel/internal/nn"
	"easel/internal/pix2pix"
)

// Options of a measurement.
type Options struct {
	// Backend is what computes, as in --backend; empty is the processor.
	Backend string
	Threads int
	Kernels string // of the processor, as in cpu.Options
	// Budget is how long a case may repeat, and Repeats how often it does at
	// least; 0 is three times.
	Budget  time.Duration
	Repeats int
}

// threads is Threads with its default.
func (o Options) threads() int {
	if o.Threads > 0 {
		return o.Threads
	}
	return runtime.GOMAXPROCS(0)
}

// Result is one case measured.
type Result struct {
	Case    string  `json:"case"`
	Seconds float64 `json:"seconds"` // median of one step or pass
	Fastest float64 `json:"fastest"`
	Slowest float64 `json:"slowest"`
	Repeats int     `json:"repeats"`
	// PeakBytes is how far the process's resident size rose above that before
	// the case was built: everything that the case takes, its initial values
	// and garbage included. Where the system does not tell (all but Linux) it
	// is PlannedBytes.
	PeakBytes int64 `json:"peak_bytes"`
	// PlannedBytes is what the case's parameters and program hold.
	PlannedBytes int64 `json:"planned_bytes"`
	// Threads and Kernels are the processor's, 0 and empty of another backend.
	Threads int    `json:"threads"`
	Backend string `json:"backend"`
	Kernels string `json:"kernels"`
	// GMultiplies is the work of one step in 10⁹ multiplications, and GBytes
	// what its passes read and write, each value once a pass, in 10⁹ bytes: the
	// sums of the plan, 0 of a backend that does not tell.
	GMultiplies float64 `json:"g_multiplies"`
	GBytes      float64 `json:"g_bytes"`
	// ArithmeticFraction is the part of the micro-kernel's rate that the case
	// reaches, and BandwidthFraction the part of the memory's, updating. Values
	// that stay in the cache from one pass to the next can take the latter
	// above 1. Both are 0 until Against.
	ArithmeticFraction float64 `json:"arithmetic_fraction"`
	BandwidthFraction  float64 `json:"bandwidth_fraction"`
	// Plan is the program, printed.
	Plan string `json:"-"`
}

// Against is the result with its fractions of what the machine can do.
func (r Result) Against(m Machine) Result {
	r.ArithmeticFraction = 2 * r.GMultiplies / r.Seconds / m.GFLOPS
	r.BandwidthFraction = r.GBytes / r.Seconds / m.UpdateGBs
	return r
}

// Cases are the names that Run knows.
func Cases() []string {
	return []string{
		"train-256-b1", "train-256-b4", "generator-256", "generator-512", "generator-1024",
		"vgg-256", "vgg-512", "vgg-forward-256", "vgg-forward-512",
	}
}

// Run measures a case.
func Run(name string, o Options) (Result, error) {
	if !slices.Contains(Cases(), name) {
		return Result{}, fmt.Errorf("unknown case %q", name)
	}
	g, parameters, err := build(name)
	if err != nil {
		return Result{}, err
	}
	return measure(name, g, parameters, o)
}

// TrainStep measures the training step of any configuration.
func TrainStep(c pix2pix.Config, batch int, o Options) (Result, error) {
	s, err := pix2pix.TrainStep(c, batch, c.ImageSize, c.ImageSize, pix2pix.StepOptions{})
	if err != nil {
		return Result{}, err
	}
	return measure(fmt.Sprintf("train-%d-b%d", c.ImageSize, batch), s.Graph, s.Parameters, o)
}

func measure(name string, g *graph.Graph, parameters nn.Parameters, o Options) (Result, error) {
	resident := watchResident()
	d, err := backend.Open(o.Backend, backend.Options{Threads: o.Threads, Kernels: o.Kernels})
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = d.Close() }()
	if err := parameters.Store(d, 1); err != nil {
		return Result{}, err
	}
	program, err := d.Compile(g)
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = program.Close() }()
	fill(program, g)
	times, err := repeat(program, o)
	if err != nil {
		return Result{}, err
	}
	planned := program.Memory() + 4*int64(parameters.Count())
	peak, known := resident()
	if !known {
		peak = planned
	}
	r := Result{
		Case: name, Seconds: times[len(times)/2], Fastest: times[0], Slowest: times[len(times)-1],
		Repeats: len(times), PeakBytes: peak, PlannedBytes: planned,
		Backend: d.Name(), Plan: program.String(),
	}
	if p, ok := program.(*cpu.Program); ok {
		totals := p.Totals()
		r.GMultiplies, r.GBytes = float64(totals.Multiplies)/1e9, float64(totals.Bytes)/1e9
	}
	if p, ok := d.(*cpu.Device); ok {
		r.Threads, r.Kernels = p.Threads(), p.Kernels()
	}
	return r, nil
}

// build is the graph of a case: "train-<size>-b<batch>", "generator-<size>",
// "vgg-<size>" or "vgg-forward-<size>".
func build(name string) (*graph.Graph, nn.Parameters, error) {
	var size, batch int
	if _, err := fmt.Sscanf(name, "vgg-forward-%d", &size); err == nil {
		return vggForward(size)
	}
	if _, err := fmt.Sscanf(name, "vgg-%d", &size); err == nil {
		return vggGradient(size)
	}
	c := pix2pix.Default()
	if _, err := fmt.Sscanf(name, "generator-%d", &size); err == nil {
		n, err := pix2pix.Inference(c, 1, size, size, pix2pix.InferenceOptions{})
		if err != nil {
			return nil, nil, err
		}
		return n.Graph, n.Parameters, nil
	}
	if _, err := fmt.Sscanf(name, "train-%d-b%d", &size, &batch); err != nil {
		return nil, nil, fmt.Errorf("case %s: %w", name, err)
	}
	s, err := pix2pix.TrainStep(c, batch, size, size, pix2pix.StepOptions{})
	if err != nil {
		return nil, nil, err
	}
	return s.Graph, s.Parameters, nil
}

// fill gives the inputs noise, and a training step its rate and number; a step
// of a network does not get faster or slower by what is in the picture.
func fill(p device.Program, g *graph.Graph) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range g.Nodes() {
		in, ok := n.Op().(graph.Input)
		if !ok {
			continue
		}
		value := p.Input(in.Label)
		switch in.Label {
		case "rate":
			value[0] = 2e-4
		case "step":
			value[0] = 1
		case "key": // of the dropout masks: zeros are as good as any
		default:
			for i := range value {
				value[i] = 2*r.Float32() - 1
			}
		}
	}
}

// repeat runs a program for a while and returns the sorted times. The first does
// not count.
func repeat(p device.Program, o Options) ([]float64, error) {
	if o.Repeats < 1 {
		o.Repeats = 3
	}
	var times []float64
	start := time.Now()
	for i := 0; i <= o.Repeats || time.Since(start) < o.Budget; i++ {
		began := time.Now()
		if err := p.Run(); err != nil {
			return nil, err
		}
		if i > 0 {
			times = append(times, time.Since(began).Seconds())
		}
	}
	slices.Sort(times)
	return times, nil
}

// Package bench measures the cases that easel's speed is judged by, on the current machine:
// a whole training step and the generator's forward pass of pix2pix, VGG-19 as style
// transfer runs it, and a training step of a style network.
//
// Run measures one case; the seconds are the median of repeated steps after a warm-up.
// MeasureMachine measures the peak rates of the processor and its memory, and
// Result.Against the fraction of them that a case reaches.
package bench

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"easel/internal/engine/backend"
	"easel/internal/engine/cpu"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/model/feedforward"
	"easel/internal/model/nn"
	"easel/internal/model/pix2pix"
	"easel/internal/model/style"
)

// Options of a measurement.
type Options struct {
	// Backend runs the case: cpu, or xla:NAME or xla:PATH for an XLA plugin; "" is cpu.
	Backend string
	// Threads to work with; 0 is one per core.
	Threads int
	// Kernels is the instruction set to use: avx512, avx2, neon or go; "" is the best that
	// the processor supports.
	Kernels string
	// Precision is that of products: float32, tf32 or bf16; empty is float32.
	Precision string
	// Budget is how long to repeat a case, and Repeats how often at least; 0 is three
	// times.
	Budget  time.Duration
	Repeats int
	// Profile measures each step of the plan.
	Profile bool
}

// precision is Precision with its default; Run has checked the name.
func (o Options) precision() device.Precision {
	p, _ := device.ParsePrecision(o.Precision)
	return p
}

// threads is Threads with its default.
func (o Options) threads() int {
	if o.Threads > 0 {
		return o.Threads
	}
	return runtime.GOMAXPROCS(0)
}

// Result holds the measurements of a case.
type Result struct {
	Case    string  `json:"case"`
	Seconds float64 `json:"seconds"` // median of one step or pass
	Fastest float64 `json:"fastest"`
	Slowest float64 `json:"slowest"`
	Repeats int     `json:"repeats"`
	// PeakBytes is how far the process's resident size rose above its value before the case
	// was built. It includes everything: initial values and garbage, too. On systems other
	// than Linux, which do not report it, it is PlannedBytes.
	PeakBytes int64 `json:"peak_bytes"`
	// PlannedBytes is the memory of the case's parameters and program.
	PlannedBytes int64 `json:"planned_bytes"`
	// Threads and Kernels are those of the CPU backend; 0 and empty for others.
	Threads int    `json:"threads"`
	Backend string `json:"backend"`
	Kernels string `json:"kernels"`
	// GMultiplies is the work of one step in 10⁹ multiplications of direct convolution,
	// GPerformed how many of these remain with Winograd convolution, and GBytes what its
	// passes read and write, each value once per pass, in 10⁹ bytes. All are sums over the
	// plan, 0 for a backend that does not report them.
	GMultiplies float64 `json:"g_multiplies"`
	GPerformed  float64 `json:"g_performed"`
	GBytes      float64 `json:"g_bytes"`
	// ArithmeticFraction is the fraction of the micro-kernel's peak rate that the case
	// reaches, and BandwidthFraction that of the memory's update rate. Values that stay in
	// the cache between passes can raise the latter above 1. Both are 0 until Against.
	ArithmeticFraction float64 `json:"arithmetic_fraction"`
	BandwidthFraction  float64 `json:"bandwidth_fraction"`
	// Plan is the printed program; with Options.Profile on the CPU, with the time of each
	// step, the least of three runs.
	Plan string `json:"-"`
}

// Against returns the result with its fractions of the machine's peak rates.
func (r Result) Against(m Machine) Result {
	r.ArithmeticFraction = 2 * r.GPerformed / r.Seconds / m.GFLOPS
	r.BandwidthFraction = r.GBytes / r.Seconds / m.UpdateGBs
	return r
}

// Cases are the names of a full measurement. Run accepts other sizes and batches, too;
// below 256, pix2pix's networks are small ones, for quick tests.
func Cases() []string {
	return []string{
		"train-256-b1", "train-256-b4", "train-best-256-b1", "train-perceptual-256-b1", "generator-256", "generator-512", "generator-1024",
		"vgg-256", "vgg-512", "vgg-forward-256", "vgg-forward-512",
		"style-256-b4",
	}
}

// Run measures a case.
func Run(name string, o Options) (Result, error) {
	g, parameters, err := build(name)
	if err != nil {
		return Result{}, err
	}
	return measure(name, g, parameters, o)
}

// Check fails for an unknown name or invalid sizes.
func Check(name string) error {
	_, _, err := build(name)
	return err
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
	c, err := load(g, parameters, o)
	if err != nil {
		return Result{}, err
	}
	defer c.close()
	d, program, planned := c.device, c.program, c.planned()
	times, err := repeat(program, o)
	if err != nil {
		return Result{}, err
	}
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
		if o.Profile {
			if r.Plan, err = profile(p); err != nil {
				return Result{}, err
			}
		}
		totals := p.Totals()
		r.GMultiplies, r.GPerformed = float64(totals.Multiplies)/1e9, float64(totals.Performed)/1e9
		r.GBytes = float64(totals.Bytes) / 1e9
	}
	if p, ok := d.(*cpu.Device); ok {
		r.Threads, r.Kernels = p.Threads(), p.Kernels()
	}
	return r, nil
}

// loaded is a case on its device, with noise as inputs.
type loaded struct {
	graph      *graph.Graph
	parameters nn.Parameters
	device     device.Device
	program    device.Program
}

// open builds a case and loads it.
func open(name string, o Options) (*loaded, error) {
	g, parameters, err := build(name)
	if err != nil {
		return nil, err
	}
	return load(g, parameters, o)
}

func load(g *graph.Graph, parameters nn.Parameters, o Options) (*loaded, error) {
	d, err := backend.Open(o.Backend, backend.Options{Threads: o.Threads, Kernels: o.Kernels, Precision: o.precision()})
	if err != nil {
		return nil, err
	}
	c := &loaded{graph: g, parameters: parameters, device: d}
	if err := parameters.Store(d, 1); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if c.program, err = d.Compile(g); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	fill(c.program, g)
	return c, nil
}

// planned returns the memory of parameters and program, in bytes.
func (c *loaded) planned() int64 { return c.program.Memory() + 4*int64(c.parameters.Count()) }

func (c *loaded) close() {
	_ = c.program.Close()
	_ = c.device.Close()
}

// profile prints a plan with the least time of each step in three runs.
func profile(p *cpu.Program) (string, error) {
	var least []time.Duration
	for range 3 {
		times, err := p.Profile()
		if err != nil {
			return "", err
		}
		if least == nil {
			least = times
		}
		for i, t := range times {
			least[i] = min(least[i], t)
		}
	}
	return p.Print(least), nil
}

// build makes the graph of a case: "train-<size>-b<batch>", the same with "best-" or
// "perceptual-" before the size for the preset best without or with VGG-19,
// "generator-<size>", "vgg-<size>", "vgg-forward-<size>", or "style-<size>-b<batch>", the
// training step of Johnson et al.'s style network.
func build(name string) (*graph.Graph, nn.Parameters, error) {
	var size, batch int
	switch {
	case matches(name, "vgg-forward-%d", &size):
		return vggForward(size)
	case matches(name, "vgg-%d", &size):
		return vggGradient(size)
	case matches(name, "generator-%d", &size):
		n, err := pix2pix.Inference(network(size), 1, size, size, pix2pix.InferenceOptions{})
		if err != nil {
			return nil, nil, fmt.Errorf("case %s: %w", name, err)
		}
		return n.Graph, n.Parameters, nil
	case matches(name, "train-%d-b%d", &size, &batch):
		return step(name, network(size), batch)
	case matches(name, "train-best-%d-b%d", &size, &batch):
		return step(name, best(network(size)), batch)
	case matches(name, "train-perceptual-%d-b%d", &size, &batch):
		c := best(network(size))
		c.Perceptual = pix2pix.PerceptualBest
		return step(name, c, batch)
	case matches(name, "style-%d-b%d", &size, &batch):
		s, err := feedforward.TrainStep(feedforward.Default(), style.Easel(), batch, size, feedforward.StepOptions{})
		if err != nil {
			return nil, nil, fmt.Errorf("case %s: %w", name, err)
		}
		return s.Graph, append(s.Parameters, s.Fixed...), nil
	}
	return nil, nil, fmt.Errorf("unknown case %q", name)
}

// step returns the graph of a training step with its state.
func step(name string, c pix2pix.Config, batch int) (*graph.Graph, nn.Parameters, error) {
	s, err := pix2pix.TrainStep(c, batch, c.ImageSize, c.ImageSize, pix2pix.StepOptions{})
	if err != nil {
		return nil, nil, fmt.Errorf("case %s: %w", name, err)
	}
	return s.Graph, append(s.Parameters, s.Perceptual...), nil
}

// best returns a network with the other settings of that preset.
func best(c pix2pix.Config) pix2pix.Config {
	b, _ := pix2pix.Preset("best")
	b.ImageSize, b.Width, b.DiscriminatorWidth, b.PatchLayers = c.ImageSize, c.Width, c.DiscriminatorWidth, c.PatchLayers
	return b
}

// matches extracts the numbers from a name of the given form.
func matches(name, form string, numbers ...any) bool {
	if _, err := fmt.Sscanf(name, form, numbers...); err != nil {
		return false
	}
	values := make([]any, len(numbers))
	for i, n := range numbers {
		values[i] = *n.(*int)
	}
	return fmt.Sprintf(form, values...) == name
}

// network returns the paper's network, or a small one below its size.
func network(size int) pix2pix.Config {
	c := pix2pix.Default()
	if size < c.ImageSize {
		c.ImageSize, c.Width, c.DiscriminatorWidth, c.PatchLayers = size, 8, 8, 1
	}
	return c
}

// fill sets the inputs to noise, and the rate and number of a training step; the content of
// the picture does not affect the speed.
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
		case "key": // of the dropout masks: zeros will do
		default:
			for i := range value {
				value[i] = 2*r.Float32() - 1
			}
		}
	}
}

// repeat runs a program for a while and returns the sorted times, without the first run.
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

package bench

import (
	"math"
	"runtime"
	"testing"

	"easel/internal/graph"
)

// Every case that Cases names can be built, and VGG-19's are its whole work.
func TestCases(t *testing.T) {
	t.Parallel()
	// VGG-19 as far as relu5_1 at 256²: 9·height·width·in·out summed over the
	// convolutions, in 10⁹.
	const vgg256 = 23.668457472
	want := map[string]float64{"vgg-forward-256": vgg256, "vgg-forward-512": 4 * vgg256}
	for _, name := range Cases() {
		g, parameters, err := build(name)
		if err != nil || parameters.Count() == 0 {
			t.Fatalf("%s: %v", name, err)
		}
		if work := multiplies(g); want[name] > 0 && math.Abs(work/want[name]-1) > 1e-9 {
			t.Errorf("%s: %.9f·10⁹ multiplications, want %.9f", name, work, want[name])
		}
	}
	if _, err := Run("vgg", Options{}); err == nil {
		t.Error("an unknown case runs")
	}
}

// multiplies of a graph's forward convolutions, in 10⁹.
func multiplies(g *graph.Graph) float64 {
	sum := 0.0
	for _, n := range g.Nodes() {
		if _, ok := n.Op().(graph.Convolution); ok {
			kernel := n.Inputs()[1].Shape()
			sum += float64(n.Shape().Positions()) * float64(kernel.Size()) / 1e9
		}
	}
	return sum
}

func TestFractions(t *testing.T) {
	t.Parallel()
	r := Result{Seconds: 0.5, GMultiplies: 10, GBytes: 4}.Against(Machine{GFLOPS: 80, UpdateGBs: 32})
	if r.ArithmeticFraction != 0.5 || r.BandwidthFraction != 0.25 {
		t.Errorf("got %v and %v, want a half and a quarter", r.ArithmeticFraction, r.BandwidthFraction)
	}
}

// Not in parallel: the peak is the process's.
func TestResident(t *testing.T) {
	const size = 64 << 20
	rise := watchResident()
	if _, known := rise(); !known {
		t.Skip("this system does not tell a process's peak")
	}
	touched := make([]byte, size)
	for i := 0; i < size; i += 4096 {
		touched[i] = 1
	}
	if got, _ := rise(); got < size || got > 2*size {
		t.Errorf("touching %d bytes, the peak rose by %d", size, got)
	}
	runtime.KeepAlive(touched)
}

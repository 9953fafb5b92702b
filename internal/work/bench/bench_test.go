package bench

import (
	"bytes"
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"easel/internal/base/near"
	"easel/internal/engine/graph"
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
		work, err := WorkOf(g)
		if err != nil {
			t.Fatal(err)
		}
		if got := work.Multiplies / 1e9; want[name] > 0 && !near.Within(got/want[name]-1, 1e-9) {
			t.Errorf("%s: %.9f·10⁹ multiplications, want %.9f", name, got, want[name])
		}
	}
	if _, err := Run("vgg", Options{}); err == nil {
		t.Error("an unknown case runs")
	}
}

// Smaller sizes are there for trying out; what cannot be built says so.
func TestOtherSizes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"train-32-b2", "train-256-b16", "generator-64", "vgg-32", "vgg-1024", "style-64-b1"} {
		if err := Check(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"vgg", "train-32", "train-32-b0", "generator-100", "vgg-32x", "generator-032", "vgg-2", "style-30-b1"} {
		if err := Check(name); err == nil {
			t.Errorf("there is a case %s", name)
		}
	}
}

// A step's updates read and write weights and two moments; its products and the
// generator's are counted from the layers' shapes in the design's first table.
func TestWork(t *testing.T) {
	t.Parallel()
	for name, gflop := range map[string]float64{"train-256-b1": 86.8, "generator-256": 12.1} {
		g, parameters, err := build(name)
		if err != nil {
			t.Fatal(err)
		}
		w, err := WorkOf(g)
		if err != nil {
			t.Fatal(err)
		}
		if got := 2 * w.Multiplies / 1e9; !near.Within(got/gflop-1, 2e-3) {
			t.Errorf("%s: %g GFLOP, want about %g", name, got, gflop)
		}
		if want := 2 * 4 * float64(parameters.Count()); w.UpdateBytes != want && name == "train-256-b1" {
			t.Errorf("updates move %g bytes, want %g", w.UpdateBytes, want)
		}
	}
	g, err := graph.Build(func(g *graph.Graph) {
		x, w := g.Input("x", 1, 4, 4, 2), g.Parameter("w", 3, 3, 2, 5)
		y := graph.Conv(x, w, 1, graph.Pad(0))
		g.Output("y", graph.Gram(y))
		m, v := g.Parameter("m", 3, 3, 2, 5), g.Parameter("v", 3, 3, 2, 5)
		graph.Adam(w, graph.Gradient(graph.Mean(y), w)[0], m, v, g.Input("rate"), g.Input("step"), graph.AdamUpdate{})
	})
	if err != nil {
		t.Fatal(err)
	}
	w, err := WorkOf(g)
	if err != nil {
		t.Fatal(err)
	}
	const (
		multiplies = 4*90 + 4*90 + 4*25                               // forward, the kernel's gradient, Gram
		elements   = (32 + 90 + 20) + (32 + 20) + (20 + 20 + 25) - 20 // Gram reads y once
	)
	if w.Multiplies != multiplies || w.ProductBytes != 4*elements || w.UpdateBytes != 3*2*4*90 {
		t.Errorf("%+v, want %d multiplications and %d bytes", w, multiplies, 4*elements)
	}
}

// Turns answers as bench/worker.py does.
func TestTurns(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := Turns("generator-32", "easel", Options{Threads: 1}, strings.NewReader("0 3\n0.001 1\n"), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var ready struct{ Ready Ready }
	if len(lines) != 3 || json.Unmarshal([]byte(lines[0]), &ready) != nil || ready.Ready.GMultiplies <= 0 || ready.Ready.Precision != "float32" {
		t.Fatalf("answers\n%s", out.String())
	}
	var turn Turn
	if err := json.Unmarshal([]byte(lines[1]), &turn); err != nil || len(turn.Times) != 3 || turn.PeakBytes <= 0 {
		t.Errorf("a turn of three: %s, %v", lines[1], err)
	}
	if err := Turns("generator-32", "easel", Options{Threads: 1}, strings.NewReader("soon\n"), &out); err == nil {
		t.Error("a turn of soon")
	}
}

func TestFractions(t *testing.T) {
	t.Parallel()
	r := Result{Seconds: 0.5, GMultiplies: 25, GPerformed: 10, GBytes: 4}.Against(Machine{GFLOPS: 80, UpdateGBs: 32})
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

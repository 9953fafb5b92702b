package translate

import (
	"context"
	"math"
	"testing"

	"easel/internal/engine/cpu"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// compiler is the processor, posing as a device that compiles.
type compiler struct {
	*cpu.Device
	compiled int
}

func (c *compiler) Compile(g *graph.Graph) (device.Program, error) {
	c.compiled++
	return c.Device.Compile(g)
}

func (c *compiler) Compilations() int { return c.compiled }

func compiling(t *testing.T, c pix2pix.Config, o Options) (*Translator, *compiler) {
	t.Helper()
	d, err := cpu.New(cpu.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	fake := &compiler{Device: d}
	tr, err := New(fake, stored.Config{Network: c}, untrained{}, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tr.Close() })
	return tr, fake
}

// TestFewCompilations: pictures of sixteen padded sizes, upright and lying, are
// nine programs, and each comes out as from a program of its size.
func TestFewCompilations(t *testing.T) {
	t.Parallel()
	exact := random(t, tiny(), Options{Seed: 1})
	tr, fake := compiling(t, tiny(), Options{Seed: 1})
	for _, height := range []int{20, 64, 70, 128} {
		for _, width := range []int{32, 33, 80, 100} {
			p := noise(width, height, 3)
			want := translate(t, exact, p)
			for i, v := range translate(t, tr, p) {
				if off := math.Abs(float64(v - want[i])); !(off < 1e-4) {
					t.Fatalf("%d×%d: element %d off by %g", width, height, i, off)
				}
			}
		}
	}
	// Heights of 1, 2 and 4 times 32, widths likewise.
	if fake.Compilations() != 9 {
		t.Errorf("%d compilations", fake.Compilations())
	}
}

// TestTheModelsSizeIsExact: pictures of the training size need no extent.
func TestTheModelsSizeIsExact(t *testing.T) {
	t.Parallel()
	tr, fake := compiling(t, tiny(), Options{})
	exact := random(t, tiny(), Options{})
	for range 2 {
		p := noise(32, 32, 3)
		a, b := translate(t, tr, p), translate(t, exact, p)
		for i := range a {
			if a[i] != b[i] {
				t.Fatal("a picture of the model's size differs")
			}
		}
	}
	if fake.Compilations() != 1 || len(tr.programs) != 1 || tr.programs[0].extent {
		t.Errorf("%d compilations, programs %v", fake.Compilations(), tr.programs)
	}
}

// TestNoRoomForTheLargerSize: what does not fit in the next power of two has a
// program of its own size.
func TestNoRoomForTheLargerSize(t *testing.T) {
	t.Parallel()
	probe := random(t, tiny(), Options{})
	g, _, err := probe.form.build(shape{96, 96, false, false})
	if err != nil {
		t.Fatal(err)
	}
	needed, err := probe.device.Estimate(g)
	if err != nil {
		t.Fatal(err)
	}
	tr, _ := compiling(t, tiny(), Options{MaxMemory: needed})
	if _, err := tr.Picture(context.Background(), noise(90, 90, 3)); err != nil {
		t.Fatal(err)
	}
	if len(tr.programs) != 1 || tr.programs[0].shape != (shape{96, 96, false, false}) {
		t.Errorf("programs %v", tr.programs)
	}
	if _, err := tr.Picture(context.Background(), noise(120, 120, 3)); err == nil {
		t.Error("more than there is room for")
	}
}

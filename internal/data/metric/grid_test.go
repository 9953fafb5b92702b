package metric

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"easel/internal/base/near"
)

// ruled is a picture with a grid of some strength, as testdata/grid.py has it.
func ruled(h, w int, amplitude float64) ([]float32, Shape) {
	s := Shape{h, w, 3}
	out := make([]float32, h*w*3)
	for i := range out {
		c, x, y := i%3, i/3%w, i/3/w
		v := float64((3*x+5*y+40*c+4*((x*x+3*y*y)%29))%256) / 255
		if x%4 == 1 {
			v += amplitude
		}
		out[i] = float32(v + amplitude*float64(y%2))
	}
	return out, s
}

func vectorsOf(n, length, k int) [][]float32 {
	all := make([][]float32, n)
	for i := range all {
		all[i] = make([]float32, length)
		for j := range all[i] {
			all[i][j] = float32((7*i*i+3*j+k*((i*j)%11))%31) / 31
		}
	}
	return all
}

func TestGridAndSlices(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/grid.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Grid   []float64
		Weave  []float64
		Sliced float64
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		h, w      int
		amplitude float64
	}{{64, 96, 0}, {64, 96, 0.1}, {128, 128, 0.05}, {90, 70, 0.2}} {
		if got := Grid(ruled(c.h, c.w, c.amplitude)); !near.Within(got-want.Grid[i], 1e-4) {
			t.Errorf("grid of %+v is %g, numpy's %g", c, got, want.Grid[i])
		}
	}
	for i, c := range []struct {
		h, w      int
		amplitude float64
	}{{16, 24, 0}, {64, 96, 0.1}, {127, 131, 0.05}, {89, 71, 0.2}} {
		if got := Weave(ruled(c.h, c.w, c.amplitude)); !near.Within(got-want.Weave[i], 1e-4) {
			t.Errorf("weave of %+v is %g, numpy's %g", c, got, want.Weave[i])
		}
	}
	if got := SlicedWasserstein(vectorsOf(40, 6, 1), vectorsOf(40, 6, 4), vectorsOf(5, 6, 2)); !near.Within(got-want.Sliced, 1e-6) {
		t.Errorf("sliced distance is %g, scipy's %g", got, want.Sliced)
	}
	if got := Grid(make([]float32, 32*32), Shape{32, 32, 1}); got != 0 {
		t.Errorf("grid of a small picture is %g", got)
	}
}

// A set is at no distance from itself; blur, noise and a grid each take it away.
func TestPatchesTellSetsApart(t *testing.T) {
	t.Parallel()
	set := func(change func(a []float32, s Shape)) *Patches {
		p := &Patches{}
		for k := range 3 {
			a, s := ruled(64, 64, 0)
			for i := range a {
				a[i] = float32(math.Mod(float64(a[i])+0.3*float64(k), 1))
			}
			change(a, s)
			p.Add(a, s)
		}
		return p
	}
	target := set(func([]float32, Shape) {})
	if got := set(func([]float32, Shape) {}).Distance(target); got != 0 {
		t.Errorf("the same set is %g away", got)
	}
	for name, change := range map[string]func(a []float32, s Shape){
		"grey": func(a []float32, _ Shape) {
			for i := range a {
				a[i] = 0.5
			}
		},
		"blurred": func(a []float32, s Shape) {
			small, half := squareMeans(a, s)
			for i := range a {
				a[i] = small[(i/3/s.Width/2*half.Width+i/3%s.Width/2)*3+i%3]
			}
		},
		"gridded": func(a []float32, s Shape) {
			for i := range a {
				a[i] += 0.3 * float32(i/3%2)
			}
		},
	} {
		if got := set(change).Distance(target); got < 0.05 {
			t.Errorf("%s pictures are %g away", name, got)
		}
	}
}

package conv

import (
	"math/rand/v2"
	"slices"
	"testing"

	"easel/internal/engine/cpu/kernel/gemm"
)

// collected is an Update that keeps what it is given.
type collected struct {
	gradient []float32
	times    []int
	told     []int // how often that a step comes
	untold   int   // steps without
	rested   int
}

func (c *collected) Ahead(at, n int) {
	for i := range n {
		c.told[at+i]++
	}
}

func (c *collected) Step(at int, gradient []float32) {
	copy(c.gradient[at:], gradient)
	for i := range gradient {
		c.times[at+i]++
		if c.told[at+i] != 1 {
			c.untold++
		}
	}
}

func (c *collected) Rest(at, n int) {
	c.rested += n
	for i := range n {
		c.times[at+i]++
	}
}

// An update is given each weight's gradient once, the same bits that the
// kernel's gradient has, and is told of taps that see padding only.
func TestUpdate(t *testing.T) {
	t.Parallel()
	for _, g := range []Geometry{
		{N: 1, H: 2, W: 2, C: 64, OH: 1, OW: 1, O: 128, KH: 4, KW: 4, Stride: 2, PadTop: 1, PadLeft: 1},
		{N: 2, H: 8, W: 8, C: 64, OH: 4, OW: 4, O: 64, KH: 4, KW: 4, Stride: 2, PadTop: 1, PadLeft: 1},
		{N: 1, H: 9, W: 9, C: 320, OH: 9, OW: 9, O: 64, KH: 3, KW: 3, Stride: 1, PadTop: 1, PadLeft: 1},
	} {
		for _, swapped := range []bool{false, true} {
			for _, k := range gemm.Available() {
				w := newWorld(g, swapped, rand.New(rand.NewPCG(1, 2)))
				want := newGradient(k, g.check(), swapped, false).plan()
				run(want, &w.args, rand.Perm)
				c := &collected{gradient: make([]float32, g.Weights()), times: make([]int, g.Weights()), told: make([]int, g.Weights())}
				p := newGradient(k, g.check(), swapped, true)
				if !p.wholeRows() {
					t.Fatalf("%v: not in whole rows", g)
				}
				a := w.args
				a.Kernel, a.Update = nil, c
				run(p.plan(), &a, rand.Perm)
				if !slices.Equal(c.gradient, w.args.Kernel) {
					t.Errorf("%s %v, swapped %v: the update's gradient is another", k.Name, g, swapped)
				}
				if i := slices.IndexFunc(c.times, func(n int) bool { return n != 1 }); i >= 0 {
					t.Errorf("%s %v, swapped %v: weight %d was updated %d times", k.Name, g, swapped, i, c.times[i])
				}
				if c.untold > 0 {
					t.Errorf("%s %v, swapped %v: %d updates came unexpected", k.Name, g, swapped, c.untold)
				}
				if want := len(p.dead) * g.C * g.O; c.rested != want {
					t.Errorf("%s %v: %d weights rest, want %d", k.Name, g, c.rested, want)
				}
			}
		}
	}
}

// Where filtering makes the gradient in small pieces there is no update.
func TestNoUpdateInPieces(t *testing.T) {
	t.Parallel()
	k := gemm.Available()[0]
	for _, l := range layers() {
		p := NewKernelUpdate(k, l.g, l.swapped)
		whole := slices.Contains([]string{"e5", "e6", "e7", "e8", "d1", "d2", "d3", "d4"}, l.name)
		if (p != nil) != whole {
			t.Errorf("%s: update planned: %v, want %v", l.name, p != nil, whole)
		}
	}
}

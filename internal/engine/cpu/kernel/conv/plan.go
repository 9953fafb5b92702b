package conv

import (
	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/cpu/kernel/winograd"
)

// Args are the operands of a run. Pictures are in one slice, so that a tile
// can take any of them, and zeros for padding, by offset.
type Args struct {
	Arena []float32
	X, Y  int // where the pictures begin; the one that is the result is written
	// Zero is where in Arena at least ZeroLen() zeros are.
	Zero int
	// Shared is where the stages' common floats are.
	Shared []float32
	// Kernel is [kh, kw, C, O], or [kh, kw, O, C] if swapped. KernelGradient
	// writes it.
	Kernel []float32
	// Bias is added to the result, one element per channel; nil for none.
	// Forward and InputGradient only.
	Bias []float32
	// Finish, if the plan Finishes, takes rows of c results each to their place
	// while they are in cache: an activation. nil copies them.
	Finish func(dst []float32, dstStride int, src []float32, srcStride, rows, c int)
	// Update gets the gradient of a NewKernelUpdate.
	Update Update
}

// Update is what becomes of a kernel's gradient that nobody keeps: it is given
// away piece by piece while it is in cache. Pieces come in any order, and at
// the same time from tasks that run at the same time, each weight once.
type Update interface {
	// Ahead is told that Step will soon be called for n weights from at on, so
	// that they can be fetched while their gradient is computed.
	Ahead(at, n int)
	// Step takes the gradient of the weights from at on. It may overwrite it.
	Step(at int, gradient []float32)
	// Rest is told that the gradient of n weights from at on is zero: taps that
	// see padding only.
	Rest(at, n int)
}

// direct is the Method without filtering.
const direct = "direct"

// Plan is one direction of a convolution, cut into stages and those into tasks.
// A stage's tasks can be run in any order and at the same time, once the stage
// before is complete.
type Plan struct {
	// Method names how it is computed, for printing.
	Method string
	Stages []Stage
	// Shared is how many elements the stages want at Args.Shared, for what one
	// of them leaves to the next.
	Shared int

	g       Geometry
	need    gemm.Need
	zeroLen int
	// performed is the number of multiplications of all tasks, 0 for as many
	// as the direct form has.
	performed int
	finishes  bool
}

// Stage is a part of a plan.
type Stage struct {
	// Name is what it makes; empty for the result.
	Name  string
	Tasks int
	// What it touches of the plan's operands: the pictures or the one picture
	// that is read, the kernel that is read, the result.
	Pictures, Kernel, Result bool

	run func(task int, s *gemm.Scratch, a *Args)
}

// Run computes one task.
func (s *Stage) Run(task int, scratch *gemm.Scratch, a *Args) { s.run(task, scratch, a) }

// oneStage is all of a plan's work.
func oneStage(tasks int, run func(task int, s *gemm.Scratch, a *Args)) []Stage {
	return []Stage{{Tasks: tasks, Pictures: true, Kernel: true, Result: true, run: run}}
}

// Geometry is what the plan was made for.
func (p *Plan) Geometry() Geometry { return p.g }

// Need is what a worker's scratch must be fitted to.
func (p *Plan) Need() gemm.Need { return p.need }

// ZeroLen is how many zeros the plan wants at Args.Zero.
func (p *Plan) ZeroLen() int { return p.zeroLen }

// Multiplies is the number of multiplications in the direct form, padding left
// out, and of those performed in matrix products.
func (p *Plan) Multiplies() (direct, performed int) {
	direct = p.g.FLOPs() / 2
	if p.performed == 0 {
		return direct, direct
	}
	return direct, p.performed
}

// Finishes tells whether the plan calls Args.Finish.
func (p *Plan) Finishes() bool { return p.finishes }

// NewForward plans y from x and the kernel.
func NewForward(k *gemm.Kernels, g Geometry, swapped bool) *Plan {
	g = g.check()
	if p := newSpread(k, g, swapped, false); p != nil {
		return p.plan()
	}
	return cheapest(k, g, newGather(k, g, swapped, false), func(f *winograd.Filter) method {
		return newWinogradGather(k, f, g, swapped, false, inCache())
	})
}

// NewInputGradient plans x from y and the kernel: the gradient to a
// convolution's input or, swapped, a transposed convolution.
func NewInputGradient(k *gemm.Kernels, g Geometry, swapped bool) *Plan {
	g = g.check()
	if p := newSpread(k, g, swapped, true); p != nil {
		return p.plan()
	}
	return cheapest(k, g, newGather(k, g, swapped, true), func(f *winograd.Filter) method {
		return newWinogradGather(k, f, g, swapped, true, inCache())
	})
}

// NewKernelGradient plans the kernel's gradient from x and y.
func NewKernelGradient(k *gemm.Kernels, g Geometry, swapped bool) *Plan {
	return kernelGradient(k, g.check(), swapped)
}

// NewKernelUpdate plans the kernel's gradient for Args.Update; Args.Kernel is
// not used. It returns nil where the gradient does not come in whole rows of
// the kernel: an update in small pieces all over main memory costs more than
// writing the gradient and reading it again.
func NewKernelUpdate(k *gemm.Kernels, g Geometry, swapped bool) *Plan {
	g = g.check()
	if min(g.C, g.O) < narrow || kernelGradient(k, g, swapped).Method != direct {
		return nil
	}
	if p := newGradient(k, g, swapped, true); p.wholeRows() {
		return p.plan()
	}
	return nil
}

func kernelGradient(k *gemm.Kernels, g Geometry, swapped bool) *Plan {
	return cheapest(k, g, newGradient(k, g, swapped, false), func(f *winograd.Filter) method {
		return newWinogradGradient(k, f, g, swapped, inCache())
	})
}

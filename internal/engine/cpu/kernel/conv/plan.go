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

// Update consumes a kernel's gradient that is not stored: it receives it piece by
// piece while the piece is in cache. Pieces come in any order, concurrently from
// tasks that run concurrently, and each weight once.
type Update interface {
	// Ahead announces that Step will soon be called for n weights from at on, so
	// that they can be fetched while their gradient is computed.
	Ahead(at, n int)
	// Step takes the gradient of the weights from at on. It may overwrite it.
	Step(at int, gradient []float32)
	// Rest says that the gradient of n weights from at on is zero: those of taps that
	// see only padding.
	Rest(at, n int)
}

// direct is the Method without filtering.
const direct = "direct"

// Plan is one direction of a convolution, cut into stages and those into tasks.
// A stage's tasks can be run in any order and at the same time, once the stages
// before that it waits for are complete.
type Plan struct {
	// Method names how it is computed, for printing.
	Method string
	// BFloat16 says that what products read is rounded to that.
	BFloat16 bool
	Stages   []Stage
	// Shared is how many elements a stage wants at Args.Shared, for what one of
	// them leaves to the next: see Stage.Buffer.
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
	Name string
	// Tasks are cut finely enough for many workers. Few can run Group of them
	// together, from a multiple of Group on, which costs less: operands are
	// transformed, packed or read once. The result has the same bits.
	Tasks, Group int
	// What it touches of the plan's operands: the pictures or the one picture
	// that is read, the kernel that is read, the result.
	Pictures, Kernel, Result bool
	// Buffer is which of two buffers Args.Shared has to be. A stage waits for those
	// before it that have the same one.
	Buffer int
	// Apart says that no other stage writes what it writes of the result.
	Apart bool

	// run computes a part of a group or, for whole, all of it; cost is what
	// that costs.
	run   func(group, part int, s *gemm.Scratch, a *Args)
	cost  func(group, part int) float64
	parts int // of a group, also where they are not tasks of their own
}

// whole is a group's part that is all of it.
const whole = -1

// Share is what a task may cost, in multiply-adds of 16 lanes, without being cut
// for many workers: some 50 microseconds.
const Share = 400_000

// newStage is a stage of so many groups, each cut into parts where it would keep
// the others waiting. A group may have fewer parts.
func newStage(groups, parts int, run func(group, part int, s *gemm.Scratch, a *Args), cost func(group, part int) float64) Stage {
	longest := 0.0
	for i := range groups {
		longest = max(longest, cost(i, whole))
	}
	s := Stage{Tasks: groups, Group: 1, run: run, cost: cost, parts: parts}
	if longest > Share {
		s.Tasks, s.Group = groups*parts, parts
	}
	return s
}

// part is which group and part of it a task is.
func (s *Stage) part(task int) (group, part int) {
	if s.Group == 1 {
		return task, whole
	}
	return task / s.Group, task % s.Group
}

// Run computes one task.
func (s *Stage) Run(task int, scratch *gemm.Scratch, a *Args) {
	group, part := s.part(task)
	s.run(group, part, scratch, a)
}

// RunGroup computes the tasks of a group.
func (s *Stage) RunGroup(group int, scratch *gemm.Scratch, a *Args) { s.run(group, whole, scratch, a) }

// Cost is what a task costs, in multiply-adds of 16 lanes: an estimate that
// depends on shapes only.
func (s *Stage) Cost(task int) float64 { return s.cost(s.part(task)) }

// GroupCost is what a group's tasks cost together.
func (s *Stage) GroupCost(group int) float64 { return s.cost(group, whole) }

// only is a stage that makes the result of all operands.
func (s Stage) only() []Stage {
	s.Pictures, s.Kernel, s.Result = true, true, true
	return []Stage{s}
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
	return newSum(k, g.check(), swapped, false)
}

// NewInputGradient plans x from y and the kernel: the gradient to a
// convolution's input or, swapped, a transposed convolution.
func NewInputGradient(k *gemm.Kernels, g Geometry, swapped bool) *Plan {
	return newSum(k, g.check(), swapped, true)
}

func newSum(k *gemm.Kernels, g Geometry, swapped, backward bool) *Plan {
	if p := newScatter(k.Float32(), g, swapped, backward); p != nil {
		return p.plan()
	}
	return cheapest(k, g, func(k *gemm.Kernels) method {
		if p := newGather(k, g, swapped, backward); !k.Pairs || p.rounds() {
			return p
		}
		return nil
	}, func(k *gemm.Kernels, f *winograd.Filter) method {
		return newWinogradGather(k, f, g, swapped, backward, inCache())
	})
}

// NewKernelGradient plans the kernel's gradient from x and y.
func NewKernelGradient(k *gemm.Kernels, g Geometry, swapped bool) *Plan {
	return kernelGradient(k, g.check(), swapped)
}

// NewKernelUpdate plans the kernel's gradient for Args.Update; Args.Kernel is
// not used. It returns nil where the gradient does not come in whole rows of
// the kernel: an update in small pieces all over main memory costs more than
// writing the gradient and reading it again. It multiplies float32: the work is
// reading and writing weights and moments.
func NewKernelUpdate(k *gemm.Kernels, g Geometry, swapped bool) *Plan {
	g, k = g.check(), k.Float32()
	if min(g.C, g.O) < narrow || kernelGradient(k, g, swapped).Method != direct {
		return nil
	}
	if p := newGradient(k, g, swapped, true); p.wholeRows() {
		return p.plan()
	}
	return nil
}

func kernelGradient(k *gemm.Kernels, g Geometry, swapped bool) *Plan {
	return cheapest(k, g, func(k *gemm.Kernels) method {
		if k.Pairs {
			return nil
		}
		return newGradient(k, g, swapped, false)
	}, func(k *gemm.Kernels, f *winograd.Filter) method {
		return newWinogradGradient(k, f, g, swapped, inCache())
	})
}

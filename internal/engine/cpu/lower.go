package cpu

import (
	"fmt"

	"easel/internal/engine/cpu/kernel/conv"
	"easel/internal/engine/graph"
)

// lower makes the steps of one node.
func (p *planner) lower(n *graph.Node) {
	switch o := n.Op().(type) {
	case graph.Input, graph.Parameter, graph.Constant:
		p.value(n) // no work: memory that is there
	case graph.StopGradient, graph.ChannelSlice:
		if out := p.value(n); p.outlived(n) {
			p.copyStep(label(n)+" before the update", out, p.view(n))
		}
	case graph.Convolution, graph.ConvolutionInputGradient, graph.ConvolutionKernelGradient:
		p.lowerConvolution(n, &epilogue{result: n})
	case graph.Bias:
		p.lowerBias(n)
	case graph.Moments:
		p.lowerMoments(n, o)
	case graph.Normalization:
		p.lowerNormalization(n)
	case graph.NormalizationSums:
		p.lowerNormSums(n)
	case graph.NormalizationInputGradient:
		p.lowerNormInputGradient(n)
	case graph.GroupSum:
		p.lowerGroupSum(n, o)
	case graph.Activation, graph.ActivationGradient, graph.Sum, graph.Product, graph.Scaling, graph.Power,
		graph.ChannelSum, graph.Broadcast, graph.Average:
		p.lowerPointwise(n)
	case graph.Reshaping:
		p.lowerReshape(n)
	case graph.Concatenation, graph.ChannelEmbed:
		p.lowerLayout(n)
	case graph.Border, graph.BorderGradient, graph.Pool, graph.PoolGradient,
		graph.Resampling, graph.ResamplingGradient:
		p.lowerSpatial(n)
	case graph.Augmentation:
		p.lowerAugmentation(n, o, false)
	case graph.AugmentationGradient:
		p.lowerAugmentation(n, graph.Augmentation{Colours: o.Colours}, true)
	case graph.EnlargedTaps, graph.EnlargedTapsGradient:
		p.lowerEnlarged(n)
	case graph.MatrixProduct, graph.GramMatrix, graph.GramGradient:
		p.lowerMatrix(n)
	case graph.Loss:
		p.lowerLoss(n, o)
	case graph.LossGradient:
		p.lowerLossGradient(n, o)
	case graph.DropoutMask, graph.NormalNoise:
		p.lowerRandom(n)
	case graph.BlendUpdate:
		p.lowerBlend(n)
	case graph.AdamUpdate:
		p.lowerUpdate(n)
	case graph.ExtentCut, graph.ExtentLayout, graph.ExtentMoments:
		p.lowerExtent(n)
	case graph.AllReduce, graph.PooledMoments:
		p.lowerCollective(n)
	default:
		p.failed = fmt.Errorf("cpu: no kernel for node %v", n)
	}
}

// blockElements is about how many elements a task of a pass over memory has:
// enough to hide the handing out of tasks, few enough to share and to cache.
const blockElements = 1 << 14

// blocks cuts rows into tasks; the cut depends on shapes only.
type blocks struct{ rows, size int }

func rowBlocks(rows, channels int) blocks { return blocks{rows, max(1, blockElements/channels)} }

func (b blocks) count() int { return (b.rows + b.size - 1) / b.size }

func (b blocks) bounds(task int) (from, to int) {
	from = task * b.size
	return from, min(from+b.size, b.rows)
}

// operands are the values of a node's operands.
func (p *planner) operands(n *graph.Node) []*value {
	vs := make([]*value, len(n.Inputs()))
	for i, in := range n.Inputs() {
		vs[i] = p.value(in)
	}
	return vs
}

// dense returns v if its rows lie next to each other, else a copy that does.
func (p *planner) dense(v *value) *value {
	if v.contiguous() {
		return v
	}
	return p.copyOf(v)
}

// inArena returns v, or a copy of it in the arena, where convolutions
// read their pictures.
func (p *planner) inArena(v *value) *value {
	if !v.buf.fixed {
		return v
	}
	return p.copyOf(v)
}

func (p *planner) copyOf(v *value) *value {
	out := temporary(v.shape...)
	p.copyStep("copy", out, v)
	return out
}

func (p *planner) copyStep(name string, out, v *value) {
	k := p.device.pointwise
	p.rowPass(name, out, []*value{v}, func() func(from, to int) {
		o, in := rowsOf(out), rowsOf(v)
		return func(from, to int) {
			k.Copy(o.at(from), o.stride, in.at(from), in.stride, to-from, o.channels)
		}
	})
}

// rows is a value's memory, addressed by rows.
type rows struct {
	data             []float32
	stride, channels int
}

func rowsOf(v *value) rows { return rows{v.data(), v.stride, v.channels()} }

// at is the memory from row r on.
func (r rows) at(row int) []float32 { return r.data[row*r.stride:] }

// rowPass adds a step that makes rows of out from rows of its operands; bind
// is called once there is memory and its result on blocks of rows.
func (p *planner) rowPass(name string, out *value, reads []*value, bind func() func(from, to int)) *step {
	b := rowBlocks(out.rows(), out.channels())
	return p.tasksStep(name, b.count(), []*value{out}, reads, func() func(task, worker int) {
		f := bind()
		return func(task, _ int) { f(b.bounds(task)) }
	})
}

// single adds a step of one task.
func (p *planner) single(name string, writes, reads []*value, bind func() func()) *step {
	return p.tasksStep(name, 1, writes, reads, func() func(task, worker int) {
		f := bind()
		return func(int, int) { f() }
	})
}

// tasksStep adds a step of any number of tasks.
func (p *planner) tasksStep(name string, tasks int, writes, reads []*value, bind func() func(task, worker int)) *step {
	s := &step{name: name, tasks: tasks, group: 1, reads: reads, writes: writes, bind: bind}
	p.steps = append(p.steps, s)
	return s
}

// follow makes the step wait for the one before it, whose result it uses although
// it is not a value of the graph.
func (p *planner) follow(s *step) { s.after = append(s.after, len(p.steps)-2) }

// partsStep adds a step of groups of parts, which are tasks of their own where a
// group would keep the others waiting: see conv.Stage. Part −1 is all of them.
func (p *planner) partsStep(name string, groups, parts int, cost func(group, part int) float64, writes, reads []*value, bind func() func(group, part, worker int)) *step {
	longest := 0.0
	for i := range groups {
		longest = max(longest, cost(i, -1))
	}
	if longest <= conv.Share {
		parts = 1
	}
	s := p.tasksStep(name, groups*parts, writes, reads, func() func(task, worker int) {
		run := bind()
		if parts == 1 {
			return func(task, worker int) { run(task, -1, worker) }
		}
		return func(task, worker int) { run(task/parts, task%parts, worker) }
	})
	s.group = parts
	s.price = func(task int) float64 { return cost(task, -1) }
	if parts > 1 {
		s.price = func(task int) float64 { return cost(task/parts, task%parts) }
		s.priceWhole = func(group int) float64 { return cost(group, -1) }
		s.bindWhole = func() func(group, worker int) {
			run := bind()
			return func(group, worker int) { run(group, -1, worker) }
		}
	}
	return s
}

// reuse allows the step's result to take the operand's place if that is dead
// after it.
func (s *step) reuse(result, operand *value) {
	whole := func(v *value) bool { return v.contiguous() && v.offset == 0 && v.size() == v.buf.size }
	if whole(result) && whole(operand) {
		s.inPlace.result, s.inPlace.operand = result, operand
	}
}

func label(n *graph.Node) string {
	return fmt.Sprintf("%%%d %s %v", n.ID(), n.Op().Name(), n.Shape())
}

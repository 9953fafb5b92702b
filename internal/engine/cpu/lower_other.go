package cpu

import (
	"fmt"

	"easel/internal/engine/cpu/kernel/pointwise"
	"easel/internal/engine/cpu/kernel/random"
	"easel/internal/engine/cpu/kernel/spatial"
	"easel/internal/engine/graph"
)

// lowerLayout copies the parts of a concatenation that are not written in
// place already, or a slice's gradient into zeros.
func (p *planner) lowerLayout(n *graph.Node) {
	out := p.value(n)
	if o, ok := n.Op().(graph.ChannelEmbed); ok {
		p.lowerEmbed(n, o)
		return
	}
	channel := 0
	for _, in := range n.Inputs() {
		part := &value{in.Shape(), out.buf, out.offset + channel, out.stride}
		if p.fusion.places[in] != (placement{n, channel}) { // of an operand that comes twice, one is there
			p.copyStep(fmt.Sprintf("%s part %%%d", label(n), in.ID()), part, p.value(in))
		}
		channel += in.Shape().Channels()
	}
}

// lowerReshape copies: what is reshaped are small matrices.
func (p *planner) lowerReshape(n *graph.Node) {
	out, in := p.value(n), p.dense(p.value(n.Inputs()[0]))
	p.copyStep(label(n), out, &value{out.shape, in.buf, in.offset, out.channels()})
}

func (p *planner) lowerEmbed(n *graph.Node, op graph.ChannelEmbed) {
	out, in := p.value(n), p.operands(n)
	k := p.device.pointwise
	p.rowPass(label(n), out, in, func() func(from, to int) {
		o, x := rowsOf(out), rowsOf(in[0])
		return func(from, to int) {
			k.Fill(o.at(from), o.stride, 0, to-from, o.channels)
			k.Copy(o.at(from)[op.From:], o.stride, x.at(from), x.stride, to-from, x.channels)
		}
	})
}

func dims(s graph.Shape) spatial.Dims {
	return spatial.Dims{Batch: s[0], Height: s[1], Width: s[2], Channels: s[3]}
}

// lowerSpatial is borders, pools and resampling: passes over rows of pixels.
func (p *planner) lowerSpatial(n *graph.Node) {
	if p.lowerIndexedPool(n) {
		return
	}
	k := p.device.pointwise
	in := p.operands(n)
	for i := range in {
		in[i] = p.dense(in[i])
	}
	out, to, from := p.value(n), dims(n.Shape()), dims(n.Inputs()[0].Shape())
	var f func(dst []float32, src [][]float32, lo, hi int)
	switch o := n.Op().(type) {
	case graph.Border:
		mode, pad := spatial.BorderMode(o.Mode), spatial.Padding(o.Padding)
		f = func(dst []float32, src [][]float32, lo, hi int) {
			spatial.Border(k, dst, src[0], from, mode, pad, lo, hi)
		}
	case graph.BorderGradient:
		mode, pad := spatial.BorderMode(o.Mode), spatial.Padding(o.Padding)
		f = func(dst []float32, src [][]float32, lo, hi int) {
			spatial.BorderGradient(k, dst, src[0], to, mode, pad, lo, hi)
		}
	case graph.Pool:
		pool := spatial.MaxPool
		if o.Kind == graph.AveragePooling {
			pool = spatial.AveragePool
		}
		window := spatial.Window{Size: o.Size, Stride: o.Stride}
		f = func(dst []float32, src [][]float32, lo, hi int) { pool(k, dst, src[0], from, window, lo, hi) }
	case graph.PoolGradient:
		window := spatial.Window{Size: o.Size, Stride: o.Stride}
		f = func(dst []float32, src [][]float32, lo, hi int) {
			if o.Kind == graph.AveragePooling {
				spatial.AveragePoolGradient(k, dst, src[0], to, window, lo, hi)
				return
			}
			spatial.MaxPoolGradient(k, dst, src[0], src[1], to, window, lo, hi)
		}
	case graph.Resampling:
		resize := spatial.ResizeNearest
		if o.Kind == graph.BilinearInterpolation {
			resize = spatial.ResizeBilinear
		}
		f = func(dst []float32, src [][]float32, lo, hi int) { resize(k, dst, to, src[0], from, lo, hi) }
	case graph.ResamplingGradient:
		gradient := spatial.ResizeNearestGradient
		if o.Kind == graph.BilinearInterpolation {
			gradient = spatial.ResizeBilinearGradient
		}
		f = func(dst []float32, src [][]float32, lo, hi int) { gradient(k, dst, to, src[0], from, lo, hi) }
	}
	b := rowBlocks(to.Rows(), to.Width*to.Channels)
	p.tasksStep(label(n), b.count(), []*value{out}, in, func() func(task, worker int) {
		dst, src := out.data(), make([][]float32, len(in))
		for i := range in {
			src[i] = in[i].data()
		}
		return func(task, _ int) {
			lo, hi := b.bounds(task)
			f(dst, src, lo, hi)
		}
	})
}

func (p *planner) lowerLoss(n *graph.Node, op graph.Loss) {
	k := p.device.pointwise
	if op.Function == graph.SoftmaxCrossEntropy {
		p.lowerClassLoss(n)
		return
	}
	function := pointwise.LossFunction(op.Function)
	p.meanOfBlocks(n, p.operands(n), func(blocks [][]float32) float64 {
		var y []float32
		if len(blocks) == 2 {
			y = blocks[1]
		}
		return k.LossSum(function, op.Target, blocks[0], y)
	})
}

// lowerClassLoss is the softmax cross-entropy; the mean is over the positions
// whose class counts.
func (p *planner) lowerClassLoss(n *graph.Node) {
	out, x, y := p.value(n), p.value(n.Inputs()[0]), p.dense(p.value(n.Inputs()[1]))
	k, b := p.device.pointwise, rowBlocks(x.rows(), x.channels())
	partial, counts := make([]float64, b.count()), make([]int, b.count())
	p.tasksStep(label(n), b.count(), nil, []*value{x, y}, func() func(task, worker int) {
		logits, labels := rowsOf(x), y.data()
		return func(task, _ int) {
			from, to := b.bounds(task)
			partial[task], counts[task] = k.SoftmaxCrossEntropy(logits.at(from), logits.stride, labels[from:to], to-from, logits.channels)
		}
	})
	p.single(label(n)+" combine", []*value{out}, nil, func() func() {
		dst := out.data()
		return func() {
			counted := 0
			for _, c := range counts {
				counted += c
			}
			dst[0] = float32(total(partial) / float64(max(counted, 1)))
		}
	})
}

func (p *planner) lowerLossGradient(n *graph.Node, op graph.LossGradient) {
	if op.Function == graph.SoftmaxCrossEntropy {
		p.lowerClassLossGradient(n)
		return
	}
	k := p.device.pointwise
	out, in := p.value(n), p.operands(n)
	for i := range in {
		in[i] = p.dense(in[i])
	}
	function, b := pointwise.LossFunction(op.Function), blocks{out.size(), blockElements}
	p.tasksStep(label(n), b.count(), []*value{out}, in, func() func(task, worker int) {
		dst, scalar, x := out.data(), in[0].data(), in[1].data()
		var y []float32
		if len(in) == 3 {
			y = in[2].data()
		}
		return func(task, _ int) {
			from, to := b.bounds(task)
			factor := float32(float64(scalar[0]) / float64(len(x)))
			var target []float32
			if y != nil {
				target = y[from:to]
			}
			k.LossGradient(dst[from:to], function, op.Target, factor, x[from:to], target)
		}
	})
}

func (p *planner) lowerClassLossGradient(n *graph.Node) {
	k := p.device.pointwise
	out, in := p.value(n), p.operands(n)
	x, y := in[1], p.dense(in[2])
	counted := new(int)
	p.single(label(n)+" count", nil, []*value{y}, func() func() {
		labels := y.data()
		return func() { *counted = max(k.CountLabels(labels, x.channels()), 1) }
	})
	p.rowPass(label(n), out, []*value{in[0], x, y}, func() func(from, to int) {
		o, scalar, logits, labels := rowsOf(out), in[0].data(), rowsOf(x), y.data()
		return func(from, to int) {
			factor := float32(float64(scalar[0]) / float64(*counted))
			k.SoftmaxCrossEntropyGradient(o.at(from), o.stride, factor, logits.at(from), logits.stride, labels[from:to], to-from, o.channels)
		}
	})
}

func (p *planner) lowerRandom(n *graph.Node) {
	out, key := p.value(n), p.value(n.Inputs()[0])
	b := blocks{out.size(), blockElements}
	p.tasksStep(label(n), b.count(), []*value{out}, []*value{key}, func() func(task, worker int) {
		dst, words := out.data(), key.data()
		first := p.device.index * len(dst) // of the value that all devices have together
		return func(task, _ int) {
			from, to := b.bounds(task)
			seed, step := graph.UnpackKey(words)
			switch o := n.Op().(type) {
			case graph.DropoutMask:
				random.Source{Seed: seed, Step: step, Stream: o.Stream}.DropoutMask(dst[from:to], first+from, o.Rate)
			case graph.NormalNoise:
				random.Source{Seed: seed, Step: step, Stream: o.Stream}.NormalNoise(dst[from:to], first+from)
			}
		}
	})
}

// lowerUpdate updates a parameter and its moments in place.
func (p *planner) lowerUpdate(n *graph.Node) {
	k := p.device.pointwise
	in := p.operands(n)
	in[1] = p.dense(in[1])
	b := blocks{in[0].size(), blockElements}
	var writes []*value
	for _, i := range graph.Updated(n.Op()) {
		writes = append(writes, in[i])
	}
	p.tasksStep(label(n), b.count(), writes, in, func() func(task, worker int) {
		data := make([][]float32, len(in))
		for i := range in {
			data[i] = in[i].data()
		}
		rule := updateRule(k, n.Op(), data)
		return func(task, _ int) { rule(b.bounds(task)) }
	})
}

func updateRule(k *pointwise.Kernels, op graph.Op, d [][]float32) func(from, to int) {
	switch o := op.(type) {
	case graph.AdamUpdate:
		attributes := pointwise.AdamRule(o)
		return func(from, to int) {
			step := pointwise.NewAdamStep(attributes, float64(d[4][0]), float64(d[5][0]))
			k.Adam(d[0][from:to], d[1][from:to], d[2][from:to], d[3][from:to], step)
		}
	case graph.SGDUpdate:
		if o.Momentum > 0 {
			return func(from, to int) {
				k.SGDMomentum(d[0][from:to], d[1][from:to], d[2][from:to], float32(o.Momentum), d[3][0])
			}
		}
	}
	return func(from, to int) { k.SGD(d[0][from:to], d[1][from:to], d[2][0]) }
}

package cpu

import (
	"easel/internal/engine/cpu/kernel/spatial"
	"easel/internal/engine/graph"
)

// lowerAugmentation takes the mean of each picture's colours, then makes rows.
func (p *planner) lowerAugmentation(n *graph.Node, op graph.Augmentation, gradient bool) {
	out, x, how := p.value(n), p.dense(p.value(n.Inputs()[0])), p.dense(p.value(n.Inputs()[1]))
	d, means := dims(n.Shape()), make([]float32, n.Shape()[0])
	of := func(numbers []float32, b int) spatial.Augment {
		h := numbers[b*graph.AugmentSize:]
		a := spatial.Augment{
			Brightness: h[0], Saturation: h[1], Contrast: h[2], Down: int(h[3]), Right: int(h[4]), Top: int(h[5]), Left: int(h[6]), Colours: op.Colours,
		}
		if op.Linear {
			a.Brightness = 0
		}
		return a
	}
	p.tasksStep(label(n)+" means", d.Batch, nil, []*value{x, how}, func() func(task, worker int) {
		src, numbers := x.data(), how.data()
		return func(b, _ int) { means[b] = spatial.AugmentMean(src, d, b, of(numbers, b), gradient) }
	})
	row := spatial.AugmentRow
	if gradient {
		row = spatial.AugmentGradientRow
	}
	b := rowBlocks(d.Rows(), d.Width*d.Channels)
	p.follow(p.tasksStep(label(n), b.count(), []*value{out}, []*value{x, how}, func() func(task, worker int) {
		dst, src, numbers := out.data(), x.data(), how.data()
		return func(task, _ int) {
			from, to := b.bounds(task)
			for r := from; r < to; r++ {
				picture := r / d.Height
				row(dst, src, d, picture, r%d.Height, of(numbers, picture), means[picture])
			}
		}
	}))
}

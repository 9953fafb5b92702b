package cpu

import (
	"math"

	"easel/internal/engine/graph"
)

// exchange is where the devices of a Devices meet: the operand of each becomes
// the result of each.
type exchange struct {
	op      graph.Op
	out, in *value
	blocks  blocks
}

// lowerCollective makes the step of an operation over all devices. A device
// alone passes the operand on; Devices runs combine in its place.
func (p *planner) lowerCollective(n *graph.Node) {
	out, in := p.value(n), p.dense(p.value(n.Inputs()[0]))
	b := blocks{out.size(), blockElements}
	if _, ok := n.Op().(graph.PooledMoments); ok {
		b.size = b.rows // means and deviations go together
	}
	s := p.tasksStep(label(n), b.count(), []*value{out}, []*value{in}, func() func(task, worker int) {
		dst, src := out.data(), in.data()
		return func(task, _ int) {
			from, to := b.bounds(task)
			copy(dst[from:to], src[from:to])
		}
	})
	s.exchange = &exchange{n.Op(), out, in, b}
	s.reuse(out, in)
}

// combine returns what makes a block of all devices' results, exchanges being
// those of the same step. Sums are in float64 and in the order of devices.
func combine(exchanges []*exchange) func(task, worker int) {
	first := exchanges[0]
	dst, src := make([][]float32, len(exchanges)), make([][]float32, len(exchanges))
	for i, e := range exchanges {
		dst[i], src[i] = e.out.data(), e.in.data()
	}
	if _, ok := first.op.(graph.PooledMoments); ok {
		channels := first.out.channels()
		return func(int, int) { poolMoments(dst, src, channels) }
	}
	return func(task, _ int) {
		from, to := first.blocks.bounds(task)
		for i := from; i < to; i++ {
			mean := float32(meanAt(src, i))
			for _, d := range dst {
				d[i] = mean
			}
		}
	}
}

func meanAt(values [][]float32, i int) float64 {
	sum := 0.0
	for _, v := range values {
		sum += float64(v[i])
	}
	return sum / float64(len(values))
}

// poolMoments makes the moments [groups, 2, channels] of all devices' elements
// together from each device's; dst may be src.
func poolMoments(dst, src [][]float32, channels int) {
	for row := 0; row < len(dst[0]); row += 2 * channels {
		for i := row; i < row+channels; i++ {
			mean, variance := meanAt(src, i), 0.0 // with ε
			for _, s := range src {
				off, inverse := float64(s[i])-mean, float64(s[i+channels])
				variance += 1/(inverse*inverse) + off*off
			}
			inverse := 1 / math.Sqrt(variance/float64(len(src)))
			for _, d := range dst {
				d[i], d[i+channels] = float32(mean), float32(inverse)
			}
		}
	}
}

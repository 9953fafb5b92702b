package cpu

import (
	"easel/internal/engine/cpu/kernel/random"
	"easel/internal/engine/graph"
)

// randomElements are a task's: a number takes some nanoseconds.
const randomElements = 1 << 11

func (p *planner) lowerRandom(n *graph.Node) {
	out, key := p.value(n), p.value(n.Inputs()[0])
	b := blocks{out.size(), randomElements}
	s := p.tasksStep(label(n), b.count(), []*value{out}, []*value{key}, func() func(task, worker int) {
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
	s.price = func(task int) float64 {
		from, to := b.bounds(task)
		return priceRandom * float64(to-from)
	}
}

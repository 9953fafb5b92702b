package cpu

import (
	"easel/internal/engine/cpu/kernel/spatial"
	"easel/internal/engine/graph"
)

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

package conv

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"easel/internal/engine/cpu/kernel/gemm"
)

// layer is a layer of unet_256 or of the 70×70 discriminator at batch 1.
type layer struct {
	name    string
	g       Geometry
	swapped bool
}

func down(name string, size, c, o int) layer {
	return layer{name, Geometry{N: 1, H: size, W: size, C: c, OH: size / 2, OW: size / 2, O: o, KH: 4, KW: 4, Stride: 2, PadTop: 1, PadLeft: 1}, false}
}

func up(name string, size, in, to int) layer {
	l := down(name, 2*size, to, in)
	l.swapped = true
	return l
}

func flat(name string, size, c, o, kernel, pad int) layer {
	s := size + 2*pad - kernel + 1
	return layer{name, Geometry{N: 1, H: size, W: size, C: c, OH: s, OW: s, O: o, KH: kernel, KW: kernel, Stride: 1, PadTop: pad, PadLeft: pad}, false}
}

func layers() []layer {
	return []layer{
		down("e1", 256, 3, 64), down("e2", 128, 64, 128), down("e3", 64, 128, 256), down("e4", 32, 256, 512),
		down("e5", 16, 512, 512), down("e6", 8, 512, 512), down("e7", 4, 512, 512), down("e8", 2, 512, 512),
		up("d1", 1, 512, 512), up("d2", 2, 1024, 512), up("d3", 4, 1024, 512), up("d4", 8, 1024, 512),
		up("d5", 16, 1024, 256), up("d6", 32, 512, 128), up("d7", 64, 256, 64), up("d8", 128, 128, 3),
		down("c1", 256, 6, 64), flat("c4", 32, 256, 512, 4, 1), flat("c5", 31, 512, 1, 4, 1),
		flat("v64", 256, 64, 64, 3, 1),
	}
}

// BenchmarkLayer runs each layer's three directions on one core; the figures
// are those of the best run, which other load on the machine disturbs least.
func BenchmarkLayer(b *testing.B) {
	for _, k := range kernels() {
		if k.Name == "go" {
			continue
		}
		for _, d := range directions {
			for _, l := range layers() {
				b.Run(named(k)+"/"+d.name+"/"+l.name, func(b *testing.B) { benchmarkLayer(b, k, d, l) })
			}
		}
	}
}

func benchmarkLayer(b *testing.B, k *gemm.Kernels, d direction, l layer) {
	w := newWorld(l.g, l.swapped, rand.New(rand.NewPCG(1, 2)))
	p := d.plan(k, l.g, l.swapped)
	var s gemm.Scratch
	s.Fit(p.Need())
	a := w.args
	a.Shared = make([]float32, p.Shared)
	best := math.Inf(1)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for b.Loop() {
		from := threadTime()
		for i := range p.Stages {
			for task := range p.Stages[i].Tasks {
				p.Stages[i].Run(task, &s, &a)
			}
		}
		best = min(best, float64(threadTime()-from))
	}
	b.ReportMetric(best/1e6, "ms(best)")
	b.ReportMetric(float64(l.g.FLOPs())/best, "GFLOP/s")
	b.ReportMetric(float64(4*l.g.Weights())/best, "GB/s")
}

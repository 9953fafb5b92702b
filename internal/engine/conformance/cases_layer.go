package conformance

import (
	"fmt"

	"easel/internal/engine/graph"
)

func normCases() []Case {
	cases := []Case{{Name: "norm with given statistics", Tolerance: productTolerance, Build: func(d *Draw) *graph.Node {
		x := d.Fixed(d.Picture(1)...)
		c := x.Shape().Channels()
		root := d.Fixed(c)
		return graph.NormGiven(x, d.Fixed(c), d.Fixed(c), d.Fixed(c), graph.Mul(root, root), 0.1)
	}}, {Name: "two norms with the same moments", Tolerance: productTolerance, Build: func(d *Draw) *graph.Node {
		x := d.Fixed(d.Picture(1)...)
		c := x.Shape().Channels()
		moments := d.Fixed(1, 2, c)
		return graph.Mul(graph.NormWith(x, d.Fixed(c), d.Fixed(c), moments), graph.NormWith(x, d.Fixed(c), d.Fixed(c), moments))
	}}}
	for _, over := range []graph.Statistics{graph.PerBatch, graph.PerPicture} {
		norm := func(name string, mean float64, epsilon float32) Case {
			return Case{
				Name: fmt.Sprintf("%v norm%s", over, name), Tolerance: productTolerance,
				Build: func(d *Draw) *graph.Node {
					x := d.Normal(mean, d.Picture(3)...)
					c := x.Shape().Channels()
					return graph.Norm(x, d.Normal(1, c), d.Leaf(c), over, epsilon)
				},
			}
		}
		cases = append(cases, norm("", 0, 1e-5),
			// The difference of two large sums would lose the variance.
			norm(" far from zero", 1000, 1e-5),
			norm(" with a large ε", 0.5, 1))
	}
	return cases
}

func sampleCases() []Case {
	var cases []Case
	for _, p := range []struct {
		name string
		f    func(x *graph.Node, size, stride int) *graph.Node
	}{{"max pool", graph.MaxPool}, {"average pool", graph.AveragePool}} {
		name, f := p.name, p.f
		cases = append(cases, pointwise(name, func(d *Draw) *graph.Node {
			size := d.Between(1, 4)
			return f(d.Distinct(d.Picture(size)...), size, d.Between(1, 4))
		}), pointwise(name+" 2 by 2", func(d *Draw) *graph.Node { return f(d.Distinct(d.Picture(2)...), 2, 2) }))
	}
	for _, kind := range []graph.Interpolation{graph.NearestInterpolation, graph.BilinearInterpolation} {
		resize := func(d *Draw, x *graph.Node) *graph.Node {
			height, width := d.Side(1), d.Side(1)
			if d.Coin() {
				height, width = 2*x.Shape()[1], 2*x.Shape()[2]
			}
			return graph.Resize(x, kind, height, width)
		}
		name := fmt.Sprintf("%v resize", kind)
		cases = append(cases, pointwise(name, func(d *Draw) *graph.Node {
			return resize(d, d.Leaf(d.Picture(1)...))
		}), pointwise(name+" gradient", func(d *Draw) *graph.Node {
			x := d.Leaf(d.Picture(1)...)
			return d.Pull(resize(d, x), x)
		}))
	}
	return append(append(cases, enlargedCases()...), augmentCases()...)
}

// augmentCases move pictures by any number of pixels, with colours in all, some
// or none of the channels.
func augmentCases() []Case {
	augment := func(d *Draw, x *graph.Node) *graph.Node {
		s := x.Shape()
		var how []float32
		for range s[0] {
			how = append(how, d.Float32()-0.5, 2*d.Float32(), d.Float32()+0.5)
			for range 2 {
				for axis := 1; axis <= 2; axis++ {
					how = append(how, float32(d.Between(-s[axis], s[axis])))
				}
			}
		}
		return graph.Augment(x, d.exact(how, []int{s[0], graph.AugmentSize}), d.Between(0, s[3]))
	}
	return []Case{
		pointwise("augment", func(d *Draw) *graph.Node { return augment(d, d.Leaf(d.Picture(2)...)) }),
		pointwise("augment gradient", func(d *Draw) *graph.Node {
			x := d.Leaf(d.Picture(2)...)
			return d.Pull(augment(d, x), d.Detach(x))
		}),
	}
}

// enlargedCases are taps of an enlarged picture: down to one pixel, with
// channels that fill vectors and that do not.
func enlargedCases() []Case {
	taps := func(d *Draw) *graph.Node {
		s := d.Picture(1)
		s[3] = 9 * d.Channels()
		return d.Leaf(s...)
	}
	sum := func(t *graph.Node) *graph.Node {
		w := t.Graph().Constant(identity(t.Shape().Channels()), 1, 1, t.Shape().Channels(), t.Shape().Channels())
		return graph.ResizeConv(t, w)
	}
	return []Case{
		{Name: "resize-convolution", Tolerance: productTolerance, Build: func(d *Draw) *graph.Node {
			x := d.Leaf(d.Picture(1)...)
			return graph.ResizeConv(x, d.Leaf(1, 1, x.Shape().Channels(), 9*d.Channels()))
		}},
		{Name: "resize-convolution gradient", Tolerance: productTolerance, Build: func(d *Draw) *graph.Node {
			t := taps(d)
			return d.Pull(sum(t), t)
		}},
		{Name: "resize-convolution within an extent", Tolerance: productTolerance, Build: func(d *Draw) *graph.Node {
			x := d.Fixed(d.Picture(2)...)
			extent, shrink := d.extent(x.Shape())
			return graph.ResizeConvWithin(x, d.Fixed(1, 1, x.Shape().Channels(), 9*d.Channels()), extent, shrink)
		}},
	}
}

// identity is the matrix of that size.
func identity(n int) []float32 {
	m := make([]float32, n*n)
	for i := range n {
		m[i*n+i] = 1
	}
	return m
}

func matrixCases() []Case {
	matrix := func(d *Draw) (a, b *graph.Node) {
		m, k, n := d.Channels(), d.Channels(), d.Channels()
		return d.Leaf(m, k), d.Leaf(k, n)
	}
	return []Case{
		{Name: "matmul", Tolerance: productTolerance, Build: func(d *Draw) *graph.Node {
			a, b := matrix(d)
			return graph.MatMul(a, b)
		}},
		{Name: "matmul with the right one transposed", Tolerance: productTolerance, Build: func(d *Draw) *graph.Node {
			a, b := matrix(d)
			return d.Pull(graph.MatMul(a, b), a)
		}},
		{Name: "matmul with the left one transposed", Tolerance: productTolerance, Build: func(d *Draw) *graph.Node {
			a, b := matrix(d)
			return d.Pull(graph.MatMul(a, b), b)
		}},
		{Name: "gram", Tolerance: productTolerance, Build: func(d *Draw) *graph.Node {
			return graph.Gram(d.Leaf(d.Picture(1)...))
		}},
	}
}

func lossCases() []Case {
	two := func(name string, f func(x, y *graph.Node) *graph.Node) Case {
		return pointwise(name, func(d *Draw) *graph.Node {
			s := d.AnyShape()
			return scaled(d, f(d.Distinct(s...), d.Distinct(s...)))
		})
	}
	one := func(name string, targets []float32, f func(x *graph.Node, target float32) *graph.Node) Case {
		return pointwise(name, func(d *Draw) *graph.Node {
			return scaled(d, f(d.Distinct(d.AnyShape()...), targets[d.IntN(len(targets))]))
		})
	}
	return []Case{
		two("l1", graph.L1),
		two("l2", graph.L2),
		one("cross-entropy", []float32{0, 1, 0.9}, graph.CrossEntropy),
		one("least-squares", []float32{0, 1, -1}, graph.LeastSquares),
		one("hinge", []float32{1, -1}, graph.Hinge),
		pointwise("class-cross-entropy", func(d *Draw) *graph.Node {
			s := d.Picture(1)
			x := d.Leaf(s...)
			return scaled(d, graph.ClassCrossEntropy(graph.Scale(x, 3), d.Classes(s[3], s[0], s[1], s[2], 1)))
		}),
		pointwise("class-cross-entropy without classes", func(d *Draw) *graph.Node {
			none := d.Graph.Constant([]float32{-1, 255, 3, 4}, 1, 2, 2, 1)
			return graph.ClassCrossEntropy(d.Leaf(1, 2, 2, 3), none)
		}),
	}
}

// scaled multiplies a loss, so that its gradient gets a factor other than 1.
func scaled(d *Draw, loss *graph.Node) *graph.Node {
	return graph.Scale(loss, float32(d.Between(1, 100)))
}

func randomCases() []Case {
	rates := []float32{0, 0.1, 0.5, 0.999}
	return []Case{
		pointwise("dropout", func(d *Draw) *graph.Node {
			x := d.Leaf(d.AnyShape()...)
			return graph.Mul(x, graph.Mask(d.Key(d.Uint64(), d.Uint64()>>16), rates[d.IntN(4)], d.Uint32(), x.Shape()...))
		}),
		pointwise("noise", func(d *Draw) *graph.Node {
			x := d.Leaf(d.AnyShape()...)
			return graph.Add(x, graph.Noise(d.Key(d.Uint64(), d.Uint64()>>16), d.Uint32(), x.Shape()...))
		}),
	}
}

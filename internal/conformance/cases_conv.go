package conformance

import (
	"fmt"

	"easel/internal/graph"
)

// convolution is one draw of a convolution's shape.
type convolution struct {
	batch, height, width, in, out int
	kernelHeight, kernelWidth     int
	stride                        int
	padding                       graph.Padding
}

// drawConvolution draws a kernel of kh×kw at a stride, on a picture that it
// fits, with any padding.
func drawConvolution(d *Draw, kh, kw, stride int) convolution {
	c := convolution{
		batch: d.Batch(), in: d.Channels(), out: d.Channels(), kernelHeight: kh, kernelWidth: kw, stride: stride,
		padding: graph.Padding{Top: d.IntN(kh + 1), Left: d.IntN(kw + 1), Bottom: d.IntN(kh + 1), Right: d.IntN(kw + 1)},
	}
	c.height = d.Side(max(1, kh-c.padding.Top-c.padding.Bottom))
	c.width = d.Side(max(1, kw-c.padding.Left-c.padding.Right))
	if kh*kw > 25 && !d.Small { // keeps the reference's time within bounds
		c.in, c.out = min(c.in, 17), min(c.out, 8)
	}
	return c
}

func (c convolution) leaves(d *Draw) (x, w *graph.Node) {
	return d.Leaf(c.batch, c.height, c.width, c.in), d.Leaf(c.kernelHeight, c.kernelWidth, c.in, c.out)
}

func convolutionCase(name string, seeds int, build func(d *Draw) *graph.Node) Case {
	return Case{Name: name, Tolerance: productTolerance, Seeds: seeds, Build: build}
}

func convolutionCases() []Case {
	var cases []Case
	for k := 1; k <= 9; k++ {
		for stride := 1; stride <= 3; stride++ {
			cases = append(cases, convolutionCase(fmt.Sprintf("convolution %d×%d stride %d", k, k, stride), 2, func(d *Draw) *graph.Node {
				c := drawConvolution(d, k, k, stride)
				x, w := c.leaves(d)
				return graph.Conv(x, w, stride, c.padding)
			}))
		}
	}
	cases = append(cases, convolutionCase("convolution of unequal sides", 8, func(d *Draw) *graph.Node {
		c := drawConvolution(d, d.Between(1, 5), d.Between(1, 5), d.Between(1, 3))
		x, w := c.leaves(d)
		return graph.Conv(x, w, c.stride, c.padding)
	}))
	cases = append(cases, layerCases()...)
	cases = append(cases, transposedCases()...)
	return append(cases, convolutionGradientCases()...)
}

// layerCases are the shapes that the papers' networks are made of.
func layerCases() []Case {
	layer := func(k, stride, pad, seeds int) Case {
		return convolutionCase(fmt.Sprintf("layer %d×%d stride %d", k, k, stride), seeds, func(d *Draw) *graph.Node {
			x := d.Leaf(d.Batch(), d.Side(k-2*pad), d.Side(k-2*pad), d.Channels())
			return graph.Conv(x, d.Leaf(k, k, x.Shape().Channels(), d.Channels()), stride, graph.Pad(pad))
		})
	}
	innermost := convolutionCase("layer to one pixel", 4, func(d *Draw) *graph.Node {
		x := d.Leaf(d.Batch(), 2, 2, d.Channels())
		return graph.Conv(x, d.Leaf(4, 4, x.Shape().Channels(), d.Channels()), 2, graph.Pad(1))
	})
	outermost := convolutionCase("transposed layer from one pixel", 4, func(d *Draw) *graph.Node {
		x := d.Leaf(d.Batch(), 1, 1, d.Channels())
		return graph.ConvTranspose(x, d.Leaf(4, 4, x.Shape().Channels(), d.Channels()), 2, 1)
	})
	large := convolutionCase("layer on a large picture", 3, func(d *Draw) *graph.Node {
		side := d.Between(30, 40)
		if d.Small {
			side = d.Between(5, 7)
		}
		x := d.Leaf(1, side, side+d.IntN(2), d.Between(2, 9))
		return graph.Conv(x, d.Leaf(3, 3, x.Shape().Channels(), d.Between(2, 9)), 1, graph.Pad(1))
	})
	return []Case{layer(4, 2, 1, 12), layer(4, 1, 1, 8), layer(3, 1, 1, 8), layer(1, 1, 0, 8), innermost, outermost, large}
}

func transposedCases() []Case {
	return []Case{
		convolutionCase("transposed layer 4×4 stride 2", 12, func(d *Draw) *graph.Node {
			x := d.Leaf(d.Batch(), d.Side(1), d.Side(1), d.Channels())
			return graph.ConvTranspose(x, d.Leaf(4, 4, x.Shape().Channels(), d.Channels()), 2, 1)
		}),
		convolutionCase("transposed convolution", 16, func(d *Draw) *graph.Node {
			kh, kw, stride := d.Between(1, 5), d.Between(1, 5), d.Between(1, 3)
			x := d.Leaf(d.Batch(), d.Side(2), d.Side(2), d.Channels())
			pad := d.IntN(min(stride+kh, stride+kw+1)/2 + 1)
			for (x.Shape()[1]-1)*stride+kh-2*pad < 1 || (x.Shape()[2]-1)*stride+kw-2*pad < 1 {
				pad--
			}
			return graph.ConvTranspose(x, d.Leaf(kh, kw, x.Shape().Channels(), d.Channels()), stride, pad)
		}),
	}
}

// convolutionGradientCases differentiate the gradients again, which reaches
// each of the three operations with either order of kernel axes.
func convolutionGradientCases() []Case {
	var cases []Case
	for i, operand := range []string{"picture", "kernel"} {
		cases = append(cases, convolutionCase("convolution's gradient to its "+operand, 8, func(d *Draw) *graph.Node {
			c := drawConvolution(d, d.Between(1, 4), d.Between(1, 4), d.Between(1, 3))
			x, w := c.leaves(d)
			return d.Pull(graph.Conv(x, w, c.stride, c.padding), []*graph.Node{x, w}[i])
		}), convolutionCase("transposed convolution's gradient to its "+operand, 8, func(d *Draw) *graph.Node {
			x := d.Leaf(d.Batch(), d.Side(2), d.Side(2), d.Channels())
			w := d.Leaf(d.Between(2, 4), d.Between(2, 4), x.Shape().Channels(), d.Channels())
			return d.Pull(graph.ConvTranspose(x, w, d.Between(1, 3), d.IntN(2)), []*graph.Node{x, w}[i])
		}))
	}
	return cases
}

package conformance

import (
	"fmt"

	"easel/internal/engine/graph"
)

// products bounds the multiplications of one convolution, for the reference's
// sake.
const products = 1_000_000

// kernel is a leaf that fits x, of kh×kw and any number of result channels.
func kernel(d *Draw, x *graph.Node, kh, kw int) *graph.Node {
	return d.Leaf(kh, kw, x.Shape().Channels(), d.Channels())
}

// picture is a leaf for a kernel of kh×kw, of a size no less than the lowest.
// Large kernels get few channels.
func picture(d *Draw, kh, kw, lowHeight, lowWidth int) *graph.Node {
	batch, height, width, channels := d.Batch(), d.Side(lowHeight), d.Side(lowWidth), d.Channels()
	for batch*height*width*kh*kw*channels*16 > products && channels > 1 {
		channels = d.Channels()
		batch = 1
	}
	return d.Leaf(batch, height, width, channels)
}

// drawConvolution is a convolution with a kernel of kh×kw, on a picture that
// it fits, with any padding; it returns its operands too.
func drawConvolution(d *Draw, kh, kw, stride int) (y, x, w *graph.Node) {
	p := graph.Padding{Top: d.IntN(kh + 1), Left: d.IntN(kw + 1), Bottom: d.IntN(kh + 1), Right: d.IntN(kw + 1)}
	x = picture(d, kh, kw, max(1, kh-p.Top-p.Bottom), max(1, kw-p.Left-p.Right))
	w = kernel(d, x, kh, kw)
	return graph.Conv(x, w, stride, p), x, w
}

func convolutionCase(name string, seeds int, build func(d *Draw) *graph.Node) Case {
	return Case{Name: name, Tolerance: productTolerance, Seeds: seeds, Build: build}
}

func convolutionCases() []Case {
	var cases []Case
	for k := 1; k <= 9; k++ {
		for stride := 1; stride <= 3; stride++ {
			cases = append(cases, convolutionCase(fmt.Sprintf("convolution %d×%d stride %d", k, k, stride), 2, func(d *Draw) *graph.Node {
				y, _, _ := drawConvolution(d, k, k, stride)
				return y
			}))
		}
	}
	cases = append(cases, convolutionCase("convolution of unequal sides", 8, func(d *Draw) *graph.Node {
		y, _, _ := drawConvolution(d, d.Between(1, 5), d.Between(1, 5), d.Between(1, 3))
		return y
	}))
	cases = append(cases, layerCases()...)
	cases = append(cases, transposedCases()...)
	return append(cases, convolutionGradientCases()...)
}

// layerCases are the shapes that the papers' networks are made of.
func layerCases() []Case {
	layer := func(k, stride, pad, seeds int) Case {
		return convolutionCase(fmt.Sprintf("layer %d×%d stride %d", k, k, stride), seeds, func(d *Draw) *graph.Node {
			x := picture(d, k, k, k-2*pad, k-2*pad)
			return graph.Conv(x, kernel(d, x, k, k), stride, graph.Pad(pad))
		})
	}
	innermost := convolutionCase("layer to one pixel", 4, func(d *Draw) *graph.Node {
		x := d.Leaf(d.Batch(), 2, 2, d.Channels())
		return graph.Conv(x, kernel(d, x, 4, 4), 2, graph.Pad(1))
	})
	outermost := convolutionCase("transposed layer from one pixel", 4, func(d *Draw) *graph.Node {
		x := d.Leaf(d.Batch(), 1, 1, d.Channels())
		return graph.ConvTranspose(x, kernel(d, x, 4, 4), 2, 1)
	})
	large := convolutionCase("layer on a large picture", 3, func(d *Draw) *graph.Node {
		side := d.Between(30, 40)
		if d.Small {
			side = d.Between(5, 7)
		}
		x := d.Leaf(1, side, side+d.IntN(2), d.Between(2, 9))
		return graph.Conv(x, d.Leaf(3, 3, x.Shape().Channels(), d.Between(2, 9)), 1, graph.Pad(1))
	})
	wide := convolutionCase("wide layer", 3, func(d *Draw) *graph.Node {
		low, high := 100, 200
		if d.Small {
			low, high = 3, 6
		}
		x := d.Leaf(1, 2, 3, d.Between(low, high))
		return graph.Conv(x, d.Leaf(4, 4, x.Shape().Channels(), d.Between(low, high)), 2, graph.Pad(1))
	})
	return []Case{layer(4, 2, 1, 12), layer(4, 1, 1, 8), layer(3, 1, 1, 8), layer(1, 1, 0, 8), innermost, outermost, large, wide}
}

func transposedCases() []Case {
	return []Case{
		convolutionCase("transposed layer 4×4 stride 2", 12, func(d *Draw) *graph.Node {
			x := picture(d, 4, 4, 1, 1)
			return graph.ConvTranspose(x, kernel(d, x, 4, 4), 2, 1)
		}),
		convolutionCase("transposed convolution", 16, func(d *Draw) *graph.Node {
			kh, kw, stride := d.Between(1, 5), d.Between(1, 5), d.Between(1, 3)
			x := picture(d, kh, kw, 2, 2)
			pad := d.IntN(min(stride+kh, stride+kw+1)/2 + 1)
			for (x.Shape()[1]-1)*stride+kh-2*pad < 1 || (x.Shape()[2]-1)*stride+kw-2*pad < 1 {
				pad--
			}
			return graph.ConvTranspose(x, kernel(d, x, kh, kw), stride, pad)
		}),
	}
}

// convolutionGradientCases differentiate the gradients again, which reaches
// each of the three operations with either order of kernel axes.
func convolutionGradientCases() []Case {
	var cases []Case
	for i, operand := range []string{"picture", "kernel"} {
		cases = append(cases, convolutionCase("convolution's gradient to its "+operand, 8, func(d *Draw) *graph.Node {
			y, x, w := drawConvolution(d, d.Between(1, 4), d.Between(1, 4), d.Between(1, 3))
			return d.Pull(y, []*graph.Node{x, w}[i])
		}), convolutionCase("transposed convolution's gradient to its "+operand, 8, func(d *Draw) *graph.Node {
			kh, kw := d.Between(2, 4), d.Between(2, 4)
			x := picture(d, kh, kw, 2, 2)
			w := kernel(d, x, kh, kw)
			return d.Pull(graph.ConvTranspose(x, w, d.Between(1, 3), d.IntN(2)), []*graph.Node{x, w}[i])
		}))
	}
	return cases
}

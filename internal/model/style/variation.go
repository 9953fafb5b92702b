package style

import "easel/internal/engine/graph"

// variation returns the total variation of a picture x [1, height, width, 3] in 0..1, a
// scalar, without its weight. A picture of one row or column has none.
func variation(kind Variation, x *graph.Node) *graph.Node {
	s := x.Shape()
	switch {
	case kind == NinePointVariation:
		return ninePoint(x)
	case kind == WeaveVariation && min(s[1], s[2]) > 2:
		return weave(x)
	}
	if s[1] < 2 || s[2] < 2 {
		return graph.Scale(graph.Mean(x), 0)
	}
	here := graph.CropPicture(x, graph.Padding{Bottom: 1, Right: 1})
	right := graph.CropPicture(x, graph.Padding{Left: 1, Bottom: 1})
	below := graph.CropPicture(x, graph.Padding{Top: 1, Right: 1})
	switch kind {
	case AbsoluteVariation:
		return graph.Add(graph.L1(right, here), graph.L1(below, here))
	case SummedVariation:
		const levels = 255 * 255
		sum := float32(here.Shape().Size()) * levels / 2
		return graph.Scale(graph.Add(graph.L2(right, here), graph.L2(below, here)), sum)
	}
	return graph.Add(graph.L2(right, here), graph.L2(below, here))
}

// ninePoint is Σ over the eight neighbours with weights 1/3 beside and below,
// 1/12 on the diagonals, twice, of means over the picture with a repeated
// border.
func ninePoint(x *graph.Node) *graph.Node {
	p := graph.PadPicture(x, graph.PadReplicate, graph.Pad(1))
	// at crops the padded picture to height×width, or one more, from (top, left).
	at := func(top, left, rest int) *graph.Node {
		return graph.CropPicture(p, graph.Padding{Top: top, Left: left, Bottom: rest - top, Right: rest - left})
	}
	straight := graph.Add(graph.L2(at(1, 2, 2), at(1, 1, 2)), graph.L2(at(2, 1, 2), at(1, 1, 2)))
	diagonal := graph.Add(graph.L2(at(1, 1, 1), at(0, 0, 1)), graph.L2(at(1, 0, 1), at(0, 1, 1)))
	return graph.Add(graph.Scale(straight, 2./3), graph.Scale(diagonal, 1./6))
}

// weave is the mean of h² + v², where h is the second difference along a row of the mean of
// three rows, and v that along a column of the mean of three columns.
func weave(x *graph.Node) *graph.Node {
	across, along := [3]float32{0.25, 0.5, 0.25}, [3]float32{-0.25, 0.5, -0.25}
	const in, out = 3, 6
	kernel := make([]float32, 3*3*in*out)
	for i := range 9 {
		for c := range in {
			kernel[(i*in+c)*out+2*c] = across[i/3] * along[i%3]
			kernel[(i*in+c)*out+2*c+1] = along[i/3] * across[i%3]
		}
	}
	waves := graph.Conv(x, x.Graph().Constant(kernel, 3, 3, in, out), 1, graph.Padding{})
	return graph.Scale(graph.Mean(graph.Mul(waves, waves)), 2)
}

package conformance

import "easel/internal/engine/graph"

// extentCases are pictures smaller than what holds them.
func extentCases() []Case {
	return []Case{
		pointwise("extent cut", func(d *Draw) *graph.Node {
			x := d.Leaf(d.Picture(2)...)
			extent, shrink := d.extent(x.Shape())
			return graph.Within(x, extent, shrink)
		}),
		pointwise("extent layout", func(d *Draw) *graph.Node {
			x := d.Fixed(d.Picture(2)...)
			extent, shrink := d.extent(x.Shape())
			return graph.LaidOutWithin(x, extent, shrink)
		}),
		{Name: "extent norm", Tolerance: productTolerance, Build: func(d *Draw) *graph.Node {
			x := d.Fixed(d.Picture(3)...)
			c := x.Shape().Channels()
			extent, shrink := d.extent(x.Shape())
			return graph.NormWithin(x, d.Fixed(c), d.Fixed(c), extent, shrink, 1e-5)
		}},
	}
}

// extent is one that covers a part of a picture of the given shape, of two rows
// and columns at least, or more than there is.
func (d *Draw) extent(shape graph.Shape) (extent *graph.Node, shrink int) {
	shrink = d.Between(1, 3)
	side := func(whole int) float32 { return float32(shrink*d.Between(2, whole+1) + d.IntN(shrink)) }
	return d.exact([]float32{side(shape[1]), side(shape[2])}, []int{2}), shrink
}

package bench

import "easel/internal/engine/graph"

// Work is the least work that a graph needs on any backend: the basis for lower bounds on
// its time.
type Work struct {
	// Multiplies counts the multiplications of convolutions and matrix products in their
	// direct form.
	Multiplies float64
	// ProductBytes is what these products read and write in float32, each operand and
	// result once per product. All other operations, and the update of a kernel from its
	// gradient, are assumed to be fused with them.
	ProductBytes float64
	// UpdateBytes is what updates read and write: parameters and moments.
	UpdateBytes float64
}

// WorkOf returns the work of a graph's live nodes.
func WorkOf(g *graph.Graph) (Work, error) {
	var w Work
	alive, err := graph.Live(g)
	if err != nil {
		return w, err
	}
	for _, n := range g.Nodes() {
		if !alive[n.ID()] {
			continue
		}
		for _, i := range graph.Updated(n.Op()) {
			w.UpdateBytes += 2 * 4 * float64(n.Inputs()[i].Shape().Size())
		}
		multiplies := productOf(n)
		if multiplies == 0 {
			continue
		}
		w.Multiplies += multiplies
		for _, in := range n.Inputs() {
			w.ProductBytes += 4 * float64(in.Shape().Size())
		}
		if _, gradient := n.Op().(graph.ConvolutionKernelGradient); !gradient {
			w.ProductBytes += 4 * float64(n.Shape().Size())
		}
	}
	return w, nil
}

// productOf returns the number of multiplications of a product; 0 for other nodes.
func productOf(n *graph.Node) float64 {
	in := n.Inputs()
	times := func(positions, kernel graph.Shape) float64 {
		return float64(positions.Positions()) * float64(kernel.Size())
	}
	switch op := n.Op().(type) {
	case graph.Convolution:
		return times(n.Shape(), in[1].Shape())
	case graph.ConvolutionInputGradient:
		return times(in[0].Shape(), in[1].Shape())
	case graph.ConvolutionKernelGradient:
		return times(in[1].Shape(), n.Shape())
	case graph.MatrixProduct:
		inner := in[0].Shape()[1]
		if op.TransposeA {
			inner = in[0].Shape()[0]
		}
		return float64(n.Shape().Size()) * float64(inner)
	case graph.GramMatrix:
		return float64(in[0].Shape().Size()) * float64(in[0].Shape().Channels())
	case graph.GramGradient:
		return float64(n.Shape().Size()) * float64(n.Shape().Channels())
	}
	return 0
}

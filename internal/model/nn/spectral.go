package nn

import (
	"math"

	"easel/internal/engine/graph"
)

// singularVectors of a kernel as a matrix [inputs, outputs].
type singularVectors struct{ left, right *graph.Node } // [inputs, 1], [outputs, 1]

// SpectralNorm is a kernel [height, width, in, out], the parameter of the given
// name or what replaces it, divided by the largest singular value of it as a
// matrix [height·width·in, out] (Miyato et al. 2018). The singular vectors are
// those of one more round of the power iteration a run, from the parameter's
// value before the run; they count as constants for gradients. The state is
// name/singular [out, 1]. PyTorch does a round each time that a layer is used.
func SpectralNorm(s *Scope, name string, kernel *graph.Node) *graph.Node {
	shape := kernel.Shape()
	out := shape.Channels()
	matrix := graph.Reshape(kernel, shape.Size()/out, out)
	v, known := s.registry.singular[s.join(name)]
	if !known {
		v = s.iterate(name, graph.Detach(matrix))
		s.registry.singular[s.join(name)] = v
	}
	// σ = leftᵀ·W·right
	along := graph.MatMul(matrix, v.right)
	size := graph.Scale(graph.Mean(graph.Mul(along, v.left)), float32(along.Shape().Size()))
	return graph.Mul(kernel, graph.Fill(graph.Pow(size, -1), shape...))
}

// iterate is a round of the power iteration, which updates the state.
func (s *Scope) iterate(name string, matrix *graph.Node) singularVectors {
	out := matrix.Shape().Channels()
	state := s.Sub(name).StateFrom("singular", Normal{Deviation: 1 / math.Sqrt(float64(out))}, out, 1)
	left := normalised(graph.MatMul(matrix, state))
	right := normalised(graph.TransposedMatMul(matrix, left))
	graph.Blend(state, right, s.Graph().Constant([]float32{1}))
	return singularVectors{graph.Detach(left), graph.Detach(right)}
}

// normalised is x divided by its length.
func normalised(x *graph.Node) *graph.Node {
	n := x.Shape().Size()
	squares := graph.Scale(graph.Mean(graph.Mul(x, x)), float32(n))
	return graph.Mul(x, graph.Fill(graph.Pow(squares, -0.5), x.Shape()...))
}

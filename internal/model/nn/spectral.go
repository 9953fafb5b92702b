package nn

import (
	"math"

	"easel/internal/engine/graph"
)

// singularVectors of a kernel as a matrix [inputs, outputs].
type singularVectors struct{ left, right *graph.Node } // [inputs, 1], [outputs, 1]

// SpectralNorm returns a kernel [height, width, in, out], the parameter with the given name
// or its replacement, divided by its largest singular value as a matrix [height·width·in,
// out] (Miyato et al. 2018). Each run does one round of the power iteration for the
// singular vectors, from the parameter's value before the run; gradients treat them as
// constants. The state is name/singular [out, 1]. PyTorch does a round for each use of the
// layer.
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

// iterate does a round of the power iteration, which updates the state.
func (s *Scope) iterate(name string, matrix *graph.Node) singularVectors {
	out := matrix.Shape().Channels()
	state := s.Sub(name).StateFrom("singular", Normal{Deviation: 1 / math.Sqrt(float64(out))}, out, 1)
	left := normalised(graph.MatMul(matrix, state))
	right := normalised(graph.TransposedMatMul(matrix, left))
	graph.Blend(state, right, s.Graph().Constant([]float32{1}))
	return singularVectors{graph.Detach(left), graph.Detach(right)}
}

// normalised returns x divided by its norm.
func normalised(x *graph.Node) *graph.Node {
	n := x.Shape().Size()
	squares := graph.Scale(graph.Mean(graph.Mul(x, x)), float32(n))
	return graph.Mul(x, graph.Fill(graph.Pow(squares, -0.5), x.Shape()...))
}

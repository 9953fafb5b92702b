package style

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"

	"easel/internal/engine/graph"
)

// The squared 2-Wasserstein distance of two Gaussians is
//
//	|μ − μ₀|² + tr Σ + tr Σ₀ − 2 tr (AΣA)^½,  A = Σ₀^½
//
// (Olkin and Pukelsheim 1982), divided here by the number of channels. Its
// gradient to Σ is I − A (AΣA)^−½ A.

const (
	// ridge is added to the covariances' diagonals, relative to the target's mean second
	// moment, because layers have channels that are always 0. Crowson's program adds 10⁻⁴
	// to features whose second moments are of the order of 1.
	ridge = 1e-4
	// rootSteps is the number of Newton–Schulz steps. Each multiplies the contribution of a
	// small eigenvalue to the root by 1.5 until it converges; 24 suffice for the square of
	// the ridge, below float32's precision.
	rootSteps = 24
)

// newGaussian makes a target for gaussianDistance.
func newGaussian(m Moments) (target, error) {
	n := m.Channels
	energy, trace := 0.0, 0.0
	for i := range n {
		energy += m.Second[i*n+i] / float64(n)
	}
	e := ridge * floor(energy)
	covariance := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			v := (m.Second[i*n+j]+m.Second[j*n+i])/2 - m.Mean[i]*m.Mean[j]
			if i == j {
				v = max(v, 0) + e
				trace += v
			}
			covariance.SetSym(i, j, v)
		}
	}
	root, err := squareRoot(covariance)
	if err != nil {
		return target{}, err
	}
	mean, diagonal := make([]float32, n), make([]float32, n*n)
	narrow(mean, m.Mean)
	for i := range n {
		diagonal[i*n+i] = float32(e)
	}
	return target{
		inputs: map[string][]float32{
			"mean": mean, "root": root, "trace": {float32(trace)}, "ridge": diagonal,
		},
		energy: energy,
	}, nil
}

// squareRoot returns the symmetric root of a positive matrix, row by row.
func squareRoot(m *mat.SymDense) ([]float32, error) {
	var eigen mat.EigenSym
	if !eigen.Factorize(m, true) {
		return nil, errors.New("the covariance of its features has no eigenvalues")
	}
	var vectors, left, root mat.Dense
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil)
	left.Apply(func(_, j int, v float64) float64 {
		return v * math.Sqrt(max(values[j], 0))
	}, &vectors)
	root.Mul(&left, vectors.T())
	out := make([]float32, len(root.RawMatrix().Data))
	narrow(out, root.RawMatrix().Data)
	return out, nil
}

// gaussianDistance returns the distance of moments m from a target, and a scalar with its
// gradient.
func gaussianDistance(g *graph.Graph, name string, m sums) (value, slope *graph.Node) {
	n := m.mean.Shape()[0]
	input := func(key string, shape ...int) *graph.Node { return g.Input(name+"/target/"+key, shape...) }
	root, identity := input("root", n, n), identity(g, n)
	outer := graph.MatMul(graph.Reshape(m.mean, n, 1), graph.Reshape(m.mean, 1, n))
	covariance := graph.Add(graph.Sub(m.second, outer), input("ridge", n, n))

	middle := graph.Detach(graph.MatMul(graph.MatMul(root, covariance), root))
	half, inverse := roots(middle, identity)
	transport := graph.MatMul(graph.MatMul(root, inverse), root)

	one := 1 / float32(n)
	means := graph.L2(m.mean, input("mean", n))
	traces := graph.Add(inner(covariance, identity), input("trace"))
	value = graph.Add(means, graph.Scale(graph.Sub(traces, graph.Scale(inner(half, identity), 2)), one))
	slope = graph.Add(means, graph.Scale(inner(covariance, graph.Sub(identity, transport)), one))
	return value, slope
}

func identity(g *graph.Graph, n int) *graph.Node {
	ones := make([]float32, n*n)
	for i := range n {
		ones[i*n+i] = 1
	}
	return g.Constant(ones, n, n)
}

// roots returns the square root of a symmetric positive matrix m and its inverse, by the
// coupled Newton–Schulz iteration (Higham 2008, eq. 6.35) on m divided by its Frobenius
// norm.
func roots(m, identity *graph.Node) (half, inverse *graph.Node) {
	shape := m.Shape()
	square := inner(m, m)
	y := graph.Mul(m, graph.Fill(graph.Pow(square, -0.5), shape...))
	z := identity
	for range rootSteps {
		t := graph.Sub(graph.Scale(identity, 1.5), graph.Scale(graph.MatMul(z, y), 0.5))
		y, z = graph.MatMul(y, t), graph.MatMul(t, z)
	}
	return graph.Mul(y, graph.Fill(graph.Pow(square, 0.25), shape...)),
		graph.Mul(z, graph.Fill(graph.Pow(square, -0.25), shape...))
}

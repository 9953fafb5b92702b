package nn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"

	"easel/internal/engine/graph"
)

// Initialisers that depend on the shape of a kernel [height, width, in, out]. They are
// those of PyTorch's torch.nn.init, except for transposed convolutions, where PyTorch
// exchanges in and out.
type (
	// Xavier is normal with variance Gain²·2/(fan in + fan out) (Glorot and
	// Bengio 2010), a fan being channels times taps.
	Xavier struct{ Gain float64 }
	// Kaiming is normal with variance 2/fan in (He et al. 2015).
	Kaiming struct{}
	// Orthogonal is a matrix [out, height·width·in] whose rows, or columns if
	// those are fewer, are orthogonal and of length Gain (Saxe et al. 2014).
	Orthogonal struct{ Gain float64 }
	// tapped is a kernel [1, 1, in, 9·out] that represents a 3×3 one of [3, 3, in, out]:
	// see ResizeConv.
	tapped struct{ Initialiser }
)

func (i Xavier) String() string     { return fmt.Sprintf("Xavier with gain %g", i.Gain) }
func (Kaiming) String() string      { return "Kaiming" }
func (i Orthogonal) String() string { return fmt.Sprintf("orthogonal with gain %g", i.Gain) }

// fans are the channels times taps on either side of a kernel.
func fans(shape graph.Shape) (in, out float64) {
	taps := shape[:len(shape)-2].Size()
	return float64(taps * shape[len(shape)-2]), float64(taps * shape.Channels())
}

func (i Xavier) fill(value []float32, shape graph.Shape, random *rand.Rand) {
	in, out := fans(shape)
	Normal{Deviation: i.Gain * math.Sqrt(2/(in+out))}.fill(value, shape, random)
}

func (Kaiming) fill(value []float32, shape graph.Shape, random *rand.Rand) {
	in, _ := fans(shape)
	Normal{Deviation: math.Sqrt(2 / in)}.fill(value, shape, random)
}

func (i Orthogonal) fill(value []float32, shape graph.Shape, random *rand.Rand) {
	out := shape.Channels()
	in := len(value) / out
	long, short := max(in, out), min(in, out)
	q := blas64.General{Rows: long, Cols: short, Stride: short, Data: make([]float64, long*short)}
	for k := range q.Data {
		q.Data[k] = random.NormFloat64()
	}
	signs := orthogonalise(q)
	for row := range in {
		for column := range out {
			a, b := row, column
			if in < out {
				a, b = b, a
			}
			value[row*out+column] = float32(i.Gain * signs[b] * q.Data[a*short+b])
		}
	}
}

// orthogonalise makes a matrix's columns orthonormal by QR factorisation, and returns the
// signs of R's diagonal: times these, the columns are uniformly distributed over all
// orthonormal ones.
func orthogonalise(q blas64.General) (signs []float64) {
	tau, size := make([]float64, q.Cols), make([]float64, 1)
	lapack64.Geqrf(q, tau, size, -1)
	work := make([]float64, int(size[0]))
	lapack64.Geqrf(q, tau, work, len(work))
	signs = make([]float64, q.Cols)
	for i := range signs {
		signs[i] = math.Copysign(1, q.Data[i*q.Stride+i])
	}
	lapack64.Orgqr(q, tau, size, -1)
	work = make([]float64, int(size[0]))
	lapack64.Orgqr(q, tau, work, len(work))
	return signs
}

func (i tapped) fill(value []float32, shape graph.Shape, random *rand.Rand) {
	const taps = 9
	in, out := shape[2], shape[3]/taps
	kernel := make([]float32, len(value))
	i.Initialiser.fill(kernel, graph.Shape{3, 3, in, out}, random)
	for tap := range taps {
		for c := range in {
			copy(value[(c*taps+tap)*out:][:out], kernel[(tap*in+c)*out:])
		}
	}
}

package metric

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Moments accumulates the mean and the covariance of vectors one by one
// (Welford's method): its memory depends on the length of the vectors alone.
type Moments struct {
	n     int
	mean  []float64
	outer *mat.SymDense // sum of (x − mean)(x − mean)ᵀ
	delta []float64
}

// NewMoments returns empty moments for vectors of the given length.
func NewMoments(length int) *Moments {
	return &Moments{mean: make([]float64, length), outer: mat.NewSymDense(length, nil), delta: make([]float64, length)}
}

// Add adds a vector.
func (m *Moments) Add(x []float64) {
	if len(x) != len(m.mean) {
		panic(fmt.Sprintf("metric: a vector of %d among those of %d", len(x), len(m.mean)))
	}
	m.n++
	n := float64(m.n)
	floats.SubTo(m.delta, x, m.mean)
	floats.AddScaled(m.mean, 1/n, m.delta)
	m.outer.SymRankOne(m.outer, (n-1)/n, mat.NewVecDense(len(m.delta), m.delta))
}

// Count returns the number of vectors.
func (m *Moments) Count() int { return m.n }

// covariance is the unbiased one, divided by n − 1.
func (m *Moments) covariance() *mat.SymDense {
	c := mat.NewSymDense(len(m.mean), nil)
	c.ScaleSym(1/float64(m.n-1), m.outer)
	return c
}

// FrechetDistance returns the squared Fréchet distance of the Gaussians that
// have the moments of two sets (Heusel et al. 2017, equation 6; the "FID" where
// the vectors are those of Inception's last pooling): |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ −
// 2(Σ₁Σ₂)^½). It is biased upwards by about 1/n, strongly so where there are
// fewer vectors than elements, so compare only values of equal counts. Sets of
// fewer than two vectors are an error.
func FrechetDistance(a, b *Moments) (float64, error) {
	if len(a.mean) != len(b.mean) {
		panic(fmt.Sprintf("metric: moments of vectors of %d and of %d", len(a.mean), len(b.mean)))
	}
	if a.n < 2 || b.n < 2 {
		return 0, fmt.Errorf("fréchet distance: sets of %d and %d: a covariance needs two", a.n, b.n)
	}
	ca, cb := a.covariance(), b.covariance()
	root, err := squareRoot(ca)
	if err != nil {
		return 0, err
	}
	// Σ₁Σ₂ has the eigenvalues of the symmetric √Σ₁ Σ₂ √Σ₁.
	n := len(a.mean)
	var left, product mat.Dense
	left.Mul(root, cb)
	product.Mul(&left, root)
	symmetric := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			symmetric.SetSym(i, j, (product.At(i, j)+product.At(j, i))/2)
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(symmetric, false) {
		return 0, fmt.Errorf("fréchet distance: the eigenvalues of the covariances' product do not converge")
	}
	distance := mat.Trace(ca) + mat.Trace(cb)
	for _, v := range eigen.Values(nil) {
		distance -= 2 * math.Sqrt(max(v, 0)) // below 0 by rounding alone
	}
	for i, m := range a.mean {
		distance += (m - b.mean[i]) * (m - b.mean[i])
	}
	return max(distance, 0), nil
}

// squareRoot returns the symmetric root of a covariance.
func squareRoot(c *mat.SymDense) (*mat.Dense, error) {
	var eigen mat.EigenSym
	if !eigen.Factorize(c, true) {
		return nil, fmt.Errorf("fréchet distance: the eigenvalues of a covariance do not converge")
	}
	var vectors, scaled, root mat.Dense
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil)
	for i, v := range values {
		values[i] = math.Sqrt(max(v, 0))
	}
	scaled.Mul(&vectors, mat.NewDiagDense(len(values), values))
	root.Mul(&scaled, vectors.T())
	return &root, nil
}

// KernelDistance returns the unbiased estimate of the squared maximum mean
// discrepancy of two sets of vectors under the kernel (x·y/length + 1)³ (Bińkowski
// et al. 2018, "KID" where the vectors are Inception's). Unlike the Fréchet
// distance its expectation does not depend on the number of vectors, so it may be
// averaged over blocks, and a single value may be below 0. Each set needs two
// vectors or more, all of one length.
func KernelDistance(x, y [][]float64) float64 {
	if len(x) < 2 || len(y) < 2 {
		panic(fmt.Sprintf("metric: kernel distance of %d and %d vectors", len(x), len(y)))
	}
	return withinKernel(x) + withinKernel(y) - 2*betweenKernel(x, y)
}

func cubicKernel(a, b []float64) float64 {
	v := floats.Dot(a, b)/float64(len(a)) + 1
	return v * v * v
}

// withinKernel is the mean over pairs of different vectors of a set.
func withinKernel(x [][]float64) float64 {
	sum := 0.0
	for i := range x {
		for j := range i {
			sum += cubicKernel(x[i], x[j])
		}
	}
	return sum / float64(len(x)*(len(x)-1)/2)
}

func betweenKernel(x, y [][]float64) float64 {
	sum := 0.0
	for i := range x {
		for j := range y {
			sum += cubicKernel(x[i], y[j])
		}
	}
	return sum / float64(len(x)*len(y))
}

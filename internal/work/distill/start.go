package distill

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"easel/internal/model/style"
	"easel/internal/model/vgg"
)

// moments are those of the teacher's layers, by name, over crops.
type moments map[string]style.Moments

func isConvolution(layer string) bool { return strings.HasPrefix(layer, "conv") }

// levelled scales the teacher so that the mean square of each rectified layer is 1, and the
// moments with it. It returns the root mean squares of before.
func levelled(w *vgg.Weights, m moments) (*vgg.Weights, []float64, error) {
	cut := *w
	var means vgg.Means
	var levels []float64
	for _, name := range rectified() {
		r := m[name]
		trace := 0.0
		for c := range r.Channels {
			trace += r.Second[c*r.Channels+c]
		}
		level := math.Sqrt(trace / float64(r.Channels))
		mean := make([]float64, r.Channels)
		for c := range mean {
			mean[c] = level
		}
		levels, means = append(levels, level), append(means, mean)
	}
	cut.Filters = w.Filters[:len(levels)]
	at := -1
	for _, name := range layers() {
		if isConvolution(name) {
			at++
		}
		for i := range m[name].Second {
			m[name].Second[i] /= levels[at] * levels[at]
		}
		for i := range m[name].Mean {
			m[name].Mean[i] /= levels[at]
		}
	}
	scaled, err := vgg.Normalise(&cut, means)
	return scaled, levels, err
}

// unlevelled gives a student of a levelled teacher the teacher's first scale. A convolution
// of low rank has its bias at the end, so that the last factor may undo what the input lacks.
func unlevelled(w *vgg.Weights, levels []float64) *vgg.Weights {
	scaled := *w
	scaled.Filters = append([]vgg.Filter(nil), w.Filters...)
	before := 1.0
	for i := range scaled.Filters {
		f := &scaled.Filters[i]
		if f.Up != nil {
			f.Up = times(f.Up, levels[i]/before)
		} else {
			f.Kernel = times(f.Kernel, levels[i]/before)
		}
		f.Bias = times(f.Bias, levels[i])
		before = levels[i]
	}
	return &scaled
}

func times(values []float32, factor float64) []float32 {
	list := make([]float32, len(values))
	for i, v := range values {
		list[i] = float32(float64(v) * factor)
	}
	return list
}

// begin makes a student of the given rank from the teacher and the moments of its layers.
func begin(teacher *vgg.Weights, m moments, rank int) (*vgg.Weights, error) {
	w := &vgg.Weights{Width: teacher.Width, Rank: rank, Mean: teacher.Mean}
	before := ""
	for _, name := range layers() {
		if !isConvolution(name) {
			before = name
			continue
		}
		f := teacher.Filters[len(w.Filters)]
		if kernel, down, _, _ := vgg.Shapes(name, w.Width, rank); down != nil {
			var err error
			if f, err = reduced(f, m[before], m[name], kernel[2]); err != nil {
				return nil, fmt.Errorf("begin with %s: %w", name, err)
			}
		}
		w.Filters = append(w.Filters, f)
	}
	return w, w.Validate()
}

// reduced returns the factors of rank r of a filter, which reads x and makes y. With S the
// second moments of x and K the kernel, the first factor has the r directions of S^−½·x that
// K·S^½ amplifies most. The last has the r principal components of y, about its mean (Zhang
// et al. 2015, §3.1). The kernel between them is what is left of K.
func reduced(f vgg.Filter, x, y style.Moments, r int) (vgg.Filter, error) {
	in, out := x.Channels, y.Channels
	if r > min(in, out) {
		return f, fmt.Errorf("a rank of %d is more than its %d and %d channels", r, in, out)
	}
	root, inverse, err := roots(mat.NewSymDense(in, x.Second))
	if err != nil {
		return f, err
	}
	taps := mat.NewDense(9*in, out, widened(f.Kernel))
	amplified := mat.NewDense(in, in, nil)
	for tap := range 9 {
		var part, square mat.Dense
		part.Mul(root, taps.Slice(tap*in, (tap+1)*in, 0, out))
		square.Mul(&part, part.T())
		amplified.Add(amplified, &square)
	}
	_, directions, err := largest(symmetric(amplified), r)
	if err != nil {
		return f, err
	}
	values, components, err := largest(symmetric(covariance(y)), r)
	if err != nil {
		return f, err
	}
	var down, back mat.Dense
	down.Mul(inverse, directions)
	back.Mul(root, directions)
	// The scale of the components is shared by the kernel and the last factor.
	scales := make([]float64, r)
	for b := range scales {
		scales[b] = math.Pow(max(values[b], negligible*values[0]), 0.25)
	}
	g := vgg.Filter{Layer: f.Layer, Down: narrowed(down.RawMatrix().Data), Kernel: make([]float32, 9*r*r), Up: make([]float32, r*out)}
	for tap := range 9 {
		var read, made mat.Dense
		read.Mul(back.T(), taps.Slice(tap*in, (tap+1)*in, 0, out))
		made.Mul(&read, components)
		made.Apply(func(_, b int, v float64) float64 { return v / scales[b] }, &made)
		copy(g.Kernel[tap*r*r:], narrowed(made.RawMatrix().Data))
	}
	var within, rest mat.Dense // of the bias: what the components have of it
	off := mat.NewDense(1, out, nil)
	for c, m := range y.Mean {
		off.Set(0, c, float64(f.Bias[c])-m)
	}
	within.Mul(off, components)
	rest.Mul(&within, components.T())
	g.Bias = make([]float32, out)
	for c, m := range y.Mean {
		g.Bias[c] = float32(m + rest.At(0, c))
		for b := range r {
			g.Up[b*out+c] = float32(components.At(c, b) * scales[b])
		}
	}
	return g, nil
}

// covariance is the second moments about the mean.
func covariance(m style.Moments) *mat.Dense {
	c := mat.NewDense(m.Channels, m.Channels, append([]float64(nil), m.Second...))
	c.Apply(func(i, j int, v float64) float64 { return v - m.Mean[i]*m.Mean[j] }, c)
	return c
}

func symmetric(m *mat.Dense) *mat.SymDense {
	n, _ := m.Dims()
	return mat.NewSymDense(n, m.RawMatrix().Data)
}

// negligible is the fraction of the largest eigenvalue below which there is nothing but the
// rounding of moments that were summed in float32.
const negligible = 1e-7

// roots returns m^½ and m^−½, of eigenvalues that are not negligible.
func roots(m *mat.SymDense) (root, inverse *mat.Dense, err error) {
	n := m.SymmetricDim()
	values, vectors, err := largest(m, n)
	if err != nil {
		return nil, nil, err
	}
	power := func(p float64) *mat.Dense {
		scaled := mat.DenseCopyOf(vectors)
		scaled.Apply(func(_, j int, v float64) float64 { return v * math.Pow(max(values[j], negligible*values[0]), p) }, scaled)
		var product mat.Dense
		product.Mul(scaled, vectors.T())
		return &product
	}
	return power(0.5), power(-0.5), nil
}

// largest returns the k largest eigenvalues, in falling order, and their eigenvectors [n, k].
func largest(m *mat.SymDense, k int) ([]float64, *mat.Dense, error) {
	var eigen mat.EigenSym
	if !eigen.Factorize(m, true) {
		return nil, nil, errors.New("the eigenvalues of its moments do not converge")
	}
	n := m.SymmetricDim()
	var all mat.Dense
	eigen.VectorsTo(&all)
	rising := eigen.Values(nil)
	values, vectors := make([]float64, k), mat.NewDense(n, k, nil)
	for j := range k {
		values[j] = rising[n-1-j]
		for i := range n {
			vectors.Set(i, j, all.At(i, n-1-j))
		}
	}
	return values, vectors, nil
}

func narrowed(values []float64) []float32 {
	list := make([]float32, len(values))
	for i, v := range values {
		list[i] = float32(v)
	}
	return list
}

func widened(values []float32) []float64 {
	list := make([]float64, len(values))
	for i, v := range values {
		list[i] = float64(v)
	}
	return list
}

package pointwise

import "fmt"

// A Term is one consumer's gradient to an activation's input: D, a view of
// rows × c, times 1 where the input is above 0 and times Slope elsewhere.
// Slope 1 is a consumer without an activation.
type Term struct {
	D      []float32
	Stride int
	Slope  float32
}

// MaxTerms is how many terms an operation takes.
const MaxTerms = 2

func checkTerms(op string, terms []Term, rows, c int) {
	if len(terms) < 1 || len(terms) > MaxTerms {
		panic(fmt.Sprintf("pointwise: %s: %d terms, takes 1 or %d", op, len(terms), MaxTerms))
	}
	for _, t := range terms {
		checkView(op, "term", t.D, t.Stride, rows, c)
	}
}

func identities(terms []Term) bool {
	for _, t := range terms {
		if t.Slope != 1 {
			return false
		}
	}
	return true
}

// preActivation checks the affine map of a norm and stands in for a missing
// one, which is allowed where no term has a kink.
func preActivation(op string, terms []Term, a, b, other []float32, c int) (scale, shift []float32) {
	if a == nil && b == nil && identities(terms) {
		return other, other
	}
	checkVector(op, "a", a, c)
	checkVector(op, "b", b, c)
	return a, b
}

// NormAffine gives the affine map of a norm, scale·rstd·(x − mean) + shift =
// a·x + b, for AffineActivation, NormSums and NormApply. All vectors have one
// length; scale and shift may be nil.
func NormAffine(a, b, mean, rstd, scale, shift []float32) {
	for i := range a {
		f := float64(rstd[i])
		if scale != nil {
			f *= float64(scale[i])
		}
		g := -f * float64(mean[i])
		if shift != nil {
			g += float64(shift[i])
		}
		a[i], b[i] = float32(f), float32(g)
	}
}

// NormGradient gives the coefficients of NormApply, dx = A·g + B·x + C, from
// the whole sums Σg and Σg·x̂ over m elements a channel:
// dx = scale·rstd·(g − Σg/m − x̂·Σgx̂/m). scale may be nil.
func NormGradient(A, B, C, sumG, sumGX, mean, rstd, scale []float32, m int) {
	for i := range A {
		f := float64(rstd[i])
		if scale != nil {
			f *= float64(scale[i])
		}
		b := -f * float64(rstd[i]) * float64(sumGX[i]) / float64(m)
		A[i], B[i] = float32(f), float32(b)
		C[i] = float32(-f*float64(sumG[i])/float64(m) - b*float64(mean[i]))
	}
}

// NormSums sets sumG to Σg and sumGX to Σg·x̂ of each channel over rows, at
// most BlockRows of them, where g is the sum of terms at pre = a·x + b and
// x̂ = (x − mean)·rstd. a and b may be nil if all slopes are 1.
func (k *Kernels) NormSums(sumG, sumGX []float32, terms []Term, x []float32, xStride int, mean, rstd, a, b []float32, rows, c int) {
	const op = "norm sums"
	checkTerms(op, terms, rows, c)
	checkView(op, "x", x, xStride, rows, c)
	checkVector(op, "sumG", sumG, c)
	checkVector(op, "sumGX", sumGX, c)
	checkVector(op, "mean", mean, c)
	checkVector(op, "rstd", rstd, c)
	a, b = preActivation(op, terms, a, b, mean, c)
	clear(sumG)
	clear(sumGX)
	if rows == 0 || c == 0 {
		return
	}
	done := k.vectorChannels(c)
	if done > 0 {
		t := terms[0]
		if len(terms) == 1 {
			normSums1Vector(&sumG[0], &sumGX[0], &t.D[0], t.Stride, t.Slope, &x[0], xStride, &mean[0], &a[0], &b[0], rows, done)
		} else {
			u := terms[1]
			normSums2Vector(&sumG[0], &sumGX[0], &t.D[0], t.Stride, t.Slope, &u.D[0], u.Stride, u.Slope, &x[0], xStride, &mean[0], &a[0], &b[0], rows, done)
		}
	}
	if done < c {
		normSumsGo(sumG, sumGX, terms, x, xStride, mean, a, b, rows, done, c)
	}
	for i, v := range rstd {
		sumGX[i] *= v
	}
}

// normSumsGo leaves the factor rstd of sumGX to the caller.
func normSumsGo(sumG, sumGX []float32, terms []Term, x []float32, xStride int, mean, a, b []float32, rows, from, to int) {
	t, u := terms[0], terms[len(terms)-1]
	for r := 0; r < rows; r++ {
		s, d, e := x[r*xStride:][:to], t.D[r*t.Stride:][:to], u.D[r*u.Stride:][:to]
		for i := from; i < to; i++ {
			v, g := s[i], d[i]
			above := a[i]*v+b[i] > 0
			if !above {
				g *= t.Slope
			}
			if len(terms) == 2 {
				if above {
					g += e[i]
				} else {
					g += u.Slope * e[i]
				}
			}
			sumG[i] += g
			sumGX[i] += g * (v - mean[i])
		}
	}
}

// NormApply is dx = A·g + B·x + C with the g of NormSums and coefficients per
// channel: a norm's gradient to its input. a and b may be nil if all slopes
// are 1. In place on x or on a term's D allowed.
func (k *Kernels) NormApply(dx []float32, dxStride int, terms []Term, x []float32, xStride int, a, b, A, B, C []float32, rows, c int) {
	const op = "norm apply"
	checkView(op, "dx", dx, dxStride, rows, c)
	checkTerms(op, terms, rows, c)
	checkView(op, "x", x, xStride, rows, c)
	checkVector(op, "A", A, c)
	checkVector(op, "B", B, c)
	checkVector(op, "C", C, c)
	a, b = preActivation(op, terms, a, b, A, c)
	if rows == 0 || c == 0 {
		return
	}
	done := k.vectorChannels(c)
	if done > 0 {
		t := terms[0]
		if len(terms) == 1 {
			normApply1Vector(&dx[0], dxStride, &t.D[0], t.Stride, t.Slope, &x[0], xStride, &a[0], &b[0], &A[0], &B[0], &C[0], rows, done)
		} else {
			u := terms[1]
			normApply2Vector(&dx[0], dxStride, &t.D[0], t.Stride, t.Slope, &u.D[0], u.Stride, u.Slope, &x[0], xStride, &a[0], &b[0], &A[0], &B[0], &C[0], rows, done)
		}
	}
	if done < c {
		normApplyGo(dx, dxStride, terms, x, xStride, a, b, A, B, C, rows, done, c)
	}
}

func normApplyGo(dx []float32, dxStride int, terms []Term, x []float32, xStride int, a, b, A, B, C []float32, rows, from, to int) {
	t, u := terms[0], terms[len(terms)-1]
	for r := 0; r < rows; r++ {
		s, d, e := x[r*xStride:][:to], t.D[r*t.Stride:][:to], u.D[r*u.Stride:][:to]
		out := dx[r*dxStride:][:to]
		for i := from; i < to; i++ {
			v, g := s[i], d[i]
			above := a[i]*v+b[i] > 0
			if !above {
				g *= t.Slope
			}
			if len(terms) == 2 {
				if above {
					g += e[i]
				} else {
					g += u.Slope * e[i]
				}
			}
			out[i] = A[i]*g + (B[i]*v + C[i])
		}
	}
}

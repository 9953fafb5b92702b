package style

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Luma returns the picture in grey: the luma of ITU-R BT.601 in all three channels.
func Luma(p Picture) Picture {
	q := Picture{Height: p.Height, Width: p.Width, Pixels: make([]float32, len(p.Pixels))}
	for i := 0; i < len(p.Pixels); i += 3 {
		y := luma(p.Pixels[i:])
		q.Pixels[i], q.Pixels[i+1], q.Pixels[i+2] = y, y, y
	}
	return q
}

func luma(rgb []float32) float32 { return 0.299*rgb[0] + 0.587*rgb[1] + 0.114*rgb[2] }

// WithColour returns the picture p with the colours of another of the same size: p's luma,
// and that picture's differences from luma.
func WithColour(p, colour Picture) Picture {
	q := Picture{Height: p.Height, Width: p.Width, Pixels: make([]float32, len(p.Pixels))}
	for i := 0; i < len(p.Pixels); i += 3 {
		d := luma(p.Pixels[i:]) - luma(colour.Pixels[i:])
		for c := range 3 {
			q.Pixels[i+c] = colour.Pixels[i+c] + d
		}
	}
	return q
}

// moment3 returns the mean colour of a picture and its covariance.
func moment3(p Picture) (mean [3]float64, covariance *mat.SymDense) {
	n := float64(len(p.Pixels) / 3)
	for i, v := range p.Pixels {
		mean[i%3] += float64(v) / n
	}
	var sums [3][3]float64
	for i := 0; i < len(p.Pixels); i += 3 {
		for a := range 3 {
			for b := a; b < 3; b++ {
				sums[a][b] += (float64(p.Pixels[i+a]) - mean[a]) * (float64(p.Pixels[i+b]) - mean[b]) / n
			}
		}
	}
	covariance = mat.NewSymDense(3, nil)
	for a := range 3 {
		for b := a; b < 3; b++ {
			covariance.SetSym(a, b, sums[a][b])
		}
	}
	return mean, covariance
}

// MatchCovariance gives a picture's colours the mean and covariance of another's, by the
// linear map Σ₀^½ Σ^−½ (Gatys et al. 2016, "Preserving color in neural artistic style
// transfer", §3).
func MatchCovariance(p, like Picture) Picture {
	mean, covariance := moment3(p)
	want, wanted := moment3(like)
	var m mat.Dense
	m.Mul(power3(wanted, 0.5), power3(covariance, -0.5))
	q := Picture{Height: p.Height, Width: p.Width, Pixels: make([]float32, len(p.Pixels))}
	for i := 0; i < len(p.Pixels); i += 3 {
		for a := range 3 {
			v := want[a]
			for b := range 3 {
				v += m.At(a, b) * (float64(p.Pixels[i+b]) - mean[b])
			}
			q.Pixels[i+a] = float32(min(max(v, 0), 1))
		}
	}
	return q
}

// power3 returns a power of a covariance. Directions without variance, as in a grey
// picture, get none.
func power3(m *mat.SymDense, exponent float64) *mat.Dense {
	var eigen mat.EigenSym
	var vectors, left, out mat.Dense
	if !eigen.Factorize(m, true) { // NaN in the picture; keep its colours
		return mat.DenseCopyOf(mat.NewDiagDense(3, []float64{1, 1, 1}))
	}
	values := eigen.Values(nil)
	eigen.VectorsTo(&vectors)
	least := 1e-8 * max(slices.Max(values), 1e-12)
	left.Apply(func(_, j int, v float64) float64 {
		if values[j] < least {
			return 0
		}
		return v * math.Pow(values[j], exponent)
	}, &vectors)
	out.Mul(&left, vectors.T())
	return &out
}

// MatchHistogram gives each colour channel of a picture the distribution of another's: the
// value of rank r becomes the other's value of that rank.
func MatchHistogram(p, like Picture) Picture {
	q := Picture{Height: p.Height, Width: p.Width, Pixels: make([]float32, len(p.Pixels))}
	for c := range 3 {
		order, values := ranks(p.Pixels, c), channel(like.Pixels, c)
		slices.Sort(values)
		scale := float64(len(values)-1) / float64(max(len(order)-1, 1))
		for rank := 0; rank < len(order); {
			// Equal values stay equal: they get the value of their middle rank.
			end := rank + 1
			for end < len(order) && p.Pixels[order[end]*3+c] == p.Pixels[order[rank]*3+c] {
				end++
			}
			v := between(values, float64(rank+end-1)/2*scale)
			for ; rank < end; rank++ {
				q.Pixels[order[rank]*3+c] = v
			}
		}
	}
	return q
}

// between interpolates in a sorted list at a fractional index.
func between(sorted []float32, place float64) float32 {
	i := min(int(place), len(sorted)-1)
	j := min(i+1, len(sorted)-1)
	t := float32(place - float64(i))
	return sorted[i] + t*(sorted[j]-sorted[i])
}

func channel(pixels []float32, c int) []float32 {
	values := make([]float32, 0, len(pixels)/3)
	for i := c; i < len(pixels); i += 3 {
		values = append(values, pixels[i])
	}
	return values
}

// ranks returns the pixels in the order of one channel's values.
func ranks(pixels []float32, c int) []int {
	order := make([]int, len(pixels)/3)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch u, v := pixels[a*3+c], pixels[b*3+c]; {
		case u < v:
			return -1
		case u > v:
			return 1
		}
		return 0
	})
	return order
}

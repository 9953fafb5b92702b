package metric

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Patches collects patches of pictures at several scales, to compare sets of
// pictures without a network (Karras et al. 2018, §5): patches of 7×7 pixels from
// the levels of a Laplacian pyramid. Here a level is the difference between a
// picture and the means of its 2×2 squares, and the last level is the remainder
// when the next would have a side below 16 pixels.
//
// The positions of a picture's patches depend on how many pictures came before it,
// so that two sets of pairs are sampled at the same positions.
type Patches struct {
	levels [][][]float32 // by level, patch, element
	count  int
}

const (
	patchSide       = 7
	patchesEach     = 64 // of a picture and level
	patchDirections = 64
	smallestLevel   = 16
)

// Add takes a picture into the set. All pictures of a set have one shape.
func (p *Patches) Add(a []float32, s Shape) {
	s.check(a)
	random := rand.New(rand.NewPCG(uint64(p.count), 0))
	p.count++
	for level := 0; ; level++ {
		next, smaller := squareMeans(a, s)
		last := min(smaller.Height, smaller.Width) < smallestLevel
		detail := a
		if !last {
			detail = lessMeans(a, next, s)
		}
		if level == len(p.levels) {
			p.levels = append(p.levels, nil)
		}
		for range patchesEach {
			if s.Height < patchSide || s.Width < patchSide {
				break
			}
			y, x := random.IntN(s.Height-patchSide+1), random.IntN(s.Width-patchSide+1)
			p.levels[level] = append(p.levels[level], patch(detail, s, y, x))
		}
		if last {
			return
		}
		a, s = next, smaller
	}
}

// squareMeans is the means of 2×2 squares; an odd row or column at the end is left out.
func squareMeans(a []float32, s Shape) ([]float32, Shape) {
	h := Shape{s.Height / 2, s.Width / 2, s.Channels}
	out := make([]float32, h.Height*h.Width*h.Channels)
	for i := range out {
		c, x, y := i%s.Channels, i/s.Channels%h.Width, i/s.Channels/h.Width
		at := ((2*y)*s.Width+2*x)*s.Channels + c
		below := at + s.Width*s.Channels
		out[i] = (a[at] + a[at+s.Channels] + a[below] + a[below+s.Channels]) / 4
	}
	return out, h
}

// lessMeans is a less the mean of each pixel's square.
func lessMeans(a, means []float32, s Shape) []float32 {
	out := make([]float32, len(a))
	for i, v := range a {
		c, x, y := i%s.Channels, i/s.Channels%s.Width, i/s.Channels/s.Width
		y, x = min(y/2, s.Height/2-1), min(x/2, s.Width/2-1)
		out[i] = v - means[(y*(s.Width/2)+x)*s.Channels+c]
	}
	return out
}

func patch(a []float32, s Shape, y, x int) []float32 {
	out := make([]float32, 0, patchSide*patchSide*s.Channels)
	for r := range patchSide {
		at := ((y+r)*s.Width + x) * s.Channels
		out = append(out, a[at:at+patchSide*s.Channels]...)
	}
	return out
}

// Distance returns the distance between the patches of two sets of equally many
// pictures of one shape: the mean over levels of the sliced Wasserstein distance,
// each in standard deviations of other's patches, so that levels count alike.
func (p *Patches) Distance(other *Patches) float64 {
	sum := 0.0
	for i, level := range other.levels {
		if len(level) == 0 {
			continue
		}
		sum += SlicedWasserstein(p.levels[i], level, directions(len(level[0]))) / max(spreadOf(level), 1e-6)
	}
	return sum / float64(max(len(other.levels), 1))
}

// directions are unit vectors, always the same.
func directions(length int) [][]float32 {
	random := rand.New(rand.NewPCG(1, uint64(length)))
	all := make([][]float32, patchDirections)
	for k := range all {
		v, sum := make([]float32, length), 0.0
		for i := range v {
			g := random.NormFloat64()
			v[i] = float32(g)
			sum += g * g
		}
		for i := range v {
			v[i] /= float32(math.Sqrt(sum))
		}
		all[k] = v
	}
	return all
}

// spreadOf is the standard deviation of all elements.
func spreadOf(vectors [][]float32) float64 {
	var sum, squares, n float64
	for _, v := range vectors {
		for _, e := range v {
			sum += float64(e)
			squares += float64(e) * float64(e)
			n++
		}
	}
	return math.Sqrt(max(squares/n-sum/n*sum/n, 0))
}

// SlicedWasserstein returns the sliced Wasserstein distance of two sets of
// equally many vectors: the mean over directions of the distance between their
// projections, which is the mean distance of the sorted values (Rabin et al. 2011).
func SlicedWasserstein(a, b [][]float32, directions [][]float32) float64 {
	sum := 0.0
	for _, d := range directions {
		p, q := projected(a, d), projected(b, d)
		for i := range p {
			sum += math.Abs(p[i]-q[i]) / float64(len(p)*len(directions))
		}
	}
	return sum
}

// projected are the vectors' products with a direction, sorted.
func projected(vectors [][]float32, direction []float32) []float64 {
	out := make([]float64, len(vectors))
	for i, v := range vectors {
		for k, e := range v {
			out[i] += float64(e) * float64(direction[k])
		}
	}
	slices.Sort(out)
	return out
}

package imgio

import (
	"fmt"
	"math"
	"strings"
)

// Filter is the method by which Resize computes new samples.
type Filter int

const (
	// Nearest takes the pixel under the centre of the new one. It is the only filter that
	// cannot invent colours, and therefore the one for label pictures.
	Nearest Filter = iota
	// Bilinear is a triangle, widened when shrinking so that every old pixel
	// counts (PIL's BILINEAR; PyTorch's bilinear with antialias).
	Bilinear
	// BilinearPlain mixes the four nearest pixels at any scale: PyTorch's interpolate
	// without antialias and with align_corners=False.
	BilinearPlain
	// Bicubic is Keys' cubic with a = −0.5, widened when shrinking (PIL's BICUBIC).
	Bicubic
	// Area is the mean over the area that a new pixel covers, with partly covered old
	// pixels weighted by their share (OpenCV's and TensorFlow's AREA).
	Area
	// Lanczos is a sinc windowed to three lobes, widened when shrinking (PIL's LANCZOS).
	Lanczos
)

var filterNames = [...]string{"nearest", "bilinear", "bilinear-plain", "bicubic", "area", "lanczos"}

// String returns the name that ParseFilter understands.
func (f Filter) String() string {
	if f < 0 || int(f) >= len(filterNames) {
		return fmt.Sprintf("Filter(%d)", int(f))
	}
	return filterNames[f]
}

// Filters lists the names that ParseFilter knows.
func Filters() []string { return filterNames[:] }

// ParseFilter returns the filter of a name, in any case.
func ParseFilter(name string) (Filter, error) {
	for i, n := range filterNames {
		if strings.EqualFold(n, name) {
			return Filter(i), nil
		}
	}
	return 0, fmt.Errorf("unknown filter %q; expected %s", name, strings.Join(filterNames[:], ", "))
}

// taps are the weights of the old samples first, first+1, … in a new sample. They add up
// to 1.
type taps struct {
	first   int
	weights []float32
}

// axisTaps returns the taps of all m new samples of an axis with n old ones. Pixel centres
// are at half-integers, so both ends are aligned.
func axisTaps(n, m int, f Filter) []taps {
	scale := float64(n) / float64(m)
	all := make([]taps, m)
	for i := range all {
		centre := (float64(i) + 0.5) * scale
		switch f {
		case Nearest:
			all[i] = taps{min(int(centre), n-1), []float32{1}}
		case Area:
			all[i] = areaTaps(float64(i)*scale, float64(i+1)*scale, n)
		case BilinearPlain:
			all[i] = plainTaps(centre, n)
		default:
			all[i] = kernelTaps(centre, max(scale, 1), n, f)
		}
	}
	return all
}

// areaTaps weights each old sample by its overlap with the interval from..to.
func areaTaps(from, to float64, n int) taps {
	first := min(int(from), n-1)
	last := min(max(int(math.Ceil(to)), first+1), n)
	w := make([]float64, last-first)
	for j := range w {
		left := float64(first + j)
		w[j] = max(min(to, left+1)-max(from, left), 0)
	}
	return taps{first, normalised(w)}
}

// plainTaps mixes the two samples around centre; beyond the ends the outermost sample
// repeats.
func plainTaps(centre float64, n int) taps {
	x := max(centre-0.5, 0)
	first := min(int(x), n-1)
	if first == n-1 {
		return taps{first, []float32{1}}
	}
	t := x - float64(first)
	return taps{first, []float32{float32(1 - t), float32(t)}}
}

// kernelTaps samples a kernel, stretched by scale, at the centres of the old pixels. As in
// PIL, weights outside the picture are dropped.
func kernelTaps(centre, scale float64, n int, f Filter) taps {
	kernel, radius := f.kernel()
	support := radius * scale
	first := max(int(centre-support+0.5), 0)
	last := min(int(centre+support+0.5), n)
	w := make([]float64, last-first)
	for j := range w {
		w[j] = kernel((float64(first+j) + 0.5 - centre) / scale)
	}
	return taps{first, normalised(w)}
}

func normalised(w []float64) []float32 {
	sum := 0.0
	for _, v := range w {
		sum += v
	}
	out := make([]float32, len(w))
	for i, v := range w {
		out[i] = float32(v / sum)
	}
	return out
}

// kernel returns the function of a filter and the radius beyond which it is 0.
func (f Filter) kernel() (func(float64) float64, float64) {
	switch f {
	case Bilinear:
		return triangle, 1
	case Bicubic:
		return cubic, 2
	case Lanczos:
		return lanczos3, 3
	default:
		panic("imgio: no such filter: " + f.String())
	}
}

func triangle(x float64) float64 { return max(1-math.Abs(x), 0) }

// cubic is Keys 1981, "Cubic convolution interpolation", with a = −1/2.
func cubic(x float64) float64 {
	const a = -0.5
	x = math.Abs(x)
	switch {
	case x < 1:
		return ((a+2)*x-(a+3))*x*x + 1
	case x < 2:
		return (((x-5)*x+8)*x - 4) * a
	default:
		return 0
	}
}

func lanczos3(x float64) float64 {
	if math.Abs(x) >= 3 {
		return 0
	}
	return sinc(x) * sinc(x/3)
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

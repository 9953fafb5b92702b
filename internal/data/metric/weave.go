package metric

import "math"

// Weave looks at frequencies from weaveLow to weaveHigh cycles a pixel: waves of two to two
// and a half pixels. Directions within weaveAngle of an axis or a diagonal count.
const (
	weaveLow   = 0.4
	weaveHigh  = 0.5
	weaveAngle = 15 * math.Pi / 180
)

// Weave returns how much a picture is covered by the fine weave of horizontal and vertical
// threads that style transfer leaves: the mean natural logarithm of the power spectrum of
// the luminance (see Spectrum) near the Nyquist frequency along the axes, less that along
// the diagonals. Paintings have about 0, photographs of houses 1; 2 is visible as a square
// pattern on flat areas. Powers below 1e-11 count as 1e-11. Pictures of less than 16 pixels
// a side have too few frequencies: 0.
func Weave(a []float32, s Shape) float64 {
	if min(s.Height, s.Width) < 16 {
		return 0
	}
	f := windowed(Luminance(a, s), s)
	transform(f, s)
	var axes, diagonals mean
	for y := range s.Height {
		fy := frequency(y, s.Height)
		for x := range s.Width {
			fx := frequency(x, s.Width)
			if r := math.Hypot(fy, fx); r < weaveLow || r > weaveHigh {
				continue
			}
			v := f[y*s.Width+x]
			power := math.Log(max(real(v)*real(v)+imag(v)*imag(v), spectrumFloor))
			switch angle := math.Atan2(fy, fx); {
			case angle <= weaveAngle, angle >= math.Pi/2-weaveAngle:
				axes.add(power)
			case math.Abs(angle-math.Pi/4) <= weaveAngle:
				diagonals.add(power)
			}
		}
	}
	return axes.value() - diagonals.value()
}

// mean is a mean in the making.
type mean struct{ sum, count float64 }

func (m *mean) add(v float64) { m.sum, m.count = m.sum+v, m.count+1 }
func (m mean) value() float64 { return m.sum / m.count }

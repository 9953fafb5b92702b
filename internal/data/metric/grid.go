package metric

import "math"

// gridPeriods are the periods, in pixels, of the grids that networks with
// transposed convolutions leave (Odena et al. 2016): one for each of the last
// layers.
var gridPeriods = [3]int{2, 4, 8}

// gridBeside is the distance, in frequencies, between a grid's frequency and those
// that its power is compared with.
const gridBeside = 3

// Grid returns how much a picture is covered by a grid of period 2, 4 or 8: the
// mean natural logarithm of the power spectrum of the luminance (see Spectrum) in
// the row and the column of each of these frequencies, less that of the rows and
// columns three frequencies to either side. A photograph has about 0; 1 is visible
// as a pattern. Powers below 1e-11 count as 1e-11. Pictures of less than 64
// pixels a side have no room for the neighbours: 0.
func Grid(a []float32, s Shape) float64 {
	if min(s.Height, s.Width) < 64 {
		return 0
	}
	f := windowed(Luminance(a, s), s)
	transform(f, s)
	logPower := func(y, x int) float64 {
		v := f[(y+s.Height)%s.Height*s.Width+(x+s.Width)%s.Width]
		return math.Log(max(real(v)*real(v)+imag(v)*imag(v), spectrumFloor))
	}
	row := func(y int) (sum float64) {
		for x := range s.Width {
			sum += logPower(y, x)
		}
		return sum / float64(s.Width)
	}
	column := func(x int) (sum float64) {
		for y := range s.Height {
			sum += logPower(y, x)
		}
		return sum / float64(s.Height)
	}
	excess := 0.0
	for _, period := range gridPeriods {
		y, x := nearest(s.Height, period), nearest(s.Width, period)
		excess += row(y) - (row(y-gridBeside)+row(y+gridBeside))/2
		excess += column(x) - (column(x-gridBeside)+column(x+gridBeside))/2
	}
	return excess / float64(2*len(gridPeriods))
}

// nearest is the element of a transform of n that is nearest to a period.
func nearest(n, period int) int { return int(math.Round(float64(n) / float64(period))) }

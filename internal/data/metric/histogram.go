package metric

import (
	"fmt"
	"math"
)

// LabBins is the number of bins that LabHistogram has for each channel.
const LabBins = 100

// The ranges of the channels of CIELAB: all of L, and for a and b all that
// sRGB reaches.
var labRanges = [3][2]float64{{0, 100}, {-110, 110}, {-110, 110}}

// LabHistogram returns how often each value of one channel (0 L, 1 a, 2 b)
// occurs among the CIELAB values lab, [pixels, 3]: LabBins fractions that add
// up to 1. Values beyond the range count in the outermost bins; NaN counts
// nowhere, so the sum is then below 1. Histograms of several pictures are
// averaged to that of a test set.
func LabHistogram(lab []float32, channel int) []float64 {
	if len(lab)%3 != 0 || len(lab) == 0 || channel < 0 || channel > 2 {
		panic(fmt.Sprintf("metric: histogram of channel %d of %d Lab values", channel, len(lab)))
	}
	low, high := labRanges[channel][0], labRanges[channel][1]
	counts := make([]float64, LabBins)
	one := 3 / float64(len(lab))
	for i := channel; i < len(lab); i += 3 {
		bin := (float64(lab[i]) - low) / (high - low) * LabBins
		if bin == bin {
			counts[int(min(max(bin, 0), LabBins-1))] += one
		}
	}
	return counts
}

// Intersection returns how much two histograms overlap, the sum of the smaller
// of each two bins: 1 for equal ones, 0 for disjoint ones (Isola et al. 2017,
// Figure 7).
func Intersection(p, q []float64) float64 {
	if len(p) != len(q) {
		panic(fmt.Sprintf("metric: histograms of %d and %d bins", len(p), len(q)))
	}
	sum := 0.0
	for i, v := range p {
		sum += min(v, q[i])
	}
	return sum
}

// EarthMover returns the earth mover's distance of two histograms (the first
// Wasserstein distance in one dimension), in the unit of width: the sum of the
// differences of their cumulative sums, times a bin's width. Histograms are divided
// by their sums first.
func EarthMover(p, q []float64, width float64) float64 {
	if len(p) != len(q) || len(p) == 0 {
		panic(fmt.Sprintf("metric: histograms of %d and %d bins", len(p), len(q)))
	}
	p, q = normalised(p), normalised(q)
	difference, sum := 0.0, 0.0
	for i := range p {
		difference += p[i] - q[i]
		sum += math.Abs(difference)
	}
	return sum * width
}

// LabBinCentre returns the value in the middle of a bin of LabHistogram.
func LabBinCentre(channel, bin int) float64 {
	low, high := labRanges[channel][0], labRanges[channel][1]
	return low + (float64(bin)+0.5)/LabBins*(high-low)
}

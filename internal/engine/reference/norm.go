package reference

import (
	"math"

	"easel/internal/engine/graph"
)

// statistics calls f for each element of a picture, with its place, its
// channel and the place of its group's first row in [groups, 2, channels]
// (the second row follows channels later).
func statistics(over graph.Statistics, x tensor, f func(i, c, first int)) {
	channels := x.shape[3]
	x.pixels(func(b, row, column int) {
		group := 0
		if over == graph.PerPicture {
			group = b
		}
		for c := range channels {
			f(x.at(b, row, column, c), c, group*2*channels+c)
		}
	})
}

// perGroup is how many elements of a channel one group has.
func perGroup(over graph.Statistics, x tensor) float64 {
	if over == graph.PerPicture {
		return float64(x.shape[1] * x.shape[2])
	}
	return float64(x.shape[0] * x.shape[1] * x.shape[2])
}

func moments(op graph.Moments, x, out tensor) {
	count, channels := perGroup(op.Over, x), x.shape[3]
	statistics(op.Over, x, func(i, _, first int) { out.data[first] += x.data[i] / count })
	statistics(op.Over, x, func(i, _, first int) {
		d := x.data[i] - out.data[first]
		out.data[first+channels] += d * d / count
	})
	for i := range out.data {
		if i/channels%2 == 1 {
			out.data[i] = 1 / math.Sqrt(out.data[i]+float64(op.Epsilon))
		}
	}
}

func normalization(op graph.Normalization, x, m, scale, shift, out tensor) {
	statistics(op.Over, x, func(i, c, first int) {
		mean, inverse := m.data[first], m.data[first+x.shape[3]]
		out.data[i] = scale.data[c]*(x.data[i]-mean)*inverse + shift.data[c]
	})
}

func normalizationSums(op graph.NormalizationSums, dy, x, m, out tensor) {
	channels := x.shape[3]
	statistics(op.Over, x, func(i, _, first int) {
		normalised := (x.data[i] - m.data[first]) * m.data[first+channels]
		out.data[first] += dy.data[i]
		out.data[first+channels] += dy.data[i] * normalised
	})
}

func normalizationInputGradient(op graph.NormalizationInputGradient, dy, x, m, sums, scale, out tensor) {
	count, channels := perGroup(op.Over, x), x.shape[3]
	statistics(op.Over, x, func(i, c, first int) {
		mean, inverse := m.data[first], m.data[first+channels]
		normalised := (x.data[i] - mean) * inverse
		out.data[i] = scale.data[c] * inverse *
			(dy.data[i] - sums.data[first]/count - normalised*sums.data[first+channels]/count)
	})
}

func groupSum(op graph.GroupSum, in, out tensor) {
	channels := in.shape[2]
	for g := range in.shape[0] {
		for c := range channels {
			out.data[c] += in.data[(g*2+op.Row)*channels+c]
		}
	}
}

package reference

import (
	"math"

	"easel/internal/engine/graph"
)

// exchange is what an operation over all devices makes of their operands; ok
// tells whether op is one.
func exchange(op graph.Op, in []tensor) (out []float64, ok bool) {
	switch op.(type) {
	case graph.AllReduce:
		return mean(in), true
	case graph.PooledMoments:
		return pooledMoments(in), true
	}
	return nil, false
}

func mean(in []tensor) []float64 {
	out := make([]float64, len(in[0].data))
	for _, t := range in {
		for i, v := range t.data {
			out[i] += v / float64(len(in))
		}
	}
	return out
}

func pooledMoments(in []tensor) []float64 {
	out := mean(in)
	channels := in[0].shape[2]
	for i := range out {
		if i/channels%2 == 0 {
			continue
		}
		variance, ofAll := 0.0, out[i-channels] // with ε
		for _, t := range in {
			off := t.data[i-channels] - ofAll
			variance += (1/(t.data[i]*t.data[i]) + off*off) / float64(len(in))
		}
		out[i] = 1 / math.Sqrt(variance)
	}
	return out
}

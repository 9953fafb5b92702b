package style

import (
	"fmt"

	"easel/internal/engine/graph"
)

// Moments describe the style of one layer's features F [positions, channels], each position
// with its weight.
type Moments struct {
	Channels int
	// Second is FᵀF divided by the sum of weights, [channels, channels], and Mean the mean
	// of F, [channels].
	Second, Mean []float64
}

func newMoments(channels int) Moments {
	return Moments{channels, make([]float64, channels*channels), make([]float64, channels)}
}

// Mix returns the weighted mean of several pictures' moments. As a target, its loss has the
// same gradient as the weighted sum of the losses against each picture: they differ by a
// constant. Weights are relative to their sum.
func Mix(all []map[string]Moments, weights []float64) (map[string]Moments, error) {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	if len(all) == 0 || len(all) != len(weights) || !(total > 0) {
		return nil, fmt.Errorf("mix styles: found %d pictures and %d weights with sum %v", len(all), len(weights), total)
	}
	mixed := map[string]Moments{}
	for layer, first := range all[0] {
		m := newMoments(first.Channels)
		for i, other := range all {
			o, ok := other[layer]
			if !ok || o.Channels != m.Channels {
				return nil, fmt.Errorf("mix styles: picture %d has no layer %s", i+1, layer)
			}
			m.add(o, weights[i]/total)
		}
		mixed[layer] = m
	}
	return mixed, nil
}

func (m Moments) add(o Moments, factor float64) {
	for i, v := range o.Second {
		m.Second[i] += factor * v
	}
	for i, v := range o.Mean {
		m.Mean[i] += factor * v
	}
}

func (m Moments) scale(factor float64) {
	for i := range m.Second {
		m.Second[i] *= factor
	}
	for i := range m.Mean {
		m.Mean[i] *= factor
	}
}

// sums are the moments' nodes before the division by the weights' sum: second [channels,
// channels], and mean [channels], nil if it is not needed.
type sums struct{ second, mean *graph.Node }

// sumsOf sums the features f [1, height, width, channels] and their products. Root has the
// square roots of the positions' weights, [1, height, width, 1]; nil means no weights.
func sumsOf(f, root *graph.Node, mean bool) sums {
	channels := f.Shape().Channels()
	if root != nil {
		root = repeat(root, channels)
		f = graph.Mul(f, root)
	}
	s := sums{second: graph.Reshape(graph.Gram(f), channels, channels)}
	if mean {
		if root != nil {
			f = graph.Mul(f, root)
		}
		s.mean = graph.ChannelSums(f)
	}
	return s
}

// repeat broadcasts [1, height, width, 1] to [1, height, width, n]. Graphs do not
// broadcast; a convolution with ones does it.
func repeat(x *graph.Node, n int) *graph.Node {
	ones := make([]float32, n)
	for i := range ones {
		ones[i] = 1
	}
	return graph.Conv(x, x.Graph().Constant(ones, 1, 1, 1, n), 1, graph.Pad(0))
}

// inner is Σ a·b, a scalar.
func inner(a, b *graph.Node) *graph.Node {
	return graph.Scale(graph.Mean(graph.Mul(a, b)), float32(a.Shape().Size()))
}

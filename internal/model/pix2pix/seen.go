package pix2pix

import "easel/internal/engine/graph"

// seen returns the input as the network sees it: a picture as it is. If the input is
// classes, the first channel of [batch, height, width, 1 or 2] becomes a channel per class,
// and the edges between values of the last channel follow if the configuration has them.
func (c Config) seen(x *graph.Node) *graph.Node {
	if c.Classes == 0 {
		return x
	}
	class, instance := x, x
	if c.InputChannels == 2 {
		class, instance = graph.Slice(x, 0, 1), graph.Slice(x, 1, 2)
	}
	y := oneHot(shifted(graph.Scale(class, maxSample/2), maxSample/2), c.Classes)
	if c.ClassEdges {
		y = graph.Concat(y, edges(instance))
	}
	return y
}

// maxSample is the largest 8-bit value, which is 1 in the network.
const maxSample = 255.0

// oneHot is channel k for the value v: 1 − |v − k|, or 0 if that is negative.
func oneHot(v *graph.Node, classes int) *graph.Node {
	// |v − k| is the sum of the positive parts of v − k and k − v.
	signs, values, sum := make([]float32, 2*classes), make([]float32, 2*classes), make([]float32, 2*classes*classes)
	for k := range classes {
		signs[k], values[k] = 1, float32(-k)
		signs[classes+k], values[classes+k] = -1, float32(k)
		sum[k*classes+k], sum[(classes+k)*classes+k] = -1, -1
	}
	g := v.Graph()
	parts := graph.Conv(v, g.Constant(signs, 1, 1, 1, 2*classes), 1, graph.Pad(0))
	parts = graph.ReLU(graph.AddBias(parts, g.Constant(values, 2*classes)))
	return graph.ReLU(shifted(graph.Conv(parts, g.Constant(sum, 1, 1, 2*classes, classes), 1, graph.Pad(0)), 1))
}

// edges is 1 where the value above, below, left or right differs, and 0 elsewhere.
func edges(x *graph.Node) *graph.Node {
	padded := graph.PadPicture(x, graph.PadReplicate, graph.Pad(1))
	var sum *graph.Node
	for _, crop := range []graph.Padding{
		{Top: 2, Left: 1, Right: 1}, {Bottom: 2, Left: 1, Right: 1}, {Left: 2, Top: 1, Bottom: 1}, {Right: 2, Top: 1, Bottom: 1},
	} {
		d := graph.Sub(x, graph.CropPicture(padded, crop))
		d = graph.Add(graph.ReLU(d), graph.ReLU(graph.Scale(d, -1)))
		if sum != nil {
			d = graph.Add(sum, d)
		}
		sum = d
	}
	// The minimum of 1 and the enlarged sum: different 16-bit values differ by at least
	// 2/65535.
	const enough = 60000
	return shifted(graph.Scale(graph.ReLU(shifted(graph.Scale(sum, -enough), 1)), -1), 1)
}

// shifted is x + by.
func shifted(x *graph.Node, by float32) *graph.Node {
	return graph.Add(x, graph.Fill(x.Graph().Constant([]float32{by}), x.Shape()...))
}

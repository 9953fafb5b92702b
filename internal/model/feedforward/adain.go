package feedforward

import (
	"errors"
	"fmt"
	"math"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// pools is how many times VGG-19 halves the picture before relu4_1.
const pools = 3

// features is the number of channels at relu4_1.
func (c Config) features() int { return 8 * c.Width }

// encoderLayers are the channels of VGG-19's convolutions up to conv4_1, as multiples of
// the width, with the number of halvings before each.
var encoderLayers = []struct{ channels, pools int }{{1, 0}, {1, 0}, {2, 1}, {2, 1}, {4, 2}, {4, 2}, {4, 2}, {4, 2}, {8, 3}}

// decoderLayers mirror them; the last makes the picture. Doubled says whether the map
// doubles in size after the layer.
var decoderLayers = []struct {
	channels int
	doubled  bool
}{{4, true}, {4, false}, {4, false}, {4, false}, {2, true}, {2, false}, {1, true}, {1, false}, {0, false}}

// Encoder builds the network that measures a style: input a [1, height, width, 3] in [−1,
// 1], output features [1, rows, columns, 8·Width] after relu4_1. Sides must have at least
// 16 pixels.
func Encoder(c Config, height, width int) (*Network, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if !c.Any() {
		return nil, errors.New("style network: it has learned its style and cannot measure another")
	}
	if min(height, width) < c.Smallest() {
		return nil, fmt.Errorf("style network: the style has %d×%d pixels, each side needs at least %d", height, width, c.Smallest())
	}
	return build(func(s *nn.Scope) {
		g := s.Graph()
		g.Output("features", encode(s, c, g.Input("a", 1, height, width, Channels)))
	})
}

// encode returns the last of encodings, in which pictures are restyled.
func encode(s *nn.Scope, c Config, x *graph.Node) *graph.Node {
	all := encodings(s, c, x)
	return all[len(all)-1]
}

// encodings are relu1_1, relu2_1, relu3_1 and relu4_1 of VGG-19 with mirrored borders,
// after a 1×1 convolution that converts RGB from 0 to 1 to VGG-19's input.
func encodings(s *nn.Scope, c Config, x *graph.Node) (first []*graph.Node) {
	y := graph.Scale(shifted(x, 1), 0.5)
	y = nn.Conv(s.Sub("encoder0"), y, nn.ConvOptions{Out: Channels, Kernel: 1, Stride: 1, Bias: true, Init: nn.Kaiming{}})
	for i, l := range encoderLayers {
		begins := i == 0 || l.pools > encoderLayers[i-1].pools
		if begins && i > 0 {
			y = pool(y)
		}
		y = graph.ReLU(mirrored(s.Subf("encoder%d", i+1), y, c.biased(c.Width*l.channels)))
		if begins {
			first = append(first, y)
		}
	}
	return first
}

// biased is a 3×3 convolution with a bias.
func (c Config) biased(out int) nn.ConvOptions {
	o := c.plain(out, inner)
	o.Bias = true
	return o
}

// pool takes the maximum over 2×2 pixels. A row or column left over is pooled alone, as if
// repeated (PyTorch's ceil_mode).
func pool(x *graph.Node) *graph.Node {
	size := x.Shape()
	if size[1]%2+size[2]%2 > 0 {
		x = graph.PadPicture(x, graph.PadReplicate, graph.Padding{Bottom: size[1] % 2, Right: size[2] % 2})
	}
	return graph.MaxPool(x, 2, 2)
}

// restyled gives features the mean and deviation of a style, channel by channel (Huang and
// Belongie 2017, eq. 8), computed as in naoto0804's port: its variances are unbiased, n − 1
// in the denominator, and 1e-5 is added. The variance of an instance norm is biased, so ε
// and the deviation are scaled to compensate.
func restyled(features, mean, deviation *graph.Node, strength float32) *graph.Node {
	size := features.Shape()
	n := float64(size[1] * size[2])
	part := (n - 1) / n
	styled := graph.Norm(features, graph.Scale(deviation, float32(math.Sqrt(part))), mean, graph.PerPicture, float32(normEpsilon*part))
	if strength == 1 {
		return styled
	}
	return graph.Add(graph.Scale(styled, strength), graph.Scale(features, 1-strength))
}

// Moments returns each channel's mean and √(variance + 1e-5) over features [positions,
// channels], with the unbiased variance: the inputs of Inference's graph.
func Moments(features []float32, channels int) (mean, deviation []float32) {
	mean, deviation = make([]float32, channels), make([]float32, channels)
	n := float64(len(features) / channels)
	for c := range channels {
		sum := 0.0
		for at := c; at < len(features); at += channels {
			sum += float64(features[at])
		}
		middle, squares := sum/n, 0.0
		for at := c; at < len(features); at += channels {
			d := float64(features[at]) - middle
			squares += d * d
		}
		mean[c], deviation[c] = float32(middle), float32(math.Sqrt(squares/(n-1)+normEpsilon))
	}
	return mean, deviation
}

// decode makes a picture from features.
func decode(s *nn.Scope, c Config, y *graph.Node) *graph.Node {
	for i, l := range decoderLayers {
		out, last := c.Width*l.channels, i == len(decoderLayers)-1
		if last {
			out = Channels
		}
		y = mirrored(s.Subf("decoder%d", i+1), y, c.biased(out))
		if !last {
			y = graph.ReLU(y)
		}
		if l.doubled {
			size := y.Shape()
			y = graph.Resize(y, graph.NearestInterpolation, 2*size[1], 2*size[2])
		}
	}
	return shifted(graph.Scale(y, 2), -1)
}

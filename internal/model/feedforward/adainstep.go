package feedforward

import (
	"fmt"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
)

// arbitrary paints the photographs a in the styles of the pictures b, one each, and adds
// the losses of Huang and Belongie (2017). Content is the mean squared distance between the
// encoder's features of the painted picture and the features that it was decoded from (eq.
// 12). Style is that of means and deviations at relu1_1, relu2_1, relu3_1 and relu4_1 (eq.
// 13). Means of squares replace norms, as in naoto0804's port.
func (t *training) arbitrary(s *nn.Scope) (fake *graph.Node, b style.Batch) {
	c, o := t.config, t.objective
	wanted := encodings(s, c, t.scope.Graph().Input("b", t.a.Shape()...))
	moments := make([]moment, len(wanted))
	for i, f := range wanted {
		moments[i] = momentOf(f)
	}
	content := moments[len(moments)-1].restyled(encode(s, c, t.a))
	fake = decode(s, c, content)
	made := encodings(s, c, fake)
	b.Content = graph.Scale(graph.L2(made[len(made)-1], content), float32(o.ContentWeight))
	for i, f := range made {
		loss := graph.Scale(momentOf(f).distance(moments[i]), float32(o.StyleWeight))
		if b.Style == nil {
			b.Style = loss
		} else {
			b.Style = graph.Add(b.Style, loss)
		}
	}
	b.Variation = o.VariationOf(unit(fake))
	return fake, b
}

// moment is the mean and the deviation of each channel of each picture, [batch, 1, 1,
// channels].
type moment struct{ mean, deviation *graph.Node }

// momentOf measures features with the unbiased variance and the ε of naoto0804's port.
func momentOf(f *graph.Node) moment {
	size := f.Shape()
	mean := overPicture(f)
	away := graph.Sub(f, everywhere(mean, size))
	n := float32(size[1] * size[2])
	variance := shifted(graph.Scale(overPicture(graph.Mul(away, away)), n/(n-1)), normEpsilon)
	return moment{mean, graph.Pow(variance, 0.5)}
}

func (m moment) distance(other moment) *graph.Node {
	return graph.Add(graph.L2(m.mean, other.mean), graph.L2(m.deviation, other.deviation))
}

// restyled gives the features f of a batch these means and deviations, picture by
// picture (eq. 8).
func (m moment) restyled(f *graph.Node) *graph.Node {
	size, own := f.Shape(), momentOf(f)
	plain := graph.Mul(graph.Sub(f, everywhere(own.mean, size)), everywhere(graph.Pow(own.deviation, -1), size))
	return graph.Add(graph.Mul(plain, everywhere(m.deviation, size)), everywhere(m.mean, size))
}

// overPicture returns the mean over the positions of each picture's square map, [batch, 1,
// 1, channels].
func overPicture(f *graph.Node) *graph.Node {
	return graph.AveragePool(f, f.Shape()[1], 1)
}

// everywhere broadcasts [batch, 1, 1, channels] to all positions.
func everywhere(m *graph.Node, size graph.Shape) *graph.Node {
	return graph.Resize(m, graph.NearestInterpolation, size[1], size[2])
}

// EncoderWeights returns the values of an AdaIN network's encoder, by parameter name, from
// the weights of VGG-19.
func EncoderWeights(w *vgg.Weights) (map[string][]float32, error) {
	if len(w.Filters) < len(encoderLayers) {
		return nil, fmt.Errorf("style network: found weights of %d layers of VGG-19, the encoder needs %d", len(w.Filters), len(encoderLayers))
	}
	values := map[string][]float32{
		scopeName + "/encoder0/kernel": {1, 0, 0, 0, 1, 0, 0, 0, 1},
		scopeName + "/encoder0/bias":   {-w.Mean[0], -w.Mean[1], -w.Mean[2]},
	}
	for i := range encoderLayers {
		name := fmt.Sprintf("%s/encoder%d/", scopeName, i+1)
		values[name+"kernel"], values[name+"bias"] = w.Filters[i].Kernel, w.Filters[i].Bias
	}
	return values, nil
}

// EncoderNetwork returns VGG-19 of the given width in the variant of an AdaIN network's
// encoder.
func EncoderNetwork(width int) vgg.Config {
	c := vgg.Default()
	c.Width, c.Border, c.InnerBorder, c.Ceil = width, vgg.ReflectBorder, vgg.ReflectBorder, true
	return c
}

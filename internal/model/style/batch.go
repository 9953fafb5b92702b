package style

import (
	"easel/internal/engine/graph"
	"easel/internal/model/nn"
	"easel/internal/model/vgg"
)

// Batch has the losses of a batch of pictures that a network painted: scalars with the
// objective's weights, averaged over the pictures. A part without a weight is nil.
type Batch struct{ Content, Style, Variation *graph.Node }

// Total returns the sum of the parts.
func (b Batch) Total() *graph.Node { return plus(plus(b.Content, b.Style), b.Variation) }

// Batch adds the losses of painted pictures to their scope's graph. Painted and
// content are [batch, height, width, 3], RGB in 0 to 1; scope and c are those of
// vgg.Features. Target is the style's second moments at a layer, [batch, channels,
// channels]: one for each picture. The comparison is Gram, whatever the objective
// says. Relative losses are relative to the energy of the whole batch, which makes no
// difference for a batch of one.
func (o Objective) Batch(s *nn.Scope, c vgg.Config, painted, content *graph.Node, target func(layer string, shape graph.Shape) *graph.Node) Batch {
	found := vgg.Features(s, c, painted, o.Layers()...)
	b := Batch{Style: o.batchStyle(found, target), Variation: o.VariationOf(painted)}
	if o.hasContent() {
		b.Content = o.batchContent(found, vgg.Features(s, c, content, o.ContentLayers()...))
	}
	return b
}

// VariationOf returns the total variation of a batch of pictures, RGB in 0 to 1, with its
// weight; nil without one.
func (o Objective) VariationOf(x *graph.Node) *graph.Node {
	if o.Variation == NoVariation || o.VariationWeight == 0 {
		return nil
	}
	return graph.Scale(variation(o.Variation, x), float32(o.VariationWeight))
}

func (o Objective) batchContent(painted, content map[string]*graph.Node) (sum *graph.Node) {
	for _, l := range o.Content {
		f, p := painted[l.Layer], content[l.Layer]
		loss := o.relative(graph.L2(f, p), p)
		size := f.Shape()
		sum = plus(sum, graph.Scale(loss, float32(o.contentFactor(l, size.Channels(), size[1]*size[2], 1))))
	}
	return sum
}

func (o Objective) batchStyle(painted map[string]*graph.Node, target func(layer string, shape graph.Shape) *graph.Node) (sum *graph.Node) {
	if !o.hasStyle() {
		return nil
	}
	for _, l := range o.Style {
		f := painted[l.Layer]
		size := f.Shape()
		made := graph.Scale(graph.Gram(f), 1/float32(size[1]*size[2]))
		wanted := target(l.Layer, made.Shape())
		sum = plus(sum, graph.Scale(o.relative(graph.L2(made, wanted), wanted), float32(o.styleFactor(l, size.Channels(), 1))))
	}
	return sum
}

// relative divides a loss by the energy of its target, if the formula requires it.
func (o Objective) relative(loss, of *graph.Node) *graph.Node {
	if o.Formula != Relative {
		return loss
	}
	energy := graph.Mean(graph.Mul(of, of))
	least := of.Graph().Constant([]float32{leastEnergy})
	return graph.Mul(loss, graph.Pow(graph.Add(energy, least), -1))
}

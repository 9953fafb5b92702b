package style

import (
	"slices"

	"easel/internal/engine/graph"
	"easel/internal/model/vgg"
)

// objectiveGraphs are the graphs of a problem. They depend on its shapes and factors, but
// not on targets.
type objectiveGraphs struct {
	momentGraphs
	objective      Objective
	contents       []string // content layers
	contentFactors map[string]float64
	styleFactors   []map[string]float64 // by region
	targets        []map[string]target
	temporal       *Temporal // nil for none
}

func (n *Network) objectiveGraphs(height, width int, o Objective, masks []Mask, layout Layout) (*objectiveGraphs, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	f, err := n.frame(height, width, layout, o.Layers())
	if err != nil {
		return nil, err
	}
	return &objectiveGraphs{
		momentGraphs: momentGraphs{frame: f, layers: o.StyleLayers(), masks: masks, means: o.Comparison == Wasserstein},
		objective:    o, contents: o.ContentLayers(),
	}, nil
}

// parts are the graphs of the layers in tiles, and those of the layers above where tiles
// are joined, nil for none.
func (o *objectiveGraphs) parts() (lower objectiveGraphs, upper *objectiveGraphs) {
	lower = *o
	moments, higher := o.momentGraphs.parts()
	if higher == nil {
		return lower, nil
	}
	above := *o
	lower.momentGraphs, lower.contents = moments, o.below(o.contents)
	above.momentGraphs = *higher
	_, above.contents = o.above(o.contents)
	return lower, &above
}

func (o *objectiveGraphs) contentFactor(layer string) float32 {
	return float32(o.contentFactors[layer])
}

func (o *objectiveGraphs) styleFactor(region int, layer string) float32 {
	if o.styleFactors == nil { // only memory is asked for
		return 1
	}
	return float32(o.styleFactors[region][layer])
}

// contentTerms adds the content losses of a tile to the outputs and returns their sum, or
// nil.
func (o *objectiveGraphs) contentTerms(g *graph.Graph, found map[string]*graph.Node, t tile) (total *graph.Node) {
	c := o.network.config
	for _, layer := range o.contents {
		f := found[layer]
		l, _ := vgg.Find(layer)
		share := float64(t.region(c, l, o.height, o.width).size()) / float64(c.Size(l, o.height)*c.Size(l, o.width))
		loss := graph.Scale(graph.L2(f, g.Input("content/"+layer, f.Shape()...)), o.contentFactor(layer)*float32(share))
		g.Output("content/"+layer, loss)
		total = plus(total, loss)
	}
	return total
}

// plus returns a + b, where either may be missing.
func plus(a, b *graph.Node) *graph.Node {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return graph.Add(a, b)
}

// styleTerms adds the style losses of moments to the outputs and returns the value to
// differentiate.
func (o *objectiveGraphs) styleTerms(g *graph.Graph, moments []map[string]sums) (total *graph.Node) {
	for i := range moments {
		for _, layer := range o.layers {
			name := momentName(i, layer)
			value, slope := compare(g, o.objective.Comparison, name, moments[i][layer])
			factor := o.styleFactor(i, layer)
			g.Output(name, graph.Scale(value, factor))
			total = plus(total, graph.Scale(slope, factor))
		}
	}
	return total
}

// wholeGraph computes the value and gradient in one pass.
func (o *objectiveGraphs) wholeGraph(g *graph.Graph, t tile) {
	x := o.window(g, t)
	found := o.features(g, x, t, o.compared())
	total := o.contentTerms(g, found, t)
	moments := o.momentGraphs.sums(g, found)
	for i := range moments {
		for layer, s := range moments[i] {
			moments[i][layer] = s.over(o.areaOf(i, layer))
		}
	}
	total = plus(total, o.styleTerms(g, moments))
	g.Output("gradient", graph.Gradient(total, x)[0])
}

// compared are all layers that are compared, once each.
func (o *objectiveGraphs) compared() []string {
	names := slices.Clone(o.contents)
	for _, name := range o.layers {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// areaOf returns the area, or 1 if only the memory is of interest.
func (o *objectiveGraphs) areaOf(region int, layer string) float64 {
	if o.styleFactors == nil {
		return 1
	}
	return o.area(region, layer)
}

func (s sums) over(area float64) sums {
	s.second = graph.Scale(s.second, float32(1/area))
	if s.mean != nil {
		s.mean = graph.Scale(s.mean, float32(1/area))
	}
	return s
}

// headGraph computes the style losses, and their gradients with respect to the moments,
// from the whole picture's moments.
func (o *objectiveGraphs) headGraph(g *graph.Graph) {
	moments := make([]map[string]sums, len(o.masks))
	var names []string
	var nodes []*graph.Node
	for i := range moments {
		moments[i] = map[string]sums{}
		for _, layer := range o.layers {
			name, n := momentName(i, layer), o.channels(layer)
			s := sums{second: g.Input(name+"/second", n, n)}
			names, nodes = append(names, name+"/second"), append(nodes, s.second)
			if o.means {
				s.mean = g.Input(name+"/mean", n)
				names, nodes = append(names, name+"/mean"), append(nodes, s.mean)
			}
			moments[i][layer] = s
		}
	}
	for i, gradient := range graph.Gradient(o.styleTerms(g, moments), nodes...) {
		g.Output(names[i]+"/gradient", gradient)
	}
}

func (o *objectiveGraphs) channels(layer string) int {
	l, _ := vgg.Find(layer)
	return l.Channels * o.network.config.Width
}

// tileGraph computes a tile's part of the gradient from the gradients with respect to the
// moments and to the joined map.
func (o *objectiveGraphs) tileGraph(g *graph.Graph, t tile) {
	x := o.window(g, t)
	found := o.features(g, x, t, o.withJoint(o.compared()))
	total := o.contentTerms(g, found, t)
	if o.joint != nil {
		joined := found[o.joint.Name]
		total = plus(total, inner(joined, g.Input("joined", joined.Shape()...)))
	}
	for i, s := range o.momentGraphs.sums(g, found) {
		for _, layer := range o.layers {
			name := momentName(i, layer)
			total = plus(total, inner(s[layer].second, g.Input(name+"/second", s[layer].second.Shape()...)))
			if o.means {
				total = plus(total, inner(s[layer].mean, g.Input(name+"/mean", s[layer].mean.Shape()...)))
			}
		}
	}
	g.Output("gradient", graph.Gradient(total, x)[0])
}

// pixelGraph computes the losses of pixels, and their gradient.
func (o *objectiveGraphs) pixelGraph(g *graph.Graph) {
	x := g.Input("picture", 1, o.height, o.width, 3)
	var total *graph.Node
	add := func(name string, loss *graph.Node) {
		g.Output(name, loss)
		total = plus(total, loss)
	}
	if o.varies() {
		add("variation", o.objective.VariationOf(x))
	}
	if o.temporal != nil {
		add("temporal", temporalLoss(x, o.temporal.Weight))
	}
	g.Output("gradient", graph.Gradient(total, x)[0])
}

// hasPixels reports whether there are losses of pixels.
func (o *objectiveGraphs) hasPixels() bool { return o.varies() || o.temporal != nil }

func (o *objectiveGraphs) varies() bool {
	return o.objective.Variation != NoVariation && o.objective.VariationWeight > 0
}

// EvaluatorMemory returns the most memory that an Evaluator needs for a problem of the
// given size, in bytes, without the network's weights, the problem's targets and the
// caller's data. Masked says which regions have masks, temporal whether there is a frame
// before.
func (n *Network) EvaluatorMemory(height, width int, o Objective, masked []bool, temporal bool, layout Layout) (int64, error) {
	masks := make([]Mask, len(masked))
	for i, m := range masked {
		if m {
			masks[i] = Mask{}
		}
	}
	graphs, err := n.objectiveGraphs(height, width, o, masks, layout)
	if err != nil {
		return 0, err
	}
	if temporal {
		graphs.temporal = &Temporal{}
	}
	return graphs.memory()
}

func (o *objectiveGraphs) memory() (total int64, err error) {
	single := func(build func(g *graph.Graph)) {
		if err != nil {
			return
		}
		var bytes int64
		bytes, err = frame{network: o.network, tiles: []tile{{}}}.estimate(func(g *graph.Graph, _ tile) { build(g) })
		total += bytes
	}
	if o.hasPixels() {
		single(o.pixelGraph)
	}
	if !o.inTiles() {
		single(func(g *graph.Graph) { o.wholeGraph(g, o.tiles[0]) })
		return total, err
	}
	lower, upper := o.parts()
	if len(lower.layers) > 0 {
		single(lower.headGraph)
	}
	most := int64(0)
	pass := func(o *objectiveGraphs, build func(g *graph.Graph, t tile)) {
		if err != nil {
			return
		}
		var bytes int64
		bytes, err = o.estimate(build)
		most = max(most, bytes)
	}
	pass(&lower, lower.momentGraphs.build)
	pass(&lower, lower.tileGraph)
	if upper != nil {
		pass(upper, upper.wholeGraph)
	}
	return total + o.jointBytes() + most, err
}

// inTiles reports whether the picture is evaluated in two passes over tiles.
func (o *objectiveGraphs) inTiles() bool { return len(o.tiles) > 1 || o.joint != nil }

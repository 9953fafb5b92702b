package style

import (
	"errors"
	"fmt"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/model/vgg"
)

// Problem describes a picture to compute: its size, and what to compare it with.
type Problem struct {
	Height, Width int
	Objective     Objective
	// Content is the content picture's features at Objective.ContentLayers.
	Content map[string]Map
	// Regions are the styles and where they belong.
	Regions []Region
	// Temporal, if not nil, keeps a frame near the one before it.
	Temporal *Temporal
}

// Region is a part of the picture with a style of its own.
type Region struct {
	// Target is the style's moments at Objective.StyleLayers.
	Target map[string]Moments
	// Mask has the weights of the picture's pixels, [height, width] in 0..1; nil is the
	// whole picture.
	Mask []float32
	// Weight multiplies the region's style losses.
	Weight float64
}

// Losses are those of a picture, weighted; their sum is Total.
type Losses struct {
	Total, Content, Style, Variation, Temporal float64
	// Layers are the parts of Content and Style, such as content/relu4_2 and style/relu1_1.
	Layers map[string]float64
}

// Evaluator computes a problem's objective and its gradient. It may be used by one
// goroutine at a time.
type Evaluator struct {
	objectiveGraphs                  // of the layers in tiles, if there are tiles
	upper           *objectiveGraphs // of those above where tiles are joined, nil for none

	whole   device.Program // nil with several tiles
	head    device.Program
	pixels  device.Program // nil without losses of pixels
	content map[string]Map
}

// Evaluator prepares a problem: it checks everything and allocates all memory, except for
// tiles, whose programs come and go.
func (n *Network) Evaluator(p Problem, layout Layout) (*Evaluator, error) {
	masks, err := p.masks()
	if err != nil {
		return nil, fmt.Errorf("style objective: %w", err)
	}
	o, err := n.objectiveGraphs(p.Height, p.Width, p.Objective, masks, layout)
	if err != nil {
		return nil, fmt.Errorf("style objective: %w", err)
	}
	if err := errors.Join(p.Temporal.check(p.Height, p.Width), o.setTargets(p)); err != nil {
		return nil, fmt.Errorf("style objective: %w", err)
	}
	o.temporal = p.Temporal
	e := &Evaluator{content: p.Content}
	e.objectiveGraphs, e.upper = o.parts()
	if err := e.compile(); err != nil {
		return nil, errors.Join(fmt.Errorf("style objective: %w", err), e.Close())
	}
	return e, nil
}

func (p Problem) masks() ([]Mask, error) {
	masks := make([]Mask, len(p.Regions))
	for i, r := range p.Regions {
		if r.Mask == nil {
			continue
		}
		if len(r.Mask) != p.Height*p.Width {
			return nil, fmt.Errorf("mask %d has %d pixels, the picture %d", i+1, len(r.Mask), p.Height*p.Width)
		}
		masks[i] = newMask(r.Mask, p.Height, p.Width)
	}
	return masks, nil
}

// setTargets checks the problem's targets and computes the layers' factors.
func (o *objectiveGraphs) setTargets(p Problem) error {
	c := o.network.config
	o.contentFactors = map[string]float64{}
	for _, w := range p.Objective.Content {
		if !p.Objective.hasContent() {
			break
		}
		l, _ := vgg.Find(w.Layer)
		m, ok := p.Content[w.Layer]
		h, wd, n := c.Size(l, p.Height), c.Size(l, p.Width), l.Channels*c.Width
		if !ok || m.Height != h || m.Width != wd || m.Channels != n || len(m.Values) != h*wd*n {
			return fmt.Errorf("the content's features at %s are [%d %d %d], but the picture's are [%d %d %d]", w.Layer, m.Height, m.Width, m.Channels, h, wd, n)
		}
		o.contentFactors[w.Layer] = p.Objective.contentFactor(w, n, h*wd, m.energy())
	}
	if p.Objective.hasStyle() && len(p.Regions) == 0 {
		return errors.New("the style has a weight, but no style is given")
	}
	for i, r := range p.Regions {
		factors, targets := map[string]float64{}, map[string]target{}
		for _, w := range p.Objective.Style {
			if !p.Objective.hasStyle() {
				break
			}
			l, _ := vgg.Find(w.Layer)
			m, ok := r.Target[w.Layer]
			if n := l.Channels * c.Width; !ok || m.Channels != n {
				return fmt.Errorf("style %d has %d channels at %s, but the network has %d", i+1, m.Channels, w.Layer, n)
			}
			if !(o.area(i, w.Layer) > 0) {
				return fmt.Errorf("mask %d is empty at layer %s", i+1, w.Layer)
			}
			t, err := newTarget(p.Objective.Comparison, m)
			if err != nil {
				return fmt.Errorf("style %d at %s: %w", i+1, w.Layer, err)
			}
			targets[w.Layer] = t
			factors[w.Layer] = r.Weight * p.Objective.styleFactor(w, m.Channels, t.energy)
		}
		o.styleFactors, o.targets = append(o.styleFactors, factors), append(o.targets, targets)
	}
	return nil
}

func (e *Evaluator) compile() (err error) {
	if e.hasPixels() {
		if e.pixels, err = e.network.compile(e.pixelGraph); err != nil {
			return err
		}
		if e.temporal != nil {
			e.temporal.set(e.pixels)
		}
	}
	if e.inTiles() {
		if len(e.layers) > 0 {
			if e.head, err = e.network.compile(e.headGraph); err != nil {
				return err
			}
			e.setStyle(e.head)
		}
		return nil
	}
	t := e.tiles[0]
	if e.whole, err = e.network.compile(func(g *graph.Graph) { e.wholeGraph(g, t) }); err != nil {
		return err
	}
	e.setContent(t, e.whole, e.content)
	e.setMasks(t, e.whole)
	e.setStyle(e.whole)
	return nil
}

// setContent fills the inputs of contentTerms.
func (o *objectiveGraphs) setContent(t tile, p device.Program, content map[string]Map) {
	for _, layer := range o.contents {
		l, _ := vgg.Find(layer)
		m := content[layer]
		copyOut(p.Input("content/"+layer), m.Values, m.Width, m.Channels, t.region(o.network.config, l, o.height, o.width))
	}
}

// setStyle fills the inputs of styleTerms.
func (o *objectiveGraphs) setStyle(p device.Program) {
	for i := range o.targets {
		for _, layer := range o.layers {
			o.targets[i][layer].set(p, momentName(i, layer))
		}
	}
}

// Close frees the evaluator's memory.
func (e *Evaluator) Close() (err error) {
	for _, p := range []device.Program{e.whole, e.head, e.pixels} {
		if p != nil {
			err = errors.Join(err, p.Close())
		}
	}
	e.whole, e.head, e.pixels = nil, nil, nil
	return err
}

package style

import (
	"fmt"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/model/vgg"
)

// Features returns copies of a picture's features at the given layers.
func (n *Network) Features(p Picture, layout Layout, layers ...string) (map[string]Map, error) {
	f, err := n.frame(p.Height, p.Width, layout, layers)
	if err != nil {
		return nil, fmt.Errorf("features: %w", err)
	}
	maps := map[string]Map{}
	for _, name := range layers {
		l, _ := vgg.Find(name) // frame has found it
		m := Map{n.config.Size(l, p.Height), n.config.Size(l, p.Width), l.Channels * n.config.Width, nil}
		m.Values = make([]float32, m.Height*m.Width*m.Channels)
		maps[name] = m
	}
	if len(layers) == 0 {
		return maps, nil
	}
	err = f.eachTile(f.featureGraph(layers), f.setPicture(p), func(t tile, r *reader) {
		for name, m := range maps {
			l, _ := vgg.Find(name)
			copyIn(m.Values, r.output(name), m.Width, m.Channels, t.region(n.config, l, p.Height, p.Width))
		}
	})
	if err != nil {
		return nil, fmt.Errorf("features: %w", err)
	}
	return maps, nil
}

func (f frame) featureGraph(layers []string) func(g *graph.Graph, t tile) {
	return func(g *graph.Graph, t tile) {
		for name, node := range f.features(g, window(g, t), t, layers) {
			g.Output(name, node)
		}
	}
}

func (f frame) setPicture(p Picture) func(t tile, prog device.Program) {
	return func(t tile, prog device.Program) {
		t.cutOut(prog.Input("picture"), p.Pixels, p.Width, 3)
	}
}

// Moments returns the moments of a picture's features at the given layers. Mask [height,
// width] has a weight from 0 to 1 for each pixel; nil is 1 everywhere.
func (n *Network) Moments(p Picture, mask []float32, layout Layout, layers ...string) (map[string]Moments, error) {
	f, err := n.frame(p.Height, p.Width, layout, layers)
	if err != nil {
		return nil, fmt.Errorf("style features: %w", err)
	}
	m := momentGraphs{frame: f, layers: layers, means: true}
	if mask != nil && len(mask) != p.Height*p.Width {
		return nil, fmt.Errorf("style features: a mask of %d pixels for a picture of %d×%d", len(mask), p.Width, p.Height)
	}
	if mask != nil {
		m.masks = []Mask{newMask(mask, p.Height, p.Width)}
	} else {
		m.masks = []Mask{nil}
	}
	all, err := m.measure(p)
	if err != nil {
		return nil, fmt.Errorf("style features: %w", err)
	}
	return all[0], nil
}

// momentGraphs are the graphs of a pass that sums moments for several masks (nil for none).
type momentGraphs struct {
	frame
	layers []string
	masks  []Mask
	means  bool
}

func momentName(region int, layer string) string { return fmt.Sprintf("style/%d/%s", region, layer) }

func (m momentGraphs) build(g *graph.Graph, t tile) {
	if len(m.layers) == 0 {
		return
	}
	found := m.features(g, window(g, t), t, m.layers)
	for i, s := range m.sums(g, found) {
		for _, layer := range m.layers {
			g.Output(momentName(i, layer)+"/second", s[layer].second)
			if m.means {
				g.Output(momentName(i, layer)+"/mean", s[layer].mean)
			}
		}
	}
}

// sums returns the sums over a tile, by region and layer.
func (m momentGraphs) sums(g *graph.Graph, found map[string]*graph.Node) []map[string]sums {
	all := make([]map[string]sums, len(m.masks))
	for i, mask := range m.masks {
		all[i] = map[string]sums{}
		for _, layer := range m.layers {
			var root *graph.Node
			if mask != nil {
				s := found[layer].Shape()
				root = g.Input(fmt.Sprintf("mask/%d/%s", i, layer), 1, s[1], s[2], 1)
			}
			all[i][layer] = sumsOf(found[layer], root, m.means)
		}
	}
	return all
}

// setMasks fills the inputs that sums has made.
func (m momentGraphs) setMasks(t tile, prog device.Program) {
	c := m.network.config
	for i, mask := range m.masks {
		if mask == nil {
			continue
		}
		for _, layer := range m.layers {
			l, _ := vgg.Find(layer)
			weights := mask.at(c, l, m.height, m.width)
			copyOut(prog.Input(fmt.Sprintf("mask/%d/%s", i, layer)), weights.roots, c.Size(l, m.width), 1,
				t.region(c, l, m.height, m.width))
		}
	}
}

// area returns the sum of a mask's weights at a layer.
func (m momentGraphs) area(region int, layer string) float64 {
	c := m.network.config
	l, _ := vgg.Find(layer)
	if mask := m.masks[region]; mask != nil {
		return mask.at(c, l, m.height, m.width).total
	}
	return float64(c.Size(l, m.height)) * float64(c.Size(l, m.width))
}

// measure returns the moments of a picture, by region and layer.
func (m momentGraphs) measure(p Picture) ([]map[string]Moments, error) {
	all := make([]map[string]Moments, len(m.masks))
	for i := range all {
		all[i] = map[string]Moments{}
		for _, layer := range m.layers {
			l, _ := vgg.Find(layer)
			all[i][layer] = newMoments(l.Channels * m.network.config.Width)
		}
	}
	if len(m.layers) == 0 {
		return all, nil
	}
	setPicture := m.setPicture(p)
	err := m.eachTile(m.build, func(t tile, prog device.Program) {
		setPicture(t, prog)
		m.setMasks(t, prog)
	}, func(_ tile, r *reader) {
		for i := range all {
			for _, layer := range m.layers {
				accumulate(all[i][layer].Second, r.output(momentName(i, layer)+"/second"))
				if m.means {
					accumulate(all[i][layer].Mean, r.output(momentName(i, layer)+"/mean"))
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for i := range all {
		for layer, moments := range all[i] {
			area := m.area(i, layer)
			if !(area > 0) {
				return nil, fmt.Errorf("mask %d is empty at layer %s", i+1, layer)
			}
			moments.scale(1 / area)
		}
	}
	return all, nil
}

func accumulate(total []float64, part []float32) {
	for i, v := range part {
		total[i] += float64(v)
	}
}

// MeasureMemory returns the memory for Features and Moments of a picture of the given size,
// without their results, in bytes.
func (n *Network) MeasureMemory(height, width int, masked bool, layout Layout, layers ...string) (int64, error) {
	if len(layers) == 0 {
		return 0, nil
	}
	f, err := n.frame(height, width, layout, layers)
	if err != nil {
		return 0, err
	}
	m := momentGraphs{frame: f, layers: layers, means: true, masks: []Mask{nil}}
	if masked {
		m.masks = []Mask{{}}
	}
	moments, err := f.estimate(m.build)
	if err != nil {
		return 0, err
	}
	features, err := f.estimate(f.featureGraph(layers))
	return max(moments, features), err
}

package style

import (
	"fmt"
	"maps"
	"slices"

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
	found, err := f.collect(p.Pixels, f.withJoint(f.below(layers)))
	if err == nil && f.joint != nil {
		var higher map[string]Map
		upper, names := f.above(layers)
		higher, err = upper.collect(found[f.joint.Name].Values, names)
		maps.Copy(found, higher)
		if !slices.Contains(layers, f.joint.Name) {
			delete(found, f.joint.Name)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("features: %w", err)
	}
	return found, nil
}

// collect returns the maps of layers of a picture, or of the joined map.
func (f frame) collect(x []float32, layers []string) (map[string]Map, error) {
	all := map[string]Map{}
	for _, name := range layers {
		l, _ := vgg.Find(name) // frame has found it
		all[name] = f.emptyMap(l)
	}
	if len(layers) == 0 {
		return all, nil
	}
	return all, f.eachTile(f.featureGraph(layers), f.setPicture(x), func(t tile, r *reader) {
		for name, m := range all {
			l, _ := vgg.Find(name)
			copyIn(m.Values, r.output(name), m.Width, m.Channels, t.region(f.network.config, l, f.height, f.width))
		}
	})
}

func (f frame) featureGraph(layers []string) func(g *graph.Graph, t tile) {
	return func(g *graph.Graph, t tile) {
		for name, node := range f.features(g, f.window(g, t), t, layers) {
			g.Output(name, node)
		}
	}
}

// setPicture fills the input that window has made.
func (f frame) setPicture(x []float32) func(t tile, prog device.Program) {
	return func(t tile, prog device.Program) {
		if f.from != nil {
			copy(prog.Input("picture"), x)
			return
		}
		t.cutOut(prog.Input("picture"), x, f.width, 3)
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
	lower, upper := m.parts()
	all, joined, err := lower.measure(p.Pixels)
	if err == nil && upper != nil {
		var higher []map[string]Moments
		higher, _, err = upper.measure(joined.Values)
		if err == nil {
			maps.Copy(all[0], higher[0])
		}
	}
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

// parts are the graphs of the layers in tiles, and those of the layers above where tiles
// are joined, nil for none.
func (m momentGraphs) parts() (lower momentGraphs, upper *momentGraphs) {
	lower = m
	if m.joint == nil {
		return lower, nil
	}
	lower.layers = m.below(m.layers)
	higher := m
	higher.frame, higher.layers = m.above(m.layers)
	return lower, &higher
}

func momentName(region int, layer string) string { return fmt.Sprintf("style/%d/%s", region, layer) }

func (m momentGraphs) build(g *graph.Graph, t tile) {
	names := m.withJoint(m.layers)
	if len(names) == 0 {
		return
	}
	found := m.features(g, m.window(g, t), t, names)
	if m.joint != nil {
		g.Output("joined", found[m.joint.Name])
	}
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

// measure returns the moments of a picture, or of the joined map, by region and layer, and
// the joined map if there is one.
func (m momentGraphs) measure(x []float32) (all []map[string]Moments, joined Map, err error) {
	all = make([]map[string]Moments, len(m.masks))
	for i := range all {
		all[i] = map[string]Moments{}
		for _, layer := range m.layers {
			l, _ := vgg.Find(layer)
			all[i][layer] = newMoments(l.Channels * m.network.config.Width)
		}
	}
	if m.joint != nil {
		joined = m.emptyMap(*m.joint)
	}
	if len(m.withJoint(m.layers)) == 0 {
		return all, joined, nil
	}
	setPicture := m.setPicture(x)
	err = m.eachTile(m.build, func(t tile, prog device.Program) {
		setPicture(t, prog)
		m.setMasks(t, prog)
	}, func(t tile, r *reader) {
		if m.joint != nil {
			copyIn(joined.Values, r.output("joined"), joined.Width, joined.Channels, t.region(m.network.config, *m.joint, m.height, m.width))
		}
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
		return nil, Map{}, err
	}
	for i := range all {
		for layer, moments := range all[i] {
			area := m.area(i, layer)
			if !(area > 0) {
				return nil, Map{}, fmt.Errorf("mask %d is empty at layer %s", i+1, layer)
			}
			moments.scale(1 / area)
		}
	}
	return all, joined, nil
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
	lower, upper := m.parts()
	most, err := lower.bytes(f.withJoint(f.below(layers)))
	if err == nil && upper != nil {
		var more int64
		more, err = upper.bytes(upper.layers)
		most = max(most, more)
	}
	return most + f.jointBytes(), err
}

// bytes is the most memory of a pass that returns moments, or maps of layers.
func (m momentGraphs) bytes(layers []string) (int64, error) {
	moments, err := m.estimate(m.build)
	if err != nil {
		return 0, err
	}
	features, err := m.estimate(m.featureGraph(layers))
	return max(moments, features), err
}

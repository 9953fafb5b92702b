package style

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"slices"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/model/nn"
	"easel/internal/model/vgg"
)

// scopeName is the scope of the network's parameters on a device.
const scopeName = "vgg"

// Network is VGG-19 on a device. It is used by one goroutine at a time.
type Network struct {
	device device.Device
	config vgg.Config
	layers map[string]bool // layers that the weights reach
	bytes  int64           // of the weights
}

// NewNetwork stores weights on a device, which the caller still owns.
func NewNetwork(d device.Device, c vgg.Config, w *vgg.Weights) (*Network, error) {
	if err := w.Validate(); err != nil {
		return nil, fmt.Errorf("style network: %w", err)
	}
	c.Width, c.Rank = w.Width, w.Rank
	n := &Network{device: d, config: c, layers: map[string]bool{}}
	deepest := ""
	for _, l := range vgg.Layers() {
		if len(l.Convolutions()) <= len(w.Filters) {
			n.layers[l.Name] = true
			deepest = l.Name
		}
	}
	size, err := c.MinSize(deepest)
	if err != nil {
		return nil, fmt.Errorf("style network: %w", err)
	}
	var parameters nn.Parameters
	if _, err := graph.Build(func(g *graph.Graph) {
		scope := nn.NewScope(g)
		vgg.Features(scope.Sub(scopeName), c, g.Input("picture", 1, size, size, 3), deepest)
		parameters = scope.Parameters()
	}); err != nil {
		return nil, fmt.Errorf("style network: %w", err)
	}
	if err := w.Store(d, parameters); err != nil {
		return nil, fmt.Errorf("style network: %w", err)
	}
	for _, p := range parameters {
		n.bytes += 4 * int64(p.Shape.Size())
	}
	return n, nil
}

// Config returns how the network is run.
func (n *Network) Config() vgg.Config { return n.config }

// WeightBytes is the memory that the weights take on the device.
func (n *Network) WeightBytes() int64 { return n.bytes }

// Check reports the first layer that the weights do not reach, or a picture that is too
// small for the layers.
func (n *Network) Check(height, width int, layers []string) error {
	for _, name := range layers {
		if _, err := vgg.Find(name); err != nil {
			return err
		}
		if !n.layers[name] {
			return fmt.Errorf("the weights do not reach layer %s", name)
		}
	}
	if len(layers) == 0 {
		return nil
	}
	size, err := n.config.MinSize(layers...)
	if err != nil {
		return err
	}
	if min(height, width) < size {
		return &SizeError{Height: height, Width: width, Least: size}
	}
	return nil
}

// SizeError means that a picture is too small for the layers that it should reach.
type SizeError struct{ Height, Width, Least int }

func (e *SizeError) Error() string {
	return fmt.Sprintf("a picture of %d×%d pixels is too small: the network needs at least %d on each side", e.Width, e.Height, e.Least)
}

// Picture is RGB from 0 to 1, [Height, Width, 3].
type Picture = vgg.Picture

// Map is a layer's features of one picture, [height, width, channels].
type Map struct {
	Height, Width, Channels int
	Values                  []float32
}

// energy returns the mean of the squares.
func (m Map) energy() float64 {
	total := 0.0
	for _, v := range m.Values {
		total += float64(v) * float64(v)
	}
	return total / float64(max(len(m.Values), 1))
}

// frame is a picture's size cut into tiles, for a set of layers.
type frame struct {
	network       *Network
	height, width int
	tiles         []tile
	// joint, if not nil, is the layer at which tiles are joined. Layers above it belong to
	// another frame: above.
	joint *vgg.Layer
	// from, if not nil, is the layer whose map takes the place of the picture.
	from *vgg.Layer
}

func (n *Network) frame(height, width int, l Layout, layers []string) (frame, error) {
	f := frame{network: n, height: height, width: width}
	if err := n.Check(height, width, layers); err != nil {
		return f, err
	}
	joint, err := l.joint(layers)
	if err != nil {
		return f, err
	}
	f.joint = joint
	halo, align, err := reach(f.withJoint(f.below(layers)))
	if err != nil {
		return f, err
	}
	f.tiles, err = l.cut(height, width, align, halo)
	return f, err
}

// below returns the layers that are computed in tiles.
func (f frame) below(layers []string) []string {
	return slices.DeleteFunc(slices.Clone(layers), f.isAbove)
}

// above returns a frame of the layers that are computed of the joined map, and those layers.
func (f frame) above(layers []string) (frame, []string) {
	whole := [2]span{{0, f.height}, {0, f.width}}
	upper := frame{network: f.network, height: f.height, width: f.width, tiles: []tile{{whole, whole}}, from: f.joint}
	return upper, slices.DeleteFunc(slices.Clone(layers), func(name string) bool { return !f.isAbove(name) })
}

func (f frame) isAbove(name string) bool {
	l, err := vgg.Find(name)
	return err == nil && f.joint != nil && l.Above(*f.joint)
}

// withJoint adds the layer at which tiles are joined.
func (f frame) withJoint(layers []string) []string {
	if f.joint == nil || slices.Contains(layers, f.joint.Name) {
		return layers
	}
	return append(slices.Clone(layers), f.joint.Name)
}

// emptyMap returns a map of a layer for the whole picture.
func (f frame) emptyMap(l vgg.Layer) Map {
	c := f.network.config
	m := Map{c.Size(l, f.height), c.Size(l, f.width), l.Channels * c.Width, nil}
	m.Values = make([]float32, m.Height*m.Width*m.Channels)
	return m
}

// jointBytes is the memory of the joined map.
func (f frame) jointBytes() int64 {
	if f.joint == nil {
		return 0
	}
	c := f.network.config
	return 4 * int64(c.Size(*f.joint, f.height)) * int64(c.Size(*f.joint, f.width)) * int64(f.joint.Channels*c.Width)
}

// features returns the layers' features of the picture x in a tile's window, restricted to
// those that belong to the tile.
func (f frame) features(g *graph.Graph, x *graph.Node, t tile, layers []string) map[string]*graph.Node {
	c, scope := f.network.config, nn.NewScope(g).Sub(scopeName)
	if f.from != nil {
		return vgg.FeaturesAbove(scope, c, x, *f.from, layers...)
	}
	found := vgg.Features(scope, c, x, layers...)
	if len(f.tiles) == 1 {
		return found
	}
	for name, node := range found {
		l, _ := vgg.Find(name) // Features has found it
		r := t.region(c, l, f.height, f.width)
		top, left := r.rows.from-t.window[0].from/l.Stride, r.columns.from-t.window[1].from/l.Stride
		found[name] = graph.CropPicture(node, graph.Padding{
			Top: top, Left: left,
			Bottom: node.Shape()[1] - top - r.rows.size(), Right: node.Shape()[2] - left - r.columns.size(),
		})
	}
	return found
}

// window returns an input for what a tile sees of a picture, or of the joined map.
func (f frame) window(g *graph.Graph, t tile) *graph.Node {
	if f.from != nil {
		c := f.network.config
		return g.Input("picture", 1, c.Size(*f.from, f.height), c.Size(*f.from, f.width), f.from.Channels*c.Width)
	}
	return g.Input("picture", 1, t.window[0].size(), t.window[1].size(), 3)
}

// reader reads a program's outputs and records the first one that is NaN.
type reader struct {
	program device.Program
	err     error
}

func (r *reader) output(name string) []float32 {
	value, err := device.Read(r.program, name)
	if err != nil {
		r.err = cmp.Or(r.err, err)
		return r.program.Output(name)
	}
	return value
}

// kind is what tiles must have in common to share a program.
type kind struct{ height, width, top, left, coreHeight, coreWidth int }

func (t tile) kind() kind {
	return kind{
		t.window[0].size(), t.window[1].size(),
		t.core[0].from - t.window[0].from, t.core[1].from - t.window[1].from,
		t.core[0].size(), t.core[1].size(),
	}
}

// eachTile runs a graph for every tile, in an order that lets tiles share programs: set
// fills the inputs, read takes the outputs. Only one program has memory at a time.
func (f frame) eachTile(build func(g *graph.Graph, t tile), set func(t tile, p device.Program), read func(t tile, r *reader)) error {
	done := make([]bool, len(f.tiles))
	for i, first := range f.tiles {
		if done[i] {
			continue
		}
		p, err := f.network.compile(func(g *graph.Graph) { build(g, first) })
		if err != nil {
			return err
		}
		for j := i; j < len(f.tiles); j++ {
			t := f.tiles[j]
			if done[j] || t.kind() != first.kind() {
				continue
			}
			done[j] = true
			set(t, p)
			if err := p.Run(); err != nil {
				return err
			}
			r := reader{program: p}
			read(t, &r)
			if r.err != nil {
				return r.err
			}
		}
		if err := p.Close(); err != nil {
			return err
		}
		if len(f.tiles) > 1 || f.joint != nil || f.from != nil {
			debug.FreeOSMemory() // free it before the next program allocates its own
		}
	}
	return nil
}

func (n *Network) compile(build func(g *graph.Graph)) (device.Program, error) {
	g, err := graph.Build(build)
	if err != nil {
		return nil, err
	}
	return n.device.Compile(g)
}

// estimate returns the memory for the graph of a tile with the largest window.
func (f frame) estimate(build func(g *graph.Graph, t tile)) (most int64, err error) {
	seen, largest := map[kind]bool{}, 0
	for _, t := range f.tiles {
		largest = max(largest, t.window[0].size()*t.window[1].size())
	}
	for _, t := range f.tiles {
		if seen[t.kind()] || t.window[0].size()*t.window[1].size() < largest {
			continue
		}
		seen[t.kind()] = true
		g, err := graph.Build(func(g *graph.Graph) { build(g, t) })
		if err != nil {
			return 0, err
		}
		bytes, err := f.network.device.Estimate(g)
		if err != nil {
			return 0, err
		}
		most = max(most, bytes)
	}
	return most, nil
}

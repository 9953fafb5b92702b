package tiled

import (
	"fmt"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// Network is a network that can run in tiles.
type Network struct {
	// Build makes the graph for a picture of height×width, both multiples of Multiple:
	// input a [1, height, width, channels], output fake of the same height and width. Its
	// other inputs are Given, and the key of its noise.
	Build    func(height, width int) (*graph.Graph, error)
	Multiple int
	// Given are inputs that are the same for every picture.
	Given map[string][]float32
	// Seed of the noise.
	Seed uint64
}

// Plan says how a picture is cut.
type Plan struct {
	// Height and Width are the picture's.
	Height, Width int
	// Window is the side of tiles, and Overlap how many pixels neighbours share at least.
	Window, Overlap int
	// Reach is how many pixels around its own an output pixel depends on, apart from
	// statistics.
	Reach         int
	rows, columns axis
}

// Plan cuts a picture of height×width, multiples of Multiple, into windows with sides of at
// most window pixels that share at least overlap pixels. Both are rounded to multiples of
// Multiple, the window down and the overlap up. An overlap of 0 is as much as the network
// sees, and at most half a window.
func (n Network) Plan(height, width, window, overlap int) (*Plan, error) {
	m := n.Multiple
	p := &Plan{Height: height, Width: width, Window: window / m * m, Overlap: (overlap + m - 1) / m * m}
	if p.Window < 2*m {
		return nil, fmt.Errorf("tiles of %d pixels are too small for the network: it needs at least %d", window, 2*m)
	}
	g, err := n.Build(p.side(height), p.side(width))
	if err != nil {
		return nil, err
	}
	fake, err := output(g)
	if err != nil {
		return nil, err
	}
	p.Reach = reach(g, fake)
	half := p.Window / 2 / m * m
	if overlap == 0 {
		p.Overlap = min((2*p.Reach+m-1)/m*m, half)
	}
	p.Overlap = max(p.Overlap, m)
	if p.Overlap > half {
		return nil, fmt.Errorf("tiles of %d pixels can overlap by %d at most, and not by %d", p.Window, half, overlap)
	}
	p.rows = newAxis(height, p.Window, p.Overlap, m, p.Reach)
	p.columns = newAxis(width, p.Window, p.Overlap, m, p.Reach)
	return p, nil
}

// side returns the window's size along a side of the picture.
func (p *Plan) side(length int) int { return min(length, p.Window) }

// Tiles is the number of windows.
func (p *Plan) Tiles() int { return len(p.rows.starts) * len(p.columns.starts) }

// Exact reports whether the result equals that of the whole picture, up to rounding.
func (p *Plan) Exact() bool { return p.Tiles() == 1 || 2*p.Reach <= p.Overlap }

// Memory returns the memory of a run in bytes, without the network's parameters.
func (n Network) Memory(d device.Device, p *Plan) (int64, error) {
	g, err := n.Build(p.rows.window, p.columns.window)
	if err != nil {
		return 0, err
	}
	forms, err := p.forms(g)
	if err != nil {
		return 0, err
	}
	var needed int64
	for _, f := range append(forms.measure, forms.translate) {
		program, err := d.Estimate(f.graph)
		if err != nil {
			return 0, err
		}
		needed = max(needed, program)
	}
	const sample = 4
	rows := int64(p.rows.window) * int64(p.Width)
	return needed + sample*rows*int64(forms.inputs+forms.outputs), nil
}

// output returns the node of the output fake.
func output(g *graph.Graph) (*graph.Node, error) {
	for _, o := range g.Outputs() {
		if o.Name == "fake" {
			return o.Node, nil
		}
	}
	return nil, fmt.Errorf("the network has no output fake")
}

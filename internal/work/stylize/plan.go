package stylize

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"easel/internal/engine/device"
	"easel/internal/model/style"
)

// usable is the fraction of free memory that a run may use if no limit is given.
const usable = 0.85

// unknownMemory is the limit if the machine does not report its memory: 4 GiB.
const unknownMemory = 4 << 30

// allowed returns how much memory a run may use: the device's own, if it has some.
func (o Options) allowed(d device.Device) int64 {
	if o.MaxMemory > 0 {
		return o.MaxMemory
	}
	if free, known := device.FreeMemory(d); known {
		return int64(usable * float64(free))
	}
	return unknownMemory
}

// processBytes is what the program itself takes: code, stacks, what is soon collected.
const processBytes = 56 << 20

// margin is added to what a run is known to need, for garbage that waits for collection.
const margin = 1.03

// leastHistory is the fewest pairs of L-BFGS that a plan gets along with to save memory, and
// patience how much more work it accepts to keep more of them: with 3 pairs losses are about
// a tenth higher than with 20, and hardly higher than with 5.
const (
	leastHistory = 3
	patience     = 1.1
)

// plan chooses sizes and tiles of all stages, and refuses what does not fit. If memory is
// short it also keeps fewer pairs of L-BFGS, where tiles as small as the pairs demand
// would take much longer.
func (o Options) plan(d device.Device, n *style.Network, p *pictures) (*Plan, error) {
	var plans []*Plan
	least := math.Inf(1)
	graphs := graphMemory{network: n, known: map[graphKey]int64{}}
	for {
		plan, err := o.planWith(d, graphs, p)
		var memory *MemoryError
		short := errors.As(err, &memory)
		if err != nil && !short {
			return nil, err
		}
		if err == nil {
			plans = append(plans, plan)
			least = min(least, plan.work)
		}
		if err == nil && plan.whole() {
			break
		}
		if o.Optimizer != LBFGS || o.History <= leastHistory {
			if plans == nil {
				return nil, err
			}
			break
		}
		o.History = max(o.History/2, leastHistory)
	}
	return plans[slices.IndexFunc(plans, func(p *Plan) bool { return p.work <= patience*least })], nil
}

// whole reports whether no stage is cut into tiles.
func (p *Plan) whole() bool {
	return !slices.ContainsFunc(p.Stages, func(s Stage) bool { return s.Tiles != style.Whole() })
}

// planWith is plan with as many pairs as o says.
func (o Options) planWith(d device.Device, graphs graphMemory, p *pictures) (*Plan, error) {
	n := graphs.network
	width, height := o.resultSize(p.shape())
	plan := &Plan{Allowed: o.allowed(d)}
	if o.Optimizer == LBFGS {
		plan.History = o.History
	}
	objective := o.objective()
	if err := n.Check(height, width, objective.Layers()); err != nil {
		return nil, fmt.Errorf("the result: %w", err)
	}
	least, err := n.Config().MinSize(objective.Layers()...)
	if err != nil {
		return nil, err
	}
	// A network made for whole objects sees nothing in a few pixels.
	sizes, err := p.larger(o, o.sizes(width, height, max(least, smallestStage)))
	if err != nil {
		return nil, err
	}
	for i, s := range sizes {
		stage := Stage{Width: s[0], Height: s[1], Iterations: o.iterationsOf(i, len(sizes))}
		var before *Stage
		if i > 0 {
			before = &plan.Stages[i-1]
		}
		if err := o.fit(graphs, p, &stage, before, plan.Allowed); err != nil {
			return nil, err
		}
		plan.work += stage.work * float64(stage.Iterations)
		plan.Stages = append(plan.Stages, stage)
		plan.Memory = max(plan.Memory, stage.Memory)
	}
	return plan, nil
}

// smallestStage is the shortest side of a useful stage.
const smallestStage = 32

// shape returns the content picture's size; 0×0 for a texture.
func (p *pictures) shape() (width, height int) {
	if p.content == nil {
		return 0, 0
	}
	return p.content.Width, p.content.Height
}

// fit finds the tiling of a stage that fits with the least work, and the memory that the
// stage needs. Before is the stage before it, nil for none.
func (o Options) fit(graphs graphMemory, p *pictures, s, before *Stage, allowed int64) error {
	n, objective := graphs.network, o.objective()
	for i := range p.styles {
		w, h := o.styleSize(p.styles[i].Width, p.styles[i].Height, s.Width, s.Height)
		if err := n.Check(h, w, objective.StyleLayers()); err != nil {
			return fmt.Errorf("style picture %s beside a result of %d×%d: %w", o.Styles[i].Path, s.Width, s.Height, err)
		}
	}
	fixed := o.fixedMemory(n, p, s)
	other := max(o.openingMemory(n, p), fixed+o.enterMemory(p, s, before))
	need := func(l style.Layout) (int64, error) {
		bytes, err := graphs.of(o, p, s, l)
		return int64(margin * float64(max(fixed+bytes, other))), err
	}
	layout, bytes, err := cheapest(n, s.Height, s.Width, objective.Layers(), allowed, need)
	if err != nil {
		return err
	}
	s.Tiles, s.Memory = layout, bytes
	if bytes > allowed {
		return &MemoryError{s.Width, s.Height, bytes, allowed}
	}
	s.work, err = n.Work(s.Height, s.Width, layout, objective.Layers()...)
	return err
}

// graphMemory is the memory of a stage's graphs by layout: planning a graph takes a while.
type graphMemory struct {
	network *style.Network
	known   map[graphKey]int64
}

type graphKey struct {
	width, height int
	layout        style.Layout
}

func (m graphMemory) of(o Options, p *pictures, s *Stage, l style.Layout) (int64, error) {
	key := graphKey{s.Width, s.Height, l}
	if bytes, ok := m.known[key]; ok {
		return bytes, nil
	}
	objective := o.objective()
	masked := make([]bool, len(o.regions()))
	for i, r := range o.regions() {
		masked[i] = p.masks[r[0]] != nil
	}
	most, err := m.network.EvaluatorMemory(s.Height, s.Width, objective, masked, p.before != nil, l)
	if err != nil {
		return 0, err
	}
	content, err := m.network.MeasureMemory(s.Height, s.Width, false, l, objective.ContentLayers()...)
	m.known[key] = max(most, content+2*s.bytes())
	return m.known[key], err
}

// bytes is the size of a stage's picture.
func (s *Stage) bytes() int64 { return 3 * 4 * int64(s.Width) * int64(s.Height) }

// openingMemory is what it takes to read the weights and store them on the device: as they
// are in the file, in the network's order, and on the device.
func (o Options) openingMemory(n *style.Network, p *pictures) int64 {
	total := processBytes + 3*n.WeightBytes() + p.bytes()
	if o.Weights == RandomWeights { // and what normalises them
		total += 2 * n.WeightBytes()
	}
	return total
}

// enterMemory is what a stage needs at its beginning, before it has graphs: L-BFGS of the
// stage before it while that is resized, and the content at both sizes.
func (o Options) enterMemory(p *pictures, s, before *Stage) int64 {
	switch {
	case before != nil:
		return o.method().Bytes(int(before.bytes()/4)) + 3*s.bytes()
	case p.painted != nil:
		return 3 * s.bytes()
	}
	return 0
}

// bytes is the memory of the pictures as they were read.
func (p *pictures) bytes() (total int64) {
	for _, q := range append(append(p.styles[:len(p.styles):len(p.styles)], p.masks...), p.content, p.first, p.painted, p.alpha) {
		if q != nil {
			total += 4 * int64(len(q.Pix))
		}
	}
	return total
}

// fixedMemory is what a stage needs all the time besides its graphs: the weights, pictures,
// targets, the result with its gradient, and the optimiser.
func (o Options) fixedMemory(n *style.Network, p *pictures, s *Stage) int64 {
	total := processBytes + n.WeightBytes() + p.bytes() + o.method().Bytes(int(s.bytes()/4)) + 2*s.bytes()
	if o.Optimizer == LBFGS && o.Pyramid > 0 {
		total += s.bytes() * 4 / 3
	}
	if p.before != nil {
		total += s.bytes() * 4 / 3
	}
	c := n.Config()
	objective := o.objective()
	for _, l := range layersNamed(objective.ContentLayers()) {
		total += 4 * int64(c.Size(l, s.Height)) * int64(c.Size(l, s.Width)) * int64(l.Channels*c.Width)
	}
	for _, l := range layersNamed(objective.StyleLayers()) {
		channels := int64(l.Channels * c.Width)
		total += int64(len(p.styles)+2) * 8 * channels * channels
	}
	for _, q := range p.masks {
		if q != nil {
			total += s.bytes() / 3 * 2
		}
	}
	return total
}

// cheapest tries the whole picture, then strips, then tiles, joined at any layer or not at
// all. It returns the layout with the least work among those that fit, or else the one that
// comes nearest.
func cheapest(n *style.Network, height, width int, layers []string, allowed int64, need func(style.Layout) (int64, error)) (best style.Layout, bytes int64, err error) {
	best = style.Whole()
	if bytes, err = need(best); err != nil || bytes <= allowed {
		return best, bytes, err
	}
	least := math.Inf(1)
	for _, joined := range append(style.Joints(layers...), "") {
		// Without what tiles have in common.
		bound, err := n.Work(height, width, style.Layout{Rows: 1, Columns: 1, Joined: joined}, layers...)
		if err != nil {
			return best, 0, err
		}
		if bound >= least {
			continue
		}
		for columns := 1; columns <= 16; columns *= 2 {
			l, taken, err := fewestRows(style.Layout{Columns: columns, Joined: joined}, height, allowed, need)
			if err != nil {
				break // the picture cannot be cut further
			}
			if taken > allowed {
				if bytes > allowed && taken < bytes {
					best, bytes = l, taken
				}
				continue
			}
			work, err := n.Work(height, width, l, layers...)
			if err != nil {
				return best, 0, err
			}
			if work < least {
				best, bytes, least = l, taken, work
			}
		}
	}
	return best, bytes, nil
}

// fewestRows searches by bisection: more rows need less memory.
func fewestRows(l style.Layout, height int, allowed int64, need func(style.Layout) (int64, error)) (style.Layout, int64, error) {
	of := func(rows int) style.Layout {
		l.Rows = rows
		return l
	}
	low, high := 1, max(1, height/style.Align)
	bytes, err := need(of(high))
	if err != nil || bytes > allowed {
		return of(high), bytes, err
	}
	for low < high {
		middle := (low + high) / 2
		taken, err := need(of(middle))
		if err != nil {
			return l, 0, err
		}
		if taken <= allowed {
			high, bytes = middle, taken
		} else {
			low = middle + 1
		}
	}
	return of(high), bytes, nil
}

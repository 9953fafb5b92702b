package stylize

import (
	"fmt"

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

// vggBytes is about the size of the network's weights: as in the file, in the network's
// order, and on the device. The program itself is small in comparison.
const vggBytes = 3 * 80 << 20

// plan chooses sizes and tiles of all stages, and refuses what does not fit.
func (o Options) plan(d device.Device, n *style.Network, p *pictures) (*Plan, error) {
	width, height := o.resultSize(p.shape())
	plan := &Plan{Allowed: o.allowed(d)}
	objective := o.objective()
	if err := n.Check(height, width, objective.Layers()); err != nil {
		return nil, fmt.Errorf("the result: %w", err)
	}
	least, err := n.Config().MinSize(objective.Layers()...)
	if err != nil {
		return nil, err
	}
	// A network made for whole objects sees nothing in a few pixels.
	sizes := o.sizes(width, height, max(least, smallestStage))
	for i, s := range sizes {
		stage := Stage{Width: s[0], Height: s[1], Iterations: o.iterationsOf(i, len(sizes))}
		if err := o.fit(n, p, &stage, plan.Allowed); err != nil {
			return nil, err
		}
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

// fit finds the tiling of a stage that fits with the least work, and the memory that it
// needs.
func (o Options) fit(n *style.Network, p *pictures, s *Stage, allowed int64) error {
	objective := o.objective()
	masked := make([]bool, len(o.regions()))
	for i, r := range o.regions() {
		masked[i] = p.masks[r[0]] != nil
	}
	fixed := o.fixedMemory(n, p, s)
	need := func(l style.Layout) (int64, error) {
		most, err := n.EvaluatorMemory(s.Height, s.Width, objective, masked, l)
		if err != nil {
			return 0, err
		}
		content, err := n.MeasureMemory(s.Height, s.Width, false, l, objective.ContentLayers()...)
		return fixed + max(most, content), err
	}
	for i := range p.styles {
		w, h := o.styleSize(p.styles[i].Width, p.styles[i].Height, s.Width, s.Height)
		if err := n.Check(h, w, objective.StyleLayers()); err != nil {
			return fmt.Errorf("style picture %s beside a result of %d×%d: %w", o.Styles[i].Path, s.Width, s.Height, err)
		}
	}
	layout, bytes, err := cheapest(n, s.Height, s.Width, objective.Layers(), allowed, need)
	if err != nil {
		return err
	}
	s.Tiles, s.Memory = layout, bytes
	if bytes > allowed {
		return &MemoryError{s.Width, s.Height, bytes, allowed}
	}
	return nil
}

// fixedMemory is what a stage needs besides the network's feature maps: weights, pictures,
// targets, the result with its gradient, and the optimiser, which also keeps its state of
// the previous stage while resizing it.
func (o Options) fixedMemory(n *style.Network, p *pictures, s *Stage) int64 {
	pixels := 3 * s.Width * s.Height
	total := int64(vggBytes) + o.method().Bytes(pixels) + 6*4*int64(pixels)
	if o.Weights == RandomWeights { // the drawn weights, and what normalised them
		total += vggBytes * 2 / 3
	}
	if o.ScaleStep > 0 && o.MinSize > 0 {
		total += o.method().Bytes(pixels) / int64(max(1, o.ScaleStep*o.ScaleStep))
	}
	for _, q := range append(p.styles[:len(p.styles):len(p.styles)], p.content, p.first) {
		if q != nil {
			total += 4 * int64(len(q.Pix))
		}
	}
	c := n.Config()
	objective := o.objective()
	for _, l := range layersNamed(objective.ContentLayers()) {
		total += 4 * int64(c.Size(l, s.Height)) * int64(c.Size(l, s.Width)) * int64(l.Channels*c.Width)
	}
	for _, l := range layersNamed(objective.StyleLayers()) {
		channels := int64(l.Channels * c.Width)
		total += int64(len(p.styles)+2) * 3 * 8 * channels * channels
	}
	return total
}

// cheapest tries the whole picture, then strips, then tiles. It returns the layout with the
// least area of windows among those that fit, or else the one that comes nearest.
func cheapest(n *style.Network, height, width int, layers []string, allowed int64, need func(style.Layout) (int64, error)) (best style.Layout, bytes int64, err error) {
	best = style.Whole()
	if bytes, err = need(best); err != nil || bytes <= allowed {
		return best, bytes, err
	}
	least := int64(0)
	for columns := 1; columns <= 16; columns *= 2 {
		rows, taken, err := fewestRows(columns, height, allowed, need)
		if err != nil {
			break // the picture cannot be cut further
		}
		l := style.Layout{Rows: rows, Columns: columns}
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
		if bytes > allowed || work < least {
			best, bytes, least = l, taken, work
		}
	}
	return best, bytes, nil
}

// fewestRows searches by bisection: more rows need less memory.
func fewestRows(columns, height int, allowed int64, need func(style.Layout) (int64, error)) (rows int, bytes int64, err error) {
	low, high := 1, max(1, height/style.Align)
	if bytes, err = need(style.Layout{Rows: high, Columns: columns}); err != nil || bytes > allowed {
		return high, bytes, err
	}
	for low < high {
		middle := (low + high) / 2
		taken, err := need(style.Layout{Rows: middle, Columns: columns})
		if err != nil {
			return 0, 0, err
		}
		if taken <= allowed {
			high, bytes = middle, taken
		} else {
			low = middle + 1
		}
	}
	return high, bytes, nil
}

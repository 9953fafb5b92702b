package eval

import (
	"maps"
	"slices"

	"easel/internal/file/imgio"
)

// gallery keeps a bounded number of pictures for the page.
type gallery struct {
	rows     map[int]*row // by index of the pair
	extremes int
	ranking  Key         // the measure that ranks pictures: higher is better
	best     [][]exhibit // by model, the best first
	worst    [][]exhibit // by model, the worst first
}

// row is a pair and each model's output for it.
type row struct {
	name          string
	input, target *imgio.Picture
	made          []*imgio.Picture // by model; nil if it failed
}

// exhibit is a picture with the value that it is shown for.
type exhibit struct {
	*sample
	value float64
}

func newGallery(o Options, n int, ranking Key) gallery {
	g := gallery{rows: map[int]*row{}, extremes: o.Extremes, ranking: ranking}
	for k := range min(o.Rows, n) {
		g.rows[k*n/min(o.Rows, n)] = nil
	}
	return g
}

// show keeps a picture of a model if it belongs on the page.
func (g *gallery) show(model, index int, s *sample, p Picture) {
	if r, ok := g.rows[index]; ok {
		if r == nil {
			r = &row{name: s.name, input: s.input, target: s.target}
			g.rows[index] = r
		}
		for len(r.made) < model {
			r.made = append(r.made, nil)
		}
		r.made = append(r.made, s.made)
	}
	if len(g.best) == model {
		g.best, g.worst = append(g.best, nil), append(g.worst, nil)
	}
	value, ok := p.Values[g.ranking]
	if !ok || g.extremes == 0 {
		return
	}
	g.best[model] = insert(g.best[model], exhibit{s, value}, g.extremes, func(a, b float64) bool { return a > b })
	g.worst[model] = insert(g.worst[model], exhibit{s, value}, g.extremes, func(a, b float64) bool { return a < b })
}

// wants reports whether the pair is a row.
func (g *gallery) wants(index int) bool { _, ok := g.rows[index]; return ok }

// complete adds the pictures of samples that were measured elsewhere.
func (g *gallery) complete(model int, read func(*sample) (*sample, error)) error {
	if model >= len(g.best) {
		return nil
	}
	for _, x := range slices.Concat(g.best[model], g.worst[model]) {
		if x.made != nil {
			continue
		}
		whole, err := read(x.sample)
		if err != nil {
			return err
		}
		*x.sample = *whole
	}
	return nil
}

// insert keeps the first n of a sorted list; among equals, the earlier comes first.
func insert(list []exhibit, e exhibit, n int, before func(a, b float64) bool) []exhibit {
	i := slices.IndexFunc(list, func(other exhibit) bool { return before(e.value, other.value) })
	if i < 0 {
		i = len(list)
	}
	list = slices.Insert(list, i, e)
	return list[:min(len(list), n)]
}

// indices returns the rows' indices, in order.
func (g *gallery) indices() []int { return slices.Sorted(maps.Keys(g.rows)) }

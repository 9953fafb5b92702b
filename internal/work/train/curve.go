package train

import (
	"fmt"
	"slices"
)

// maxPoints is the largest number of points of a curve.
const maxPoints = 1000

// curve is a series of bounded size: when it is full, neighbours are merged to their mean,
// and from then on each point represents twice as many values.
type curve struct {
	points []point
	each   int // values per point
	count  int // values in the current point
	next   point
}

type point struct{ step, value float64 }

func (c *curve) add(step int, value float64) {
	c.each = max(c.each, 1)
	c.next.step += float64(step)
	c.next.value += value
	if c.count++; c.count < c.each {
		return
	}
	n := float64(c.count)
	c.points = append(c.points, point{c.next.step / n, c.next.value / n})
	c.next, c.count = point{}, 0
	if len(c.points) == maxPoints {
		c.halve()
	}
}

func (c *curve) halve() {
	for i := 0; i < len(c.points)/2; i++ {
		a, b := c.points[2*i], c.points[2*i+1]
		c.points[i] = point{(a.step + b.step) / 2, (a.value + b.value) / 2}
	}
	c.points = c.points[:len(c.points)/2]
	c.each *= 2
}

// history is the part of the events so far that the report shows. It grows by only a few
// numbers per validation.
type history struct {
	losses, metrics map[string]*curve
	validations     []Event
	warnings        []string // with their steps
	samples         []int    // steps
}

func newHistory() *history {
	return &history{losses: map[string]*curve{}, metrics: map[string]*curve{}}
}

func (h *history) record(e Event) {
	switch e.Kind {
	case Stepped:
		addAll(h.losses, e.Step, e.Losses)
	case Validated:
		addAll(h.metrics, e.Step, e.Metrics)
		h.validations = thin(append(h.validations, e))
	case Warned:
		h.warnings = append(h.warnings, fmt.Sprintf("step %d: %s", e.Step, e.Text))
	case Sampled:
		if !slices.Contains(h.samples, e.Step) {
			h.samples = append(h.samples, e.Step)
		}
	}
}

func addAll(curves map[string]*curve, step int, values map[string]float64) {
	for name, v := range values {
		if curves[name] == nil {
			curves[name] = &curve{}
		}
		curves[name].add(step, v)
	}
}

// thin drops every second validation if there are very many, but never the last.
func thin(list []Event) []Event {
	if len(list) < maxPoints {
		return list
	}
	kept := list[:0]
	for i, e := range list {
		if i%2 == 0 || i == len(list)-1 {
			kept = append(kept, e)
		}
	}
	return kept
}

// thinned picks at most n elements of a list, evenly spread, with the first and the last.
func thinned[T any](list []T, n int) []T {
	if len(list) <= n {
		return list
	}
	picked := make([]T, n)
	for i := range picked {
		picked[i] = list[i*(len(list)-1)/(n-1)]
	}
	return picked
}

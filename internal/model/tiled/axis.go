package tiled

// axis describes how windows of one size cover one side of a picture. They begin at
// multiples of the network's strides, and a part of each belongs to it alone.
type axis struct {
	window int
	starts []int
	// cuts are the boundaries of the parts: window i has cuts[i] to cuts[i+1].
	cuts []int
	// ramp is how far two windows are blended on each side of a cut.
	ramp int
}

// newAxis covers length with windows that overlap by at least overlap, as evenly as
// multiples allow. All four arguments are multiples of multiple. Reach is how far around a
// pixel the network sees. If the overlap has room for it on both sides of the ramp, only
// pixels that do not see the window's border are blended; otherwise the outer quarters of
// the overlap are left out.
func newAxis(length, window, overlap, multiple, reach int) axis {
	if length <= window {
		return axis{window: length, starts: []int{0}, cuts: []int{0, length}}
	}
	count := 1 + (length-window+window-overlap-1)/(window-overlap)
	a := axis{window: window, cuts: []int{0}}
	for i := range count {
		a.starts = append(a.starts, (length-window)/multiple*i/(count-1)*multiple)
	}
	margin := overlap / 4
	if 2*reach <= overlap {
		margin = reach
	}
	a.ramp = overlap/2 - margin
	for i, next := range a.starts[1:] {
		a.cuts = append(a.cuts, (next+a.starts[i]+window)/2)
	}
	a.cuts = append(a.cuts, length)
	for i := range count {
		a.ramp = min(a.ramp, (a.cuts[i+1]-a.cuts[i])/2)
	}
	return a
}

// weights returns the weights of window i's pixels along this axis. Those of all windows
// sum to 1 everywhere.
func (a axis) weights(i int) []float32 {
	w := make([]float32, a.window)
	for k := range w {
		at := a.starts[i] + k
		w[k] = a.after(i, at) - a.after(i+1, at)
	}
	return w
}

// after returns how far a pixel is behind cut i, from 0 to 1.
func (a axis) after(i, at int) float32 {
	switch cut := a.cuts[i]; {
	case i == 0:
		return 1
	case i == len(a.cuts)-1 || at < cut-a.ramp:
		return 0
	case at >= cut+a.ramp:
		return 1
	default:
		return (float32(at-cut+a.ramp) + 0.5) / float32(2*a.ramp)
	}
}

// span returns which positions of a window's map belong to window i alone. The map is
// smaller than the picture by shrink, apart from a border on both sides, which networks add
// that mirror the picture once. The border belongs to the windows at the picture's edges.
func (a axis) span(i, shrink, border int) (from, to int) {
	first := a.starts[i]/shrink - border
	from, to = a.cuts[i]/shrink-first, a.cuts[i+1]/shrink-first
	if i == 0 {
		from = 0
	}
	if i == len(a.starts)-1 {
		to += border
	}
	return from, to
}

// count returns the number of positions in a span.
func (a axis) count(i, shrink, border int) int {
	from, to := a.span(i, shrink, border)
	return to - from
}

// own is 1 at the positions of a span and 0 elsewhere.
func (a axis) own(i, shrink, border int) []float32 {
	w := make([]float32, a.window/shrink+2*border)
	from, to := a.span(i, shrink, border)
	for k := from; k < to; k++ {
		w[k] = 1
	}
	return w
}

package spatial

// Augment is how one picture is augmented: see graph.Augmentation.
type Augment struct {
	Brightness, Saturation, Contrast float32
	Down, Right                      int // by which the picture is moved
	Top, Left                        int // of the square that is cut out
	// Colours is the first channel that is a colour.
	Colours int
}

// shown is the range of columns of row i that show the picture, whose own are
// those less Right; empty where the row shows none. The cut is taken out later.
func (a Augment) shown(i int, d Dims) (from, to int) {
	if i < a.Down || i >= d.Height+a.Down {
		return 0, 0
	}
	return max(0, a.Right), max(min(d.Width, d.Width+a.Right), 0)
}

// cut reports whether a pixel of an augmented picture is in the square.
func (a Augment) cut(i, j int, d Dims) bool {
	return i >= a.Top && i < a.Top+d.Height/2 && j >= a.Left && j < a.Left+d.Width/2
}

// AugmentMean is the mean of the colours of picture b, or of a gradient to what
// became of it those that come back.
func AugmentMean(x []float32, d Dims, b int, a Augment, gradient bool) float32 {
	sum, n := 0.0, d.Channels-a.Colours
	for i := range d.Height {
		from, to := 0, d.Width
		if gradient {
			from, to = a.shown(i, d)
		}
		row := x[(b*d.Height+i)*d.row():]
		for j := from; j < to; j++ {
			if gradient && a.cut(i, j, d) {
				continue
			}
			for _, v := range row[j*d.Channels+a.Colours:][:n] {
				sum += float64(v)
			}
		}
	}
	return float32(sum / float64(max(d.Height*d.Width*n, 1)))
}

// AugmentRow makes row i of what becomes of picture b, whose colours have the
// given mean.
func AugmentRow(y, x []float32, d Dims, b, i int, a Augment, mean float32) {
	dst := y[(b*d.Height+i)*d.row():][:d.row()]
	clear(dst)
	from, to := a.shown(i, d)
	if from >= to {
		return
	}
	src := x[(b*d.Height+i-a.Down)*d.row():]
	for j := from; j < to; j++ {
		if a.cut(i, j, d) {
			continue
		}
		p, q := src[(j-a.Right)*d.Channels:][:d.Channels], dst[j*d.Channels:][:d.Channels]
		copy(q, p[:a.Colours])
		pixel := average(p[a.Colours:])
		for c, v := range p[a.Colours:] {
			v = (v-pixel)*a.Saturation + pixel
			q[a.Colours+c] = (v-mean)*a.Contrast + mean + a.Brightness
		}
	}
}

// AugmentGradientRow makes row i of the gradient to picture b, given that to what
// became of it, whose mean is that of AugmentMean.
func AugmentGradientRow(dx, dy []float32, d Dims, b, i int, a Augment, mean float32) {
	dst := dx[(b*d.Height+i)*d.row():][:d.row()]
	clear(dst)
	if at := i + a.Down; at >= 0 && at < d.Height {
		from, to := a.shown(at, d)
		src := dy[(b*d.Height+at)*d.row():]
		for j := from; j < to; j++ {
			if !a.cut(at, j, d) {
				copy(dst[(j-a.Right)*d.Channels:][:d.Channels], src[j*d.Channels:])
			}
		}
	}
	rest := (1 - a.Contrast) * mean
	for j := range d.Width {
		q := dst[j*d.Channels+a.Colours:][:d.Channels-a.Colours]
		pixel := a.Contrast*average(q) + rest
		for c, v := range q {
			q[c] = a.Saturation*(a.Contrast*v+rest) + (1-a.Saturation)*pixel
		}
	}
}

func average(v []float32) float32 {
	sum := float32(0)
	for _, e := range v {
		sum += e
	}
	return sum / float32(max(len(v), 1))
}

package conv

// side is one of the two pictures of a sum over taps.
type side struct {
	height, width, channels int
	stride                  int // elements between pixels
}

// phase is the output pixels of a sum over taps that share the same taps:
// output (top + i·outStep, left + j·outStep), for i < height and j < width, is
// the sum over u < rows.n and v < columns.n of input
// (i·inStep + rows.offset + u, j·inStep + columns.offset + v) times kernel tap
// (rows.tap(u), columns.tap(v)).
type phase struct {
	top, left     int
	height, width int
	rows, columns taps
}

// taps are the taps of a phase along one axis, in the order of the input.
type taps struct {
	n           int
	offset      int
	first, step int
}

func (t taps) tap(u int) int { return t.first + u*t.step }

// live leaves out taps at either end that meet no input of the given size
// from any of the outputs.
func (t taps) live(outputs, inStep, size int) taps {
	meets := func(u int) bool {
		first, last := span(t.offset+u, inStep, outputs, size)
		return first < last
	}
	for t.n > 0 && !meets(t.n-1) {
		t.n--
	}
	for t.n > 0 && !meets(0) {
		t.n, t.offset, t.first = t.n-1, t.offset+1, t.first+t.step
	}
	return t
}

// forwardPhases: all outputs of a convolution have the same taps.
func forwardPhases(g Geometry) []phase {
	return []phase{{
		height: g.OH, width: g.OW,
		rows:    taps{g.KH, -g.PadTop, 0, 1}.live(g.OH, g.Stride, g.H),
		columns: taps{g.KW, -g.PadLeft, 0, 1}.live(g.OW, g.Stride, g.W),
	}}
}

// backwardPhases: pixel h of x is met by the taps kh ≡ h + top (mod S), from
// row (h + top − kh)/S of y.
func backwardPhases(g Geometry) []phase {
	var out []phase
	for a := range min(g.Stride, g.H) {
		for b := range min(g.Stride, g.W) {
			height, width := ceil(g.H-a, g.Stride), ceil(g.W-b, g.Stride)
			out = append(out, phase{
				top: a, left: b, height: height, width: width,
				rows:    backwardTaps(g.KH, g.Stride, a+g.PadTop).live(height, 1, g.OH),
				columns: backwardTaps(g.KW, g.Stride, b+g.PadLeft).live(width, 1, g.OW),
			})
		}
	}
	return out
}

func backwardTaps(kernel, stride, position int) taps {
	first := position % stride
	if first >= kernel {
		return taps{}
	}
	n := (kernel-1-first)/stride + 1
	return taps{n, position/stride - (n - 1), first + stride*(n-1), -stride}
}

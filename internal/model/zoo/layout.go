package zoo

import "slices"

// layout is how another program lays out a tensor that easel has.
type layout int

const (
	// vector is [channels] everywhere.
	vector layout = iota
	// outInRows is a kernel [out, in, height, width], as PyTorch and Torch 7 have
	// it.
	outInRows
	// inOutRows is a transposed convolution's [in, out, height, width].
	inOutRows
	// rowsInOut is a kernel [height, width, in, out], TensorFlow's and easel's own.
	rowsInOut
	// rowsOutIn is a transposed convolution's [height, width, out, in].
	rowsOutIn
	// channelRows is a vector that is added to maps: [channels, 1, 1].
	channelRows
	// enlargedRows is a kernel [out, in, 3, 3] on an enlarged map, which easel has as
	// a product on the small one, [1, 1, in, 9·out].
	enlargedRows
)

// enlargedSide is the side of a kernel on an enlarged map.
const enlargedSide = 3

// axes are, for each axis of [height, width, in, out], its place in the layout.
var axes = map[layout][4]int{
	outInRows: {2, 3, 1, 0},
	inOutRows: {2, 3, 0, 1},
	rowsInOut: {0, 1, 2, 3},
	rowsOutIn: {0, 1, 3, 2},
}

// place is where a tensor of easel's has its numbers in another program's file.
type place struct {
	// own is easel's name, and theirs the file's. Without one, every number is
	// value: a norm without scale, a bias that is not there.
	own, theirs string
	value       float32
	layout      layout
	// skipFirst is of a kernel that reads a concatenation in the order [skip,
	// decoder], where easel has [decoder, skip]: the halves change places.
	skipFirst bool
	// reverseIn and reverseOut are of kernels that see or make BGR.
	reverseIn, reverseOut bool
	// side is the height and width of their kernel where it is smaller than easel's, in
	// which it begins at row and column from; zeros are around it.
	side, from int
	// pointwise is the second half of a separable convolution, [1, 1, in, out]: theirs
	// is one channel's each, and the kernel is their product.
	pointwise string
	// less is taken off: a bias that stands before stored statistics goes into their
	// mean.
	less string
}

// reads are the tensors that a place is made of, with their shapes.
func (p place) reads(own []int) []needed {
	if p.theirs == "" {
		return nil
	}
	list := []needed{{p.theirs, p.shape(own)}}
	if p.pointwise != "" {
		shape := slices.Clone(list[0].shape)
		shape[3] = 1
		list = []needed{{p.theirs, shape}, {p.pointwise, []int{1, 1, own[2], own[3]}}}
	}
	if p.less != "" {
		list = append(list, needed{p.less, own})
	}
	return list
}

// needed is a tensor of another program's file.
type needed struct {
	name  string
	shape []int
}

// combine makes of the tensors that a place reads the one that is laid out.
func (p place) combine(read [][]float32, own []int) []float32 {
	switch {
	case p.pointwise != "":
		return separable(read[0], read[1], own[2])
	case p.less != "":
		data := slices.Clone(read[0])
		for i, v := range read[1] {
			data[i] -= v
		}
		return data
	}
	return read[0]
}

// separable is the kernel [height, width, in, out] that does what a convolution of each
// channel by itself, [height, width, in, 1], does before one of 1×1, [1, 1, in, out].
func separable(depthwise, pointwise []float32, in int) []float32 {
	out := len(pointwise) / in
	kernel := make([]float32, 0, len(depthwise)*out)
	for i, d := range depthwise {
		for _, p := range pointwise[i%in*out:][:out] {
			kernel = append(kernel, d*p)
		}
	}
	return kernel
}

// shape is the shape of their tensor for own's shape.
func (p place) shape(own []int) []int {
	switch p.layout {
	case vector:
		return own
	case channelRows:
		return []int{own[0], 1, 1}
	case enlargedRows:
		return []int{own[3] / (enlargedSide * enlargedSide), own[2], enlargedSide, enlargedSide}
	}
	theirs := make([]int, len(own))
	for i, axis := range axes[p.layout] {
		theirs[axis] = own[i]
		if p.side > 0 && i < 2 {
			theirs[axis] = p.side
		}
	}
	return theirs
}

// fromTheirs lays their numbers out as easel's tensor of the given shape.
func (p place) fromTheirs(data []float32, own []int) []float32 {
	if p.layout == vector || p.layout == channelRows {
		if p.reverseOut {
			data = slices.Clone(data)
			slices.Reverse(data)
		}
		return data
	}
	size := 1
	for _, d := range own {
		size *= d
	}
	out := make([]float32, size)
	p.walk(own, func(at, from int) { out[at] = data[from] })
	return out
}

// toTheirs is the inverse of fromTheirs.
func (p place) toTheirs(data []float32, own []int) []float32 {
	if p.layout == vector || p.layout == channelRows {
		return p.fromTheirs(data, own)
	}
	out := make([]float32, len(data))
	p.walk(own, func(at, from int) { out[from] = data[at] })
	return out
}

// walk calls f with the place of each number of a kernel in easel's tensor and in
// theirs.
func (p place) walk(own []int, f func(at, from int)) {
	if p.layout == enlargedRows {
		walkEnlarged(own, f)
		return
	}
	theirs := p.shape(own)
	var step [4]int // in theirs, along easel's axes
	for i, axis := range axes[p.layout] {
		step[i] = 1
		for _, d := range theirs[axis+1:] {
			step[i] *= d
		}
	}
	in, out := own[2], own[3]
	height, width := own[0], own[1]
	if p.side > 0 {
		height, width = p.side, p.side
	}
	for y := range height {
		for x := range width {
			at := ((y+p.from)*own[1] + x + p.from) * in * out
			for i := range in {
				from := i
				if p.skipFirst {
					from = (i + in/2) % in
				}
				if p.reverseIn {
					from = in - 1 - i
				}
				row := y*step[0] + x*step[1] + from*step[2]
				for o := range out {
					to := o
					if p.reverseOut {
						to = out - 1 - o
					}
					f(at, row+to*step[3])
					at++
				}
			}
		}
	}
}

// walkEnlarged is walk for enlargedRows.
func walkEnlarged(own []int, f func(at, from int)) {
	const taps = enlargedSide * enlargedSide
	in, out := own[2], own[3]/taps
	for i := range in {
		for tap := range taps {
			for o := range out {
				f(i*own[3]+tap*out+o, (o*in+i)*taps+tap)
			}
		}
	}
}

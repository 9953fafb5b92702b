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
)

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
}

// shape is the shape of their tensor for own's shape.
func (p place) shape(own []int) []int {
	if p.layout == vector {
		return own
	}
	theirs := make([]int, len(own))
	for i, axis := range axes[p.layout] {
		theirs[axis] = own[i]
	}
	return theirs
}

// fromTheirs lays their numbers out as easel's tensor of the given shape.
func (p place) fromTheirs(data []float32, own []int) []float32 {
	if p.layout == vector {
		if p.reverseOut {
			data = slices.Clone(data)
			slices.Reverse(data)
		}
		return data
	}
	out := make([]float32, len(data))
	p.walk(own, func(at, from int) { out[at] = data[from] })
	return out
}

// toTheirs is the inverse of fromTheirs.
func (p place) toTheirs(data []float32, own []int) []float32 {
	if p.layout == vector {
		return p.fromTheirs(data, own)
	}
	out := make([]float32, len(data))
	p.walk(own, func(at, from int) { out[from] = data[at] })
	return out
}

// walk calls f with the place of each number of a kernel in easel's tensor and in
// theirs.
func (p place) walk(own []int, f func(at, from int)) {
	theirs := p.shape(own)
	var step [4]int // in theirs, along easel's axes
	for i, axis := range axes[p.layout] {
		step[i] = 1
		for _, d := range theirs[axis+1:] {
			step[i] *= d
		}
	}
	in, out := own[2], own[3]
	at := 0
	for y := range own[0] {
		for x := range own[1] {
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

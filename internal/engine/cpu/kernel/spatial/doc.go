// Package spatial resamples pictures: pooling, resizing, borders, and the
// gradients of all three, as pure functions on float32 slices.
//
// Tensors are dense, [batch, height, width, channels]. Every function writes
// the rows from ≤ row < to of its result, counted over batch·height of the
// result, reads whatever it needs of its operands, and touches nothing else:
// rows may be computed in any split, by any number of goroutines, with the
// same bits, because each element's sum is always taken in reading order of
// the terms. Gradients gather for that reason and overwrite their rows;
// where windows overlap, those at the edge of a range are worked out on both
// sides.
//
// Nothing allocates. Loops run over whole channel vectors with the kernels of
// package pointwise. Results must not overlap operands.
package spatial

import "fmt"

// Dims is the shape of a batch of pictures.
type Dims struct{ Batch, Height, Width, Channels int }

// Size is the number of elements.
func (d Dims) Size() int { return d.Batch * d.Height * d.Width * d.Channels }

// Rows is the number of rows of pixels in the whole batch.
func (d Dims) Rows() int { return d.Batch * d.Height }

// row is the number of elements in a row of pixels.
func (d Dims) row() int { return d.Width * d.Channels }

func (d Dims) String() string {
	return fmt.Sprintf("[%d %d %d %d]", d.Batch, d.Height, d.Width, d.Channels)
}

// check panics where tensors do not have their dims or rows are out of range.
func check(op string, dst []float32, to Dims, x []float32, of Dims, first, end int) {
	if len(dst) < to.Size() || len(x) < of.Size() {
		panic(fmt.Sprintf("spatial: %s: %d elements for %v, %d for %v", op, len(dst), to, len(x), of))
	}
	if first < 0 || end < first || end > to.Rows() {
		panic(fmt.Sprintf("spatial: %s: rows %d to %d of %d", op, first, end, to.Rows()))
	}
}

// eachPicture cuts rows of a batch into one range of rows a picture.
func eachPicture(from, to, height int, do func(picture, lo, hi int)) {
	for from < to {
		picture := from / height
		end := min(to, (picture+1)*height)
		do(picture, from-picture*height, end-picture*height)
		from = end
	}
}

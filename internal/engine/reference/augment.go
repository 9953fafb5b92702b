package reference

import "easel/internal/engine/graph"

// placed calls f for each pixel (b, i, j) of an augmented picture that shows one
// of the picture before, with that one's row and column.
func placed(x, how tensor, f func(b, i, j, row, column int)) {
	height, width := x.shape[1], x.shape[2]
	x.pixels(func(b, i, j int) {
		h := how.data[b*graph.AugmentSize:]
		row, column, top, left := i-int(h[3]), j-int(h[4]), int(h[5]), int(h[6])
		inside := row >= 0 && row < height && column >= 0 && column < width
		if cut := i >= top && i < top+height/2 && j >= left && j < left+width/2; inside && !cut {
			f(b, i, j, row, column)
		}
	})
}

// means are of a picture's pixel, over its colours, and of all its colours.
func colourMeans(x tensor, b, from int) (pixel func(row, column int) float64, picture float64) {
	n := x.shape[3] - from
	pixel = func(row, column int) (sum float64) {
		for c := from; c < x.shape[3]; c++ {
			sum += x.data[x.at(b, row, column, c)] / float64(n)
		}
		return sum
	}
	for row := range x.shape[1] {
		for column := range x.shape[2] {
			picture += pixel(row, column) / float64(x.shape[1]*x.shape[2])
		}
	}
	return pixel, picture
}

func augmentation(op graph.Augmentation, x, how, out tensor) {
	for b := range x.shape[0] {
		pixel, picture := colourMeans(x, b, op.Colours)
		h := how.data[b*graph.AugmentSize:]
		brightness, saturation, contrast := h[0], h[1], h[2]
		if op.Linear {
			brightness = 0
		}
		placed(x, how, func(of, i, j, row, column int) {
			if of != b {
				return
			}
			for c := range x.shape[3] {
				v := x.data[x.at(b, row, column, c)]
				if c >= op.Colours {
					m := pixel(row, column)
					v = (v-m)*saturation + m + brightness
					v = (v-picture-brightness)*contrast + picture + brightness
				}
				out.data[out.at(b, i, j, c)] = v
			}
		})
	}
}

func augmentationGradient(op graph.AugmentationGradient, dy, how, out tensor) {
	moved := tensor{out.shape, make([]float64, len(out.data))}
	placed(dy, how, func(b, i, j, row, column int) {
		for c := range dy.shape[3] {
			moved.data[moved.at(b, row, column, c)] = dy.data[dy.at(b, i, j, c)]
		}
	})
	out.pixels(func(b, row, column int) {
		h := how.data[b*graph.AugmentSize:]
		pixel, picture := colourMeans(moved, b, op.Colours)
		for c := range out.shape[3] {
			at := out.at(b, row, column, c)
			out.data[at] = moved.data[at]
			if c >= op.Colours {
				v := h[2]*moved.data[at] + (1-h[2])*picture
				m := h[2]*pixel(row, column) + (1-h[2])*picture
				out.data[at] = h[1]*v + (1-h[1])*m
			}
		}
	})
}

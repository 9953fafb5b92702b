package reference

import "easel/internal/engine/graph"

// products calls f with the places in picture x, kernel w and result y of each
// product that a convolution is the sum of: y[b, i, j, o] += x[b, s·i + u − top,
// s·j + v − left, c]·w[u, v, c, o]. What padding would read is left out, being
// zero.
func products(win graph.Window, swapped bool, x, w, y tensor, f func(xi, wi, yi int)) {
	y.pixels(func(b, i, j int) {
		for u := range win.KernelHeight {
			for v := range win.KernelWidth {
				row, column := i*win.Stride+u-win.Padding.Top, j*win.Stride+v-win.Padding.Left
				if row < 0 || row >= x.shape[1] || column < 0 || column >= x.shape[2] {
					continue
				}
				pixel, kernel, result := x.at(b, row, column, 0), w.at(u, v, 0, 0), y.at(b, i, j, 0)
				for c := range x.shape[3] {
					for o := range y.shape[3] {
						if swapped {
							f(pixel+c, kernel+o*x.shape[3]+c, result+o)
						} else {
							f(pixel+c, kernel+c*y.shape[3]+o, result+o)
						}
					}
				}
			}
		}
	})
}

func convolution(op graph.Convolution, x, w, y tensor) {
	products(op.Window, op.Swapped, x, w, y, func(xi, wi, yi int) {
		y.data[yi] += x.data[xi] * w.data[wi]
	})
}

func convolutionInputGradient(op graph.ConvolutionInputGradient, y, w, x tensor) {
	products(op.Window, op.Swapped, x, w, y, func(xi, wi, yi int) {
		x.data[xi] += y.data[yi] * w.data[wi]
	})
}

func convolutionKernelGradient(op graph.ConvolutionKernelGradient, x, y, w tensor) {
	products(op.Window, op.Swapped, x, w, y, func(xi, wi, yi int) {
		w.data[wi] += x.data[xi] * y.data[yi]
	})
}

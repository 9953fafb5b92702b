package reference

import "easel/internal/engine/graph"

func matrixProduct(op graph.MatrixProduct, a, b, out tensor) {
	rows, columns := out.shape[0], out.shape[1]
	inner := a.shape[1]
	if op.TransposeA {
		inner = a.shape[0]
	}
	element := func(t tensor, transposed bool, i, j int) float64 {
		if transposed {
			i, j = j, i
		}
		return t.data[i*t.shape[1]+j]
	}
	for i := range rows {
		for j := range columns {
			for k := range inner {
				out.data[i*columns+j] += element(a, op.TransposeA, i, k) * element(b, op.TransposeB, k, j)
			}
		}
	}
}

func gram(x, out tensor) {
	channels := x.shape[3]
	x.pixels(func(b, row, column int) {
		for c := range channels {
			for d := range channels {
				out.data[(b*channels+c)*channels+d] += x.data[x.at(b, row, column, c)] * x.data[x.at(b, row, column, d)]
			}
		}
	})
}

func gramGradient(dy, x, out tensor) {
	channels := x.shape[3]
	x.pixels(func(b, row, column int) {
		for c := range channels {
			for d := range channels {
				both := dy.data[(b*channels+c)*channels+d] + dy.data[(b*channels+d)*channels+c]
				out.data[x.at(b, row, column, c)] += x.data[x.at(b, row, column, d)] * both
			}
		}
	})
}

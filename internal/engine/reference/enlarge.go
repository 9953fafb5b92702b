package reference

import "easel/internal/engine/graph"

// enlarged calls f for each element of the large picture y with each element of
// the taps t that it is made of, where of t's picture rows × columns count.
func enlarged(t, y tensor, rows, columns int, f func(ti, yi int, weight float64)) {
	out := y.shape[3]
	y.pixels(func(b, i, j int) {
		for tap := range 9 {
			u, v := i+tap/3-1, j+tap%3-1
			if i >= 2*rows || j >= 2*columns || min(u, v) < 0 || u >= 2*rows || v >= 2*columns {
				continue
			}
			for _, row := range sources(graph.BilinearInterpolation, u, rows, 2*rows) {
				for _, column := range sources(graph.BilinearInterpolation, v, columns, 2*columns) {
					for c := range out {
						f(t.at(b, row.index, column.index, tap*out+c), y.at(b, i, j, c), row.weight*column.weight)
					}
				}
			}
		}
	})
}

func enlargedTaps(op graph.EnlargedTaps, in []tensor, y tensor) {
	t := in[0]
	rows, columns := t.shape[1], t.shape[2]
	if op.Shrink > 0 {
		rows, columns = graph.ExtentOf(narrow(in[1].data), op.Shrink, t.shape)
	}
	enlarged(t, y, rows, columns, func(ti, yi int, weight float64) { y.data[yi] += weight * t.data[ti] })
}

func enlargedTapsGradient(y, t tensor) {
	enlarged(t, y, t.shape[1], t.shape[2], func(ti, yi int, weight float64) { t.data[ti] += weight * y.data[yi] })
}

package pointwise

import "math"

// ChannelSums sets sum to Σ(x − pivot) and sumSquares to Σ(x − pivot)² of each
// channel over rows, at most BlockRows of them. The pivot, a value near the
// mean such as the tensor's first row, keeps the variance from cancelling; it
// must be the same for all blocks, and nil is 0.
func (k *Kernels) ChannelSums(sum, sumSquares, x []float32, stride int, pivot []float32, rows, c int) {
	const op = "channel sums"
	checkView(op, "x", x, stride, rows, c)
	checkVector(op, "sum", sum, c)
	checkVector(op, "sumSquares", sumSquares, c)
	checkOptional(op, "pivot", pivot, c)
	clear(sum)
	clear(sumSquares)
	if rows == 0 || c == 0 {
		return
	}
	if stride == c && k.foldable(rows, c) {
		done := rows &^ (lanes - 1)
		k.foldedSums(sum, sumSquares, x, pivot, done/lanes, c)
		x, rows = x[done*c:], rows-done
		if rows == 0 {
			return
		}
	}
	done := k.vectorChannels(c)
	if done > 0 {
		channelSumsVector(&sum[0], &sumSquares[0], &x[0], stride, first(pivot), rows, done)
	}
	if done < c {
		channelSumsGo(sum[done:], sumSquares[done:], x[done:], stride, tail(pivot, done), rows, c-done)
	}
}

func (k *Kernels) foldedSums(sum, sumSquares, x, pivot []float32, rows, c int) {
	var sums, squares, pivots [lanes * foldLimit]float32
	w := lanes * c
	channelSumsVector(&sums[0], &squares[0], &x[0], w, first(expand(&pivots, pivot)), rows, w)
	unfold(sum, sums[:w])
	unfold(sumSquares, squares[:w])
}

// channelSumsVector chooses the routine with or without a pivot.
func channelSumsVector(sum, sumSquares, x *float32, stride int, pivot *float32, rows, c int) {
	if pivot == nil {
		channelSumsPlainVector(sum, sumSquares, x, stride, rows, c)
		return
	}
	channelSumsPivotVector(sum, sumSquares, x, stride, pivot, rows, c)
}

func channelSumsGo(sum, sumSquares, x []float32, stride int, pivot []float32, rows, c int) {
	sum, sumSquares = sum[:c], sumSquares[:c]
	for r := 0; r < rows; r++ {
		s := x[r*stride:][:c]
		if pivot == nil {
			for i, v := range s {
				sum[i] += v
				sumSquares[i] += v * v
			}
			continue
		}
		p := pivot[:c]
		for i, v := range s {
			v -= p[i]
			sum[i] += v
			sumSquares[i] += v * v
		}
	}
}

// ChannelSum sets sum to Σx of each channel over rows, at most BlockRows of
// them: the gradient to a bias.
func (k *Kernels) ChannelSum(sum, x []float32, stride, rows, c int) {
	const op = "channel sum"
	checkView(op, "x", x, stride, rows, c)
	checkVector(op, "sum", sum, c)
	clear(sum)
	if rows == 0 || c == 0 {
		return
	}
	if stride == c && k.foldable(rows, c) {
		var sums [lanes * foldLimit]float32
		done, w := rows&^(lanes-1), lanes*c
		channelSumVector(&sums[0], &x[0], w, done/lanes, w)
		unfold(sum, sums[:w])
		x, rows = x[done*c:], rows-done
		if rows == 0 {
			return
		}
	}
	done := k.vectorChannels(c)
	if done > 0 {
		channelSumVector(&sum[0], &x[0], stride, rows, done)
	}
	if done < c {
		channelSumGo(sum[done:], x[done:], stride, rows, c-done)
	}
}

func channelSumGo(sum, x []float32, stride, rows, c int) {
	sum = sum[:c]
	for r := 0; r < rows; r++ {
		for i, v := range x[r*stride:][:c] {
			sum[i] += v
		}
	}
}

// CombineMoments adds up the partial sums of ChannelSums, [blocks, 2, c] with
// sum before sumSquares, in float64 and in the order of blocks, and gives each
// channel's mean and 1/√(variance + epsilon) over rows (all rows of all
// blocks), with the biased variance. pivot is that of ChannelSums.
func CombineMoments(mean, rstd, partials []float32, blocks int, pivot []float32, epsilon float32, rows, c int) {
	const op = "combine moments"
	checkVector(op, "mean", mean, c)
	checkVector(op, "rstd", rstd, c)
	checkVector(op, "partials", partials, blocks*2*c)
	checkOptional(op, "pivot", pivot, c)
	n := float64(rows)
	for i := range mean {
		var s, q float64
		for b := 0; b < blocks; b++ {
			s += float64(partials[b*2*c+i])
			q += float64(partials[b*2*c+c+i])
		}
		m := s / n
		variance := max(q/n-m*m, 0)
		if pivot != nil {
			m += float64(pivot[i])
		}
		mean[i] = float32(m)
		rstd[i] = float32(1 / math.Sqrt(variance+float64(epsilon)))
	}
}

// CombineSums adds up partial sums [blocks, len(dst)] in float64 and in the
// order of blocks.
func CombineSums(dst, partials []float32, blocks int) {
	checkVector("combine sums", "partials", partials, blocks*len(dst))
	for i := range dst {
		var s float64
		for b := 0; b < blocks; b++ {
			s += float64(partials[b*len(dst)+i])
		}
		dst[i] = float32(s)
	}
}

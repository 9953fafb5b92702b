package pointwise

import "math"

// class is the class number of a label, or false if it is outside
// [0, classes) and does not count.
func class(label float32, classes int) (int, bool) {
	if !(label >= 0 && label < float32(classes)) {
		return 0, false
	}
	return int(label), true
}

// SoftmaxCrossEntropy sums −log softmax(x)[y] over rows of logits x
// rows × classes and class numbers y [rows]; rows with a number outside
// [0, classes) are left out. It gives the sum and how many rows counted.
func (k *Kernels) SoftmaxCrossEntropy(x []float32, xStride int, y []float32, rows, classes int) (sum float64, counted int) {
	checkView("softmax cross-entropy", "x", x, xStride, rows, classes)
	checkVector("softmax cross-entropy", "y", y, rows)
	for r, label := range y {
		i, ok := class(label, classes)
		if !ok {
			continue
		}
		logits := x[r*xStride:][:classes]
		top, total := peak(logits), 0.0
		for _, v := range logits {
			total += math.Exp(float64(v - top))
		}
		sum += math.Log(total) + float64(top) - float64(logits[i])
		counted++
	}
	return sum, counted
}

// CountLabels is how many of the class numbers y are in [0, classes): what
// SoftmaxCrossEntropy counts.
func (k *Kernels) CountLabels(y []float32, classes int) int {
	n := 0
	for _, label := range y {
		if _, ok := class(label, classes); ok {
			n++
		}
	}
	return n
}

// SoftmaxCrossEntropyGradient is dst = factor·(softmax(x) − onehot(y)), zero
// in rows that do not count: factor holds the mean's 1/counted. In place on x
// allowed.
func (k *Kernels) SoftmaxCrossEntropyGradient(dst []float32, dstStride int, factor float32, x []float32, xStride int, y []float32, rows, classes int) {
	const op = "softmax cross-entropy gradient"
	checkView(op, "dst", dst, dstStride, rows, classes)
	checkView(op, "x", x, xStride, rows, classes)
	checkVector(op, "y", y, rows)
	for r, label := range y {
		d := dst[r*dstStride:][:classes]
		i, ok := class(label, classes)
		if !ok {
			clear(d)
			continue
		}
		softmaxGradientRow(d, factor, x[r*xStride:][:classes], i)
	}
}

func softmaxGradientRow(d []float32, factor float32, logits []float32, class int) {
	top, total := peak(logits), 0.0
	for _, v := range logits {
		total += math.Exp(float64(v - top))
	}
	for j, v := range logits {
		p := math.Exp(float64(v-top)) / total
		if j == class {
			p--
		}
		d[j] = factor * float32(p)
	}
}

func peak(v []float32) float32 {
	top := v[0]
	for _, w := range v {
		top = max(top, w)
	}
	return top
}

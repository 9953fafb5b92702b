package reference

import "easel/internal/engine/graph"

// tensor is a value with its shape, row by row.
type tensor struct {
	shape graph.Shape
	data  []float64
}

// at is the place of an element of a picture [batch, height, width, channels].
func (t tensor) at(b, y, x, c int) int {
	return ((b*t.shape[1]+y)*t.shape[2]+x)*t.shape[3] + c
}

// pixels calls f for each batch, row and column of a picture.
func (t tensor) pixels(f func(b, y, x int)) {
	for b := range t.shape[0] {
		for y := range t.shape[1] {
			for x := range t.shape[2] {
				f(b, y, x)
			}
		}
	}
}

// compute fills out, which has zeros, with op(in…) on the device of the given
// number, and reports whether it knows the operation.
func compute(op graph.Op, in []tensor, out tensor, device int) bool {
	switch op := op.(type) {
	case graph.StopGradient, graph.Reshaping:
		copy(out.data, in[0].data)
	case graph.Convolution:
		convolution(op, in[0], in[1], out)
	case graph.ConvolutionInputGradient:
		convolutionInputGradient(op, in[0], in[1], out)
	case graph.ConvolutionKernelGradient:
		convolutionKernelGradient(op, in[0], in[1], out)
	case graph.Moments:
		moments(op, in[0], out)
	case graph.Normalization:
		normalization(op, in[0], in[1], in[2], in[3], out)
	case graph.NormalizationSums:
		normalizationSums(op, in[0], in[1], in[2], out)
	case graph.NormalizationInputGradient:
		normalizationInputGradient(op, in[0], in[1], in[2], in[3], in[4], out)
	case graph.ExtentCut:
		extentCut(op, in[0], in[1], out)
	case graph.ExtentLayout:
		extentLayout(op, in[0], in[1], out)
	case graph.ExtentMoments:
		extentMoments(op, in[0], in[1], out)
	case graph.GroupSum:
		groupSum(op, in[0], out)
	case graph.Pool:
		pool(op, in[0], out)
	case graph.PoolGradient:
		poolGradient(op, in[0], in[1], out)
	case graph.Resampling:
		resampling(op, in[0], out)
	case graph.ResamplingGradient:
		resamplingGradient(op, in[0], out)
	case graph.Augmentation:
		augmentation(op, in[0], in[1], out)
	case graph.AugmentationGradient:
		augmentationGradient(op, in[0], in[1], out)
	case graph.EnlargedTaps:
		enlargedTaps(op, in, out)
	case graph.EnlargedTapsGradient:
		enlargedTapsGradient(in[0], out)
	case graph.Border:
		border(op, in[0], out)
	case graph.BorderGradient:
		borderGradient(op, in[0], out)
	case graph.MatrixProduct:
		matrixProduct(op, in[0], in[1], out)
	case graph.GramMatrix:
		gram(in[0], out)
	case graph.GramGradient:
		gramGradient(in[0], in[1], out)
	case graph.Loss:
		loss(op, in, out)
	case graph.LossGradient:
		lossGradient(op, in, out)
	case graph.DropoutMask:
		dropoutMask(op, in[0], out, device)
	case graph.NormalNoise:
		normalNoise(op, in[0], out, device)
	default:
		return computePointwise(op, in, out)
	}
	return true
}

//go:build !amd64 && !arm64

package pointwise

// vectors is the name of the assembly's instruction set: there is none.
const vectors = ""

func hasVectors() bool { return false }

// Other processors never choose assembly, so none of these is called.

const missing = "pointwise: no assembly for this processor"

func affineBothVector(dst *float32, dstStride int, x *float32, xStride int, scale *float32, shift *float32, slope float32, rows int, c int) {
	panic(missing)
}

func affineScaleVector(dst *float32, dstStride int, x *float32, xStride int, scale *float32, slope float32, rows int, c int) {
	panic(missing)
}

func affineShiftVector(dst *float32, dstStride int, x *float32, xStride int, shift *float32, slope float32, rows int, c int) {
	panic(missing)
}

func affineNoneVector(dst *float32, dstStride int, x *float32, xStride int, slope float32, rows int, c int) {
	panic(missing)
}

func channelSumsPlainVector(sum *float32, sumSquares *float32, x *float32, xStride int, rows int, c int) {
	panic(missing)
}

func channelSumsPivotVector(sum *float32, sumSquares *float32, x *float32, xStride int, pivot *float32, rows int, c int) {
	panic(missing)
}

func channelSumVector(sum *float32, x *float32, xStride int, rows int, c int) {
	panic(missing)
}

func normSums1Vector(sumG *float32, sumGX *float32, d *float32, dStride int, dSlope float32, x *float32, xStride int, mean *float32, a *float32, b *float32, rows int, c int) {
	panic(missing)
}

func normSums2Vector(sumG *float32, sumGX *float32, d *float32, dStride int, dSlope float32, e *float32, eStride int, eSlope float32, x *float32, xStride int, mean *float32, a *float32, b *float32, rows int, c int) {
	panic(missing)
}

func normApply1Vector(dx *float32, dxStride int, d *float32, dStride int, dSlope float32, x *float32, xStride int, a *float32, b *float32, A *float32, B *float32, C *float32, rows int, c int) {
	panic(missing)
}

func normApply2Vector(dx *float32, dxStride int, d *float32, dStride int, dSlope float32, e *float32, eStride int, eSlope float32, x *float32, xStride int, a *float32, b *float32, A *float32, B *float32, C *float32, rows int, c int) {
	panic(missing)
}

func activationBackward1Vector(dst *float32, dstStride int, d *float32, dStride int, dSlope float32, y *float32, yStride int, rows int, c int) {
	panic(missing)
}

func activationBackward2Vector(dst *float32, dstStride int, d *float32, dStride int, dSlope float32, e *float32, eStride int, eSlope float32, y *float32, yStride int, rows int, c int) {
	panic(missing)
}

func addVector(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride int, rows int, c int) {
	panic(missing)
}

func mulVector(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride int, rows int, c int) {
	panic(missing)
}

func maxVector(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride int, rows int, c int) {
	panic(missing)
}

func tanhGradientVector(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride int, rows int, c int) {
	panic(missing)
}

func sigmoidGradientVector(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride int, rows int, c int) {
	panic(missing)
}

func scaleVector(dst *float32, dstStride int, a *float32, aStride int, factor float32, rows int, c int) {
	panic(missing)
}

func addScaledVector(dst *float32, dstStride int, a *float32, aStride int, factor float32, rows int, c int) {
	panic(missing)
}

func tanhVector(dst *float32, x *float32, n int) {
	panic(missing)
}

func sigmoidVector(dst *float32, x *float32, n int) {
	panic(missing)
}

func adamVector(p *float32, d *float32, m *float32, v *float32, step *float32, n int) {
	panic(missing)
}

func absoluteErrorVector(x *float32, y *float32, n int) float32 {
	panic(missing)
}

func squaredErrorVector(x *float32, y *float32, n int) float32 {
	panic(missing)
}

func absoluteGradientVector(dst *float32, x *float32, y *float32, factor float32, n int) {
	panic(missing)
}

func squaredGradientVector(dst *float32, x *float32, y *float32, factor float32, n int) {
	panic(missing)
}

func maxPool2Vector(dst *float32, upper *float32, lower *float32, width int, c int, vector int) {
	panic(missing)
}

func maxPool2GradientVector(upperD *float32, lowerD *float32, d *float32, upper *float32, lower *float32, width int, c int, vector int) {
	panic(missing)
}

func maxPool2IndexedVector(dst *float32, index *float32, upper *float32, lower *float32, width int, c int, vector int) {
	panic(missing)
}

func maxPool2ScatterVector(upperD *float32, lowerD *float32, d *float32, index *float32, always int32, width int, c int, vector int) {
	panic(missing)
}

// indexed tells whether the assembly has the pools with an index.
const indexed = false

func signsVector(signs *float32, x *float32, n int) { panic(missing) }

func signGateVector(dst *float32, d *float32, signs *float32, slope float32, n int) { panic(missing) }

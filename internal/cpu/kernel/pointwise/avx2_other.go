//go:build !amd64

package pointwise

// Other processors never choose assembly, so none of these is called.

const missing = "pointwise: no assembly for this processor"

func affineBothAVX2(dst *float32, dstStride int, x *float32, xStride int, scale *float32, shift *float32, slope float32, rows int, c int) {
	panic(missing)
}

func affineScaleAVX2(dst *float32, dstStride int, x *float32, xStride int, scale *float32, slope float32, rows int, c int) {
	panic(missing)
}

func affineShiftAVX2(dst *float32, dstStride int, x *float32, xStride int, shift *float32, slope float32, rows int, c int) {
	panic(missing)
}

func affineNoneAVX2(dst *float32, dstStride int, x *float32, xStride int, slope float32, rows int, c int) {
	panic(missing)
}

func channelSumsPlainAVX2(sum *float32, sumSquares *float32, x *float32, xStride int, rows int, c int) {
	panic(missing)
}

func channelSumsPivotAVX2(sum *float32, sumSquares *float32, x *float32, xStride int, pivot *float32, rows int, c int) {
	panic(missing)
}

func channelSumAVX2(sum *float32, x *float32, xStride int, rows int, c int) {
	panic(missing)
}

func normSums1AVX2(sumG *float32, sumGX *float32, d *float32, dStride int, dSlope float32, x *float32, xStride int, mean *float32, a *float32, b *float32, rows int, c int) {
	panic(missing)
}

func normSums2AVX2(sumG *float32, sumGX *float32, d *float32, dStride int, dSlope float32, e *float32, eStride int, eSlope float32, x *float32, xStride int, mean *float32, a *float32, b *float32, rows int, c int) {
	panic(missing)
}

func normApply1AVX2(dx *float32, dxStride int, d *float32, dStride int, dSlope float32, x *float32, xStride int, a *float32, b *float32, A *float32, B *float32, C *float32, rows int, c int) {
	panic(missing)
}

func normApply2AVX2(dx *float32, dxStride int, d *float32, dStride int, dSlope float32, e *float32, eStride int, eSlope float32, x *float32, xStride int, a *float32, b *float32, A *float32, B *float32, C *float32, rows int, c int) {
	panic(missing)
}

func activationBackward1AVX2(dst *float32, dstStride int, d *float32, dStride int, dSlope float32, y *float32, yStride int, rows int, c int) {
	panic(missing)
}

func activationBackward2AVX2(dst *float32, dstStride int, d *float32, dStride int, dSlope float32, e *float32, eStride int, eSlope float32, y *float32, yStride int, rows int, c int) {
	panic(missing)
}

func addAVX2(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride int, rows int, c int) {
	panic(missing)
}

func mulAVX2(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride int, rows int, c int) {
	panic(missing)
}

func maxAVX2(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride int, rows int, c int) {
	panic(missing)
}

func tanhGradientAVX2(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride int, rows int, c int) {
	panic(missing)
}

func sigmoidGradientAVX2(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride int, rows int, c int) {
	panic(missing)
}

func scaleAVX2(dst *float32, dstStride int, a *float32, aStride int, factor float32, rows int, c int) {
	panic(missing)
}

func addScaledAVX2(dst *float32, dstStride int, a *float32, aStride int, factor float32, rows int, c int) {
	panic(missing)
}

func tanhAVX2(dst *float32, x *float32, n int) {
	panic(missing)
}

func sigmoidAVX2(dst *float32, x *float32, n int) {
	panic(missing)
}

func adamAVX2(p *float32, d *float32, m *float32, v *float32, step *float32, n int) {
	panic(missing)
}

func momentumAVX2(p *float32, d *float32, u *float32, momentum float32, rate float32, n int) {
	panic(missing)
}

func absoluteErrorAVX2(x *float32, y *float32, n int) float32 {
	panic(missing)
}

func squaredErrorAVX2(x *float32, y *float32, n int) float32 {
	panic(missing)
}

func absoluteGradientAVX2(dst *float32, x *float32, y *float32, factor float32, n int) {
	panic(missing)
}

func squaredGradientAVX2(dst *float32, x *float32, y *float32, factor float32, n int) {
	panic(missing)
}

func maxPool2AVX2(dst *float32, upper *float32, lower *float32, width int, c int, vector int) {
	panic(missing)
}

func maxPool2GradientAVX2(upperD *float32, lowerD *float32, d *float32, upper *float32, lower *float32, width int, c int, vector int) {
	panic(missing)
}

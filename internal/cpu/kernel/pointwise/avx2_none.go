package pointwise

// Until assembly is chosen, none of these is called.

func hasAVX2() bool { return false }

const missing = "pointwise: no assembly for this processor"

func affineAVX2(dst *float32, dstStride int, x *float32, xStride int, scale, shift *float32, slope float32, rows, c int) {
	panic(missing)
}
func channelSumsAVX2(sum, sumSquares, x *float32, stride int, pivot *float32, rows, c int) {
	panic(missing)
}
func channelSumAVX2(sum, x *float32, stride, rows, c int) { panic(missing) }
func normSums1AVX2(sumG, sumGX, d *float32, dStride int, dSlope float32, x *float32, xStride int, mean, a, b *float32, rows, c int) {
	panic(missing)
}
func normSums2AVX2(sumG, sumGX, d *float32, dStride int, dSlope float32, e *float32, eStride int, eSlope float32, x *float32, xStride int, mean, a, b *float32, rows, c int) {
	panic(missing)
}
func normApply1AVX2(dx *float32, dxStride int, d *float32, dStride int, dSlope float32, x *float32, xStride int, a, b, A, B, C *float32, rows, c int) {
	panic(missing)
}
func normApply2AVX2(dx *float32, dxStride int, d *float32, dStride int, dSlope float32, e *float32, eStride int, eSlope float32, x *float32, xStride int, a, b, A, B, C *float32, rows, c int) {
	panic(missing)
}
func activationBackward1AVX2(dst *float32, dstStride int, d *float32, dStride int, dSlope float32, y *float32, yStride int, rows, c int) {
	panic(missing)
}
func activationBackward2AVX2(dst *float32, dstStride int, d *float32, dStride int, dSlope float32, e *float32, eStride int, eSlope float32, y *float32, yStride int, rows, c int) {
	panic(missing)
}
func tanhAVX2(dst, x *float32, n int)    { panic(missing) }
func sigmoidAVX2(dst, x *float32, n int) { panic(missing) }
func addAVX2(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride, rows, c int) {
	panic(missing)
}
func mulAVX2(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride, rows, c int) {
	panic(missing)
}
func maxAVX2(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride, rows, c int) {
	panic(missing)
}
func tanhGradientAVX2(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride, rows, c int) {
	panic(missing)
}
func sigmoidGradientAVX2(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride, rows, c int) {
	panic(missing)
}
func scaleAVX2(dst *float32, dstStride int, a *float32, aStride int, factor float32, rows, c int) {
	panic(missing)
}
func addScaledAVX2(dst *float32, dstStride int, a *float32, aStride int, factor float32, rows, c int) {
	panic(missing)
}
func adamAVX2(p, g, m, v *float32, step *AdamStep, n int)            { panic(missing) }
func momentumAVX2(p, g, u *float32, momentum, rate float32, n int)   { panic(missing) }
func absoluteErrorAVX2(x, y *float32, n int) float32                 { panic(missing) }
func squaredErrorAVX2(x, y *float32, n int) float32                  { panic(missing) }
func absoluteGradientAVX2(dst, x, y *float32, factor float32, n int) { panic(missing) }
func squaredGradientAVX2(dst, x, y *float32, factor float32, n int)  { panic(missing) }
func maxPool2AVX2(dst, upper, lower *float32, width, c, vector int)  { panic(missing) }
func maxPool2GradientAVX2(upperD, lowerD, d, upper, lower *float32, width, c, vector int) {
	panic(missing)
}

// Package conv has the convolutions of pictures in NHWC layout with kernels in
// HWIO layout, in their three directions, without ever building a matrix of
// patches: every direction is cut into the tiles of package gemm, whose rows
// are pixels (or columns of pixels) addressed where they lie.
//
// A [Geometry] says what is convolved. [NewForward], [NewInputGradient] and
// [NewKernelGradient] turn it into a [Plan]: one or more stages, one after the
// other, each of a number of independent tasks for a worker pool. A worker calls
// [Stage.Run] for a task with its own gemm.Scratch, fitted to [Plan.Need]
// before, and with [Args] that say where the tensors are.
//
//	Forward         y[n,i,j,o]   = Σ x[n, i·S−top+a, j·S−left+b, c] · w[a,b,c,o] + bias[o]
//	InputGradient   x̄[n,h,w,c]  = Σ ȳ[n,i,j,o] · w[a,b,c,o] over i·S−top+a = h, j·S−left+b = w
//	KernelGradient  w̄[a,b,c,o]  = Σ x[n, i·S−top+a, j·S−left+b, c] · ȳ[n,i,j,o]
//
// A transposed convolution is InputGradient of a kernel whose channel axes
// are stored the other way round, [kh, kw, O, C]; its gradients are Forward
// and KernelGradient of such a kernel. That is what "swapped" says.
//
// # How
//
// There are three methods. Where channels are few enough, scatter; else choose.go
// takes the one that costs least, in multiply-adds and bytes, never by timing.
//
// direct: gather.go: Forward and InputGradient are one thing, a sum over taps for
// each output pixel. With stride S the input gradient falls into S² phases,
// output pixels with equal remainders, each a dense convolution of stride 1 with
// every S-th tap; no zero is inserted and none multiplied. Taps that only ever
// see padding are left out. gradient.go: the kernel's gradient is a product over
// pixels. blocks.go: how both are cut.
//
// scatter: scatter.go: the same for few output channels, where each input is
// multiplied with all taps at once.
//
// F(m×m, r×r): winograd.go: Winograd convolution of stride-1 parts (a 4×4 kernel of
// stride 2 has four of 2×2 taps); winograd_gather.go and winograd_gradient.go are
// its two directions, winograd_steps.go what a task of the first does. A stage
// transforms what many tasks need, once, into [Plan.Shared] floats that stay in
// the last cache; what one task needs alone, it transforms where it uses it, in
// the second-level cache. The kernel is transformed anew in each run, also where
// it does not change: that costs a few percent, and keeping it would take up to
// T²/r² times the weights in memory and as much reading.
//
// # bfloat16
//
// With kernels of [gemm.Kernels.BFloat16], what products read is rounded and everything
// else is float32: pictures, kernels, results, transforms. A plan takes either kind of
// kernels, whichever costs less, and says so. Panels of kernels and spectra are then pairs
// of terms: of two channels, or in a kernel's gradient of two tiles. The transforms make
// float32 in scratch, some channels at a time, which is rounded to where it belongs.
//
// # Ends of tasks
//
// A task's part of the result is complete while it is in cache. There a bias is
// added, [Args.Finish] rectifies (if the plan [Plan.Finishes]), and a
// [NewKernelUpdate] hands a kernel's gradient to its optimiser instead of
// writing it.
//
// # Guarantees
//
// Results are the same bits for every order of tasks and number of workers:
// a task computes its part of the result alone, in an order that depends on
// the geometry only. Run allocates nothing. All of the result is written,
// and nothing else.
package conv

// Package lowering turns a graph into a StableHLO module, the text that XLA's
// compilers take. It runs nothing and needs no cgo: package xla compiles and
// runs the module, tests also give it to JAX's CPU client.
//
//	m, err := lowering.Lower(g, lowering.Options{})
//	m.Text       // for the compiler
//	m.Arguments  // what to give the executable, in order
//	m.Results    // what it returns, in order
//
// # Conventions
//
// Each operation of package graph becomes a handful of XLA's: convolutions
// with any stride, transposed ones and both gradients are one
// stablehlo.convolution each, in the forms that XLA's GPU compiler turns into
// cuDNN's calls; norms and losses are plain reductions, which it fuses; random
// masks are Philox of the same counter as everywhere, in integers. Layouts stay
// NHWC and HWIO, transposition is in the dimension numbers. Nothing is folded
// or fused here: that is what the compiler is for.
//
// A parameter that the graph updates is an argument whose memory its new value
// takes (tf.aliasing_output), so a device holds it once. Dead nodes are left
// out, also where an input is read by dead nodes only.
//
// # Numbers
//
// Values are float32. Products (convolutions and matrix products) are as exact
// as Options.Precision says; everything else is float32 with any precision.
// What would lose digits in float32, an update's bias corrections and normal
// noise, is calculated in float64: it costs nothing beside the rest.
//
// The same graph and options give the same text, byte by byte.
package lowering

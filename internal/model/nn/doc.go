// Package nn lies between the graph's operations and a network: named parameters with their
// initialisation, blocks of layers, and an optimiser that stores its moments as parameters.
//
// A network is a function that builds itself in a [Scope]:
//
//	scope := nn.NewScope(g)
//	y := nn.Conv(scope.Sub("encoder1"), x, nn.ConvOptions{Out: 64, Kernel: 4, Stride: 2, Padding: 1, Init: nn.Normal{Deviation: 0.02}})
//	scope.Parameters().Store(device, seed)
//
// The scope collects the parameters that the function creates, so one function serves every
// picture size, and nothing is listed twice. Built again in the same scope, a network
// shares its parameters. Built in [Scope.Using], it reads other nodes in their place, such
// as the values after an update.
//
// # Conventions
//
// Names are paths: "generator/encoder1/kernel". A layer's parameters are
// kernel and bias, a norm's norm/scale and norm/shift; an optimiser's moments
// follow the parameter: "generator/encoder1/kernel/adam/m". Pictures are
// [batch, height, width, channels], kernels [height, width, in, out].
//
// # Guarantees
//
// An initial value depends only on the seed and the parameter's name and shape, not on
// other parameters or on the order of building.
//
// Misuse panics with a *graph.Error, as in package graph; graph.Build turns it into an
// error.
package nn

// Package engine is the floor of computation: networks as values, and what runs
// them.
//
// A graph (package graph) is operations with shapes and gradients, and runs
// nothing. A device (package device says what one is, backend opens one by its
// name) plans a graph and runs it again and again: cpu here in this process, xla
// through a plugin. What the right result is says reference, slowly and in float64,
// and conformance holds every device to it. Optimisers of vectors on the host are
// in optimise. README.md beside this file says how it is done, down to the kernels.
//
// It imports file, to install plugins and to read stored cases, and base; of other
// modules cpuid, and go-xla in builds that ask for it. It does not know what a
// picture, a pair or a paper is.
package engine

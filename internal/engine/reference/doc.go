// Package reference runs graphs slowly and obviously: in float64, one node
// after the other, every operation written down from its doc comment in package
// graph as nested loops, sharing no code with any other executor. It is what
// executors are held against, and what finite differences are taken with.
//
//	values, err := reference.Run(g, inputs, parameters)
//	loss := values.Output("loss")[0]
//
// [Run] computes all nodes, also those that no output needs, and replaces the
// slices of updated parameters in the map that it is given. [New] wraps it as a
// [device.Device], for tests of networks small enough to wait for.
//
// Nothing here is rounded to float32 except constants and attributes, which
// are float32 in the graph, and what goes through a Device.
package reference

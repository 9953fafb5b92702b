// Package graph describes computations on pictures as graphs of layers.
//
// A graph speaks in the units in which people think of convolutional
// networks: a convolution, a norm, an activation, a loss, an Adam update. It
// is a value and runs nothing; package cpu plans and runs it, package xla
// lowers it. Start with New, make leaves with Input, Parameter and Constant,
// combine them with the functions of this package, call Gradient for the
// gradients of a scalar, and name what you want back with Output. Updates
// (Adam) happen whenever the graph runs.
//
// # Conventions
//
// Values are float32. Pictures are [batch, height, width, channels], kernels
// [height, width, in, out] in the layer's own form, also those of transposed
// convolutions. Scalars have the empty shape.
//
// Nodes run in the order in which they were made. That matters only for
// updates: the node that Adam returns is the parameter's new value, stored in
// place of the old one, so every node that reads the old value must be made before
// the update. A planner refuses a graph that breaks this rule.
//
// # Several devices
//
// A graph may be run by several devices in step. Each has inputs of its own,
// its part of the batch, and the same parameters; they meet in AllReduce and
// PooledMoments, and random values are drawn as for the whole batch. A graph
// does not know how many devices there are: on one, these operations pass their
// operand on. Gradient is then that of the sum of all devices' losses, so that
// for the gradient of their mean a parameter's gradient goes through
// DeviceMean before its update. The updates are the same on every device, and
// so are the parameters after them.
//
// # Errors
//
// Shapes are checked when a node is made. A misuse panics with an Error whose
// text begins with "graph: " and has the shapes in it; Build is the boundary
// that turns such a panic into an error.
//
// # Gradients
//
// Every operation has its gradient written by hand in terms of other
// operations: the two gradients of a convolution are convolutions' relatives
// and are operations too. See Gradient.
package graph

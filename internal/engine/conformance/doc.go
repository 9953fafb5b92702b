// Package conformance is the suite that holds executors of graphs right. Give
// [Run] a function that opens a device, in a test of the device's package:
//
//	func TestConformance(t *testing.T) {
//		conformance.Run(t, func(t testing.TB) device.Device { return mydevice.New() }, conformance.Options{})
//	}
//
// It runs every operation and every gradient at random shapes, and random
// networks of them, against the float64 reference of package reference; random
// values bit for bit; updates over several steps; what programs and devices
// promise (parameters shared by name, inputs kept, equal bits when repeated);
// misuse that Compile has to refuse; and values that PyTorch computed, from
// testdata, where reference.py is the script that made them.
//
// [RunDevices] is the suite for a device that stands for several.
//
// [Cases] is the list of operations; a test of this package fails when an
// operation of package graph is in no case. [CheckGradient] holds a case's
// gradient against finite differences.
//
// Everything drawn at random is drawn from fixed seeds, so a failure repeats;
// its message has the graph and the seed.
//
// # Tolerances
//
// A result may differ from the reference by its case's tolerance times the
// largest element, plus four times what the reference itself moves when every
// value on the way is changed by a millionth: sums that cancel, kinks and norms
// of small variance magnify rounding, whoever computes them. The tolerances are ten to a hundred
// times the rounding of float32 and far below any mistake: 1e-4 for sums of
// products (a sum of n float32 products is good to about √n·6e-8, Winograd's
// transforms lose another digit), 1e-5 for the rest, 1e-3 for networks.
package conformance

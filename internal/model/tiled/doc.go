// Package tiled runs a network on pictures that do not fit into memory, in tiles.
//
//	plan, err := network.Plan(height, width, 1024, 0)     // what is cut where
//	err = network.Run(ctx, device, plan, rows, sink, nil) // rows in, rows out
//
// Windows of one size overlap, are aligned with the network's strides, and are blended in
// the middle of their overlaps. If an overlap is as wide as what the network sees around a
// pixel, the result equals, up to rounding, that of the whole picture. If it is narrower,
// as at the bottleneck of a deep U-Net, the result is an approximation: pixels near the
// blended area see the padding at a window's border instead of the picture.
//
// # Statistics
//
// A norm over a picture needs the mean and variance of the whole picture's map, whose
// values depend on all earlier norms. So they are measured in order, before anything is
// translated: one pass over all windows for each norm, up to that norm, with the statistics
// of the earlier ones. Only positions that belong to a single window count, so nothing in
// an overlap counts twice, and parts are pooled in float64. This is exact up to rounding,
// as far as the windows are. It multiplies the time of the translation by about half the
// number of norms. Cheaper ways are not good enough: statistics per window show as tiles,
// and estimates of all norms at once, refined from pass to pass, converge no sooner than
// after as many passes.
//
// # Noise
//
// Dropout masks and noise of a window are cut from those of the whole picture, which are
// drawn from a counter: they depend on the seed and the position in the picture, not on
// tiles or their order.
//
// # Memory
//
// A plan needs the memory for one window's program, and for as many rows of the picture and
// of its translation as a window is high. It does not depend on the picture's height.
package tiled

// Package tiled runs a network on pictures that do not fit into memory, in tiles.
//
//	plan, err := network.Plan(height, width, 1024, 0)     // what is cut where
//	err = network.Run(ctx, device, plan, rows, sink, nil) // rows in, rows out
//
// Windows of one size overlap, lie on the grid of the network's strides, and are
// blended in the middle of their overlaps. Where an overlap is as wide as what the
// network sees around a pixel, the pixels that are used are those of the whole
// picture, to rounding; where it is narrower, as at the bottleneck of a deep U-Net,
// they are an approximation: the windows' borders, where the network sees its own
// padding instead of the picture, lie further out than half of the overlap.
//
// # Statistics
//
// A norm over a picture needs the mean and variance of the whole picture's map, and
// what it gets depends on all norms before it. So they are measured one after the
// other, before anything is translated: a pass over all windows for each norm, as far
// into the network as that norm, under the statistics of those before. Only those
// positions of the map that belong to a window alone are counted, so that nothing in
// an overlap counts twice, and parts are pooled in float64. That is right to
// rounding, as far as the windows are; it costs about half as many times the
// translation as there are norms. The cheaper ways are not good enough: every
// window's own statistics show as tiles, and estimates of all norms at once that are
// improved from pass to pass settle no sooner than after as many passes.
//
// # Noise
//
// Dropout masks and noise of a window are the window of the whole picture's, which
// is drawn from a counter: they depend on the seed and on the place in the picture,
// not on how it is cut or in which order.
//
// # Memory
//
// A plan's memory is one window's program and as many rows of the picture and of its
// translation as a window is high. It does not depend on the picture's height.
package tiled

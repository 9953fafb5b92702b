// Package stylize runs style transfer: it reads a content picture and style pictures from
// files and writes the result to a file.
//
//	options, err := stylize.Preset("easel")
//	options.Content, options.Styles = "tubingen.jpg", []stylize.Style{{Path: "starry_night.jpg"}}
//	options.Out = "night.png"
//	result, err := stylize.Run(ctx, options, func(i stylize.Event) { … })
//
// Run first checks everything: pictures, weights, layers, sizes, memory. Then it works
// through the stages of its Plan, from small pictures to large ones. Each stage starts from
// the enlarged result of the previous one and from the optimiser's estimate of the
// curvature. Package style has the objective, package optimise the methods.
//
// # Without weights
//
// Without weights the network is a small one that is part of easel, distilled from VGG-19.
// The objective and its weights are those for VGG-19, whose losses it approximates. A build
// without it, or "random", has a random VGG-19, normalised on the pictures themselves. Its
// features capture texture and palette, but no meaning: see network.go.
//
// # Guarantees
//
// The same options and pictures give the same bits with any number of threads. A run that
// was cancelled or killed continues from its checkpoint to the same bits. The memory of a
// run is known before it starts: if it exceeds the limit, the picture is cut into tiles,
// which changes only rounding, and if no tiles fit, the run is refused.
//
// Cancelling the context ends the current iteration, writes the picture so far
// and a checkpoint, and returns ErrInterrupted.
package stylize

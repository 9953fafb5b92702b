// Package stylize is the loop of style transfer: from files with a content
// picture and style pictures to a file with the result.
//
//	options, err := stylize.Preset("easel")
//	options.Content, options.Styles = "tubingen.jpg", []stylize.Style{{Path: "starry_night.jpg"}}
//	options.Out = "night.png"
//	result, err := stylize.Run(ctx, options, func(i stylize.Event) { … })
//
// Run checks everything first: pictures, weights, layers, sizes, memory. Then
// it goes through the stages of its Plan, small pictures first, each begun with
// the enlarged result of the one before and with the optimiser's knowledge of
// the curvature. Package style has the objective, package optimise the methods.
//
// # Without weights
//
// Where there are no weights the network is a random VGG-19, normalised on
// the pictures themselves. Its features keep texture and palette, not meaning:
// see network.go.
//
// # Guarantees
//
// The same options and pictures give the same bits at any number of threads. A
// run that was interrupted, by the context or by force, goes on from its
// checkpoint to the same bits. How much memory a run needs is known before it
// starts; where that is more than allowed the picture is cut into tiles, which
// changes nothing but rounding, and where no cutting helps the run is refused.
//
// Cancelling the context ends the current iteration, writes the picture so far
// and a checkpoint, and returns ErrInterrupted.
package stylize

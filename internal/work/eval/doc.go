// Package eval judges trained models by the papers' measures.
//
//	options := eval.Default()
//	options.Models, options.Data = []string{"runs/facades"}, "facades"
//	evaluation, err := eval.Evaluate(ctx, options, notify)
//	err = evaluation.Write("runs/facades/evaluation")
//	ssim := evaluation.Models[0].Values[eval.SSIM]
//
// Evaluate translates every pair of a split with every model and returns an
// Evaluation: values over the set with confidence intervals, values of each
// picture, and paired differences between models. Write leaves evaluation.json
// and a self-contained evaluation.html.
//
// # Measures
//
// Nearly all measures are functions of sums over pictures: of errors, of histograms, of a
// confusion matrix. A judge (judge.go) says what to add for a picture and how to compute
// values from the sums. So a single picture and the whole set use the same formula, and a
// bootstrap only changes the weights of the sums. If a measure is a mean over pictures, the
// value of the set is the mean of the pictures' values; otherwise (labels' scores,
// histogram intersections, spectra) it is computed over the whole set. The Measure of each
// key explains it and says which direction is better.
//
// Judges look at pixels, colours and texture; at labels, if the targets are label pictures;
// at how much outputs for one input differ; and, with a scorer (a network of easel train
// --task labels), at whether it can read in an output the labels that it was made from. The
// scorer reads the targets, too: Evaluation.Targets is its ceiling. Distances between
// distributions of network features (distribution.go) are not functions of sums and have no
// intervals.
//
// Outputs are judged as a file would store them: rounded to its bits, at the model's image
// size or Options.Size. L1 and L2 are over samples in −1..1, as in training; SSIM is
// scikit-image's on 0..1.
//
// # Shards
//
// What a picture adds to the sums can be written to a file instead of added: WriteShard does
// so for one of several shards of the pairs, and Merge adds the pictures of all parts, in
// the order of the set. So the numbers do not depend on the number of shards.
//
// # Guarantees
//
// Memory grows with the set only by a few numbers per picture: pictures are read one by
// one, and added to the sums of all bootstrap samples at once. The same options, data and
// models give the same numbers for any number of threads. Unusable pairs are an error that
// lists them, or with Options.SkipBad are named and counted in the result. Errors with
// advice have a method Hint() string.
package eval

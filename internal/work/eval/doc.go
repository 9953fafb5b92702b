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
// Nearly all measures are functions of sums over pictures: of errors, of
// histograms, of a confusion matrix. A judge (judge.go) says what to add up for a
// picture and what follows from the sums, so the value of one picture and the
// value of the set are the same formula, and a bootstrap is sums with other
// weights. Where a measure is a mean over pictures, the set's value is the mean of
// the pictures' values; where it is not (the labels' scores, histogram
// intersections, spectra), it is computed over the whole set instead. The
// Measure of each key says what it is and which direction is better.
//
// Judges look at pixels, colours and texture; at labels where the targets are label
// pictures; at how outputs for one input differ; and, with a scorer (a network of
// easel train --task labels), at whether the labels that an output was made from
// can be read in it. A scorer reads the targets too: Evaluation.Targets is its ceiling.
// Distances between distributions of network features (distribution.go) are not
// functions of sums, and have no intervals.
//
// Outputs are judged as a file would hold them: rounded to its bits, at the
// model's image size or Options.Size. L1 and L2 are of samples in −1..1, as in
// training; SSIM is scikit-image's on 0..1.
//
// # Guarantees
//
// Memory does not grow with the set, apart from a few numbers for each picture:
// pictures are read one by one, and the sums of the bootstrap's samples are
// kept instead of the pictures' parts. The same options, data and models give the
// same numbers for any number of threads. Pairs that cannot be used are an error
// that lists them, or with Options.SkipBad are named and counted in the result.
// Errors that have advice have a method Hint() string.
package eval

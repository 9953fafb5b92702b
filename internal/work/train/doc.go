// Package train is the training loop: it turns a folder of pairs into a model, and
// writes a run that can be inspected, stopped and continued.
//
//	options, err := train.Preset("laptop")
//	options.Data, options.Out = "facades", "runs/facades"
//	err = train.Train(ctx, options, func(e train.Event) { … })
//
// and later, to go on:
//
//	options, err := train.ResumeOptions("runs/facades")
//	options.Length = train.Length{Epochs: 400}
//	err = train.Train(ctx, options, notify)
//
// With Options.Task Labels it learns the classes of label pictures instead: a
// segmentation network, whose best weights are the ones with the highest IoU.
//
// Style trains a network that paints in a style, on photographs without targets, with
// the same loop and the same kind of run; its best model is StyleOptions.Out.
//
// # The run
//
//	config.json        the configuration, with every default filled in
//	log.jsonl          one event a line, no step twice
//	checkpoints/       step-00001000.safetensors …, the newest few
//	best.safetensors   the weights with the best validation: of an adversarial
//	                   training by the distance of patches, else by L1 or IoU
//	samples/           step-00001000.png …: rows of input, output, target
//	report.html        curves, samples, configuration
//
// The first checkpoint is written before the first step, so that a disk that is
// too small is noticed at once and there is always something to resume from.
//
// # Guarantees
//
// Every number depends on the options and the data alone: the same options give
// the same bits for any number of threads and, to rounding, the same numbers for
// any number of devices that share as many pairs a step; and a run that was stopped, by
// cancellation or by force, and resumed gives the bits of one that was not. Runs
// whose length is a Time are the exception, as their schedule is fitted to the
// speed of the machine.
//
// Cancelling the context finishes the current step, saves and returns
// ErrInterrupted. Files appear complete or not at all. A loss that is not
// finite stops the run with a NotFiniteError. Errors for which there is advice
// have a method Hint() string.
//
// # Conventions
//
// Losses and validation's L1 are of samples in −1..1, PSNR is in decibels and
// SSIM as in scikit-image on 0..1. Validation sees pictures without jitter, one at a
// time with their own statistics, and with the noise on, always the same.
package train

// Package train is the training loop: it turns a folder of pairs into a model. It writes a
// run that can be inspected, stopped and continued.
//
//	options, err := train.Preset("laptop")
//	options.Data, options.Out = "facades", "runs/facades"
//	err = train.Train(ctx, options, func(e train.Event) { … })
//
// and later, to continue:
//
//	options, err := train.ResumeOptions("runs/facades")
//	options.Length = train.Length{Epochs: 400}
//	err = train.Train(ctx, options, notify)
//
// With Options.Task Labels it learns the classes of label pictures instead: a segmentation
// network, whose best weights have the highest IoU.
//
// Style trains a network on photographs to paint in a style, with the same loop and the
// same kind of run; its best model is StyleOptions.Out.
//
// # The run
//
//	config.json        the configuration, with every default filled in
//	log.jsonl          one event per line, each step once
//	checkpoints/       step-00001000.safetensors …, the newest few
//	best.safetensors   the weights with the best validation: for adversarial
//	                   training by the distance of patches, otherwise by L1 or IoU
//	samples/           step-00001000.png …: rows of input, output, target
//	report.html        curves, samples, configuration
//
// The first checkpoint is written before the first step, so that a full disk is noticed at
// once, and there is always something to resume from.
//
// # Guarantees
//
// Every number depends on the options and the data alone. The same options give the same
// bits for any number of threads and, up to rounding, the same numbers for any number of
// devices with the same number of pairs per step. A run that was cancelled or killed and
// then resumed gives the same bits as an uninterrupted one. Runs with a Time as length are
// the exception: their schedule is fitted to the speed of the machine.
//
// Cancelling the context finishes the current step, saves and returns ErrInterrupted. Files
// appear complete or not at all. A loss that is not finite stops the run with a
// NotFiniteError. Errors with advice have a method Hint() string.
//
// # Conventions
//
// Losses and validation's L1 are over samples in −1..1, PSNR is in decibels, and SSIM is
// scikit-image's on 0..1. Validation uses pictures without jitter, one at a time with their
// own statistics, and with the noise on, always the same.
package train

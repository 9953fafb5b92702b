// Package easel trains models that translate pictures (pix2pix, Isola et al. 2017) and
// uses them, and paints one picture in the style of another (Gatys et al. 2016). It
// needs no Python and no GPU.
//
// Train trains a generator on a folder of pairs, Evaluate judges it, and Open opens it
// to translate pictures of any size:
//
//	options, err := easel.TrainPreset("laptop")
//	if err != nil {
//		return err
//	}
//	options.Data, options.Out = "facades", "runs/facades"
//	options.Direction, options.Length = "BtoA", easel.Epochs(50)
//	err = easel.Train(ctx, options, func(e easel.TrainEvent) {
//		if e.Kind == easel.TrainValidated {
//			fmt.Println("step", e.Step, "of", e.Steps, e.Metrics)
//		}
//	})
//	if err != nil {
//		return err
//	}
//
//	judging := easel.DefaultEvaluation()
//	judging.Models, judging.Data = []string{"runs/facades"}, "facades"
//	evaluation, err := easel.Evaluate(ctx, judging, nil)
//	if err != nil {
//		return err
//	}
//	fmt.Println(evaluation.Models[0].Values["ssim"].Value)
//
//	model, err := easel.Open("runs/facades")
//	if err != nil {
//		return err
//	}
//	defer func() { _ = model.Close() }()
//	translation, err := model.Translate(ctx, picture) // image.Image to image.Image
//
// The folder may be divided into train/, val/ and test/; see TrainOptions.Data, and
// PrepareSplit, which divides it. If it is not, Evaluate judges all pairs, including
// those that were trained on, and Evaluation.Notes says so. Evaluation.Measures explains
// the keys of Values.
//
// To try a program in seconds, make the network small: 32 for Network.ImageSize, 8
// for Network.Width and Network.DiscriminatorWidth, and Steps(20). WritePairs makes a
// folder from pairs in memory.
//
// Stylize paints:
//
//	style, err := easel.StylizePreset("easel")
//	if err != nil {
//		return err
//	}
//	style.Content, style.Out = "tubingen.jpg", "night.png"
//	style.Styles = []easel.StylizeStyle{{Path: "starry_night.jpg", Weight: 1}}
//	painting, _, err := easel.Stylize(ctx, style, nil)
//
// It uses the weights of VGG-19 that FetchWeights has downloaded, or else a small network
// that is part of easel. For random weights there is a preset, "random"; StylizePresetFor
// chooses. To use pictures in memory, name them in StylizeOptions.Pictures.
//
// Every command has a function here, except easel serve: its server and its job queue
// (NATS JetStream) would become part of every program that imports this package. To use
// a running server, import package client.
//
// # Conventions
//
// Start from a preset or from defaults, and set fields; each field's comment gives its
// range and default. Every function that takes options calls Validate first, which
// reports the first invalid one. The command line, HTTP and this package share their
// options: a name has the same meaning, default and range in all three.
//
// Functions that take long have a context and report events to a callback, which may be
// nil. It is called from one goroutine at a time and should return quickly. An event's
// Kind says which of its fields are set. Cancelling the context of Train or Stylize
// saves the run, to be continued to the same result, and returns ErrInterrupted. The
// comments of the other functions say what cancelling leaves behind.
//
// Errors name the file and the step. Compare them with errors.Is to the errors of this
// package; Hint returns advice.
//
// # Pictures
//
// Pictures are files, image.Image, or Picture: samples from 0 to 1 in any number of
// channels.
//
// # Memory and threads
//
// Everything uses all cores unless told otherwise, for one picture or training step at a
// time. The memory that a picture needs is computed beforehand: if it is too much,
// Translate returns an error that says which size would fit.
//
//go:generate go run ./docs/library
package easel

// Package easel learns picture-to-picture translation from pairs (pix2pix, Isola et
// al. 2017) and uses what it learnt, and paints one picture in the style of another
// (Gatys et al. 2016), on the machine that is there.
//
// Train trains a generator on a folder of pairs, Evaluate judges it, and Open opens
// it, for pictures of any size:
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
// The folder may have train/, val/ and test/ or not (see TrainOptions.Data; PrepareSplit
// makes them). Without them Evaluate judges all pairs, those of the training too, and
// Evaluation.Notes says so. Evaluation.Measures explains the keys of Values.
//
// To try a program in seconds, make the network small: 32 for Network.ImageSize, 8
// for Network.Width and Network.DiscriminatorWidth, and Steps(20). Pairs come from
// anywhere by WritePairs.
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
// It uses VGG-19's weights that FetchWeights has downloaded. Without them it uses a
// network with random weights, for which the preset "random" is made;
// StylizePresetFor chooses. Pictures in memory have names in StylizeOptions.Pictures.
//
// Every command has functions here, except easel serve: its server and its queue of
// jobs (NATS JetStream) would become part of every program that uses this package. To
// use a running server, import package client.
//
// # Conventions
//
// Options begin with a preset or a default; a field's comment says what it may be.
// Validate, which every verb calls first, reports the first that cannot be right. An
// option has one meaning, one default and one limit here, on the command line and
// over HTTP: package easel, cmd/easel and easel serve are three doors to the same
// rooms, below internal/work.
//
// Verbs that take time have a context and report events to a function, which may be
// nil; it is called from one goroutine at a time and should return soon. An event's
// Kind says which of its fields are set. Cancelling the context of Train or Stylize
// saves, so that the run can go on to the same numbers, and returns ErrInterrupted;
// other verbs say what they leave.
//
// Errors name the file and the step; errors.Is knows the values of this package, and
// Hint says what can be done.
//
// # Pictures
//
// Pictures are files, image.Image, or Picture: samples from 0 to 1 with any number of
// channels. Pairs in memory become a folder by WritePairs.
//
// # Memory and threads
//
// Work on pictures uses all cores unless told otherwise, one picture or training
// step at a time. What a picture needs is known before it is taken; Translate
// refuses with an error that says which size would fit.
//
//go:generate go run ./docs/library
package easel

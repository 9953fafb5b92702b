package easel_test

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"iter"
	"log"
	"os"
	"path/filepath"
	"time"

	"easel"
)

// This is how README and the package's documentation use the package.
func Example() {
	ctx, picture := context.Background(), image.Image(image.NewGray(image.Rect(0, 0, 256, 256)))
	if err := program(ctx, picture); err != nil {
		log.Fatal(err)
	}
}

func program(ctx context.Context, picture image.Image) error {
	options, err := easel.TrainPreset("laptop")
	if err != nil {
		return err
	}
	options.Data, options.Out = "facades", "runs/facades"
	options.Direction, options.Length = "BtoA", easel.Epochs(50)
	err = easel.Train(ctx, options, func(e easel.TrainEvent) {
		if e.Kind == easel.TrainValidated {
			fmt.Println("step", e.Step, "of", e.Steps, e.Metrics)
		}
	})
	if err != nil {
		return err
	}

	judging := easel.DefaultEvaluation()
	judging.Models, judging.Data = []string{"runs/facades"}, "facades"
	evaluation, err := easel.Evaluate(ctx, judging, nil)
	if err != nil {
		return err
	}
	fmt.Println(evaluation.Models[0].Values["ssim"].Value)

	model, err := easel.Open("runs/facades")
	if err != nil {
		return err
	}
	defer func() { _ = model.Close() }()
	translation, err := model.Translate(ctx, picture) // image.Image to image.Image
	if err != nil {
		return err
	}
	fmt.Println(translation.Bounds())

	style, err := easel.StylizePreset("easel")
	if err != nil {
		return err
	}
	style.Content, style.Out = "tubingen.jpg", "night.png"
	style.Styles = []easel.StylizeStyle{{Path: "starry_night.jpg", Weight: 1}}
	painting, _, err := easel.Stylize(ctx, style, nil)
	if err != nil {
		return err
	}
	fmt.Println(painting.Width, painting.Height)
	return nil
}

// squares yields pairs in memory: a coloured square, and the same in another colour.
func squares(count, size int) iter.Seq2[easel.Pair, error] {
	return func(yield func(easel.Pair, error) bool) {
		for i := range count {
			square := image.Rect(0, 0, size/2, size/2).Add(image.Pt(3*i%(size/2), 5*i%(size/2)))
			paint := func(c color.Color) easel.Picture {
				img := image.NewRGBA(image.Rect(0, 0, size, size))
				draw.Draw(img, img.Bounds(), image.Black, image.Point{}, draw.Src)
				draw.Draw(img, square, image.NewUniform(c), image.Point{}, draw.Src)
				p := easel.FromImage(img)
				return p
			}
			if !yield(easel.Pair{A: paint(color.RGBA{R: 255, A: 255}), B: paint(color.RGBA{B: 255, A: 255})}, nil) {
				return
			}
		}
	}
}

// tiny writes pairs and returns the options of a run with a network that is much too
// small to learn.
func tiny(dir string, steps int) easel.TrainOptions {
	o, err := easel.TrainPreset("paper")
	if err != nil {
		log.Fatal(err)
	}
	o.Data, o.Out = filepath.Join(dir, "pairs"), filepath.Join(dir, "run")
	o.Network.ImageSize, o.Network.Width = 32, 4
	o.Network.DiscriminatorWidth, o.Network.PatchLayers = 4, 1
	o.Length = easel.Steps(steps)
	if _, err := easel.WritePairs(context.Background(), o.Data, squares(6, 32)); err != nil {
		log.Fatal(err)
	}
	return o
}

func temporary() (dir string, remove func()) {
	dir, err := os.MkdirTemp("", "easel")
	if err != nil {
		log.Fatal(err)
	}
	return dir, func() { _ = os.RemoveAll(dir) }
}

// Train a model on a folder of pairs, and follow the progress.
func ExampleTrain() {
	dir, remove := temporary()
	defer remove()
	options := tiny(dir, 3) // easel.TrainPreset, with Data, Out and Length set

	err := easel.Train(context.Background(), options, func(e easel.TrainEvent) {
		switch e.Kind {
		case easel.TrainStepped:
			fmt.Printf("step %d of %d\n", e.Step, e.Steps)
		case easel.TrainEnded:
			fmt.Println("done")
		}
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// step 1 of 3
	// step 2 of 3
	// step 3 of 3
	// done
}

// Continue a run for more steps, as if it had never stopped.
func ExampleResumeOptions() {
	dir, remove := temporary()
	defer remove()
	first := tiny(dir, 2)
	if err := easel.Train(context.Background(), first, nil); err != nil {
		log.Fatal(err)
	}

	options, err := easel.ResumeOptions(first.Out)
	if err != nil {
		log.Fatal(err)
	}
	options.Length = easel.Steps(4) // in all
	err = easel.Train(context.Background(), options, func(e easel.TrainEvent) {
		if e.Kind == easel.TrainStepped {
			fmt.Println("step", e.Step)
		}
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// step 3
	// step 4
}

// Open a run and translate a picture of any size.
func ExampleOpen() {
	dir, remove := temporary()
	defer remove()
	options := tiny(dir, 1)
	if err := easel.Train(context.Background(), options, nil); err != nil {
		log.Fatal(err)
	}

	model, err := easel.Open(options.Out)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = model.Close() }()
	picture := image.NewRGBA(image.Rect(0, 0, 50, 40))
	translation, err := model.Translate(context.Background(), picture)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(translation.Bounds().Dx(), "by", translation.Bounds().Dy())
	// Output: 50 by 40
}

// Make a data folder of pairs in memory.
func ExampleWritePairs() {
	dir, remove := temporary()
	defer remove()

	count, err := easel.WritePairs(context.Background(), dir, squares(3, 32))
	if err != nil {
		log.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*", "000003.png"))
	fmt.Println(count, "pairs,", len(files), "files of the third")
	// Output: 3 pairs, 2 files of the third
}

// Judge a model on pairs that it was not trained on.
func ExampleEvaluate() {
	dir, remove := temporary()
	defer remove()
	training := tiny(dir, 1)
	if err := easel.Train(context.Background(), training, nil); err != nil {
		log.Fatal(err)
	}

	options := easel.DefaultEvaluation()
	options.Models, options.Data, options.Split = []string{training.Out}, training.Data, "val"
	options.Resamples, options.Samples = 0, 0
	evaluation, err := easel.Evaluate(context.Background(), options, nil)
	if err != nil {
		log.Fatal(err)
	}
	_, measured := evaluation.Models[0].Values["l1"]
	fmt.Println(evaluation.Data.Pairs, "pair, L1 measured:", measured)
	if err := evaluation.Write(filepath.Join(dir, "evaluation")); err != nil {
		log.Fatal(err)
	}
	// Output: 1 pair, L1 measured: true
}

// Two shards, which two machines could measure, are one evaluation.
func ExampleEvaluateShard() {
	dir, remove := temporary()
	defer remove()
	training := tiny(dir, 1)
	if err := easel.Train(context.Background(), training, nil); err != nil {
		log.Fatal(err)
	}
	options := easel.DefaultEvaluation()
	options.Models, options.Data, options.Split = []string{training.Out}, training.Data, "train"
	options.Resamples, options.Samples = 0, 0
	parts := []string{filepath.Join(dir, "part1"), filepath.Join(dir, "part2")}
	for i, part := range parts {
		if err := easel.EvaluateShard(context.Background(), options, i+1, len(parts), part, nil); err != nil {
			log.Fatal(err)
		}
	}
	evaluation, err := easel.MergeEvaluation(context.Background(), parts, nil)
	if err != nil {
		log.Fatal(err)
	}
	whole, err := easel.Evaluate(context.Background(), options, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("the same L1:", evaluation.Models[0].Values["l1"] == whole.Models[0].Values["l1"])
	// Output: the same L1: true
}

// Paint from pictures in memory, with random weights.
func ExampleStylize() {
	noise := easel.Picture{Width: 48, Height: 32, Channels: 3, Depth: 8, Pix: make([]float32, 48*32*3)}
	for i := range noise.Pix {
		noise.Pix[i] = float32(i*i%97) / 96
	}
	options, err := easel.StylizePreset("random")
	if err != nil {
		log.Fatal(err)
	}
	options.Weights = "random"
	options.Content, options.Styles = "content", []easel.StylizeStyle{{Path: "style", Weight: 1}}
	options.Pictures = map[string]*easel.Picture{"content": &noise, "style": &noise}
	options.Size, options.MinSize, options.Iterations, options.FinalIterations = 48, 0, 2, 0

	painting, result, err := easel.Stylize(context.Background(), options, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d×%d after %d iterations\n", painting.Width, painting.Height, result.Iterations)
	// Output: 48×32 after 2 iterations
}

// Train a network that paints in the style of a picture, and hear how far it is.
func ExampleTrainStyle() {
	options, err := easel.StyleTrainDefaults(easel.StyleJohnson, "")
	if err != nil {
		log.Fatal(err)
	}
	options.Styles, options.Data, options.Out = []string{"starry_night.jpg"}, "photos", "starry.safetensors"
	options.Length = easel.Duration(time.Hour)
	err = easel.TrainStyle(context.Background(), options, func(e easel.TrainEvent) {
		if e.Kind == easel.TrainValidated {
			fmt.Println("step", e.Step, "of", e.Steps, e.Metrics["total"])
		}
	})
	if err != nil {
		log.Fatal(err)
	}
}

// Go on with it for another hour.
func ExampleResumeStyleTraining() {
	options, err := easel.ResumeStyleTraining("starry")
	if err != nil {
		log.Fatal(err)
	}
	options.Length = easel.Duration(2 * time.Hour)
	if err := easel.TrainStyle(context.Background(), options, nil); err != nil {
		log.Fatal(err)
	}
}

// Reproduce a table of the paper at the smallest scale.
func ExampleRunExperiments() {
	options := easel.DefaultExperiments()
	options.Data, options.Out = "facades", "tables"
	results, err := easel.RunExperiments(context.Background(), []string{"losses"}, options, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(results[0].Text)
}

// Download the weights of VGG-19. Stylize then uses them.
func ExampleFetchWeights() {
	path, err := easel.FetchWeights(context.Background(), "vgg19", easel.FetchOptions{}, func(done, total int64) {
		fmt.Printf("\r%d of %d MB", done>>20, total>>20)
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(path)
}

// Import a model of the authors' PyTorch port.
func ExampleImport() {
	model, err := easel.Import("latest_net_G.pth", easel.ImportOptions{})
	if err != nil {
		log.Fatal(err)
	}
	if err := model.Write("facades.safetensors"); err != nil {
		log.Fatal(err)
	}
}

// Measure a forward pass.
func ExampleBench() {
	result, err := easel.Bench("generator-256", easel.BenchOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.3f s, %d MB\n", result.Seconds, result.PeakBytes/1e6)
}

// List what can run networks.
func ExampleBackends() {
	for _, b := range easel.Backends() {
		fmt.Println(b.Backend, len(b.Devices), "devices", b.Problem)
	}
}

// See it work without any data. This is the smallest demo; to see something learnt,
// leave the options as DefaultDemo returns them.
func ExampleDemo() {
	dir, remove := temporary()
	defer remove()
	options := easel.DefaultDemo()
	options.Out = filepath.Join(dir, "demo")
	options.Pairs, options.HeldOut, options.Steps = 2, 2, 1
	options.ImageSize, options.Width = 32, 4

	result, err := easel.Demo(context.Background(), options, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(filepath.Base(result.Page), filepath.Base(result.Picture))
	for _, score := range result.Scores {
		fmt.Println(score.Method)
	}
	// Output:
	// index.html demo.png
	// easel
	// untrained network
	// mean picture
	// mean colour per label
}

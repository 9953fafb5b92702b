package easel_test

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"log"
	"os"
	"path/filepath"

	"easel"
)

// drawPairs draws pictures of a coloured square beside the same square in
// another colour.
func drawPairs(dir string, count, size int) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		log.Fatal(err)
	}
	for i := range count {
		pair := image.NewRGBA(image.Rect(0, 0, 2*size, size))
		draw.Draw(pair, pair.Bounds(), image.Black, image.Point{}, draw.Src)
		square := image.Rect(0, 0, size/2, size/2).Add(image.Pt(3*i%(size/2), 5*i%(size/2)))
		draw.Draw(pair, square, image.NewUniform(color.RGBA{R: 255, A: 255}), image.Point{}, draw.Src)
		draw.Draw(pair, square.Add(image.Pt(size, 0)), image.NewUniform(color.RGBA{B: 255, A: 255}), image.Point{}, draw.Src)
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%d.png", i)))
		if err != nil {
			log.Fatal(err)
		}
		if err := png.Encode(f, pair); err != nil {
			log.Fatal(err)
		}
		if err := f.Close(); err != nil {
			log.Fatal(err)
		}
	}
}

// tiny draws pairs and returns the options of a run whose network is much too
// small.
func tiny(dir string, steps int) easel.TrainOptions {
	o, err := easel.TrainPreset("paper")
	if err != nil {
		log.Fatal(err)
	}
	o.Data, o.Out = filepath.Join(dir, "pairs"), filepath.Join(dir, "run")
	o.Network.ImageSize, o.Network.Width = 32, 4
	o.Network.DiscriminatorWidth, o.Network.PatchLayers = 4, 1
	o.Length = easel.TrainLength{Steps: steps}
	drawPairs(o.Data, 6, 32)
	return o
}

func temporary() (dir string, remove func()) {
	dir, err := os.MkdirTemp("", "easel")
	if err != nil {
		log.Fatal(err)
	}
	return dir, func() { _ = os.RemoveAll(dir) }
}

// Train a model on a folder of pairs, and listen.
func ExampleTrain() {
	dir, remove := temporary()
	defer remove()
	options := tiny(dir, 3) // easel.TrainPreset, with Data, Out and Length set

	err := easel.Train(context.Background(), options, func(e easel.TrainEvent) {
		switch e.Kind {
		case "step":
			fmt.Printf("step %d of %d\n", e.Step, e.Steps)
		case "end":
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

// Go on with a run for more steps, as if it had never stopped.
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
	options.Length = easel.TrainLength{Steps: 4} // in all
	err = easel.Train(context.Background(), options, func(e easel.TrainEvent) {
		if e.Kind == "step" {
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

// See it work without any data. This is the smallest demo; leave the options as
// DefaultDemo returns them for one that learns something.
func ExampleDemo() {
	dir, remove := temporary()
	defer remove()
	options := easel.DefaultDemo()
	options.Out = filepath.Join(dir, "demo")
	options.Train, options.Val, options.Test = 2, 1, 2
	options.Training.Network.ImageSize, options.Training.Network.Width = 32, 4
	options.Steps(1)

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

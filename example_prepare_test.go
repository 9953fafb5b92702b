package easel_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"easel"
)

// photographs writes count pictures to a new folder and returns the folder and a
// folder for the pairs.
func photographs(count int) (in, out string, remove func()) {
	dir, remove := temporary()
	if _, err := easel.WritePairs(context.Background(), dir, squares(count, 64)); err != nil {
		log.Fatal(err)
	}
	return filepath.Join(dir, "A"), filepath.Join(dir, "pairs"), remove
}

// Make pairs of photographs and their outlines.
func ExamplePrepareEdges() {
	in, out, remove := photographs(2)
	defer remove()
	result, err := easel.PrepareEdges(context.Background(), in, out, easel.DefaultEdges(), easel.PrepareOptions{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Made, "pairs")
	// Output: 2 pairs
}

// Join two folders of pictures with equal names.
func ExamplePrepareCombine() {
	a, out, remove := photographs(2)
	defer remove()
	b := filepath.Join(filepath.Dir(a), "B")
	result, err := easel.PrepareCombine(context.Background(), a, b, out, easel.CombineOptions{}, easel.PrepareOptions{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Made, "pairs")
	// Output: 2 pairs
}

// Make pairs to learn colouring, with a and b of CIELAB as the target.
func ExamplePrepareGray() {
	in, out, remove := photographs(2)
	defer remove()
	options := easel.DefaultGray()
	options.Colours = "ab"
	result, err := easel.PrepareGray(context.Background(), in, out, options, easel.PrepareOptions{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Made, "pairs")
	// Output: 2 pairs
}

// Put the colours of a model back on the pictures: ab has its outputs for the pairs of
// PrepareGray.
func ExamplePrepareColours() {
	result, err := easel.PrepareColours(context.Background(), "grey", "ab", "coloured", easel.PrepareOptions{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Made, "pictures")
}

// Make pairs to learn inpainting, and follow the progress.
func ExamplePrepareHoles() {
	in, out, remove := photographs(2)
	defer remove()
	_, err := easel.PrepareHoles(context.Background(), in, out, easel.DefaultHoles(), easel.PrepareOptions{}, func(e easel.PrepareEvent) {
		fmt.Println(e.Done, "of", e.Total)
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// 1 of 2
	// 2 of 2
}

// Make pairs to learn detail.
func ExamplePrepareLowres() {
	in, out, remove := photographs(2)
	defer remove()
	result, err := easel.PrepareLowres(context.Background(), in, out, easel.DefaultLowres(), easel.PrepareOptions{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Made, "pairs")
	// Output: 2 pairs
}

// Make pairs to learn denoising; the noise of a seed is always the same.
func ExamplePrepareNoise() {
	in, out, remove := photographs(2)
	defer remove()
	result, err := easel.PrepareNoise(context.Background(), in, out, easel.DefaultNoise(), easel.PrepareOptions{Seed: 1}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Made, "pairs")
	// Output: 2 pairs
}

// Find the colours of label pictures and turn the pictures into index maps.
func ExamplePrepareLabels() {
	in, out, remove := photographs(2)
	defer remove()
	file := filepath.Join(filepath.Dir(in), "palette.txt")
	classes, err := easel.FindPalette(context.Background(), in, "", file, easel.PrepareOptions{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	labels := easel.LabelOptions{Palette: file, From: "colours", To: "index"}
	result, err := easel.PrepareLabels(context.Background(), in, out, labels, easel.PrepareOptions{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(classes), "classes,", result.Made, "maps")
	// Output: 2 classes, 2 maps
}

// Write the colours of label pictures to a palette file.
func ExampleFindPalette() {
	in, out, remove := photographs(2)
	defer remove()
	classes, err := easel.FindPalette(context.Background(), in, "", out+".txt", easel.PrepareOptions{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range classes {
		fmt.Println(c.Index, c.Colour)
	}
	// Output:
	// 0 [0 0 0]
	// 1 [255 0 0]
}

// Copy pairs into train/, val/ and test/.
func ExamplePrepareSplit() {
	in, out, remove := photographs(10)
	defer remove()
	_, err := easel.PrepareSplit(context.Background(), filepath.Dir(in), out, easel.DefaultSplit(), easel.PrepareOptions{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, split := range []string{"train", "val", "test"} {
		files, _ := os.ReadDir(filepath.Join(out, "A", split))
		fmt.Println(split, len(files))
	}
}

// Look over a folder of pairs before training on it.
func ExampleInspect() {
	in, _, remove := photographs(4)
	defer remove()
	found, err := easel.Inspect(context.Background(), filepath.Dir(in), easel.DefaultInspect(), easel.PrepareOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(found.A.Sizes[0].What, "labels:", found.Labels, "problems:", len(found.Problems))
	// Output: 64×64 labels: both problems: 0
}

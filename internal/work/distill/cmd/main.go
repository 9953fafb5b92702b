// Command cmd distils easel's small network: see package distill, and the notes beside the
// network for the command that it was made with.
//
//	go run ./internal/work/distill/cmd -weights vgg19.safetensors -pictures folder -out small.safetensors -origin "…"
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"easel/internal/model/vgg"
	"easel/internal/work/distill"
)

func main() {
	o := distill.Default()
	var kind, pictures, held string
	flag.StringVar(&o.Weights, "weights", o.Weights, "VGG-19's weights")
	flag.StringVar(&kind, "weights-kind", "", "torchvision or caffe, if the file does not say")
	flag.StringVar(&o.Origin, "origin", "", "where the small network is from, with the names that the licence of the weights asks for")
	flag.StringVar(&pictures, "pictures", "", "files and folders to learn from, with commas between them")
	flag.StringVar(&held, "held", "", "files and folders to measure only")
	flag.StringVar(&o.Out, "out", o.Out, "the small network")
	flag.IntVar(&o.Rank, "rank", o.Rank, "rank of its convolutions")
	flag.IntVar(&o.Steps, "steps", o.Steps, "steps")
	flag.IntVar(&o.Batch, "batch", o.Batch, "crops in a step")
	flag.IntVar(&o.Crop, "crop", o.Crop, "side of a crop in pixels")
	flag.Float64Var(&o.Rate, "learning-rate", o.Rate, "first learning rate")
	flag.Float64Var(&o.GramWeight, "gram-weight", o.GramWeight, "weight of Gram matrices")
	flag.IntVar(&o.Every, "every", o.Every, "steps between checkpoints")
	flag.IntVar(&o.Paintings, "paintings", o.Paintings, "paintings made at each")
	flag.Uint64Var(&o.Seed, "seed", o.Seed, "seed")
	flag.StringVar(&o.Backend, "backend", o.Backend, "what runs the networks")
	flag.StringVar(&o.Precision, "precision", o.Precision, "precision of products")
	flag.IntVar(&o.Threads, "threads", o.Threads, "threads (0: one a core)")
	flag.Parse()
	o.Kind, o.Pictures, o.Held = vgg.Kind(kind), list(pictures), list(held)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	begun := time.Now()
	err := distill.Run(ctx, o, func(r distill.Report) {
		fmt.Printf("step %d of %d, %v\n", r.Step, r.Steps, time.Since(begun).Round(time.Second))
		for _, name := range slices.Sorted(maps.Keys(r.Held)) {
			fmt.Printf("  %-16s %.4f held %.4f\n", name, r.Learned[name], r.Held[name])
		}
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

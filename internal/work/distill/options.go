package distill

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"easel/internal/engine/backend"
	"easel/internal/model/vgg"
)

// Options are everything about a run. Begin with Default.
type Options struct {
	// Weights is a file with VGG-19's weights, and Kind their preprocessing, if the file
	// does not say.
	Weights string
	Kind    vgg.Kind
	// Origin says in the small network's file where it is from, with the names that the
	// licence of Weights asks for.
	Origin string
	// Pictures are files and folders of photographs and paintings to learn from. Held are
	// others, which are only measured.
	Pictures, Held []string
	// Out is the small network's file. A checkpoint lies beside it, and is continued.
	Out string

	// Rank is the small network's: see vgg.Config.Rank.
	Rank int
	// Steps is the length of the run, Batch the number of crops in a step, and Crop their
	// side in pixels.
	Steps, Batch, Crop int
	// Rate is Adam's learning rate. It rises during the first steps, because the closed form
	// is easily lost again, and falls to nothing along a cosine.
	Rate float64
	// GramWeight is the weight of the error of Gram matrices relative to that of features.
	GramWeight float64
	// Every is the number of steps between reports, checkpoints and new paintings, and
	// Paintings how many are made each time.
	Every, Paintings int
	// Seed of all random choices.
	Seed uint64
	// Backend runs both networks, with Precision and Threads as elsewhere.
	Backend, Precision string
	Threads            int
}

// Default returns the options that the network in easel was made with, except for files.
func Default() Options {
	return Options{
		Rank: 8, Steps: 1000, Batch: 4, Crop: 128, Rate: 2e-4, GramWeight: 2,
		Every: 100, Paintings: 4, Seed: 1, Backend: backend.Default, Precision: "bf16",
	}
}

// Validate reports the first option that is wrong.
func (o Options) Validate() error {
	switch {
	case o.Weights == "" || o.Origin == "" || o.Out == "" || len(o.Pictures) == 0:
		return errors.New("distill: weights, their origin, pictures and an output are needed")
	case o.Rank < 1 || o.Steps < 1 || o.Batch < 1 || o.Every < 1 || o.Paintings < 0:
		return errors.New("distill: the rank and all numbers of steps and pictures must be above 0")
	case o.Crop < leastCrop:
		return fmt.Errorf("distill: crops of %d pixels: they need at least %d", o.Crop, leastCrop)
	case !(o.Rate > 0) || !(o.GramWeight >= 0):
		return errors.New("distill: the learning rate must be above 0, and the weight of Gram matrices not below")
	}
	return nil
}

// warm is the number of steps in which the learning rate rises.
const warm = 50

// rate returns the learning rate of a step, counted from 0.
func (o Options) rate(step int) float64 {
	fall := (1 + math.Cos(math.Pi*float64(step)/float64(o.Steps))) / 2
	return o.Rate * fall * min(1, float64(step+1)/warm)
}

// leastCrop leaves four pixels of the deepest layer.
const leastCrop = 32

// deepest is the last layer that the student has: the last that style transfer compares.
const deepest = "relu5_1"

// layers are the names of the student's layers, first to last: convolutions, what is behind
// their ReLU, and pools.
func layers() (names []string) {
	for _, l := range vgg.Layers() {
		names = append(names, l.Name)
		if l.Name == deepest {
			break
		}
	}
	return names
}

// rectified are those of the layers that are compared.
func rectified() (names []string) {
	for _, name := range layers() {
		if strings.HasPrefix(name, "relu") {
			names = append(names, name)
		}
	}
	return names
}

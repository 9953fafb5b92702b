package experiment

import (
	"fmt"
	"strings"

	"easel/internal/model/pix2pix"
	"easel/internal/work/train"
)

// Scale is the size of an experiment: one of Scales.
type Scale struct {
	Name string `json:"name"`
	// ImageSize and Width of the generator; the discriminator has the same width.
	ImageSize int `json:"image_size"`
	Width     int `json:"width"`
	// Length of every run. Runs with larger batches have fewer steps, so that they see as
	// many pictures.
	Length train.Length `json:"length"`
	// Seeds is how many times everything is trained.
	Seeds int `json:"seeds"`
	// LearningRate and Schedule: short runs use a higher rate that decays.
	LearningRate float64              `json:"learning_rate"`
	Schedule     pix2pix.ScheduleKind `json:"schedule"`
	// Batch of the table of generators: 10 in the paper, which takes as long as all its
	// other tables together.
	GeneratorBatch int `json:"generator_batch"`
}

// Small makes the paper's five tables in half an hour on two cores: 128×128, a narrow
// network, and a high rate that decays to 0. It is chosen to show the paper's claims as far
// as they can be seen at this size.
func Small() Scale {
	return Scale{
		Name: "small", ImageSize: 128, Width: 24, Length: train.Length{Steps: 4000}, Seeds: 1,
		LearningRate: 4e-4, Schedule: pix2pix.LinearDecay, GeneratorBatch: 1,
	}
}

// Medium takes a night on two cores: 256×256, so that the discriminators see the same parts
// of a picture as the paper's, half the paper's width, and three seeds.
func Medium() Scale {
	return Scale{
		Name: "medium", ImageSize: 256, Width: 32, Length: train.Length{Steps: 5000}, Seeds: 3,
		LearningRate: 4e-4, Schedule: pix2pix.LinearDecay, GeneratorBatch: 1,
	}
}

// Paper follows the paper's own protocol: 256×256, width 64, 200 epochs at a constant rate
// (§3.3, §6.2).
func Paper() Scale {
	o := train.Default()
	return Scale{
		Name: "paper", ImageSize: o.Network.ImageSize, Width: o.Network.Width, Length: o.Length, Seeds: 1,
		LearningRate: o.Network.LearningRate, Schedule: o.Network.Schedule, GeneratorBatch: 10,
	}
}

// Scales are all scales, the smallest first.
func Scales() []Scale { return []Scale{Small(), Medium(), Paper()} }

// ParseScale returns the scale with a name.
func ParseScale(name string) (Scale, error) {
	var names []string
	for _, s := range Scales() {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Scale{}, fmt.Errorf("unknown scale %q: expected one of %s", name, strings.Join(names, ", "))
}

// options are for a run of the paper's main model at this scale.
func (s Scale) options() train.Options {
	o := train.Default()
	n := &o.Network
	n.ImageSize, n.Width, n.DiscriminatorWidth = s.ImageSize, s.Width, s.Width
	n.LearningRate, n.Schedule = s.LearningRate, s.Schedule
	o.Length = s.Length
	o.CheckpointEvery, o.Keep = 1000, 1
	return o
}

// String describes a scale in words.
func (s Scale) String() string {
	length := fmt.Sprintf("%d steps", s.Length.Steps)
	if s.Length.Epochs > 0 {
		length = fmt.Sprintf("%d epochs", s.Length.Epochs)
	}
	seeds := "one seed"
	if s.Seeds > 1 {
		seeds = fmt.Sprintf("%d seeds", s.Seeds)
	}
	return fmt.Sprintf("%s: %d×%d, width %d, %s, %s", s.Name, s.ImageSize, s.ImageSize, s.Width, length, seeds)
}

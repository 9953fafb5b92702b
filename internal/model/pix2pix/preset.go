package pix2pix

import (
	"fmt"
	"strings"
)

// Default is the paper's configuration: the preset "paper".
func Default() Config {
	return Config{
		ImageSize: 256, InputChannels: 3, OutputChannels: 3,
		Generator: UNet, Upsample: Transposed, Blocks: 9, Width: 64, Norm: NormAuto, Dropout: DropoutPaper, DropoutRate: 0.5,
		Discriminator: Patch, PatchLayers: 3, DiscriminatorWidth: 64,
		Objective: L1.With(CGAN), GANLoss: Vanilla, Lambda: 100, Scales: 1,
		Order: DiscriminatorFirst, HalveDiscriminatorLoss: true,
		LearningRate: 2e-4, Beta1: 0.5, Beta2: 0.999, Epsilon: 1e-8,
		Schedule: ConstantRate, DecayFrom: 0.5,
		Init: InitNormal, InitDeviation: 0.02,
	}
}

// Presets are the names that Preset knows.
func Presets() []string { return []string{"paper", "pytorch", "best", "laptop"} }

// Preset returns a named configuration. "paper" is Default. "pytorch" follows the authors'
// PyTorch port, with dropout one layer further out and a rate that decays over the second
// half. "best" is our recommendation: a decoder without grid artefacts, feature matching in
// place of most of the pixel loss, a rate that decays over the second half, and the average
// of the weights (with VGG-19's weights, [PerceptualBest] adds the perceptual loss).
// "laptop" is best at 128×128 with half the width, for training without an accelerator.
func Preset(name string) (Config, error) {
	c := Default()
	switch name {
	case "paper":
	case "pytorch":
		c.Dropout, c.Schedule = DropoutPyTorch, LinearDecay
	case "best":
		c = best(c)
	case "laptop":
		c = best(c)
		c.ImageSize, c.Width, c.DiscriminatorWidth = 128, 32, 32
	default:
		return Config{}, fmt.Errorf("unknown preset %q: expected one of %s", name, strings.Join(Presets(), ", "))
	}
	return c, nil
}

// best is a first choice, measured in docs/experiments.md.
func best(c Config) Config {
	c.Upsample = Resize
	c.Lambda, c.FeatureMatching = 50, 10
	c.Schedule, c.Average = LinearDecay, 0.999
	return c
}

// PerceptualBest is the weight of the perceptual loss that "best" uses if VGG-19's weights
// are available.
const PerceptualBest = 10

package pix2pix

import (
	"fmt"

	"easel/internal/base/option"
)

// Validate reports the first option with which the configuration cannot be built or
// trained.
func (c Config) Validate() error {
	for _, check := range []func() error{c.Declared().Check, c.checkTogether} {
		if err := check(); err != nil {
			return fmt.Errorf("pix2pix configuration: %w", err)
		}
	}
	return nil
}

func (c Config) checkTogether() error {
	all := c.Declared()
	switch resnet := c.Generator == ResNet; {
	case !resnet && (c.EnhancerBlocks > 0 || c.Classes > 0):
		return option.Errorf("an enhancer and classes for input need %v %s", all.Name(&c.Generator), ResNet)
	case c.Generator != UNet && (c.ActivatedSkips || c.PictureUpsample != ""):
		return option.Errorf("skips after activations, and a last layer of another kind, need %v %s", all.Name(&c.Generator), UNet)
	case c.Classes > 0 && (c.InputChannels != 1 && !(c.ClassEdges && c.InputChannels == 2) || c.NoiseChannels > 0):
		return option.Errorf("classes as input need one channel, or two with instance numbers, and no noise, not %d channels and %d of noise", c.InputChannels, c.NoiseChannels)
	case c.ClassEdges && c.Classes == 0:
		return option.Errorf("edges between classes need classes as input")
	}
	if c.Perceptual > 0 && (c.Classifies() || c.OutputChannels != 3) {
		return option.Errorf("%v needs pictures with three channels, not %d", all.Name(&c.Perceptual), c.OutputChannels)
	}
	if !c.Adversarial() {
		return nil
	}
	if c.LabelSmoothing > 0 && c.GANLoss == Hinge {
		return option.Errorf("%v needs the loss %s or %s: %s has no target", all.Name(&c.LabelSmoothing), Vanilla, LeastSquares, Hinge)
	}
	if c.R1 > 0 && (!c.SpectralNorm && c.Norm != NormNone || c.Scales > 1) {
		return option.Errorf("%v needs one discriminator without norms: with %v, or %v %s", all.Name(&c.R1), all.Name(&c.SpectralNorm), all.Name(&c.Norm), NormNone)
	}
	if c.Discriminator == NoDiscriminator {
		return option.Errorf("%v %s needs a discriminator: without one, the objective is l1 or l2", all.Name(&c.Objective), c.Objective)
	}
	return c.checkDiscriminators(1, c.ImageSize, c.ImageSize)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

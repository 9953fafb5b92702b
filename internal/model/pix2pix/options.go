package pix2pix

import "easel/internal/base/option"

// maxImageSize limits the depth: 12 layers on each side.
const maxImageSize = 4096

// Declared are the options of a configuration with their limits.
func (c *Config) Declared() option.List {
	return option.Of(c,
		option.Group("Pictures",
			option.Int(&c.InputChannels, "input-channels", "channels of the input", 1, 4096),
			option.Int(&c.OutputChannels, "output-channels", "channels of the output", 1, 4096),
			option.Int(&c.ImageSize, "image-size", "side of the pictures that the network sees, in pixels: a power of two from 32 up", 32, maxImageSize).
				Must("a power of two from 32 to 4096", func() bool {
					return c.ImageSize >= 32 && c.ImageSize <= maxImageSize && c.ImageSize&(c.ImageSize-1) == 0
				}),
		),
		option.Group("Generator",
			option.Choice(&c.Generator, "generator", "architecture of the generator", UNet, EncoderDecoder, ResNet),
			option.Choice(&c.Upsample, "upsample", "how the decoder doubles a map; resize and nearest avoid grid artefacts", Transposed, Resize, Nearest),
			option.Choice(&c.PictureUpsample, "", "how the last layer of a U-Net doubles the map", Transposed, Resize, Nearest).OrZero("as the others"),
			option.Bool(&c.ActivatedSkips, "", "take a U-Net's skips after the encoder's activation"),
			option.Int(&c.Blocks, "blocks", "residual blocks of a resnet", 1, 64),
			option.Int(&c.Downsamplings, "", "how often a resnet halves the picture", 1, 5).OrZero("2"),
			option.Int(&c.EnhancerBlocks, "", "residual blocks of a local enhancer around a resnet", 0, 64),
			option.Int(&c.Classes, "", "number of classes, if the input is the class of each pixel", 0, 256),
			option.Bool(&c.ClassEdges, "", "add the edges between classes to the input"),
			option.Int(&c.Width, "width", "channels of the generator's first layer", 1, 1024),
			option.Choice(&c.Norm, "norm", "norm after a convolution; auto is instance at batch 1, batch above", NormAuto, NormBatch, NormInstance, NormNone),
			option.Choice(&c.NormStatistics, "", "where a norm's statistics come from", PictureStatistics, StoredStatistics).OrZero("the picture"),
			option.Bool(&c.BottleneckNorm, "", "norm on the innermost encoder layer too"),
			option.Bool(&c.EdgeBiases, "", "biases on the first and the innermost encoder layer too"),
			option.Choice(&c.Dropout, "dropout", "which decoder layers have dropout", DropoutPaper, DropoutPyTorch, DropoutOff),
			option.Number(&c.DropoutRate, "", "fraction of values that are dropped", option.FromBelow(0, 1)),
			option.Int(&c.NoiseChannels, "noise-channels", "channels of Gaussian noise added to the input", 0, 4096),
			option.Choice(&c.Init, "init", "initialisation of the kernels", InitNormal, InitXavier, InitKaiming, InitOrthogonal),
			option.Number(&c.InitDeviation, "", "standard deviation of the weights' first values", option.Above(0)),
		),
		option.Group("Discriminator",
			option.Choice(&c.Discriminator, "discriminator", "what the discriminator judges; none with the objectives l1 and l2", Patch, Pixel, NoDiscriminator),
			option.Int(&c.PatchLayers, "patch-layers", "stride-2 layers of the patch discriminator, 1 to 6: it sees 16, 34, 70, 142, 286 or 574 pixels", 1, 6),
			option.Int(&c.DiscriminatorWidth, "discriminator-width", "channels of the discriminator's first layer", 1, 1024),
			option.Int(&c.Scales, "discriminator-scales", "discriminators, each at half the size of the one before", 1, 3),
			option.Bool(&c.SpectralNorm, "spectral-norm", "divide the discriminator's kernels by their largest singular value, instead of its norms"),
			option.Bool(&c.Augment, "augment", "augment what the discriminator sees (shift, cut-out, colour), which helps with few pairs"),
			option.Number(&c.R1, "r1", "γ of the penalty on the discriminator's gradient with respect to real pictures", option.AtLeast(0)),
			option.Number(&c.LabelSmoothing, "label-smoothing", "how far the discriminator's target for real pictures is below 1", option.FromBelow(0, 0.5)),
		),
		option.Group("Losses and optimiser",
			option.Custom(&c.Objective, "objective", "NAME", "what the generator minimises: "+inWords,
				Objective.String, ParseObjective).Must(inWords, func() bool { return c.Objective.valid() }),
			option.Number(&c.Lambda, "lambda", "weight of the pixel loss", option.AtLeast(0)).
				Only("a pixel loss, such as l1+cgan", func() bool { return c.Objective.Pixel != NoPixelLoss }),
			option.Number(&c.FeatureMatching, "feature-matching", "weight of the distance between the discriminator's layers for output and target (pix2pixHD's is 40 here)", option.AtLeast(0)),
			option.Number(&c.Perceptual, "perceptual", "weight of the distance between layers of VGG-19 for output and target", option.AtLeast(0)),
			option.Choice(&c.GANLoss, "gan-loss", "form of the adversarial loss", Vanilla, LeastSquares, Hinge).
				Only("an adversarial loss, such as l1+cgan", func() bool { return c.Adversarial() }),
			option.Choice(&c.Order, "", "order of the two networks' updates", DiscriminatorFirst, Simultaneous),
			option.Bool(&c.HalveDiscriminatorLoss, "", "divide the discriminator's loss by 2"),
			option.Number(&c.LearningRate, "lr", "learning rate", option.Above(0)),
			option.Number(&c.DiscriminatorRate, "lr-d", "learning rate of the discriminator", option.AtLeast(0)).OrZero("the generator's"),
			option.Choice(&c.Schedule, "lr-policy", "the learning rate over the run; linear decays to 0 in the second half", ConstantRate, LinearDecay, CosineDecay, StepDecay, PlateauDecay).Also("schedule"),
			option.Number(&c.DecayFrom, "", "fraction of the run after which a linear schedule decays", option.From(0, 1)),
			option.Number(&c.Average, "average", "decay of a moving average of the generator's weights, such as 0.999; the average is then the model", option.FromBelow(0, 1)),
			option.Number(&c.Beta1, "", "Adam's β₁", option.FromBelow(0, 1)),
			option.Number(&c.Beta2, "", "Adam's β₂", option.FromBelow(0, 1)),
			option.Number(&c.Epsilon, "", "Adam's ε", option.Above(0)),
			option.Bool(&c.EpsilonHat, "", "put ε inside Adam's bias correction"),
		),
	)
}

package zoo

import (
	"errors"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/model/pix2pix"
)

// ImportOptions say what a file does not. The zero value is the default.
type ImportOptions struct {
	// Dropout of a U-Net, which leaves no trace in a file: "" is off, so that a
	// picture's translation is always the same.
	Dropout pix2pix.DropoutPlacement
	// NormStatistics say which statistics norms use: "" means those that the network's
	// own program uses, which are the picture's but for Johnson's batch norms.
	NormStatistics pix2pix.NormStatistics
	// Direction that the pairs were read in, "AtoB" or "BtoA"; "" means the one in the
	// file of options next to the model, or AtoB. Translation does not depend on it.
	Direction string
	// Instances makes the input of a network of labels two channels: classes, and the
	// numbers of instances, of which the network sees the edges. Without, the edges are
	// those between classes.
	Instances bool
	// Discriminator is the file of the port's patch discriminator that belongs to the
	// generator, so that training can continue with both; "" is none.
	Discriminator string
}

// Declared are the options with their limits, in the order of help.
func (o *ImportOptions) Declared() option.List {
	return option.Of(o, option.Group("Network",
		option.Choice(&o.NormStatistics, "norm-statistics", "what norms run on, if not what the network's own program runs on", pix2pix.PictureStatistics, pix2pix.StoredStatistics).Optional(),
		option.Choice(&o.Dropout, "dropout", "dropout of the generator, if not off", pix2pix.DropoutOff, pix2pix.DropoutPyTorch, pix2pix.DropoutPaper).Optional(),
		option.Text(&o.Discriminator, "discriminator", "the file of the discriminator that belongs to it, for training to go on with both").As("FILE"),
		option.Bool(&o.Instances, "instances", "of a network of labels (pix2pixHD): read the numbers of instances from a second picture, which translate stacks on the labels"),
		option.Choice(&o.Direction, "direction", "direction that its pairs were read in, if no file beside it says and it is not AtoB", "AtoB", "BtoA").Optional(),
	))
}

// Validate reports the first unknown value.
func (o ImportOptions) Validate() error { return o.Declared().Check() }

// ExportOptions say how weights are written. The zero value is the default.
type ExportOptions struct {
	// Half writes weights as float16, rounded to nearest: half the size.
	Half bool
	// Int8 writes kernels in 8 bits, with a scale for each output channel: a quarter
	// of the size. For ONNX only.
	Int8 bool
	// Noise makes dropout masks and z inputs of the network. For ONNX only, which has
	// no noise otherwise.
	Noise bool
}

// Declared are the options in the order of help.
func (o *ExportOptions) Declared() option.List {
	return option.Of(o, option.Group("Network",
		option.Bool(&o.Half, "half", "weights as float16"),
		option.Bool(&o.Int8, "int8", "kernels in 8 bits, with a scale for each channel (ONNX, web)"),
		option.Bool(&o.Noise, "noise", "dropout masks and z as inputs; the metadata's easel.noise describes them (ONNX)"),
	))
}

// Validate reports options that exclude each other.
func (o ExportOptions) Validate() error {
	if o.Half && o.Int8 {
		return hint.New(errors.New("export: weights are float16 or 8 bits, not both"), "leave {half} or {int8} out")
	}
	return nil
}

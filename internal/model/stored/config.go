package stored

import (
	"errors"
	"fmt"

	"easel/internal/data/palette"
	"easel/internal/file/imgio"
	"easel/internal/model/pix2pix"
)

// Config says how to run the network of a model file.
type Config struct {
	Network pix2pix.Config `json:"network"`
	Images  Images         `json:"images"`
	// Labels are the classes of a classifying network's outputs, in order; nil for other
	// networks.
	Labels *palette.Labels `json:"labels,omitempty"`
}

// Range is the only range of samples so far: 0..1 in a picture is −1..1 in the network,
// v/127.5 − 1 for 8 bits.
const Range = "-1..1"

// Channels returns the numbers of input and output channels of the pictures.
func (c Config) Channels() (input, output int) {
	if c.Labels != nil {
		return c.Network.InputChannels, LabelChannels
	}
	return c.Network.InputChannels, c.Network.OutputChannels
}

// LabelChannels is the number of channels of a label picture: RGB.
const LabelChannels = 3

// Images are the conventions that turn pictures into the network's numbers and
// back.
type Images struct {
	// Range of the network's samples.
	Range string `json:"range"`
	// Direction in which the pairs were read, "AtoB" or "BtoA". The network's channels are
	// already those of its own input and output.
	Direction string `json:"direction"`
	// LoadSize is the size before the random crop to the network's size, with the filters
	// for inputs and targets. A translation resizes nothing.
	LoadSize     int    `json:"load_size"`
	InputFilter  string `json:"input_filter"`
	TargetFilter string `json:"target_filter"`
	// Inputs and Targets describe the samples of the two sides. Older files have
	// neither.
	Inputs  Samples `json:"inputs,omitzero"`
	Targets Samples `json:"targets,omitzero"`
}

// Samples describes the samples of one side of the pairs.
type Samples struct {
	// Alpha says whether the last channel is alpha; nil, in older files, means yes if there
	// are four channels.
	Alpha *bool `json:"alpha,omitempty"`
	// Content is the kind of pictures, a dataset.Content, for users who want to draw one.
	// Palette has the colours of labels, the most common first.
	Content string          `json:"content,omitempty"`
	Palette []palette.Class `json:"palette,omitempty"`
	// Depth is the number of bits per sample: 8, 16, or 32 for floating point. 0, in older
	// files, means that of the picture to translate.
	Depth int `json:"depth,omitempty"`
	// Range says which values in files were 0 and 1 in pictures; the zero value, as in
	// older files, means the full range of their type.
	Range imgio.Range `json:"range,omitzero"`
}

// HasAlpha reports whether the last of so many channels is alpha.
func (s Samples) HasAlpha(channels int) bool {
	if s.Alpha == nil {
		return channels == 4
	}
	return *s.Alpha
}

// Validate reports a configuration that this version cannot run.
func (c Config) Validate() error {
	if c.Images.Range != Range {
		return fmt.Errorf("the range of pictures is %q, but this version of easel only supports %q", c.Images.Range, Range)
	}
	for _, s := range []Samples{c.Images.Inputs, c.Images.Targets} {
		if s.Depth != 0 && s.Depth != 8 && s.Depth != 16 && s.Depth != 32 {
			return fmt.Errorf("samples of %d bits are not supported", s.Depth)
		}
		if err := s.Range.Validate(); err != nil {
			return err
		}
	}
	if d := c.Images.Direction; d != "AtoB" && d != "BtoA" {
		return fmt.Errorf("direction %q: expected AtoB or BtoA", d)
	}
	if err := c.Network.Validate(); err != nil {
		return err
	}
	switch {
	case c.Network.Classifies() && c.Labels == nil:
		return errors.New("the network classifies, but has no labels for its classes")
	case !c.Network.Classifies() && c.Labels != nil:
		return fmt.Errorf("the network has labels, but does not classify (objective %s)", c.Network.Objective)
	case c.Labels != nil && len(c.Labels.Classes) != c.Network.OutputChannels:
		return fmt.Errorf("the network has %d outputs for %d classes", c.Network.OutputChannels, len(c.Labels.Classes))
	}
	return nil
}

package translate

import (
	"fmt"

	"easel/internal/data/dataset"
	"easel/internal/data/palette"
	"easel/internal/model/feedforward"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// About is what pages know of a model.
type About struct {
	// Kind is "translate", "labels" for a network that classifies pixels, or "style" for
	// one that paints in a style.
	Kind string `json:"kind"`
	// AnyStyle says that a style's picture has to be given.
	AnyStyle bool `json:"any_style,omitempty"`
	// ImageSize is the side of the pictures that it was trained on.
	ImageSize int `json:"image_size"`
	// Noise says whether another seed gives another picture.
	Noise  bool `json:"noise"`
	Input  Side `json:"input"`
	Output Side `json:"output"`
}

// Side is what the pictures on one side of a model's training pairs were.
type Side struct {
	Channels int `json:"channels"`
	// Kind is "labels" (areas of few flat colours), "edges" (thin dark lines on
	// white), "photographs", or "" where it is not known.
	Kind string `json:"kind"`
	// Palette are the colours of labels, the commonest first where they are inputs.
	Palette []Colour `json:"palette,omitempty"`
}

// Colour is a kind of area in label pictures.
type Colour struct {
	Colour string `json:"colour"` // #rrggbb
	Name   string `json:"name,omitempty"`
}

// kindLabels is the Kind of models that classify, and of sides of labels.
const kindLabels = "labels"

// kindStyle is the Kind of networks that paint in a style, and cameraSize what a
// camera's picture for one should have: they take any size.
const (
	kindStyle  = "style"
	cameraSize = 512
)

// Describe says what pages know of a model by its configuration.
func Describe(config stored.Config) About {
	n := config.Network
	in, out := config.Channels()
	a := About{
		Kind: "translate", ImageSize: n.ImageSize,
		Noise: n.Dropout != pix2pix.DropoutOff || n.NoiseChannels > 0,
		Input: side(in, config.Images.Inputs), Output: side(out, config.Images.Targets),
	}
	if labels := config.Labels; labels != nil {
		a.Kind, a.Output.Kind, a.Output.Palette = kindLabels, kindLabels, colours(labels.Classes)
	}
	return a
}

// DescribeStyle is Describe for a network that paints photographs in its style.
func DescribeStyle(c feedforward.Config) About {
	photographs := Side{Channels: feedforward.Channels, Kind: string(dataset.OfPhotographs)}
	return About{Kind: kindStyle, AnyStyle: c.Any(), ImageSize: cameraSize, Input: photographs, Output: photographs}
}

func side(channels int, s stored.Samples) Side {
	return Side{Channels: channels, Kind: s.Content, Palette: colours(s.Palette)}
}

// Give says which colours the labels have, if nothing is known of them.
func (s *Side) Give(p *palette.Palette) {
	if len(s.Palette) == 0 && (s.Kind == "" || s.Kind == kindLabels) {
		s.Kind, s.Palette = kindLabels, colours(p.Classes)
	}
}

func colours(classes []palette.Class) []Colour {
	var list []Colour
	for _, c := range classes {
		list = append(list, Colour{Hex(c.Colour), c.Name})
	}
	return list
}

// Hex is a colour as pages write it: #rrggbb.
func Hex(c [3]uint8) string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

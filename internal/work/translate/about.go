package translate

import (
	"fmt"

	"easel/internal/data/dataset"
	"easel/internal/data/palette"
	"easel/internal/model/feedforward"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// About is what pages need to know about a model.
type About struct {
	// Kind is "translate", "labels" for a network that classifies pixels, or "style" for a
	// style network.
	Kind string `json:"kind"`
	// AnyStyle says that the picture of a style must be given.
	AnyStyle bool `json:"any_style,omitempty"`
	// Styles are the names of several styles that the network has learned.
	Styles []string `json:"styles,omitempty"`
	// ImageSize is the side of the pictures that the model was trained on.
	ImageSize int `json:"image_size"`
	// Noise says whether another seed gives another picture.
	Noise  bool `json:"noise"`
	Input  Side `json:"input"`
	Output Side `json:"output"`
}

// Side describes the pictures on one side of a model's training pairs.
type Side struct {
	Channels int `json:"channels"`
	// Kind is "labels" (areas of a few flat colours), "edges" (thin dark lines on white),
	// "photographs", or "" if unknown.
	Kind string `json:"kind"`
	// Palette has the colours of labels; for inputs, the most common first.
	Palette []Colour `json:"palette,omitempty"`
}

// Colour is a class in label pictures.
type Colour struct {
	Colour string `json:"colour"` // #rrggbb
	Name   string `json:"name,omitempty"`
}

// kindLabels is the Kind of classifying models, and of label sides.
const kindLabels = "labels"

// kindStyle is the Kind of style networks. They take any size; cameraSize is the size for
// pictures from a camera.
const (
	kindStyle  = "style"
	cameraSize = 512
)

// Describe returns what pages need to know about a model with a configuration.
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

// DescribeStyle is Describe for a style network.
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

// Hex formats a colour as #rrggbb.
func Hex(c [3]uint8) string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

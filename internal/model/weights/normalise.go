package weights

import (
	"context"
	"errors"
	"fmt"
	"math"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/engine/device"
	"easel/internal/file/imgio"
	"easel/internal/model/vgg"
)

// NormaliseOptions say how filters are normalised.
type NormaliseOptions struct {
	// Config is the network whose activations are measured; its width is that of the
	// weights.
	Config vgg.Config
	// Size is the longest side of a picture in pixels; larger ones are reduced.
	Size int
	// Read says how to read pictures.
	Read imgio.ReadOptions
}

// DefaultNormaliseOptions has VGG-19 as it was trained, and the usual size of pictures for
// style transfer.
func DefaultNormaliseOptions() NormaliseOptions {
	return NormaliseOptions{Config: vgg.Default(), Size: 512}
}

// smallestSize is the least Size: what four poolings leave a pixel of.
const smallestSize = 16

// Declared are the options with their limits, in the order of help.
func (o *NormaliseOptions) Declared() option.List {
	return option.Of(o, option.Group("Measurement",
		option.Int(&o.Size, "size", "longest side of a photograph, in pixels; larger ones are made smaller", smallestSize, math.MaxInt),
		option.Choice(&o.Config.Pooling, "pooling", "pooling of the network that is measured", vgg.MaxPooling, vgg.AveragePooling),
	))
}

// Validate reports the first invalid option.
func (o NormaliseOptions) Validate() error {
	if err := o.Declared().Check(); err != nil {
		return err
	}
	return o.Config.Validate()
}

// Progress is one picture measured.
type Progress struct {
	Done, Total   int
	Picture       string
	Width, Height int
	Warnings      []imgio.Warning
}

// Normalise rescales the filters of w to a mean activation of 1 over pictures, as
// vgg.Normalise does, and returns the new weights with a description. It stops at the first
// unreadable picture, because leaving it out would change the weights.
func Normalise(ctx context.Context, d device.Device, w *vgg.Weights, about About, pictures []string, o NormaliseOptions, notify func(Progress)) (_ *vgg.Weights, _ About, err error) {
	if about.Normalisation != nil {
		return nil, about, hint.New(
			fmt.Errorf("normalise %s: these weights are already normalised, over %d pictures", about.Path, about.Normalisation.Pictures),
			"give the weights as they were trained",
		)
	}
	if w.Rank > 0 {
		return nil, about, fmt.Errorf("normalise %s: a small network cannot be normalised: its layers have the scale of the one that it was distilled from", about.Path)
	}
	if len(pictures) == 0 {
		return nil, about, errors.New("normalise: no pictures are given")
	}
	m := vgg.NewMeter(d, o.Config, w)
	defer func() { err = errors.Join(err, m.Close()) }()
	positions := 0
	for i, path := range pictures {
		if err := ctx.Err(); err != nil {
			return nil, about, err
		}
		p, warnings, err := readRGB(path, o, m)
		if err != nil {
			return nil, about, fmt.Errorf("normalise: %w", err)
		}
		if err := m.Add(vgg.Picture{Height: p.Height, Width: p.Width, Pixels: p.Pix}); err != nil {
			return nil, about, fmt.Errorf("normalise: %s: %w", path, err)
		}
		positions += p.Height * p.Width
		notify(Progress{i + 1, len(pictures), path, p.Width, p.Height, warnings})
	}
	means, err := m.Means()
	if err != nil {
		return nil, about, fmt.Errorf("normalise: %w", err)
	}
	scaled, err := vgg.Normalise(w, means)
	if err != nil {
		return nil, about, fmt.Errorf("normalise: %w", err)
	}
	about.Normalisation = &Normalisation{
		Pictures: len(pictures), Positions: positions,
		Pooling: o.Config.Pooling, Border: o.Config.Border, InnerBorder: o.Config.InnerBorder,
	}
	return scaled, about, nil
}

// readRGB reads a picture as the network will see it.
func readRGB(path string, o NormaliseOptions, m *vgg.Meter) (*imgio.Picture, []imgio.Warning, error) {
	p, warnings, err := imgio.Read(path, o.Read)
	if err != nil {
		return nil, nil, err
	}
	if p, err = p.Convert(3); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	if longest := max(p.Width, p.Height); longest > o.Size {
		scaled := func(side int) int { return max(1, (side*o.Size+longest/2)/longest) }
		p = imgio.Resize(p, scaled(p.Width), scaled(p.Height), imgio.Lanczos)
	}
	smallest, err := m.MinSize()
	if err == nil && min(p.Width, p.Height) < smallest {
		err = fmt.Errorf("%s: %d×%d pixels are too few: the network needs %d on each side", path, p.Width, p.Height, smallest)
	}
	return p, warnings, err
}

package translate

import (
	"errors"
	"fmt"

	"easel/internal/base/hint"
	"easel/internal/engine/device"
	"easel/internal/file/imgio"
	"easel/internal/model/feedforward"
)

// StyleOptions say in which style a network for any style paints.
type StyleOptions struct {
	// Picture is the style, nil for a network that has learned its own.
	Picture *imgio.Picture
	// Strength, from 0 to 1, is how much of the style is taken.
	Strength float64
}

// NewStyle is New for a network that paints in a style. There is no noise.
func NewStyle(d device.Device, config feedforward.Config, weights Weights, s StyleOptions, o Options) (*Translator, error) {
	given, err := measure(d, config, weights, s)
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	t := &Translator{form: styleForm(config, s.Strength, given), options: o, device: d}
	return t.load(weights, nil)
}

// measure takes the moments of a style's features.
func measure(d device.Device, c feedforward.Config, weights Weights, s StyleOptions) (given map[string][]float32, err error) {
	switch {
	case s.Picture == nil && c.Any():
		return nil, hint.New(errors.New("the network paints in any style, and none is given"), "name a picture with {style}")
	case s.Picture != nil && !c.Any():
		return nil, hint.New(errors.New("the network has one built-in style and accepts no other"), "leave {style} out")
	case !(s.Strength >= 0 && s.Strength <= 1):
		return nil, fmt.Errorf("strength %g: it must be from 0 to 1", s.Strength)
	case !c.Any():
		return nil, nil
	}
	style, err := s.Picture.Convert(feedforward.Channels)
	if err != nil {
		return nil, fmt.Errorf("the style: %w", err)
	}
	network, err := feedforward.Encoder(c, style.Height, style.Width)
	if err != nil {
		return nil, err
	}
	if err := weights.Store(d, network.Parameters, nil); err != nil {
		return nil, err
	}
	program, err := d.Compile(network.Graph)
	if err != nil {
		return nil, fmt.Errorf("the style: %w", err)
	}
	defer func() { err = errors.Join(err, program.Close()) }()
	imgio.ToModel(program.Input("a"), style)
	if err := program.Run(); err != nil {
		return nil, fmt.Errorf("the style: %w", err)
	}
	mean, deviation := feedforward.Moments(program.Output("features"), 8*c.Width)
	return map[string][]float32{"mean": mean, "deviation": deviation}, nil
}

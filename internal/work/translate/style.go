package translate

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/engine/device"
	"easel/internal/file/imgio"
	"easel/internal/model/feedforward"
)

// StyleOptions say in which style a style network paints.
type StyleOptions struct {
	// Pictures are the styles; none for a network that has learned its own. With several,
	// the network mixes their means and deviations.
	Pictures []*imgio.Picture
	// Weights are those of the pictures, or of the styles that the network has learned,
	// relative to their sum. nil means equal weights for pictures, and the first of the
	// learned styles.
	Weights []float64
	// Strength, from 0 to 1, is how strongly the style is applied.
	Strength float64
}

// NewStyle is New for a style network. There is no noise.
func NewStyle(d device.Device, config feedforward.Config, weights Weights, s StyleOptions, o Options) (*Translator, error) {
	given, err := measure(d, config, weights, s)
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	t := &Translator{form: styleForm(config, s.Strength, given), options: o, device: d}
	return t.load(weights, nil)
}

// measure makes the inputs for the style: a mixture of the moments of pictures, or of
// learned styles.
func measure(d device.Device, c feedforward.Config, weights Weights, s StyleOptions) (map[string][]float32, error) {
	pictures, learned := len(s.Pictures), c.Learned()
	switch {
	case pictures == 0 && c.Any():
		return nil, hint.New(errors.New("the network needs a picture of a style"), "name a picture with {style}")
	case pictures > 0 && learned == 1:
		return nil, hint.New(errors.New("the network has one built-in style and accepts no other"), "leave {style} out")
	case pictures > 0 && learned > 1:
		return nil, hint.New(errors.New("the network has learned its styles and accepts no others"), "name one of those with {style}, or leave it out")
	case !(s.Strength >= 0 && s.Strength <= 1):
		return nil, fmt.Errorf("strength %g: it must be from 0 to 1", s.Strength)
	case learned == 1:
		return nil, nil
	}
	parts, err := s.parts(max(pictures, learned))
	if err != nil {
		return nil, err
	}
	if learned > 1 {
		return map[string][]float32{"blend": parts}, nil
	}
	given := map[string][]float32{"mean": make([]float32, 8*c.Width), "deviation": make([]float32, 8*c.Width)}
	for i, picture := range s.Pictures {
		mean, deviation, err := momentsOf(d, c, weights, picture)
		if err != nil {
			return nil, fmt.Errorf("the style: %w", err)
		}
		for k := range mean {
			given["mean"][k] += parts[i] * mean[k]
			given["deviation"][k] += parts[i] * deviation[k]
		}
	}
	return given, nil
}

// parts returns the weights of n styles, with sum 1.
func (s StyleOptions) parts(n int) ([]float32, error) {
	weights := s.Weights
	if weights == nil {
		weights = make([]float64, n)
		for i := range weights {
			if i == 0 || len(s.Pictures) > 0 {
				weights[i] = 1
			}
		}
	}
	sum := 0.0
	for _, w := range weights {
		if !(w >= 0) || math.IsInf(w, 0) {
			return nil, fmt.Errorf("the weight of a style is %v: it must be at least 0", w)
		}
		sum += w
	}
	if len(weights) != n || sum == 0 {
		return nil, fmt.Errorf("found %d weights with sum %g for %d styles", len(weights), sum, n)
	}
	parts := make([]float32, n)
	for i, w := range weights {
		parts[i] = float32(w / sum)
	}
	return parts, nil
}

// momentsOf measures a style's features.
func momentsOf(d device.Device, c feedforward.Config, weights Weights, picture *imgio.Picture) (mean, deviation []float32, err error) {
	style, err := picture.Convert(feedforward.Channels)
	if err != nil {
		return nil, nil, err
	}
	network, err := feedforward.Encoder(c, style.Height, style.Width)
	if err != nil {
		return nil, nil, err
	}
	if err := weights.Store(d, network.Parameters, nil); err != nil {
		return nil, nil, err
	}
	program, err := d.Compile(network.Graph)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, program.Close()) }()
	imgio.ToModel(program.Input("a"), style)
	if err := program.Run(); err != nil {
		return nil, nil, err
	}
	mean, deviation = feedforward.Moments(program.Output("features"), 8*c.Width)
	return mean, deviation, nil
}

// styleName identifies the chosen style, whatever the network. It is empty for a network
// that has only one.
func (f form) styleName(strength float64) string {
	if len(f.given) == 0 {
		return ""
	}
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(f.given)) {
		_ = binary.Write(sum, binary.LittleEndian, f.given[name])
	}
	return fmt.Sprintf(" %x %g", sum.Sum(nil)[:16], strength)
}

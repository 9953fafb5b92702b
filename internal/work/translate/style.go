package translate

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/engine/device"
	"easel/internal/file/imgio"
	"easel/internal/model/feedforward"
	"easel/internal/work/stylize"
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
	// Masks say where each of the pictures, or of the learned styles, belongs: grey, white
	// there, in the shape of the pictures to paint; nil means where the others do not.
	// What no style covers stays as it is.
	Masks []*imgio.Picture
	// Strength, from 0 to 1, is how strongly the style is applied.
	Strength float64
	// Colours says where the colours come from, in the words of stylize.Options; "" is the
	// style. Pictures get the content's covariance or histogram before they are measured,
	// as in the optimiser; of a network that has learned its styles, the result does.
	Colours string
}

// NewStyle is New for a style network. There is no noise. weights are used again for each
// picture if the style's pictures get its colours.
func NewStyle(d device.Device, config feedforward.Config, weights Weights, s StyleOptions, o Options) (*Translator, error) {
	m := styleMeasure{d, config, weights, s}
	regions, err := m.regions()
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	t := &Translator{form: styleForm(config, s, regions), options: o, device: d}
	return t.load(weights, nil)
}

// region is where a style, or a mixture of styles, belongs.
type region struct {
	given map[string][]float32 // inputs of the network
	mask  *imgio.Picture       // grey; nil is everything that others leave
	// matched makes the inputs for a picture whose colours the styles get; nil if they
	// are the same for every picture.
	matched func(content *imgio.Picture) (map[string][]float32, error)
}

// styleMeasure makes the inputs for styles.
type styleMeasure struct {
	device  device.Device
	config  feedforward.Config
	weights Weights
	options StyleOptions
}

// regions checks the options and measures the styles.
func (m styleMeasure) regions() ([]region, error) {
	pictures, learned, s := len(m.options.Pictures), m.config.Learned(), m.options
	switch {
	case pictures == 0 && m.config.Any():
		return nil, hint.New(errors.New("the network needs a picture of a style"), "name a picture with {style}")
	case pictures > 0 && learned == 1:
		return nil, hint.New(errors.New("the network has one built-in style and accepts no other"), "leave {style} out")
	case pictures > 0 && learned > 1:
		return nil, hint.New(errors.New("the network has learned its styles and accepts no others"), "name one of those with {style}, or leave it out")
	case !(s.Strength >= 0 && s.Strength <= 1):
		return nil, fmt.Errorf("strength %g: it must be from 0 to 1", s.Strength)
	}
	count := max(pictures, learned)
	if len(s.Masks) != 0 && len(s.Masks) != count {
		return nil, fmt.Errorf("found %d masks for %d styles", len(s.Masks), count)
	}
	weights, err := s.checkedWeights(count)
	if err != nil {
		return nil, err
	}
	var list []region
	rest := make([]float64, count) // the weights of styles without masks
	for i, w := range weights {
		if w == 0 {
			continue
		}
		if len(s.Masks) == 0 || s.Masks[i] == nil {
			rest[i] = w
			continue
		}
		alone := make([]float64, count)
		alone[i] = 1
		if list, err = m.add(list, alone, s.Masks[i]); err != nil {
			return nil, err
		}
	}
	if sumOf(rest) > 0 {
		return m.add(list, rest, nil)
	}
	return list, nil
}

func (m styleMeasure) add(list []region, weights []float64, mask *imgio.Picture) ([]region, error) {
	r := region{mask: mask}
	if m.config.Any() && (m.options.Colours == stylize.MatchCovariance || m.options.Colours == stylize.MatchedHistogram) {
		r.matched = func(content *imgio.Picture) (map[string][]float32, error) { return m.inputs(weights, content) }
		return append(list, r), nil
	}
	var err error
	r.given, err = m.inputs(weights, nil)
	return append(list, r), err
}

// inputs makes the network's inputs for a mixture: of the moments of pictures, which get
// the colours of the content if that is not nil, or of learned styles.
func (m styleMeasure) inputs(weights []float64, content *imgio.Picture) (map[string][]float32, error) {
	total := sumOf(weights)
	switch learned := m.config.Learned(); {
	case learned == 1:
		return nil, nil
	case learned > 1:
		parts := make([]float32, len(weights))
		for i, w := range weights {
			parts[i] = float32(w / total)
		}
		return map[string][]float32{"blend": parts}, nil
	}
	given := map[string][]float32{"mean": make([]float32, 8*m.config.Width), "deviation": make([]float32, 8*m.config.Width)}
	for i, picture := range m.options.Pictures {
		if weights[i] == 0 {
			continue
		}
		if content != nil {
			var err error
			if picture, err = matchColours(picture, content, m.options.Colours); err != nil {
				return nil, fmt.Errorf("the style: %w", err)
			}
		}
		mean, deviation, err := momentsOf(m.device, m.config, m.weights, picture)
		if err != nil {
			return nil, fmt.Errorf("the style: %w", err)
		}
		part := float32(weights[i] / total)
		for k := range mean {
			given["mean"][k] += part * mean[k]
			given["deviation"][k] += part * deviation[k]
		}
	}
	return given, nil
}

// checkedWeights returns the weights of n styles.
func (s StyleOptions) checkedWeights(n int) ([]float64, error) {
	weights := s.Weights
	if weights == nil {
		weights = make([]float64, n)
		for i := range weights {
			if i == 0 || len(s.Pictures) > 0 {
				weights[i] = 1
			}
		}
	}
	for _, w := range weights {
		if !(w >= 0) || math.IsInf(w, 0) {
			return nil, fmt.Errorf("the weight of a style is %v: it must be at least 0", w)
		}
	}
	if sum := sumOf(weights); len(weights) != n || sum == 0 {
		return nil, fmt.Errorf("found %d weights with sum %g for %d styles", len(weights), sum, n)
	}
	return weights, nil
}

func sumOf(weights []float64) (sum float64) {
	for _, w := range weights {
		sum += w
	}
	return sum
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
func (s StyleOptions) styleName() string {
	sum := sha256.New()
	for _, p := range slices.Concat(s.Pictures, s.Masks) {
		if p != nil {
			_ = binary.Write(sum, binary.LittleEndian, []int64{int64(p.Width), int64(p.Height), int64(p.Channels)})
			_ = binary.Write(sum, binary.LittleEndian, p.Pix)
		}
	}
	if len(s.Pictures) == 0 && s.Weights == nil && s.Colours == "" {
		return ""
	}
	return fmt.Sprintf(" %x %v %g %s", sum.Sum(nil)[:16], s.Weights, s.Strength, s.Colours)
}

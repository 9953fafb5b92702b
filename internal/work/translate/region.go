package translate

import (
	"errors"
	"fmt"
	"math"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
	"easel/internal/model/feedforward"
	"easel/internal/model/style"
	"easel/internal/work/stylize"
)

// inputs are the network's inputs for a picture.
func (r region) inputs(in *imgio.Picture) (map[string][]float32, error) {
	if r.matched == nil {
		return r.given, nil
	}
	given, err := r.matched(in)
	if err != nil {
		return nil, fmt.Errorf("translate: %w", err)
	}
	return given, nil
}

// whole says whether the form paints in one region, with the same inputs and colours
// everywhere, so that parts of a picture can be painted without the others.
func (f form) whole() error {
	if r := f.regions[0]; len(f.regions) == 1 && r.mask == nil && r.matched == nil && f.colours == "" {
		return nil
	}
	return hint.New(errors.New("masks and kept colours need whole pictures"), "leave out {tile}")
}

// covers puts together what the network makes of regions.
type covers struct {
	weights [][]float32 // of each region, for each pixel of the padded picture
	sum     []float32   // of the samples so far
}

// covers returns the weights of the regions of a picture: those of the masks, one at most
// in all. The rest belongs to the region without a mask, or else to the picture itself. For
// one region without a mask it does nothing.
func (f form) covers(p, in *imgio.Picture, at padding) (*covers, error) {
	if len(f.regions) == 1 && f.regions[0].mask == nil {
		return &covers{}, nil
	}
	c := &covers{sum: make([]float32, len(in.Pix))}
	pixels := in.Width * in.Height
	total := make([]float32, pixels)
	for _, r := range f.regions {
		weights := make([]float32, pixels)
		if r.mask != nil {
			if err := sameShape(r.mask, p); err != nil {
				return nil, err
			}
			mask := imgio.Resize(r.mask, p.Width, p.Height, imgio.Area)
			mask = imgio.PadReflect(mask, at.left, at.top, at.width-p.Width-at.left, at.height-p.Height-at.top)
			copy(weights, mask.Pix)
		}
		for i, w := range weights {
			total[i] += w
		}
		c.weights = append(c.weights, weights)
	}
	for k, r := range f.regions {
		for i := range c.weights[k] {
			c.weights[k][i] /= max(total[i], 1)
			if r.mask == nil {
				c.weights[k][i] = max(1-total[i], 0)
			}
		}
	}
	if f.regions[len(f.regions)-1].mask != nil { // nothing covers the rest
		for i, v := range in.Pix {
			c.sum[i] = max(1-total[i/in.Channels], 0) * (2*v - 1)
		}
	}
	return c, nil
}

// add adds the output for a region to those before. In the end, the output is that of all.
func (c *covers) add(k int, out *Output) {
	if c.weights == nil {
		return
	}
	channels := len(out.samples) / len(c.weights[k])
	for i, v := range out.samples {
		c.sum[i] += c.weights[k][i/channels] * v
	}
	out.samples = c.sum
}

// misfit is how much a mask's aspect ratio may differ from the picture's: as much as
// resizing to whole pixels changes it.
const misfit = 0.02

func sameShape(mask, p *imgio.Picture) error {
	shape := func(q *imgio.Picture) float64 { return math.Log(float64(q.Width) / float64(q.Height)) }
	if math.Abs(shape(mask)-shape(p)) <= misfit {
		return nil
	}
	return hint.New(fmt.Errorf("a mask is %d×%d, but the picture is %d×%d: their shapes differ", mask.Width, mask.Height, p.Width, p.Height),
		"a mask must cover the same view as the picture")
}

// coloursAfter are the colours that are given to the result, "" for none.
func (s StyleOptions) coloursAfter(c feedforward.Config) string {
	switch s.Colours {
	case stylize.LuminanceOnly:
		return s.Colours
	case stylize.MatchCovariance, stylize.MatchedHistogram:
		if !c.Any() {
			return s.Colours
		}
	}
	return ""
}

// recoloured gives a painted picture the colours of the content.
func recoloured(painted, content *imgio.Picture, colours string) *imgio.Picture {
	if colours == "" {
		return painted
	}
	like, err := content.OnWhite().Convert(feedforward.Channels)
	if err != nil {
		return painted // a content that could not have been painted
	}
	if colours == stylize.LuminanceOnly {
		return withPixels(painted, style.WithColour(tensor(painted), tensor(like)))
	}
	matched, err := matchColours(painted, like, colours)
	if err != nil {
		return painted
	}
	return matched
}

// matchColours gives a picture the colours of another, by covariance or by histogram.
func matchColours(p, like *imgio.Picture, colours string) (*imgio.Picture, error) {
	rgb, err := p.Convert(feedforward.Channels)
	if err != nil {
		return nil, err
	}
	if colours == stylize.MatchedHistogram {
		return withPixels(rgb, style.MatchHistogram(tensor(rgb), tensor(like))), nil
	}
	return withPixels(rgb, style.MatchCovariance(tensor(rgb), tensor(like))), nil
}

func tensor(p *imgio.Picture) style.Picture {
	return style.Picture{Height: p.Height, Width: p.Width, Pixels: p.Pix}
}

// withPixels is p with other pixels, from 0 to 1.
func withPixels(p *imgio.Picture, other style.Picture) *imgio.Picture {
	q := *p
	q.Pix = other.Pixels
	for i, v := range q.Pix {
		q.Pix[i] = min(max(v, 0), 1)
	}
	return &q
}

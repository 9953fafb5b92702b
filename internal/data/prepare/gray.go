package prepare

import (
	"context"
	"fmt"
	"math/rand/v2"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// GrayOptions are the options of Gray.
type GrayOptions struct {
	// Colours is what the network learns: "rgb", from grey values to the picture,
	// or "ab", from L to a and b of CIELAB (paper §6.2's colourisation: one
	// channel in, two out).
	Colours string `json:"colours"`
}

// DefaultGrayOptions returns RGB, which needs no conversion back.
func DefaultGrayOptions() GrayOptions { return GrayOptions{Colours: "rgb"} }

// Validate reports the first invalid option.
func (g GrayOptions) Validate() error { return g.Declared().Check() }

// abRange is the value of a or b that becomes 1 in a network's range −1..1, where
// lightness is L/50−1: the numbers of the paper's program.
const abRange = 110

// Gray pairs each picture with its grey values. With Colours "ab" the pairs are
// L in A/, one channel, and a and b in B/, TIFF files of two channels; Colours
// turns translations back into colour pictures.
func Gray(ctx context.Context, in, out string, g GrayOptions, o Options, notify func(Event)) (Result, error) {
	if err := g.Validate(); err != nil {
		return Result{}, err
	}
	if g.Colours == "rgb" {
		return fromTargets(ctx, "gray", g, in, out, o, notify, func(target *imgio.Picture, _ *rand.Rand) (*imgio.Picture, error) {
			return target.Convert(1)
		})
	}
	jobs, leftOut, err := jobsOf(in, out)
	if err != nil {
		return Result{}, err
	}
	o.Apart = true
	result, err := run(ctx, o.record("gray", g, in), jobs, out, o, notify, func(_ job, p []*imgio.Picture) (*imgio.Picture, *imgio.Picture, error) {
		rgb, err := o.fitted(p[0].OnWhite(), imgio.Bicubic).Convert(3)
		if err != nil {
			return nil, nil, err
		}
		lightness, ab := separated(rgb)
		return lightness, ab, nil
	})
	result.LeftOut = leftOut
	return result, err
}

// separated returns L/100 and (a, b)/220+1/2, all in 0..1 and with 16 bits,
// because CIELAB's steps are finer than sRGB's where it is dark.
func separated(rgb *imgio.Picture) (lightness, ab *imgio.Picture) {
	lab := make([]float32, len(rgb.Pix))
	imgio.ToLab(lab, rgb)
	lightness, ab = imgio.New(rgb.Width, rgb.Height, 1), imgio.New(rgb.Width, rgb.Height, 2)
	lightness.Depth, ab.Depth = 16, 16
	for i := range lightness.Pix {
		lightness.Pix[i] = lab[3*i] / 100
		ab.Pix[2*i] = min(max(lab[3*i+1]/(2*abRange)+0.5, 0), 1)
		ab.Pix[2*i+1] = min(max(lab[3*i+2]/(2*abRange)+0.5, 0), 1)
	}
	return lightness, ab
}

// Colours joins the lightness of a folder's pictures with the translated a and b of
// the same name in folder ab: the inverse of Gray with Colours "ab". Pictures of
// one channel are taken as lightness, as Gray writes it.
func Colours(ctx context.Context, in, ab, out string, o Options, notify func(Event)) (Result, error) {
	m, err := match(in, ab, out, CombineOptions{})
	if err != nil {
		return Result{}, err
	}
	var jobs []job
	for _, name := range m.Names {
		jobs = append(jobs, job{name, []string{m.a[name], m.b[name]}})
	}
	return run(ctx, o.record("colours", nil, in, ab), jobs, out, o, notify, func(_ job, p []*imgio.Picture) (*imgio.Picture, *imgio.Picture, error) {
		coloured, err := coloured(p[0].OnWhite(), p[1])
		return coloured, nil, err
	})
}

func coloured(p, ab *imgio.Picture) (*imgio.Picture, error) {
	if ab.Channels != 2 {
		return nil, hint.New(fmt.Errorf("the colours have %d channels, not a and b", ab.Channels), "give the translations of a model that was trained on pairs of {run prepare gray colors=ab}")
	}
	if p.Width != ab.Width || p.Height != ab.Height {
		return nil, fmt.Errorf("sizes differ: %d×%d and %d×%d", p.Width, p.Height, ab.Width, ab.Height)
	}
	lightness := p
	if p.Channels != 1 {
		rgb, err := p.Convert(3)
		if err != nil {
			return nil, err
		}
		lightness, _ = separated(rgb)
	}
	lab := make([]float32, 3*len(lightness.Pix))
	for i, l := range lightness.Pix {
		lab[3*i] = 100 * l
		lab[3*i+1] = 2 * abRange * (ab.Pix[2*i] - 0.5)
		lab[3*i+2] = 2 * abRange * (ab.Pix[2*i+1] - 0.5)
	}
	return imgio.FromLab(lab, p.Width, p.Height), nil
}

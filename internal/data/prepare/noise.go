package prepare

import (
	"context"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"easel/internal/file/imgio"
)

// NoiseOptions are the options of Noise.
type NoiseOptions struct {
	// Kind is "gaussian"; "poisson", photon noise, stronger in bright areas; or
	// "impulse", single samples that are black or white.
	Kind string `json:"kind"`
	// Sigma is the standard deviation in steps of 8-bit samples, 0..255: of
	// Gaussian noise everywhere, of photon noise at middle grey.
	Sigma float64 `json:"sigma"`
	// SigmaMax, if above Sigma, draws every picture's deviation between the two, to
	// learn blind denoising.
	SigmaMax float64 `json:"sigma_max"`
	// Fraction of the pixels that impulses hit.
	Fraction float64 `json:"fraction"`
}

// DefaultNoiseOptions returns Gaussian noise of 25, the usual protocol.
func DefaultNoiseOptions() NoiseOptions {
	return NoiseOptions{Kind: "gaussian", Sigma: 25, Fraction: 0.1}
}

// Validate reports the first invalid option.
func (n NoiseOptions) Validate() error { return n.Declared().Check() }

// Noise pairs each picture with a noisy one.
func Noise(ctx context.Context, in, out string, n NoiseOptions, o Options, notify func(Event)) (Result, error) {
	if err := n.Validate(); err != nil {
		return Result{}, err
	}
	spoil := n.spoil()
	return fromTargets(ctx, "noise", n, in, out, o, notify, func(target *imgio.Picture, chance *rand.Rand) (*imgio.Picture, error) {
		noisy := target.Clone()
		spoil(noisy, chance)
		return noisy, nil
	})
}

func (n NoiseOptions) spoil() func(p *imgio.Picture, chance *rand.Rand) {
	switch n.Kind {
	case "poisson":
		return n.poisson
	case "impulse":
		return n.impulse
	}
	return n.gaussian
}

// deviation is that of one picture, in 0..1.
func (n NoiseOptions) deviation(chance *rand.Rand) float64 {
	sigma := n.Sigma
	if n.SigmaMax > sigma {
		sigma += (n.SigmaMax - sigma) * chance.Float64()
	}
	return sigma / 255
}

func (n NoiseOptions) gaussian(p *imgio.Picture, chance *rand.Rand) {
	sigma := n.deviation(chance)
	for i, v := range p.Pix {
		p.Pix[i] = float32(min(max(float64(v)+sigma*chance.NormFloat64(), 0), 1))
	}
}

// poisson counts photons: a sample of value v is v/gain of them on average, and
// the gain gives middle grey the deviation wanted.
func (n NoiseOptions) poisson(p *imgio.Picture, chance *rand.Rand) {
	sigma := n.deviation(chance)
	gain := 2 * sigma * sigma
	for i, v := range p.Pix {
		if v <= 0 {
			continue
		}
		photons := distuv.Poisson{Lambda: float64(v) / gain, Src: chance}.Rand()
		p.Pix[i] = float32(min(gain*photons, 1))
	}
}

func (n NoiseOptions) impulse(p *imgio.Picture, chance *rand.Rand) {
	for i := range p.Width * p.Height {
		if chance.Float64() >= n.Fraction {
			continue
		}
		v := float32(chance.IntN(2))
		for c := range p.Channels {
			p.Pix[i*p.Channels+c] = v
		}
	}
}

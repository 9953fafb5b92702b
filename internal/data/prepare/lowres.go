package prepare

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"easel/internal/file/imgio"
)

// LowresOptions are the options of Lowres.
type LowresOptions struct {
	// Factor by which width and height shrink.
	Factor float64
	// Down is the filter to shrink with.
	Down string
	// Up is the filter to enlarge with: the input has the target's size.
	Up string
}

// DefaultLowresOptions returns a factor of 4 with bicubic resampling, the usual
// protocol of super-resolution.
func DefaultLowresOptions() LowresOptions {
	return LowresOptions{Factor: 4, Down: imgio.Bicubic.String(), Up: imgio.Bicubic.String()}
}

// Validate reports the first invalid option.
func (l LowresOptions) Validate() error { return l.Declared().Check() }

// Lowres pairs each picture with a coarse version of the same size, to learn
// super-resolution.
func Lowres(ctx context.Context, in, out string, l LowresOptions, o Options, notify func(Event)) (Result, error) {
	if err := l.Validate(); err != nil {
		return Result{}, err
	}
	down, err := imgio.ParseFilter(l.Down)
	if err != nil {
		return Result{}, err
	}
	up, err := imgio.ParseFilter(l.Up)
	if err != nil {
		return Result{}, err
	}
	return fromTargets(ctx, "lowres", l.record(), in, out, o, notify, func(target *imgio.Picture, _ *rand.Rand) (*imgio.Picture, error) {
		w := int(math.Round(float64(target.Width) / l.Factor))
		h := int(math.Round(float64(target.Height) / l.Factor))
		if w < 1 || h < 1 {
			return nil, fmt.Errorf("%d×%d pixels are too few to leave 1 in %v", target.Width, target.Height, l.Factor)
		}
		small := imgio.Quantise(imgio.Resize(target, w, h, down)) // as a file of it would be
		return imgio.Resize(small, target.Width, target.Height, up), nil
	})
}

func (l LowresOptions) record() any {
	return map[string]any{"factor": l.Factor, "down": l.Down, "up": l.Up}
}

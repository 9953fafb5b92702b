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
	// Factor is the reduction of the pixels of each side.
	Factor float64
	// Down is the filter to shrink with, and Up the one to enlarge with: the
	// input has the target's size.
	Down, Up imgio.Filter
}

// DefaultLowresOptions returns a factor of 4 with bicubic resampling, the usual
// protocol of super-resolution.
func DefaultLowresOptions() LowresOptions {
	return LowresOptions{Factor: 4, Down: imgio.Bicubic, Up: imgio.Bicubic}
}

// Validate returns what is wrong with the options, or nil.
func (l LowresOptions) Validate() error {
	if !(l.Factor > 1 && l.Factor <= 64) {
		return fmt.Errorf("factor %v: it must be above 1 and at most 64", l.Factor)
	}
	return nil
}

// Lowres pairs each picture with a coarse version of the same size, to learn
// super-resolution.
func Lowres(ctx context.Context, in, out string, l LowresOptions, o Options, notify func(Event)) (Result, error) {
	if err := l.Validate(); err != nil {
		return Result{}, err
	}
	return fromTargets(ctx, "lowres", l.record(), in, out, o, notify, func(target *imgio.Picture, _ *rand.Rand) (*imgio.Picture, error) {
		w := int(math.Round(float64(target.Width) / l.Factor))
		h := int(math.Round(float64(target.Height) / l.Factor))
		if w < 1 || h < 1 {
			return nil, fmt.Errorf("%d×%d pixels are too few to leave 1 in %v", target.Width, target.Height, l.Factor)
		}
		small := imgio.Quantise(imgio.Resize(target, w, h, l.Down)) // as a file of it would be
		return imgio.Resize(small, target.Width, target.Height, l.Up), nil
	})
}

func (l LowresOptions) record() any {
	return map[string]any{"factor": l.Factor, "down": l.Down.String(), "up": l.Up.String()}
}

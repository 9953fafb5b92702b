package stylize

import (
	"fmt"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// level is the largest difference of two numbers within one 8-bit level, with room for
// rounding.
const level = 1.5 / 255

// isGrey reports whether the content and all styles are grey: in every pixel, the channels
// are within a level of each other.
func (p *pictures) isGrey() bool {
	grey := func(q *imgio.Picture) bool {
		for i := 0; i < len(q.Pix); i += 3 {
			if rgb := q.Pix[i : i+3]; slices.Max(rgb)-slices.Min(rgb) > level {
				return false
			}
		}
		return true
	}
	return (p.content == nil || grey(p.content)) && !slices.ContainsFunc(p.styles, func(q *imgio.Picture) bool { return !grey(q) })
}

// project replaces every three numbers of a picture or a gradient by their mean,
// which is the nearest grey. With grey points and projected gradients the
// optimisers, which treat all numbers alike, minimise the objective among grey
// pictures and leave them exactly grey. Taking the colours out of the result alone
// would leave a picture that is no minimum.
func project(v []float32) {
	for i := 0; i < len(v); i += 3 {
		mean := float32((float64(v[i]) + float64(v[i+1]) + float64(v[i+2])) / 3)
		v[i], v[i+1], v[i+2] = mean, mean, mean
	}
}

// checkTexture refuses styles of a single colour: features that are equal everywhere say
// nothing about strokes, and those of black are all zero.
func (p *pictures) checkTexture(o Options) error {
	if len(o.objective().StyleLayers()) == 0 {
		return nil
	}
	for i, q := range p.styles {
		if isFlat(q) {
			return hint.New(
				fmt.Errorf("style picture %s: %w", o.Styles[i].Path, ErrNoTexture),
				"choose a picture with strokes or a pattern as {style}",
			)
		}
	}
	return nil
}

// isFlat reports whether a picture's pixels are within a level of each other.
func isFlat(q *imgio.Picture) bool {
	low, high := slices.Clone(q.Pix[:3]), slices.Clone(q.Pix[:3])
	for i, v := range q.Pix {
		low[i%3], high[i%3] = min(low[i%3], v), max(high[i%3], v)
	}
	for c := range low {
		if high[c]-low[c] > level {
			return false
		}
	}
	return true
}

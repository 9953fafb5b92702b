package prepare

import (
	"context"
	"math/rand/v2"

	"easel/internal/data/edge"
	"easel/internal/file/imgio"
)

// Edges pairs each picture with its outlines, black on white, as the paper does
// for edges→shoes and edges→handbags (§4); package edge says how they differ from
// the paper's.
func Edges(ctx context.Context, in, out string, e edge.Options, o Options, notify func(Event)) (Result, error) {
	if err := e.Validate(); err != nil {
		return Result{}, err
	}
	return fromTargets(ctx, "edges", e, in, out, o, notify, func(target *imgio.Picture, _ *rand.Rand) (*imgio.Picture, error) {
		rgb, err := target.Convert(3)
		if err != nil {
			return nil, err
		}
		drawing := imgio.New(rgb.Width, rgb.Height, 1)
		for i, line := range edge.Detect(rgb, e) {
			if !line {
				drawing.Pix[i] = 1
			}
		}
		return drawing, nil
	})
}

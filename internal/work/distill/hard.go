package distill

import (
	"context"
	"math"
	"math/rand/v2"

	"easel/internal/file/imgio"
	"easel/internal/work/stylize"
)

// paintingSide is the side of a painting in pixels.
const paintingSide = 192

// paint lets the network of a file, which is the student so far, paint one picture in the
// style of another.
func (g *gallery) paint(ctx context.Context, r *rand.Rand, o Options) (*imgio.Picture, error) {
	p, err := stylize.Preset(stylize.DefaultPreset)
	if err != nil {
		return nil, err
	}
	p.Content, p.Styles = "content", []stylize.Style{{Path: "style", Weight: 1}}
	p.Pictures = map[string]*imgio.Picture{"content": g.plain(r, paintingSide), "style": g.plain(r, paintingSide)}
	p.Weights, p.Backend, p.Precision, p.Threads = o.Out, o.Backend, o.Precision, o.Threads
	p.Size, p.MinSize = paintingSide, paintingSide/2
	p.Iterations, p.FinalIterations = 10+r.IntN(40), 5+r.IntN(30)
	p.Objective.ContentWeight *= math.Pow(10, 1.5*r.Float64()-1)
	if r.IntN(5) == 0 {
		p.Init, p.Seed = stylize.FromNoise, r.Uint64()
	}
	painting, _, err := stylize.Run(ctx, p, nil)
	return painting, err
}

package translate

import (
	"context"
	"fmt"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/engine/graph"
	"easel/internal/file/imgio"
	"easel/internal/model/tiled"
)

// Pictures that do not fit into memory are translated in tiles, but only on request: tiles
// may be visible if the network sees further than the overlap. Package tiled does the work;
// this file converts between pictures and its rows.

// network adapts the translator's network to package tiled.
func (t *Translator) network(o Options, given map[string][]float32) tiled.Network {
	return tiled.Network{
		Build: func(height, width int) (*graph.Graph, error) {
			g, _, err := t.form.build(shape{height, width, false, o.NoNoise})
			return g, err
		},
		Multiple: t.form.multiple, Given: given, Seed: o.Seed,
	}
}

// plan cuts a padded picture into tiles, and checks that they fit into memory.
func (t *Translator) plan(n tiled.Network, height, width int, o Options) (*tiled.Plan, error) {
	p, err := n.Plan(height, width, o.Tile, o.Overlap)
	if err != nil {
		return nil, err
	}
	needed, err := n.Memory(t.device, p)
	if err != nil {
		return nil, err
	}
	if allowed := t.allowed(); needed > allowed {
		return nil, &MemoryError{Needed: needed, Allowed: allowed, Tile: t.fitTile(height, width, allowed, p.Window)}
	}
	return p, nil
}

// largestTile is the largest tile to recommend: larger ones gain almost nothing.
const largestTile = 4096

// fitTile returns the largest of some tile sides below a limit that fits; 0 if none does.
func (t *Translator) fitTile(height, width int, allowed int64, below int) int {
	n := t.network(t.options, t.form.regions[0].given)
	for side := largestTile; side >= 2*n.Multiple; side /= 2 {
		if side >= below {
			continue
		}
		p, err := n.Plan(height, width, side, 0)
		if err != nil {
			continue
		}
		if needed, err := n.Memory(t.device, p); err == nil && needed <= allowed {
			return side
		}
	}
	return 0
}

// approximate warns if a plan is approximate; it is "" for an exact one.
func approximate(p *tiled.Plan) string {
	if p.Exact() {
		return ""
	}
	return fmt.Sprintf("tiles of %d that overlap by %d are an approximation: the network sees %d pixels around each", p.Window, p.Overlap, p.Reach)
}

// runTiled runs the network on a padded picture in memory.
func (t *Translator) runTiled(ctx context.Context, in *imgio.Picture, given map[string][]float32, o Options) (samples []float32, warning string, err error) {
	network := t.network(o, given)
	plan, err := t.plan(network, in.Height, in.Width, o)
	if err != nil {
		return nil, "", err
	}
	out := make([]float32, 0, in.Height*in.Width*t.form.outputs)
	source := opener(func() (tiled.Rows, error) { return &pictureRows{picture: in}, nil })
	err = network.Run(ctx, t.device, plan, source, func(rows []float32, _ int) error {
		out = append(out, rows...)
		return nil
	}, nil)
	return out, approximate(plan), err
}

// opener adapts a function to a source.
type opener func() (tiled.Rows, error)

// Open implements tiled.Source.
func (o opener) Open() (tiled.Rows, error) { return o() }

// pictureRows reads rows of a padded picture.
type pictureRows struct {
	picture *imgio.Picture
	done    int
}

// Next implements tiled.Rows.
func (r *pictureRows) Next(dst []float32) error {
	toModel(dst, r.picture.Pix[r.done*len(dst):][:len(dst)])
	r.done++
	return nil
}

// Close implements tiled.Rows.
func (r *pictureRows) Close() error { return nil }

// toModel is imgio.ToModel for a part of a picture.
func toModel(dst, pix []float32) {
	for i, v := range pix {
		dst[i] = 2*v - 1
	}
}

// withTileHint adds advice to the error for a file that is too large to be read whole: in
// tiles it need not be.
func (t *Translator) withTileHint(err error, e *imgio.SizeError) error {
	side := t.fitTile(t.padded(e.Height), t.padded(e.Width), t.allowed(), largestTile+1)
	if side == 0 {
		return err
	}
	return hint.New(err, fmt.Sprintf("translate it in tiles with {tile=%d}", side))
}

// allowed returns the memory that a picture may use.
func (t *Translator) allowed() int64 {
	if t.options.MaxMemory > 0 {
		return t.options.MaxMemory
	}
	return availableMemory(t.device)
}

// freePrograms frees the programs for whole pictures.
func (t *Translator) freePrograms() {
	for _, s := range t.programs {
		_ = s.program.Close()
	}
	t.programs = slices.Delete(t.programs, 0, len(t.programs))
	t.memory.Store(0)
}

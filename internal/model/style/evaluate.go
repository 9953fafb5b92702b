package style

import (
	"cmp"
	"fmt"

	"easel/internal/engine/device"
)

// Evaluate returns the losses of a picture x [height, width, 3], RGB in 0..1 (other values
// are used as they are), and writes their gradient with respect to its pixels into
// gradient, of the same length.
func (e *Evaluator) Evaluate(x, gradient []float32) (Losses, error) {
	if n := e.height * e.width * 3; len(x) != n || len(gradient) != n {
		return Losses{}, fmt.Errorf("style objective: %d pixels and a gradient of %d for a picture of %d×%d", len(x)/3, len(gradient)/3, e.width, e.height)
	}
	losses := Losses{Layers: map[string]float64{}}
	clear(gradient)
	var err error
	if e.whole != nil {
		err = e.once(x, gradient, &losses)
	} else {
		err = e.tiled(x, gradient, &losses)
	}
	if err == nil {
		err = e.ofPixels(x, gradient, &losses)
	}
	if err != nil {
		return Losses{}, fmt.Errorf("style objective: %w", err)
	}
	losses.Total = losses.Content + losses.Style + losses.Variation + losses.Temporal
	return losses, nil
}

func (e *Evaluator) once(x, gradient []float32, losses *Losses) error {
	copy(e.whole.Input("picture"), x)
	if err := e.whole.Run(); err != nil {
		return err
	}
	r := reader{program: e.whole}
	copy(gradient, r.output("gradient"))
	e.readContent(&r, losses)
	e.readStyle(&r, losses)
	return r.err
}

func (o *objectiveGraphs) readContent(r *reader, losses *Losses) {
	for _, layer := range o.contents {
		v := float64(r.output("content/" + layer)[0])
		losses.Content += v
		losses.Layers["content/"+layer] += v
	}
}

func (o *objectiveGraphs) readStyle(r *reader, losses *Losses) {
	for i := range o.targets {
		for _, layer := range o.layers {
			v := float64(r.output(momentName(i, layer))[0])
			losses.Style += v
			losses.Layers["style/"+layer] += v
		}
	}
}

// tiled is once in two passes over the tiles: the moments of the whole picture and the
// joined map, then the backward pass with their gradients. In between the layers above are
// evaluated as a whole.
func (e *Evaluator) tiled(x, gradient []float32, losses *Losses) error {
	moments, joined, err := e.measure(x)
	if err != nil {
		return err
	}
	head := reader{program: e.head}
	if e.head != nil {
		e.setMoments(moments)
		if err := e.head.Run(); err != nil {
			return err
		}
		e.readStyle(&head, losses)
	}
	if e.upper != nil {
		if err := e.evaluateAbove(joined, losses); err != nil {
			return err
		}
	}
	setPicture := e.setPicture(x)
	err = e.eachTile(e.tileGraph, func(t tile, prog device.Program) {
		setPicture(t, prog)
		if e.joint != nil {
			copyOut(prog.Input("joined"), joined.Values, joined.Width, joined.Channels, t.region(e.network.config, *e.joint, e.height, e.width))
		}
		e.setContent(t, prog, e.content)
		e.setMasks(t, prog)
		e.setSlopes(prog, &head)
	}, func(t tile, r *reader) {
		e.readContent(r, losses)
		t.addIn(gradient, r.output("gradient"), e.width, 3)
	})
	return cmp.Or(head.err, err)
}

// evaluateAbove evaluates the layers above where tiles are joined, and turns the joined map into
// the gradient with respect to it.
func (e *Evaluator) evaluateAbove(joined Map, losses *Losses) error {
	return e.upper.eachTile(e.upper.wholeGraph, func(t tile, p device.Program) {
		copy(p.Input("picture"), joined.Values)
		e.upper.setContent(t, p, e.content)
		e.upper.setMasks(t, p)
		e.upper.setStyle(p)
	}, func(_ tile, r *reader) {
		copy(joined.Values, r.output("gradient"))
		e.upper.readContent(r, losses)
		e.upper.readStyle(r, losses)
	})
}

// setMoments passes the whole picture's moments to the head.
func (e *Evaluator) setMoments(moments []map[string]Moments) {
	for i := range moments {
		for _, layer := range e.layers {
			name := momentName(i, layer)
			narrow(e.head.Input(name+"/second"), moments[i][layer].Second)
			if e.means {
				narrow(e.head.Input(name+"/mean"), moments[i][layer].Mean)
			}
		}
	}
}

// setSlopes passes a tile the gradients with respect to the moments' sums: those with
// respect to the moments, divided by the area.
func (e *Evaluator) setSlopes(p device.Program, head *reader) {
	for i := range e.targets {
		for _, layer := range e.layers {
			name, factor := momentName(i, layer), float32(1/e.area(i, layer))
			scaleInto(p.Input(name+"/second"), head.output(name+"/second/gradient"), factor)
			if e.means {
				scaleInto(p.Input(name+"/mean"), head.output(name+"/mean/gradient"), factor)
			}
		}
	}
}

func narrow(dst []float32, src []float64) {
	for i, v := range src {
		dst[i] = float32(v)
	}
}

func scaleInto(dst, src []float32, factor float32) {
	for i, v := range src {
		dst[i] = v * factor
	}
}

// ofPixels adds the losses that need no network: total variation, and nearness to the
// frame before.
func (e *Evaluator) ofPixels(x, gradient []float32, losses *Losses) error {
	if e.pixels == nil {
		return nil
	}
	copy(e.pixels.Input("picture"), x)
	if err := e.pixels.Run(); err != nil {
		return err
	}
	r := reader{program: e.pixels}
	if e.varies() {
		losses.Variation = float64(r.output("variation")[0])
	}
	if e.temporal != nil {
		losses.Temporal = float64(r.output("temporal")[0])
	}
	for i, v := range r.output("gradient") {
		gradient[i] += v
	}
	return r.err
}

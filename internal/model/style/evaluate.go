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
		err = e.inTiles(x, gradient, &losses)
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

func (e *Evaluator) readContent(r *reader, losses *Losses) {
	for _, layer := range e.objective.ContentLayers() {
		v := float64(r.output("content/" + layer)[0])
		losses.Content += v
		losses.Layers["content/"+layer] += v
	}
}

func (e *Evaluator) readStyle(r *reader, losses *Losses) {
	for i := range e.targets {
		for _, layer := range e.layers {
			v := float64(r.output(momentName(i, layer))[0])
			losses.Style += v
			losses.Layers["style/"+layer] += v
		}
	}
}

// inTiles is once in two passes over the tiles: the moments of the whole picture, then the
// backward pass with their gradients.
func (e *Evaluator) inTiles(x, gradient []float32, losses *Losses) error {
	p := Picture{Height: e.height, Width: e.width, Pixels: x}
	head := reader{program: e.head}
	if e.head != nil {
		moments, err := e.measure(p)
		if err != nil {
			return err
		}
		e.setMoments(moments)
		if err := e.head.Run(); err != nil {
			return err
		}
		e.readStyle(&head, losses)
	}
	setPicture := e.setPicture(p)
	err := e.eachTile(e.tileGraph, func(t tile, prog device.Program) {
		setPicture(t, prog)
		e.setContent(t, prog)
		e.setMasks(t, prog)
		e.setSlopes(prog, &head)
	}, func(t tile, r *reader) {
		e.readContent(r, losses)
		t.addIn(gradient, r.output("gradient"), e.width, 3)
	})
	return cmp.Or(head.err, err)
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

package tiled

import (
	"context"
	"errors"
	"fmt"

	"easel/internal/engine/cpu/kernel/random"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// Source opens a picture's rows, from top to bottom, as often as needed.
type Source interface{ Open() (Rows, error) }

// Rows is one pass over the rows of a picture.
type Rows interface {
	// Next fills dst, [width, channels], with the next row, in −1 to 1.
	Next(dst []float32) error
	Close() error
}

// Sink receives the translation's next rows, [count, width, channels], from top to bottom.
type Sink func(rows []float32, count int) error

// Progress is the progress of a run.
type Progress struct {
	// Pass of Passes; the last makes the picture, the others measure statistics.
	Pass, Passes int
	// Done of Tiles windows of the pass.
	Done, Tiles int
}

// Run translates the picture of a plan. Notify, which may be nil, is called for every
// window. If the run fails or its context ends, the sink may have received some of the
// rows.
func (n Network) Run(ctx context.Context, d device.Device, p *Plan, source Source, sink Sink, notify func(Progress)) error {
	g, err := n.Build(p.rows.window, p.columns.window)
	if err != nil {
		return err
	}
	forms, err := p.forms(g)
	if err != nil {
		return err
	}
	if notify == nil {
		notify = func(Progress) {}
	}
	r := &run{Network: n, forms: forms, ctx: ctx, device: d, plan: p, source: source, notify: notify, in: newStrip(p, forms.inputs)}
	for k := range r.norms {
		if err := r.measureNorm(k); err != nil {
			return err
		}
	}
	return r.translateAll(sink)
}

// run is a run in progress.
type run struct {
	Network
	*forms
	ctx     context.Context
	device  device.Device
	plan    *Plan
	source  Source
	moments []*moments // of the norms measured so far
	in      *strip
	notify  func(Progress)
}

// measureNorm measures the statistics of the next norm.
func (r *run) measureNorm(k int) error {
	m := newMoments(r.norms[k])
	rows, columns, shrink, border := r.plan.rows, r.plan.columns, r.norms[k].shrink, r.norms[k].border
	p := &pass{form: r.measure[k], number: k + 1}
	p.place = func(program device.Program, row, column int) {
		copy(program.Input(rowsInput), rows.own(row, shrink, border))
		copy(program.Input(columnsInput), columns.own(column, shrink, border))
	}
	p.made = func(program device.Program, row, column int) error {
		return m.add(program, float64(rows.count(row, shrink, border)*columns.count(column, shrink, border)))
	}
	if err := r.pass(p); err != nil {
		return err
	}
	r.moments = append(r.moments, m)
	return nil
}

// translateAll makes the picture.
func (r *run) translateAll(sink Sink) error {
	out := newStrip(r.plan, r.outputs)
	p := &pass{form: r.translate, number: len(r.norms) + 1}
	p.made = func(program device.Program, row, column int) error {
		fake, err := device.Read(program, "fake")
		if err != nil {
			return err
		}
		out.mix(fake, r.plan.columns.starts[column], r.plan.rows.weights(row), r.plan.columns.weights(column))
		return nil
	}
	p.through = func(row int) error {
		finished := r.plan.Height - r.plan.rows.starts[row]
		if row+1 < len(r.plan.rows.starts) {
			finished = r.plan.rows.starts[row+1] - r.plan.rows.starts[row]
		}
		if err := sink(out.values[:finished*out.stride], finished); err != nil {
			return err
		}
		out.advance(finished)
		clear(out.values[len(out.values)-finished*out.stride:])
		return nil
	}
	return r.pass(p)
}

// pass visits all windows, row by row.
type pass struct {
	*form
	number int // from 1
	// place sets the inputs that depend on the window's position, made receives the
	// program's outputs, and through is called after each row of windows. Place and through
	// may be nil.
	place   func(program device.Program, row, column int)
	made    func(program device.Program, row, column int) error
	through func(row int) error
}

func (r *run) pass(p *pass) (err error) {
	program, err := r.device.Compile(p.graph)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, program.Close()) }()
	source, err := r.source.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	for name, value := range r.Given {
		if p.live[name] {
			copy(program.Input(name), value)
		}
	}
	for k, m := range r.moments {
		if name := momentsName(k); p.live[name] {
			m.give(program.Input(name))
		}
	}
	for row, top := range r.plan.rows.starts {
		if err := r.in.read(source, row, top, r.plan.rows); err != nil {
			return err
		}
		for column := range r.plan.columns.starts {
			if err := r.window(p, program, row, column); err != nil {
				return err
			}
		}
		if p.through != nil {
			if err := p.through(row); err != nil {
				return err
			}
		}
	}
	return nil
}

// window runs one window of a pass.
func (r *run) window(p *pass, program device.Program, row, column int) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	r.in.cut(program.Input("a"), r.plan.columns.starts[column], r.plan.columns.window)
	for _, d := range p.draws {
		if p.live[d.input] {
			d.fill(program.Input(d.input), r.Seed, r.plan, row, column)
		}
	}
	if p.place != nil {
		p.place(program, row, column)
	}
	number := row*len(r.plan.columns.starts) + column + 1
	if err := program.Run(); err != nil {
		return fmt.Errorf("tile %d of %d: %w", number, r.plan.Tiles(), err)
	}
	if err := p.made(program, row, column); err != nil {
		return err
	}
	r.notify(Progress{Pass: p.number, Passes: len(r.norms) + 1, Done: number, Tiles: r.plan.Tiles()})
	return nil
}

// fill sets the window's part of the random value of the whole picture.
func (d draw) fill(dst []float32, seed uint64, p *Plan, row, column int) {
	source := random.Source{Seed: seed}
	channels := d.shape.Channels()
	top, left, whole := p.rows.starts[row]/d.shrink, p.columns.starts[column]/d.shrink, p.Width/d.shrink
	length := d.shape[2] * channels
	for y := range d.shape[1] {
		line, first := dst[y*length:][:length], ((top+y)*whole+left)*channels
		switch o := d.op.(type) {
		case graph.DropoutMask:
			source.Stream = o.Stream
			source.DropoutMask(line, first, o.Rate)
		case graph.NormalNoise:
			source.Stream = o.Stream
			source.NormalNoise(line, first)
		}
	}
}

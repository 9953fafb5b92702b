package translate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"easel/internal/data/palette"
	"easel/internal/file/imgio"
	"easel/internal/model/tiled"
)

// tiledFile translates a job's pictures in tiles. It reads them a few rows at a time, once
// for each norm and once more, and writes rows as they are made.
func (t *Translator) tiledFile(ctx context.Context, j job, p *Event, o FileOptions, notify func(Event)) error {
	if err := t.form.whole(); err != nil {
		return err
	}
	s := &strips{translator: t, job: j, options: o}
	if err := s.look(); err != nil {
		return err
	}
	p.Width, p.Height = s.width, s.height
	if err := os.MkdirAll(filepath.Dir(j.output), 0o777); err != nil {
		return fmt.Errorf("make the output folder: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return fmt.Errorf("translate: %w", ErrClosed)
	}
	t.freePrograms()
	network := t.network(t.options, t.form.regions[0].given)
	plan, err := t.plan(network, s.padding.height, s.padding.width, t.options)
	if err != nil {
		return fmt.Errorf("translate a picture of %d×%d in tiles: %w", s.width, s.height, err)
	}
	if text := approximate(plan); text != "" {
		p.Warnings = append(p.Warnings, imgio.Warning{File: j.inputs[0], Text: text})
	}
	err = imgio.WriteRows(j.output, j.format, s.output, func(w *imgio.RowWriter) error {
		return network.Run(ctx, t.device, plan, opener(s.open), s.sink(w), func(at tiled.Progress) {
			under := *p
			under.Pass, under.Passes, under.Tile, under.Tiles, under.Warnings = at.Pass, at.Passes, at.Done, at.Tiles, nil
			notify(under)
		})
	})
	p.Warnings = append(p.Warnings, s.warnings...)
	return err
}

// strips is a job's picture, which is read and written by rows.
type strips struct {
	translator    *Translator
	job           job
	options       FileOptions
	width, height int
	padding       padding
	output        *imgio.Picture // describes the translation, without pixels
	warnings      []imgio.Warning
}

// look determines the properties of the picture and of its translation.
func (s *strips) look() error {
	t := s.translator
	s.options.Read.Range = t.images.Inputs.Range
	in, err := s.openFiles()
	if err != nil {
		return err
	}
	first, err := in.next(1)
	if err = errors.Join(err, in.Close()); err != nil {
		return err
	}
	if _, err := t.taken(first, t.options); err != nil {
		return fmt.Errorf("translate: %w", err)
	}
	s.width, s.height = first.Width, in.height()
	s.padding = t.paddingOf(s.width, s.height)
	s.output = &imgio.Picture{Width: s.width, Height: s.height, Channels: t.form.outputs, Depth: 8, Place: first.Place}
	if t.form.classifies {
		painted := t.labels.Paint([]int{0}, 1, 1)
		s.output.Channels, s.output.Depth, s.output.Alpha = painted.Channels, painted.Depth, painted.Alpha
		s.output.Place = imgio.Place{} // as for pictures in memory
		return nil
	}
	t.describe(s.output, first.Depth, t.options)
	return nil
}

// sink writes rows of the padded translation to the file.
func (s *strips) sink(w *imgio.RowWriter) tiled.Sink {
	t, done := s.translator, 0
	return func(rows []float32, count int) error {
		for y := range count {
			if at := done - s.padding.top; at >= 0 && at < s.height {
				n := s.padding.width * t.form.outputs
				row := rows[y*n:][:n][s.padding.left*t.form.outputs:][:s.width*t.form.outputs]
				if err := w.Write(s.made(row)); err != nil {
					return err
				}
			}
			done++
		}
		return nil
	}
}

// made converts a row of the translation to a picture.
func (s *strips) made(row []float32) *imgio.Picture {
	t := s.translator
	if t.form.classifies {
		return t.labels.Paint(palette.Argmax(row, t.form.outputs), s.width, 1)
	}
	p := imgio.FromModel(row, s.width, 1, t.form.outputs, s.output.Depth)
	p.Range, p.Alpha = s.output.Range, s.output.Alpha
	return p
}

// openFiles opens the job's files for reading.
func (s *strips) openFiles() (*fileRows, error) {
	f := &fileRows{side: s.options.Side}
	for _, input := range s.job.inputs {
		r, err := imgio.OpenRows(input, s.options.Read)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		f.files = append(f.files, r)
		f.names = append(f.names, input)
	}
	return f, nil
}

// open starts a pass over the padded picture.
func (s *strips) open() (tiled.Rows, error) {
	f, err := s.openFiles()
	if err != nil {
		return nil, err
	}
	return &paddedRows{strips: s, files: f}, nil
}

// fileRows reads rows of one picture, or of several whose channels it joins.
type fileRows struct {
	files []*imgio.Rows
	names []string
	side  string
}

func (f *fileRows) height() int { return f.files[0].Height }

func (f *fileRows) next(rows int) (*imgio.Picture, error) {
	var pictures []*imgio.Picture
	for i, r := range f.files {
		p, err := r.Next(rows)
		if err != nil {
			return nil, err
		}
		if p, err = half(p, f.side); err != nil {
			return nil, fmt.Errorf("%s: %w", f.names[i], err)
		}
		pictures = append(pictures, p)
	}
	return together(pictures, f.names[0])
}

// Close closes the files.
func (f *fileRows) Close() error {
	var all []error
	for _, r := range f.files {
		all = append(all, r.Close())
	}
	return errors.Join(all...)
}

// paddedRows reads rows of the picture in the network's form, mirrored at its edges.
type paddedRows struct {
	*strips
	files *fileRows
	done  int // rows returned
	read  int // rows of the picture read so far
	// kept has the last rows of the picture, as many as the mirrored edge needs.
	kept [][]float32
}

// readRows is how many rows are decoded at a time.
const readRows = 32

// Next implements tiled.Rows.
func (r *paddedRows) Next(dst []float32) error {
	y := imgio.Mirrored(r.done-r.padding.top, r.height)
	for y >= r.read {
		if err := r.more(); err != nil {
			return err
		}
	}
	row := r.kept[y%len(r.kept)]
	channels := len(row) / r.width
	for x := range r.padding.width {
		from := imgio.Mirrored(x-r.padding.left, r.width)
		copy(dst[x*channels:][:channels], row[from*channels:])
	}
	r.done++
	return nil
}

// more decodes the next rows.
func (r *paddedRows) more() error {
	if r.kept == nil {
		edge := max(r.padding.top, r.padding.height-r.padding.top-r.height)
		r.kept = make([][]float32, min(r.height, edge+1+readRows))
	}
	rows, err := r.files.next(readRows)
	if err != nil {
		return err
	}
	if rows, err = r.translator.taken(rows, r.translator.options); err != nil {
		return fmt.Errorf("translate: %w", err)
	}
	n := rows.Width * rows.Channels
	for y := range rows.Height {
		at := &r.kept[r.read%len(r.kept)]
		if *at == nil {
			*at = make([]float32, n)
		}
		toModel(*at, rows.Pix[y*n:][:n])
		r.read++
	}
	return nil
}

// Close implements tiled.Rows.
func (r *paddedRows) Close() error {
	r.warnings = nil
	for _, f := range r.files.files {
		r.warnings = append(r.warnings, f.Warnings()...)
	}
	return r.files.Close()
}

package translate

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"easel/internal/engine/device"
	"easel/internal/file/imgio"
)

// A device that plans in milliseconds has a program for every padded size. One
// that compiles (device.Compiler) has a few for all: a picture stands in the
// next larger of sizes that are powers of two times the model's, with its own
// extent given, and comes out, to rounding, as from a program of its size (see
// pix2pix.InferenceOptions). At most four times as much is computed as needed.
// Pictures of the model's size, which most are in many folders, have a program
// of their own, and so has one whose larger size there is no room for.

// shape is the picture shape that a program is compiled for.
type shape struct {
	height, width int
	extent        bool // for pictures of up to that size
	quiet         bool // without noise
}

// sized is a program for one shape.
type sized struct {
	shape
	program device.Program
}

// keepPrograms is how many sizes stay planned: enough for pictures that come
// upright and lying. Compiled ones cost more and hold less.
const (
	keepPrograms = 2
	keepCompiled = 8
)

// sized returns the program for a padded size, planned now if need be.
func (t *Translator) sized(height, width int, quiet bool) (*sized, error) {
	exact := shape{height, width, false, quiet}
	s, err := t.program(t.bucket(exact))
	var large *MemoryError
	if errors.As(err, &large) && t.bucket(exact) != exact {
		return t.program(exact)
	}
	return s, err
}

// bucket is the shape of the program for a padded size.
func (t *Translator) bucket(exact shape) shape {
	n := t.form.size
	if _, compiles := t.device.(device.Compiler); !compiles || !t.form.extents || exact == (shape{n, n, false, exact.quiet}) {
		return exact
	}
	side := func(length int) int { return n << bits.Len(uint(length/n-1)) }
	return shape{side(exact.height), side(exact.width), true, exact.quiet}
}

// program returns the program for a shape, planned now if need be.
func (t *Translator) program(want shape) (*sized, error) {
	for i, s := range t.programs {
		if s.shape == want {
			copy(t.programs[1:i+1], t.programs[:i])
			t.programs[0] = s
			return s, nil
		}
	}
	g, _, err := t.form.build(want)
	if err != nil {
		return nil, err
	}
	if err := t.checkMemory(g, want); err != nil {
		return nil, err
	}
	keep := keepPrograms
	if _, compiles := t.device.(device.Compiler); compiles {
		keep = keepCompiled
	}
	if len(t.programs) == keep {
		_ = t.programs[keep-1].program.Close()
		t.programs = t.programs[:keep-1]
	}
	program, err := t.device.Compile(g)
	if err != nil {
		return nil, err
	}
	s := &sized{want, program}
	t.programs = slices.Insert(t.programs, 0, s)
	return s, nil
}

// put gives the program a padded picture.
func (s *sized) put(p *imgio.Picture) {
	a := s.program.Input("a")
	if !s.extent {
		imgio.ToModel(a, p)
		return
	}
	copy(s.program.Input("extent"), []float32{float32(p.Height), float32(p.Width)})
	rows := make([]float32, len(p.Pix))
	imgio.ToModel(rows, p)
	s.eachRow(p, p.Channels, func(at, inPicture, length int) { copy(a[at:], rows[inPicture:][:length]) })
}

// take returns a copy of what the program made of a padded picture, [height,
// width, channels].
func (s *sized) take(p *imgio.Picture, channels int) ([]float32, error) {
	fake, err := device.Read(s.program, "fake")
	if err != nil {
		return nil, fmt.Errorf("translate: %w", err)
	}
	if !s.extent {
		return slices.Clone(fake), nil
	}
	rows := make([]float32, p.Height*p.Width*channels)
	s.eachRow(p, channels, func(at, inPicture, length int) { copy(rows[inPicture:], fake[at:][:length]) })
	return rows, nil
}

// eachRow calls f with where a row of the picture begins in the program's value
// and in the picture, and its length.
func (s *sized) eachRow(p *imgio.Picture, channels int, f func(at, inPicture, length int)) {
	for row := range p.Height {
		f(row*s.width*channels, row*p.Width*channels, p.Width*channels)
	}
}

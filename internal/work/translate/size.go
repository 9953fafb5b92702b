package translate

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"easel/internal/engine/device"
	"easel/internal/file/imgio"
)

// A device that plans in milliseconds has a program for every padded size. One that
// compiles (device.Compiler) has a few for all sizes: a picture is put into the next larger
// size of the model's times powers of two, its own extent is passed as an input, and the
// result equals, up to rounding, that of a program of its own size (see
// pix2pix.InferenceOptions). This computes at most four times as much as needed. Pictures
// of the model's size, which most are in many folders, have their own program, and so do
// pictures whose larger size does not fit into memory.

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

// keepPrograms is how many programs are kept: enough for upright and landscape pictures.
// Compiled ones take longer to make and less memory.
const (
	keepPrograms = 2
	keepCompiled = 8
)

// sized returns the program for a padded size, which it plans if needed.
func (t *Translator) sized(height, width int, quiet bool) (*sized, error) {
	exact := shape{height, width, false, quiet}
	s, err := t.program(t.bucket(exact))
	var large *MemoryError
	if errors.As(err, &large) && t.bucket(exact) != exact {
		return t.program(exact)
	}
	return s, err
}

// bucket returns the shape of the program for a padded size.
func (t *Translator) bucket(exact shape) shape {
	n := t.form.size
	if _, compiles := t.device.(device.Compiler); !compiles || !t.form.extents || exact == (shape{n, n, false, exact.quiet}) {
		return exact
	}
	side := func(length int) int { return n << bits.Len(uint(length/n-1)) }
	return shape{side(exact.height), side(exact.width), true, exact.quiet}
}

// program returns the program for a shape, which it plans if needed.
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
		oldest := t.programs[keep-1].program
		t.memory.Add(-oldest.Memory())
		_ = oldest.Close()
		t.programs = t.programs[:keep-1]
	}
	program, err := t.device.Compile(g)
	if err != nil {
		return nil, err
	}
	t.memory.Add(program.Memory())
	s := &sized{want, program}
	t.programs = slices.Insert(t.programs, 0, s)
	return s, nil
}

// put copies a padded picture to the program's input.
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

// eachRow calls f with the offsets of each row of the picture in the program's value and in
// the picture, and with its length.
func (s *sized) eachRow(p *imgio.Picture, channels int, f func(at, inPicture, length int)) {
	for row := range p.Height {
		f(row*s.width*channels, row*p.Width*channels, p.Width*channels)
	}
}

package prepare

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"easel/internal/base/hint"
	"easel/internal/data/palette"
	"easel/internal/file/imgio"
)

// LabelOptions say how label pictures are converted.
type LabelOptions struct {
	// Palette is the file of the classes and their colours.
	Palette string
	// To is "index", maps of one channel that hold class indices, or "colours".
	To string
	// From is "index", "colours" or "auto" (or ""): pictures of one channel are index
	// maps.
	From string
	// Half, "left" or "right", is the side of the labels in side-by-side pairs; "" is for
	// pictures that are labels only. To colours, labels are converted in place and the
	// other half stays; index maps are written as single pictures.
	Half string
}

// Validate reports the first invalid option.
func (l LabelOptions) Validate() error { return l.Declared().Check() }

// labelling are the options of Labels with the palette that they name.
type labelling struct {
	LabelOptions
	palette *palette.Palette
}

// record returns what outputs depend on.
func (l labelling) record() any {
	return map[string]any{"palette": l.palette.Classes, "to": l.To, "from": cmp.Or(l.From, "auto"), "half": l.Half}
}

// leastFit is the fraction of a picture's pixels that must be near a colour of the
// palette. After JPEG, 86 % of the pixels of façade labels are, and 72 % in the
// worst picture; in natural photographs at most 30 % are.
const leastFit = 0.5

// Labels converts label pictures: index maps to colours, colours to index maps, or
// colours to clean colours, without JPEG noise. Pictures keep their names. A
// picture fails if it has an index or colours that the palette does not have.
func Labels(ctx context.Context, in, out string, options LabelOptions, o Options, notify func(Event)) (Result, error) {
	if err := cmp.Or(options.Validate(), o.fitsLabels()); err != nil {
		return Result{}, err
	}
	classes, err := palette.Read(options.Palette)
	if err != nil {
		return Result{}, err
	}
	l := labelling{options, classes}
	jobs, leftOut, err := jobsOf(in, out)
	if err != nil {
		return Result{}, err
	}
	o.Apart = false
	result, err := run(ctx, o.record("labels", l.record(), in), jobs, out, o, notify, func(_ job, p []*imgio.Picture) (*imgio.Picture, *imgio.Picture, error) {
		changed, err := l.change(p[0], o)
		return changed, nil, err
	})
	result.LeftOut = leftOut
	return result, err
}

func (l labelling) change(p *imgio.Picture, o Options) (*imgio.Picture, error) {
	labels, other, err := halves(p, l.Half)
	if err != nil {
		return nil, err
	}
	labels = o.fitted(labels, imgio.Nearest)
	positions, err := l.positions(labels)
	if err != nil {
		return nil, err
	}
	if l.To == "index" {
		return l.indices(positions, labels.Width, labels.Height), nil
	}
	painted := l.palette.Paint(positions, labels.Width, labels.Height)
	if other == nil {
		return painted, nil
	}
	if other = o.fitted(other, imgio.Bicubic); l.Half == "left" {
		return joined(painted, other)
	}
	return joined(other, painted)
}

// halves returns the half that is labels and the other one, which is nil where
// the picture is labels as a whole.
func halves(p *imgio.Picture, half string) (labels, other *imgio.Picture, err error) {
	if half == "" {
		return p, nil, nil
	}
	left, right, err := imgio.SplitSideBySide(p)
	if half == "right" {
		left, right = right, left
	}
	return left, right, err
}

// positions returns the classes of all pixels.
func (l labelling) positions(p *imgio.Picture) ([]int, error) {
	if l.From == "index" || l.From != "colours" && p.Channels == 1 {
		return l.fromIndices(p)
	}
	fit, err := l.palette.Fit(p)
	if err != nil {
		return nil, err
	}
	if fit < leastFit {
		return nil, hint.New(fmt.Errorf("only %.0f %% of the pixels are near a colour of the palette", 100*fit),
			"give the palette of these pictures, or find it with {find}; {half} says where labels are in side-by-side pairs")
	}
	return l.palette.Positions(p)
}

func (l labelling) fromIndices(p *imgio.Picture) ([]int, error) {
	if p.Channels != 1 {
		grey, err := p.Convert(1)
		if err != nil {
			return nil, err
		}
		p = grey
	}
	top := float32(255)
	if p.Depth == 16 {
		top = 65535
	}
	place := map[int]int{}
	for i, c := range l.palette.Classes {
		place[c.Index] = i
	}
	positions := make([]int, len(p.Pix))
	for i, v := range p.Pix {
		index := int(v*top + 0.5)
		k, ok := place[index]
		if !ok {
			return nil, hint.New(fmt.Errorf("index %d, at pixel %d, %d, is not in the palette", index, i%p.Width, i/p.Width), "add a line for it to the palette file")
		}
		positions[i] = k
	}
	return positions, nil
}

// indices returns an index map: 8 bits where they hold the palette's indices, or
// else 16.
func (l labelling) indices(positions []int, width, height int) *imgio.Picture {
	p, top := imgio.New(width, height, 1), float32(255)
	for _, c := range l.palette.Classes {
		if c.Index > 255 {
			p.Depth, top = 16, 65535
		}
	}
	for i, k := range positions {
		p.Pix[i] = float32(l.palette.Classes[k].Index) / top
	}
	return p
}

// MayWritePalette refuses a file that exists and is not a palette, and without force
// also one that is.
func MayWritePalette(path string, force bool) error {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := palette.Read(path); err != nil {
		return hint.New(fmt.Errorf("%s: %w, and is not a palette", path, fs.ErrExist), "name another file")
	}
	if force {
		return nil
	}
	return hint.New(fmt.Errorf("%s: %w", path, fs.ErrExist), "name another file, or overwrite this one with {force}")
}

// FindPalette finds the palette of the label pictures of a folder, all of them or
// one half of each, see [palette.Survey]. A picture that cannot be read is an
// error. progress, if not nil, is told how many have been looked at.
func FindPalette(ctx context.Context, in, half string, o Options, progress func(done, total int)) (*palette.Palette, error) {
	if err := labelHalf(&half).Check(); err != nil {
		return nil, err
	}
	jobs, _, err := jobsOf(in, "")
	if err != nil {
		return nil, err
	}
	all := palette.NewSurvey()
	surveys, errs := make([]*palette.Survey, len(jobs)), make([]error, len(jobs))
	var failed error
	err = each(ctx, len(jobs), o.Threads, func(i int) bool {
		surveys[i] = palette.NewSurvey()
		errs[i] = guarded(func() error { return survey(surveys[i], jobs[i].sources[0], half, o) })
		return errs[i] == nil
	}, func(i int) {
		if failed = cmp.Or(failed, errs[i]); failed != nil {
			return
		}
		all.Merge(surveys[i])
		surveys[i] = nil
		if progress != nil {
			progress(i+1, len(jobs))
		}
	})
	switch {
	case failed != nil:
		return nil, failed
	case err != nil:
		return nil, err
	}
	p, err := all.Palette()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", in, err)
	}
	return p, nil
}

func survey(s *palette.Survey, file, half string, o Options) error {
	p, _, err := imgio.Read(file, o.Read)
	if err != nil {
		return err
	}
	labels, _, err := halves(p, half)
	if err == nil {
		err = s.Add(labels)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

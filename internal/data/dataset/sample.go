package dataset

import (
	"fmt"
	"path/filepath"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// Pair is one input picture and its target, of one size. In a data set of single
// pictures (see OpenSingles) the target is nil.
type Pair struct {
	Name          string
	Input, Target *imgio.Picture
}

// Sample returns pair i of a split for evaluation, without anything random: resized to
// size × size pixels, or as large as its files if size is 0. Of a single picture, size is
// the shorter side. The pictures are the caller's. The error names the file.
func (d *Dataset) Sample(s Split, i, size int) (Pair, error) {
	if i < 0 || i >= d.Len(s) {
		panic(fmt.Sprintf("dataset: sample %d of %d in %s", i, d.Len(s), s))
	}
	if size < 0 {
		panic(fmt.Sprintf("dataset: sample of size %d", size))
	}
	pair, err := d.load(d.splits[s][i])
	if err != nil || size == 0 {
		return pair, err
	}
	return d.resized(pair, size), nil
}

// load reads a pair as input and target, with the channels of the data set.
func (d *Dataset) load(p pair) (Pair, error) {
	a, b, err := p.assemble(func(file string) (*imgio.Picture, error) {
		pic, _, err := imgio.Read(filepath.Join(d.root, filepath.FromSlash(file)), d.opts.read())
		return pic, err
	})
	if err == nil {
		a, b, err = d.convert(a, b)
	}
	if err != nil {
		return Pair{}, hint.New(fmt.Errorf("read pair %s of %s: %w", p.name, p.split, err),
			"the file was changed or removed after the folder was checked")
	}
	if d.opts.Direction == BtoA {
		a, b = b, a
	}
	return Pair{Name: p.name, Input: a, Target: b}, nil
}

// resized returns a pair with size × size pixels, or a single picture whose shorter side is
// size.
func (d *Dataset) resized(p Pair, size int) Pair {
	input, target := d.Filters()
	if p.Target == nil {
		p.Input = covering(p.Input, size, input)
		return p
	}
	return Pair{
		Name:   p.Name,
		Input:  imgio.Resize(p.Input, size, size, input),
		Target: imgio.Resize(p.Target, size, size, target),
	}
}

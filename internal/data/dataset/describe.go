package dataset

import (
	"errors"
	"io/fs"
	"path/filepath"

	"easel/internal/data/facade"
	"easel/internal/data/palette"
)

// Content is the kind of pictures on one side; the drawing page needs it.
type Content string

// The kinds of pictures.
const (
	OfLabels      Content = "labels"      // flat areas, one colour per class
	OfEdges       Content = "edges"       // lines on white paper
	OfPhotographs Content = "photographs" // anything else
)

// Description describes the pictures of one side.
type Description struct {
	Content Content
	// Palette is that of labels, the most frequent class first; nil for other pictures.
	// Its classes have names if the data folder has a [palette.FileName], or if the
	// colours are those of a known data set.
	Palette *palette.Palette
}

// Describe describes inputs and targets, from the pictures that Open looked at.
func (d *Dataset) Describe() (input, target Description, err error) {
	names, err := d.names()
	if err != nil {
		return input, target, err
	}
	input, target = d.seen[0].describe(names), d.seen[1].describe(names)
	if d.opts.Direction == BtoA {
		input, target = target, input
	}
	return input, target, nil
}

// names are palettes in which classes may have names.
func (d *Dataset) names() ([]*palette.Palette, error) {
	known := append(palette.Known(), drawnFacades())
	own, err := palette.Read(filepath.Join(d.root, palette.FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return known, nil
	}
	return append([]*palette.Palette{own}, known...), err
}

// drawnFacades is the palette of the labels that the demo draws.
func drawnFacades() *palette.Palette {
	p := &palette.Palette{}
	for i, c := range facade.Classes {
		p.Classes = append(p.Classes, palette.Class{Index: i, Colour: c.Colour, Name: c.Name})
	}
	return p
}

func (l look) describe(names []*palette.Palette) Description {
	switch p, err := l.survey.Palette(); {
	case l.bands:
		return Description{Content: OfPhotographs}
	case l.survey.OnPaper():
		return Description{Content: OfEdges}
	case err != nil: // not labels
		return Description{Content: OfPhotographs}
	default:
		return Description{OfLabels, p.Named(names...)}
	}
}

package dataset

import (
	"easel/internal/data/palette"
	"easel/internal/file/imgio"
)

// Numbers of the decision whether a side is labels. A single picture would not
// tell: a sky is a flat area, too.
const (
	labelPictures = 200 // are looked at, evenly spread,
	labelSide     = 256 // so many pixels a side in the middle of each
	maxBackground = 0.8 // largest share of the pixels that one colour of a label picture may have
)

// surveyOf looks at the middle of a picture. It is nil for pictures that are no
// label pictures whatever their colours: one of two channels is a and b of CIELAB,
// say, and more than four are no colour.
func surveyOf(p *imgio.Picture) *palette.Survey {
	if p.Channels == 2 {
		return nil
	}
	w, h := min(p.Width, labelSide), min(p.Height, labelSide)
	s := palette.NewSurvey()
	if s.Add(imgio.Crop(p, (p.Width-w)/2, (p.Height-h)/2, w, h)) != nil {
		return nil
	}
	return s
}

// areLabels reports whether the sides that were looked at are label pictures:
// they have a palette, and where one colour, the paper, is nearly everything, the
// others fill areas, as the foreground of a mask does. Drawings are none: their
// lines would break if pixels were left out.
func areLabels(sides []side) bool {
	all := palette.NewSurvey()
	for _, s := range sides {
		if s.survey != nil {
			all.Merge(s.survey)
		}
	}
	_, err := all.Palette()
	return err == nil && (all.Commonest() <= maxBackground || all.AreAreas())
}

package dataset

import (
	"easel/internal/data/palette"
	"easel/internal/file/imgio"
)

// Whether a side is labels is decided from many pictures, because a single one can be
// flat without being labels: a sky, for example.
const (
	labelPictures = 200 // pictures to look at, evenly spread
	labelSide     = 256 // side of the part that is looked at, in the middle of each
	maxBackground = 0.8 // largest share of the pixels that one colour of a label picture may have
)

// look is what was seen of the colours of one picture, or of several.
type look struct {
	survey *palette.Survey // nil where nothing was looked at
	bands  bool            // a picture's channels are not colours
}

// lookAt looks at the middle of a picture. Pictures of two channels (a and b of
// CIELAB, say) and of more than four have no colours.
func lookAt(p *imgio.Picture) look {
	l := look{survey: palette.NewSurvey()}
	w, h := min(p.Width, labelSide), min(p.Height, labelSide)
	l.bands = p.Channels == 2 || l.survey.Add(imgio.Crop(p, (p.Width-w)/2, (p.Height-h)/2, w, h)) != nil
	return l
}

// together is all that was seen of the pictures of one side.
func together(sides []side) look {
	all := look{survey: palette.NewSurvey()}
	for _, s := range sides {
		all.bands = all.bands || s.look.bands
		if s.look.survey != nil && !s.look.bands {
			all.survey.Merge(s.look.survey)
		}
	}
	return all
}

// areLabels reports whether the pictures are label pictures: they have a palette, and
// where one colour, the background, is nearly everything, the others fill areas, as the
// foreground of a mask does. Drawings are not labels: their lines would break if pixels
// were left out.
func (l look) areLabels() bool {
	_, err := l.survey.Palette()
	return err == nil && (l.survey.Commonest() <= maxBackground || l.survey.AreAreas())
}

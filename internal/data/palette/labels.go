package palette

import (
	"fmt"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// Labels are the classes that a network tells apart or is judged by, and those
// that label pictures may also contain but that are ignored, such as "unlabelled".
type Labels struct {
	Classes []Class `json:"classes"`
	Ignored []Class `json:"ignored,omitempty"`
}

// NewLabels takes the classes of a palette; those to ignore are given as for
// Palette.Without. Fewer than two classes that count are an error, since every
// answer would be right.
func NewLabels(p *Palette, ignore []string) (*Labels, error) {
	counted, places, err := p.Without(ignore)
	if err != nil {
		return nil, err
	}
	l := &Labels{Classes: counted.Classes}
	for k, at := range places {
		if at < 0 {
			l.Ignored = append(l.Ignored, p.Classes[k])
		}
	}
	if len(l.Classes) < 2 {
		return nil, hint.New(fmt.Errorf("labels: %d of %d classes count: with fewer than two, every answer is right", len(l.Classes), len(p.Classes)),
			"ignore fewer classes, or give a palette that has them all with {palette}")
	}
	return l, nil
}

// Truth returns the class of every pixel of a label picture, as a position in
// Classes, or −1 where it is ignored.
func (l *Labels) Truth(pic *imgio.Picture) ([]int, error) {
	all := Palette{append(append([]Class(nil), l.Classes...), l.Ignored...)}
	positions, err := all.Positions(pic)
	for i, k := range positions {
		if k >= len(l.Classes) {
			positions[i] = -1
		}
	}
	return positions, err
}

// Nearest returns, for every pixel, the nearest class that is not ignored: a model
// cannot avoid mistakes by answering "ignored".
func (l *Labels) Nearest(pic *imgio.Picture) ([]int, error) { return l.palette().Positions(pic) }

// Paint returns the label picture of positions in Classes.
func (l *Labels) Paint(positions []int, width, height int) *imgio.Picture {
	return l.palette().Paint(positions, width, height)
}

func (l *Labels) palette() *Palette { return &Palette{l.Classes} }

// Argmax returns the position of the largest of each pixel's classes logits, the
// first of several: logits are [pixels, classes].
func Argmax(logits []float32, classes int) []int {
	if classes < 1 || len(logits)%classes != 0 {
		panic(fmt.Sprintf("palette: %d logits of %d classes", len(logits), classes))
	}
	out := make([]int, len(logits)/classes)
	for i := range out {
		pixel := logits[i*classes:][:classes]
		for k, v := range pixel {
			if v > pixel[out[i]] {
				out[i] = k
			}
		}
	}
	return out
}

package eval

import (
	"fmt"

	"easel/internal/dataset"
	"easel/internal/imgio"
	"easel/internal/palette"
)

// classes turn label pictures into numbers of classes, without the ignored ones.
type classes struct {
	*palette.Palette                  // of the classes that count
	all              *palette.Palette // and the ignored ones
	places           []int            // of all, in Palette; −1 for ignored
}

func newClasses(all *palette.Palette, ignore []string) (*classes, error) {
	kept, places, err := all.Without(ignore)
	if err != nil {
		return nil, err
	}
	if len(kept.Classes) < 2 {
		return nil, hinted{fmt.Errorf("labels: %d of %d classes count: with fewer than two every picture is right", len(kept.Classes), len(all.Classes)),
			"ignore fewer classes, or give a palette that has them all with --palette"}
	}
	return &classes{kept, all, places}, nil
}

// truth returns the class of every pixel of a label picture, −1 where it is
// ignored.
func (c *classes) truth(p *imgio.Picture) ([]int, error) {
	positions, err := c.all.Positions(p)
	for i, k := range positions {
		positions[i] = c.places[k]
	}
	return positions, err
}

// predicted returns the nearest class that counts: to say "ignored" is no way out
// for a model.
func (c *classes) predicted(p *imgio.Picture) ([]int, error) { return c.Positions(p) }

// paletteFor returns the palette of label pictures: that of a file, or one found
// in the training pairs, or where there are none in the judged ones. Pick tells
// which side of a pair has the labels.
func (e *evaluator) paletteFor(pick func(dataset.Pair) *imgio.Picture) (*palette.Palette, error) {
	if e.Palette != "" {
		p, err := palette.Read(e.Palette)
		if err != nil {
			return nil, err
		}
		return p, e.checkFit(p, pick)
	}
	split := dataset.Train
	if e.data.Len(split) == 0 {
		split = e.split
		e.note("the palette was found in the judged pairs, because there are no training pairs; give one with --palette to be sure of it")
	}
	survey := palette.NewSurvey()
	for _, i := range spread(e.data.Len(split), surveyPictures) {
		pair, err := e.data.Sample(split, i, 0)
		if err != nil {
			continue // whether it matters was decided when the data were checked
		}
		if err := survey.Add(pick(pair)); err != nil {
			return nil, fmt.Errorf("find palette: %s: %w", pair.Name, err)
		}
	}
	return survey.Palette()
}

// Numbers of pictures that are looked at, evenly spread over a split.
const (
	surveyPictures = 200 // for a palette
	fitPictures    = 20  // for whether a given one fits
	leastFit       = 0.5 // of their pixels have colours of the palette
)

// checkFit refuses a palette that is not that of the labels: every picture would
// get classes, but they would mean nothing.
func (e *evaluator) checkFit(p *palette.Palette, pick func(dataset.Pair) *imgio.Picture) error {
	sum, n := 0.0, 0
	for _, i := range spread(e.data.Len(e.split), fitPictures) {
		pair, err := e.data.Sample(e.split, i, 0)
		if err != nil {
			continue
		}
		share, err := p.Fit(pick(pair))
		if err != nil {
			return fmt.Errorf("palette %s: %s: %w", e.Palette, pair.Name, err)
		}
		sum, n = sum+share, n+1
	}
	if n > 0 && sum/float64(n) < leastFit {
		return hinted{fmt.Errorf("palette %s: only %.0f %% of the labels' pixels have a colour near one of it", e.Palette, 100*sum/float64(n)),
			"give the palette of these labels, or none to have it found"}
	}
	return nil
}

// spread returns at most k of the numbers 0..n−1, evenly spread.
func spread(n, k int) []int {
	k = min(n, k)
	out := make([]int, k)
	for i := range out {
		out[i] = i * n / k
	}
	return out
}

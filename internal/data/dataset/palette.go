package dataset

import (
	"fmt"

	"easel/internal/base/hint"
	"easel/internal/data/palette"
	"easel/internal/file/imgio"
)

// Input returns the input of a pair, for functions that take either side.
func Input(p Pair) *imgio.Picture { return p.Input }

// Target returns the target of a pair.
func Target(p Pair) *imgio.Picture { return p.Target }

// Numbers of pictures to look at, evenly spread over a split.
const (
	surveyPictures = 200 // for a palette
	fitPictures    = 20  // to check that a given one fits
	leastFit       = 0.5 // of their pixels must have colours of the palette
)

// FindPalette finds the palette of one side of a split's pairs, which must be label
// pictures. Pairs that cannot be read are left out.
func (d *Dataset) FindPalette(s Split, pick func(Pair) *imgio.Picture) (*palette.Palette, error) {
	survey := palette.NewSurvey()
	for _, i := range spread(d.Len(s), surveyPictures) {
		pair, err := d.Sample(s, i, 0)
		if err != nil {
			continue // reported, if necessary, when the data were checked
		}
		if err := survey.Add(pick(pair)); err != nil {
			return nil, fmt.Errorf("find palette: %s: %w", pair.Name, err)
		}
	}
	return survey.Palette()
}

// CheckPalette refuses a palette that does not belong to the labels on one side of a split's
// pairs: every pixel would get a class, but a meaningless one. Errors call the palette name.
func (d *Dataset) CheckPalette(p *palette.Palette, name string, s Split, pick func(Pair) *imgio.Picture) error {
	sum, n := 0.0, 0
	for _, i := range spread(d.Len(s), fitPictures) {
		pair, err := d.Sample(s, i, 0)
		if err != nil {
			continue
		}
		share, err := p.Fit(pick(pair))
		if err != nil {
			return fmt.Errorf("palette %s: %s: %w", name, pair.Name, err)
		}
		sum, n = sum+share, n+1
	}
	if n > 0 && sum/float64(n) < leastFit {
		return hint.New(fmt.Errorf("palette %s: only %.0f %% of the labels' pixels are near one of its colours", name, 100*sum/float64(n)),
			"give the palette of these labels, or none to have it found")
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

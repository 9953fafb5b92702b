package dataset

import (
	"fmt"
	"math"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// extremes are the smallest and the largest sample of a picture, except alpha.
func extremes(p *imgio.Picture) (least, most float32) {
	colours := p.Channels
	if p.Alpha {
		colours--
	}
	least, most = float32(math.Inf(1)), float32(math.Inf(-1))
	for i := 0; i < len(p.Pix); i += p.Channels {
		for _, v := range p.Pix[i : i+colours] {
			least, most = min(least, v), max(most, v)
		}
	}
	return least, most
}

// Limits for what is reported about ranges.
const (
	fewLevels = 40.5 / 255 // darker 8-bit pictures are class numbers, hardly visible to eyes and networks
	usedPart  = 0.5        // 16-bit pictures that use less of the range really have fewer bits
)

// checkRanges warns if pictures use only a small part of the range, and refuses masks of 0
// and 1 in 8 bits, which are black.
func (d *Dataset) checkRanges(pairs []pair, report *Report) error {
	a, b := sides(pairs)
	for i, sides := range [2][]side{a, b} {
		name := string("AB"[i])
		depth, least, most := 0, float32(math.Inf(1)), float32(math.Inf(-1))
		for _, s := range sides {
			depth, least, most = max(depth, s.depth), min(least, s.least), max(most, s.most)
		}
		top := float64(uint64(1)<<min(depth, 32) - 1)
		switch {
		case depth == 8 && most > 0 && most < 1.5/255 && !d.opts.Begun:
			return hint.New(fmt.Errorf("check data: all samples of %s are 0 or 1 of 255, which is black: they are numbers of classes, not brightnesses", name),
				"paint the classes with {run prepare labels to=color}, or multiply the samples by 255")
		case depth == 8 && most > 0 && most < fewLevels:
			report.Warnings = append(report.Warnings, fmt.Sprintf("%s uses 0 to %.0f of 255 only: if these are numbers of classes, paint them in colours first", name, float64(most)*top))
		case depth == 16 && least <= most && most-least < usedPart:
			numbers := d.opts.Range
			if numbers == (imgio.Range{}) {
				numbers.High = top
			}
			report.Warnings = append(report.Warnings, fmt.Sprintf("%s uses %.0f to %.0f of %v, %.0f %% of its range: a range for training says which part is meant",
				name, numbers.Low+float64(least)*(numbers.High-numbers.Low), numbers.Low+float64(most)*(numbers.High-numbers.Low), numbers, 100*float64(most-least)))
		}
	}
	return nil
}

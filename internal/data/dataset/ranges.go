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
	fewLevels = 40.5 // 8-bit pictures below are numbers of classes, to which eyes and networks are nearly blind
	usedPart  = 0.5  // of the range: pictures of more than 8 bits that use less have fewer in truth
)

// used is which numbers the pictures of a side hold, of those that they can.
type used struct {
	depth       int
	least, most float64
	of          imgio.Range
}

func usedBy(sides []side) used {
	u := used{least: math.Inf(1), most: math.Inf(-1)}
	for _, s := range sides {
		if s.depth > u.depth {
			u = used{depth: s.depth, least: math.Inf(1), most: math.Inf(-1), of: s.numbers}
		}
		if s.depth == u.depth && s.least <= s.most {
			length := s.numbers.High - s.numbers.Low
			u.least = min(u.least, s.numbers.Low+float64(s.least)*length)
			u.most = max(u.most, s.numbers.Low+float64(s.most)*length)
		}
	}
	return u
}

// part of the range that is used, 0 to 1.
func (u used) part() float64 { return (u.most - u.least) / (u.of.High - u.of.Low) }

// checkRanges says which part of the range pictures use, where it is a small one,
// and refuses masks of 0 and 1 in 8 bits, which are black.
func (d *Dataset) checkRanges(pairs []pair, report *Report) error {
	a, b := sides(pairs)
	all := used{least: math.Inf(1), most: math.Inf(-1)} // of more than 8 bits
	for i, sides := range [2][]side{a, b} {
		name, u := string("AB"[i]), usedBy(sides)
		if u.depth > 8 && u.least < u.most {
			all = used{u.depth, min(all.least, u.least), max(all.most, u.most), u.of}
		}
		switch {
		case u.depth == 8 && u.most > 0 && u.most < 1.5 && !d.opts.Begun:
			return hint.New(fmt.Errorf("check data: all samples of %s are 0 or 1 of 255, which is black: they are numbers of classes, not brightnesses", name),
				"paint the classes with {run prepare labels to=color}, or multiply the samples by 255")
		case u.depth == 8 && u.most > 0 && u.most < fewLevels:
			report.Warnings = append(report.Warnings, fmt.Sprintf("%s uses 0 to %.0f of 255 only: if these are numbers of classes, paint them in colours first", name, u.most))
		case u.depth > 8 && u.least < u.most && u.part() < usedPart:
			report.Warnings = append(report.Warnings, fmt.Sprintf("%s uses %.6g to %.6g of %v, %.2g %% of its range", name, u.least, u.most, u.of, 100*u.part()))
		}
	}
	if all.least < all.most && all.part() < usedPart {
		d.suggested = roundRange(all.least, all.most)
		report.Suggested = d.suggested
	}
	return nil
}

// Suggested is a range of round numbers around those that are used, where pictures
// of more than 8 bits use a small part of theirs, and zero elsewhere.
func (d *Dataset) Suggested() imgio.Range { return d.suggested }

// roundRange is round numbers around those from least to most: where they are whole
// and not far from 0, the range of a number of bits.
func roundRange(least, most float64) imgio.Range {
	if bits := math.Pow(2, math.Ceil(math.Log2(most+1))) - 1; least >= 0 && most > 1 && most-least >= usedPart*bits {
		return imgio.Range{Low: 0, High: bits}
	}
	step := math.Pow(10, math.Floor(math.Log10((most-least)/10)))
	const slack = 1e-4 // of a step, for what float32 cannot hold
	low, high := math.Floor(least/step+slack), math.Ceil(most/step-slack)
	if step < 1 {
		perUnit := math.Round(1 / step)
		return imgio.Range{Low: low / perUnit, High: high / perUnit}
	}
	return imgio.Range{Low: low * step, High: high * step}
}

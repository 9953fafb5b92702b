package dataset

import (
	"fmt"
	"math"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
)

// seam says whether the middle of a picture separates two pictures or lies within one.
type seam int

const (
	unclear   seam = iota // flat or noisy: it could be either
	apart                 // the middle is an edge from top to bottom
	continued             // the middle looks like any other place
)

// Thresholds of the decision.
const (
	seamWidth, seamHeight = 32, 16    // pixels: smaller pictures are not judged
	seamRough             = 4.0 / 255 // deviation along the middle: less is flat, such as paper
	seamClose             = 0.5       // neighbours must differ less than this, relative to the difference over an eighth of the width: otherwise it is noise
	seamSteep             = 2.0       // more than this, relative to how neighbours differ nearby, is an edge
	seamShare             = 0.75      // least fraction of the clear pictures that must continue,
	seamTelling           = 0.25      // and of all pictures that must be clear
)

// seamOf examines the middle of a picture.
func seamOf(p *imgio.Picture) seam {
	if p.Width < seamWidth || p.Height < seamHeight {
		return unclear
	}
	middle, eighth := p.Width/2, p.Width/8
	if deviation(p, middle-1) < seamRough || deviation(p, middle) < seamRough {
		return unclear
	}
	here := difference(p, middle-1, middle)
	far := (difference(p, middle-1-eighth, middle-1) + difference(p, middle, middle+eighth)) / 2
	near, n := 0.0, 0.0
	for _, x := range []int{-6, -5, -4, -3, 2, 3, 4, 5} {
		near, n = near+difference(p, middle+x, middle+x+1), n+1
	}
	switch near /= n; {
	case here > seamSteep*near+1.0/255:
		return apart
	case near > seamClose*far || here > seamClose*far:
		return unclear
	}
	return continued
}

// difference returns the mean difference of two columns over the rows.
func difference(p *imgio.Picture, x0, x1 int) float64 {
	sum := 0.0
	for y := range p.Height {
		for c := range p.Channels {
			sum += math.Abs(float64(p.At(x0, y, c) - p.At(x1, y, c)))
		}
	}
	return sum / float64(p.Height*p.Channels)
}

// deviation returns the standard deviation of a column's first channel.
func deviation(p *imgio.Picture, x int) float64 {
	sum, square := 0.0, 0.0
	for y := range p.Height {
		v := float64(p.At(x, y, 0))
		sum, square = sum+v, square+v*v
	}
	n := float64(p.Height)
	return math.Sqrt(max(square/n-sum*sum/n/n, 0))
}

const singleHint = "put the two sides of each pair into A/ and B/, or make pairs of single pictures with {run prepare}; " +
	"if these are pairs, insist with {pairs=side-by-side}, or in a file " + ManifestFile + ` beside them: {"pairs": "side-by-side"}`

// checkHalves refuses pictures that must not be cut in halves: single pictures, and more
// than two in a row.
func (d *Dataset) checkHalves(inspections []inspection, pairs Pairs) error {
	looked, tell, on, wide := 0, 0, 0, 0
	for _, in := range inspections {
		if !in.halved {
			continue
		}
		looked++
		switch in.seam {
		case apart:
			tell++
		case continued:
			tell, on = tell+1, on+1
			if 2*in.sideA.width >= 3*in.sideA.height {
				wide++
			}
		}
	}
	if pairs == SideBySide || on == 0 || float64(on) < seamShare*float64(tell) || float64(tell) < seamTelling*float64(looked) {
		return nil
	}
	what := "single pictures"
	if wide == on {
		what = "three or more pictures in a row"
	}
	return hint.New(fmt.Errorf("check data: %s has %s and no pairs side by side: in %d of %d that were looked at one picture goes on across the middle",
		d.root, what, on, looked), singleHint)
}

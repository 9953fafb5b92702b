package stylize

import (
	"fmt"
	"math"

	"easel/internal/base/hint"
)

// resultSize returns the size of the last stage for a content picture of the given size.
func (o Options) resultSize(width, height int) (int, int) {
	if o.Content == "" {
		return o.Width, o.Height
	}
	if o.Size == 0 {
		return width, height
	}
	return scaled(width, height, float64(o.Size)/o.measure(float64(width), float64(height)))
}

// measure returns the length of a picture that Size refers to.
func (o Options) measure(width, height float64) float64 {
	switch o.SizeMode {
	case ShortSide:
		return min(width, height)
	case AreaRoot:
		return math.Sqrt(width * height)
	case WidthSide:
		return width
	case Height:
		return height
	}
	return max(width, height)
}

// scaled keeps the aspect ratio as well as whole pixels can.
func scaled(width, height int, factor float64) (int, int) {
	round := func(n int) int { return max(1, int(math.Round(float64(n)*factor))) }
	return round(width), round(height)
}

// sizes returns the sizes of all stages, the smallest first: the result's size divided by
// powers of ScaleStep, as long as the longer side has at least MinSize and the shorter one
// at least floor pixels.
func (o Options) sizes(width, height, floor int) [][2]int {
	all := [][2]int{{width, height}}
	if o.ScaleStep == 0 || o.MinSize == 0 {
		return all
	}
	for k := 1; ; k++ {
		w, h := scaled(width, height, math.Pow(o.ScaleStep, -float64(k)))
		// Allow a little below MinSize, or rounding down 2·MinSize would lose the stage.
		if float64(max(w, h)) < float64(o.MinSize)*0.95 || min(w, h) < floor {
			return all
		}
		all = append([][2]int{{w, h}}, all...)
	}
}

// iterationsOf returns how many iterations a stage has.
func (o Options) iterationsOf(stage, stages int) int {
	if stage == stages-1 && o.FinalIterations > 0 {
		return o.FinalIterations
	}
	return o.Iterations
}

// styleSize returns the size of a style picture for a result of width×height: the result's
// area times StyleScale², and never enlarged.
func (o Options) styleSize(styleWidth, styleHeight, width, height int) (int, int) {
	factor := o.StyleScale * math.Sqrt(float64(width*height)/float64(styleWidth*styleHeight))
	return scaled(styleWidth, styleHeight, min(factor, 1))
}

// checkSizes reports absurd sizes before weights are read.
func (o Options) checkSizes(p *pictures) error {
	width, height := o.resultSize(p.shape())
	if max(width, height) > maxSide {
		return hint.New(
			fmt.Errorf("the result would have %d×%d pixels: a side can have at most %d", width, height, maxSide),
			"{size} sets the longer side, unless {size_mode} says otherwise",
		)
	}
	return nil
}

package eval

import (
	"errors"
	"fmt"

	"easel/internal/base/hint"
	"easel/internal/data/dataset"
	"easel/internal/data/metric"
	"easel/internal/data/palette"
)

// choose decides which judges apply, once for all models.
func (e *evaluator) choose() error {
	e.judges = []judge{pixelJudge{metric.Scales(metric.Shape{Height: e.Size, Width: e.Size})}}
	if _, channels := e.data.Channels(); channels == 3 {
		e.judges = append(e.judges, colourJudge{})
	}
	e.judges = append(e.judges, textureJudge{})
	if e.perceptual != nil {
		e.judges = append(e.judges, e.perceptual)
	}
	if e.Samples > 0 && !e.NoNoise {
		e.judges = append(e.judges, diversityJudge{e.Samples})
	}
	if err := e.chooseLabels(); err != nil || e.scorer == nil {
		return err
	}
	e.judges = append(e.judges, scorerJudge{e.scorer})
	return nil
}

// chooseLabels judges outputs as labels if the targets are labels. If that is a guess, a
// palette must confirm it.
func (e *evaluator) chooseLabels() error {
	given := e.Palette != "" || len(e.Ignore) > 0
	guessed := !given && e.Labels == dataset.LabelsAuto.String()
	switch {
	case e.targetLabels:
	case !given:
		return nil
	case e.inputLabels || e.Labels != dataset.LabelsAuto.String():
		return hint.New(errors.New("evaluate: a palette or classes to ignore are given, but the targets are not label pictures"),
			"with a scorer, leave the palette out; otherwise say with {labels} which sides of the pairs are labels")
	}
	p, err := e.paletteOfTargets()
	if err != nil && guessed {
		e.note(fmt.Sprintf("outputs are not judged as labels: %v", err))
		return nil
	}
	if err != nil {
		return err
	}
	l, err := palette.NewLabels(p, e.Ignore)
	if err != nil {
		return err
	}
	e.judges = append(e.judges, &labelJudge{l, e.InventedPixels})
	return nil
}

// paletteOfTargets reads the palette from a file, or finds it in the training pairs, or if
// there are none in the judged ones.
func (e *evaluator) paletteOfTargets() (*palette.Palette, error) {
	if e.Palette != "" {
		p, err := palette.Read(e.Palette)
		if err != nil {
			return nil, err
		}
		return p, e.data.CheckPalette(p, e.Palette, e.split, dataset.Target)
	}
	split := dataset.Train
	if e.data.Len(split) == 0 {
		split = e.split
		e.note("the palette was found in the judged pairs, because there are no training pairs; give a palette to be sure of it")
	}
	return e.data.FindPalette(split, dataset.Target)
}

// ranking is the measure that orders pictures from best to worst.
func (e *evaluator) ranking() Key {
	for _, j := range e.judges {
		if _, ok := j.(*labelJudge); ok {
			return PixelAccuracy
		}
	}
	return SSIM
}

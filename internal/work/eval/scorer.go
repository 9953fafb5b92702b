package eval

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/data/dataset"
	"easel/internal/data/metric"
	"easel/internal/data/palette"
	"easel/internal/engine/backend"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
	"easel/internal/work/translate"
)

// scorer is a segmentation network that reads labels from photographs.
type scorer struct {
	name       string
	labels     *palette.Labels
	size       int // that it was trained at, in pixels a side
	translator *translate.Translator
	data       *dataset.Dataset
	split      dataset.Split
}

// openScorer loads the scorer. It refuses one that cannot judge these pairs or was trained
// on them.
func (e *evaluator) openScorer() (s *scorer, err error) {
	m, err := stored.Open(e.Scorer)
	if err != nil {
		return nil, fmt.Errorf("scorer: %w", err)
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	s = &scorer{name: e.Scorer, labels: m.Config.Labels, size: m.Config.Network.ImageSize, data: e.data, split: e.split}
	if err := e.checkScorer(m); err != nil {
		return nil, err
	}
	// A judge uses dropout in training only.
	s.translator, err = translate.Load(m, e.Backend, backend.Options{Threads: e.Threads}, translate.Options{NoNoise: true})
	if err != nil {
		return nil, fmt.Errorf("scorer: %w", err)
	}
	return s, nil
}

func (e *evaluator) checkScorer(m *stored.Model) error {
	if m.Config.Labels == nil {
		return hint.New(fmt.Errorf("scorer %s: it predicts pictures, not classes", e.Scorer), "train one with: {run train task=labels}")
	}
	if d := m.Config.Images.Direction; d == e.result.Data.Direction {
		return hint.New(fmt.Errorf("scorer %s: it reads labels %s, the same direction as the models", e.Scorer, d),
			"a scorer needs the opposite direction: train it with the models' outputs as inputs and their inputs as targets")
	}
	if m.Training.Contents == "" {
		return hint.New(fmt.Errorf("scorer %s: it does not record which pairs it was trained on, so they may be these", e.Scorer),
			"train it with this version of easel")
	}
	if names := e.data.Among(m.Training.Contents, e.split); len(names) > 0 {
		return hint.New(fmt.Errorf("scorer %s: it was trained on %d of the %d pairs to be judged: %s", e.Scorer, len(names), e.data.Len(e.split), abridged(names)),
			"a scorer would recognise its training pictures: train it without them, or judge another split")
	}
	all := &palette.Palette{Classes: append(append([]palette.Class(nil), m.Config.Labels.Classes...), m.Config.Labels.Ignored...)}
	return e.data.CheckPalette(all, "of scorer "+e.Scorer, e.split, dataset.Input)
}

func abridged(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// scorerJudge is the paper's FCN-score (§3.4, Tables 1 to 3): whether the labels that a
// photograph was made from can be read in it.
type scorerJudge struct{ *scorer }

func (j scorerJudge) measures() []Measure {
	text := fmt.Sprintf("%%s of the input's labels as read in the output by %s (%d classes, at %d×%d); values are comparable only by the same scorer, whose score on the targets is the ceiling",
		j.name, len(j.labels.Classes), j.size, j.size)
	return []Measure{
		{ScorerPixelAccuracy, "FCN pixel accuracy", Higher, fmt.Sprintf(text, "per-pixel accuracy")},
		{ScorerClassAccuracy, "FCN class accuracy", Higher, fmt.Sprintf(text, "per-class accuracy")},
		{ScorerClassIoU, "FCN class IoU", Higher, fmt.Sprintf(text, "class IoU")},
	}
}

// summands are the confusion matrix at the scorer's own size, as in the paper's protocol:
// both the output and the labels, from the file, are resampled to that size.
func (j scorerJudge) summands(ctx context.Context, s *sample) ([]float64, error) {
	input, made := s.input, s.made
	if made.Width != j.size || made.Height != j.size {
		pair, err := j.data.Sample(j.split, s.index, j.size)
		if err != nil {
			return nil, err
		}
		input, made = pair.Input, imgio.Resize(made, j.size, j.size, imgio.Bilinear)
	}
	truth, err := j.labels.Truth(input)
	if err != nil {
		return nil, err
	}
	read, err := j.translator.Classes(ctx, made)
	if err != nil {
		return nil, fmt.Errorf("scorer: %w", err)
	}
	c := metric.NewConfusion(len(j.labels.Classes))
	c.Add(truth, read)
	return c.Counts(), nil
}

func (j scorerJudge) value(sums []float64) []float64 { return scores(len(j.labels.Classes), sums) }

func (j scorerJudge) exhibit(sums []float64, m *Model) {
	m.Scorer = newConfusion(j.labels.Classes, sums)
}

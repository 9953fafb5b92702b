package train

import (
	"fmt"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/data/dataset"
	"easel/internal/data/metric"
	"easel/internal/data/palette"
	"easel/internal/file/imgio"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// The tasks.
const (
	Translate = "translate"
	Labels    = "labels"
)

func (o Options) checkTask() error {
	switch {
	case o.Task != Translate && o.Task != Labels:
		return fmt.Errorf("unknown task %q; expected %s or %s", o.Task, Translate, Labels)
	case o.Task == Translate && o.Network.Classifies():
		return fmt.Errorf("the objective %s belongs to the task %s", pix2pix.ClassEntropy, Labels)
	case o.Task == Translate && (o.Palette != "" || len(o.Ignore) > 0):
		return fmt.Errorf("a palette and classes to ignore need the task %s", Labels)
	}
	return nil
}

// forTask sets what the task decides: the objective, and that the targets are labels and
// never blended into each other.
func (o Options) forTask() Options {
	if o.Task != Labels {
		return o
	}
	o.Network.Objective, o.Network.Discriminator = pix2pix.ClassEntropy.Alone(), pix2pix.NoDiscriminator
	o.LabelFilter = imgio.Nearest.String()
	if o.Labels != dataset.LabelsBoth.String() {
		o.Labels = dataset.LabelsB.String()
		if strings.EqualFold(o.Direction, dataset.BtoA.String()) {
			o.Labels = dataset.LabelsA.String()
		}
	}
	return o
}

// findClasses finds the classes of the targets, in a palette file or in the
// training pairs.
func findClasses(o Options, data *dataset.Dataset) (*palette.Labels, error) {
	var p *palette.Palette
	var err error
	if o.Palette == "" {
		p, err = data.FindPalette(dataset.Train, dataset.Target)
	} else if p, err = palette.Read(o.Palette); err == nil {
		err = data.CheckPalette(p, o.Palette, dataset.Train, dataset.Target)
	}
	if err != nil {
		return nil, hint.New(fmt.Errorf("classes of the targets: %w", err),
			fmt.Sprintf("the task labels needs label pictures as targets, but %s makes %s the target: reverse it with {direction}, or give the labels' colours with {palette}",
				o.Direction, o.Direction[len(o.Direction)-1:]))
	}
	return palette.NewLabels(p, o.Ignore)
}

// classesOf returns the classes of label pictures [pictures, size, size, 3] in −1..1, with
// −1 for ignored pixels.
func classesOf(labels *palette.Labels, targets []float32, size int) ([]int, error) {
	rows := len(targets) / (size * stored.LabelChannels)
	return labels.Truth(imgio.FromModel(targets, size, rows, stored.LabelChannels, 8))
}

// goal is the validation measure that decides which weights are best.
type goal struct {
	measure string
	larger  bool // whether larger is better
}

func (o Options) goal() goal {
	if o.Task == Labels {
		return goal{"iou", true}
	}
	if o.Network.Adversarial() {
		return goal{"patches", false} // L1 would pick the most blurred
	}
	return goal{"l1", false}
}

// classScores measures validation pictures of the task labels with one confusion matrix for
// all.
type classScores struct {
	labels    *palette.Labels
	confusion *metric.Confusion
}

func newClassScores(labels *palette.Labels) *classScores {
	return &classScores{labels, metric.NewConfusion(len(labels.Classes))}
}

func (s *classScores) add(logits, target []float32, size int) error {
	truth, err := classesOf(s.labels, target, size)
	if err != nil {
		return err
	}
	s.confusion.Add(truth, palette.Argmax(logits, len(s.labels.Classes)))
	return nil
}

func (s *classScores) metrics() map[string]float64 {
	scores := s.confusion.Scores()
	return map[string]float64{"accuracy": scores.PixelAccuracy, "class_accuracy": scores.ClassAccuracy, "iou": scores.ClassIoU}
}

package train

import (
	"fmt"
	"math"

	"easel/internal/base/hint"
)

// health watches a run for common problems, and reports each once, with advice.
type health struct {
	losses map[string]float64 // running means
	steps  int                // number of steps in the means
	wild   int                // steps in a row with exploded losses
	// first is the training loss at the validation with the lowest L1.
	lowest, first float64
	lowestStep    int
	said          map[string]bool
}

const (
	healthMemory = 200  // approximate number of steps that losses are averaged over
	wonLoss      = 0.03 // D is hardly ever wrong below this loss
	wildLoss     = 1e4  // no training recovers from such a loss of D, or of G by D
	wildSteps    = 5
	fairSteps    = 100  // earlier, similar outputs are normal
	overfitting  = 1.1  // validation's L1 over its lowest
	nothing      = 0.01 // an invisible difference of samples in −1..1
)

func newHealth() *health { return &health{losses: map[string]float64{}, said: map[string]bool{}} }

// once returns a text the first time it is called for a topic.
func (h *health) once(thing, format string, values ...any) string {
	if h.said[thing] {
		return ""
	}
	h.said[thing] = true
	return fmt.Sprintf(format, values...)
}

// stepped checks a step's losses. An error ends the run.
func (h *health) stepped(step int, losses map[string]float64) (warning string, err error) {
	h.steps++
	part := 1 / float64(min(h.steps, healthMemory))
	wild := false
	for name, v := range losses {
		h.losses[name] += part * (v - h.losses[name])
		wild = wild || (name == "d" || name == "gan") && math.Abs(v) > wildLoss
	}
	if !wild {
		h.wild = 0
	} else if h.wild++; h.wild == wildSteps {
		return "", hint.New(fmt.Errorf("the losses have exploded: D's is %.3g and G's by D %.3g at step %d", losses["d"], losses["gan"], step),
			"train again with a lower learning rate ({lr})")
	}
	if d, ok := h.losses["d"]; ok && h.steps >= healthMemory && d < wonLoss {
		return h.once("won", "the discriminator has won: its loss was %.3f over the last %d steps, so the generator learns little from it; "+
			"label smoothing of 0.1, augmentation, a lower rate of the discriminator or more pairs may help", d, healthMemory), nil
	}
	return "", nil
}

// saturated is a warning about something that no untrained network does.
const saturated = "outputs are saturated: every sample is at an end of the range"

// collapsed describes outputs that have collapsed while the targets have not: each of a
// single colour, all the same picture, or only values at the ends of the range. It is empty
// for other outputs.
func collapsed(made, targets *variety) string {
	switch {
	case made.saturated > 0.9 && targets.saturated < 0.5:
		return saturated
	case made.within < nothing && targets.within > 2*nothing:
		return "outputs have collapsed: each is a single colour"
	case made.pictures > 1 && made.between() < nothing/5 && targets.between() > nothing:
		return "outputs have collapsed: they are the same picture, whatever the input"
	}
	return ""
}

// validated checks a validation's L1 for over-fitting.
func (h *health) validated(step int, l1 float64) string {
	if h.lowestStep == 0 || l1 < h.lowest {
		h.lowest, h.first, h.lowestStep = l1, h.losses["l1"], step
		return ""
	}
	if l1 > overfitting*h.lowest && h.losses["l1"] < h.first/overfitting {
		return h.once("over-fitting", "over-fitting: validation's L1 is %.3f, and was %.3f at step %d, while training's fell from %.3f to %.3f; "+
			"stop here, or train on more pairs", l1, h.lowest, h.lowestStep, h.first, h.losses["l1"])
	}
	return ""
}

// variety measures how much pictures vary within themselves and between each other.
type variety struct {
	pictures  int
	within    float64 // mean absolute difference of samples from their picture's mean
	saturated float64 // fraction of samples at an end of the range
	// The mean over pictures of each sample, and its sum of squared deviations.
	mean, squares []float64
}

// add adds a picture with as many samples in −1..1 as the others.
func (v *variety) add(p []float32) {
	if v.mean == nil {
		v.mean, v.squares = make([]float64, len(p)), make([]float64, len(p))
	}
	v.pictures++
	mean := 0.0
	for i, s := range p {
		mean += float64(s) / float64(len(p))
		off := float64(s) - v.mean[i]
		v.mean[i] += off / float64(v.pictures)
		v.squares[i] += off * (float64(s) - v.mean[i])
	}
	within, saturated := 0.0, 0.0
	for _, s := range p {
		within += math.Abs(float64(s)-mean) / float64(len(p))
		if math.Abs(float64(s)) > 0.999 {
			saturated += 1 / float64(len(p))
		}
	}
	v.within += (within - v.within) / float64(v.pictures)
	v.saturated += (saturated - v.saturated) / float64(v.pictures)
}

// between is the mean standard deviation of samples over pictures.
func (v *variety) between() float64 {
	sum := 0.0
	for _, squares := range v.squares {
		sum += math.Sqrt(squares/float64(v.pictures)) / float64(len(v.squares))
	}
	return sum
}

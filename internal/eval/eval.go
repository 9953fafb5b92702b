package eval

import (
	"context"
	"errors"
	"fmt"

	"easel/internal/dataset"
	"easel/internal/imgio"
)

// Event is progress, or something to know.
type Event struct {
	// Stage is "check" for Done of Total pairs that were looked at, "judge" for
	// Done of Total pictures of Model, "warning" for a Text.
	Stage string `json:"stage"`
	Model string `json:"model,omitempty"`
	Done  int    `json:"done,omitempty"`
	Total int    `json:"total,omitempty"`
	Text  string `json:"text,omitempty"`
}

// The stages of an Event.
const (
	Checking = "check"
	Judging  = "judge"
	Warning  = "warning"
)

// evaluator is an evaluation being made.
type evaluator struct {
	Options
	listen func(Event)
	data   *dataset.Dataset
	split  dataset.Split
	result *Evaluation
	judges []judge
	// inputLabels and targetLabels say which sides are labels.
	inputLabels, targetLabels bool
	// replicates are the values of the bootstrap's samples by model, sample and
	// measure.
	replicates [][][]float64
	gallery    gallery
}

// Evaluate judges models on the pairs of a split and reports to listen, which
// may be nil. It fails before the first picture for options, data or models that
// will not do.
func Evaluate(ctx context.Context, o Options, listen func(Event)) (*Evaluation, error) {
	if listen == nil {
		listen = func(Event) {}
	}
	if err := o.Validate(); err != nil {
		return nil, err
	}
	e := &evaluator{Options: o, listen: listen, result: &Evaluation{Version: version}}
	candidates, err := describeAll(o.Models)
	if err != nil {
		return nil, err
	}
	if err := e.agree(candidates); err != nil {
		return nil, err
	}
	if err := e.open(ctx, candidates[0]); err != nil {
		return nil, err
	}
	if err := e.choose(); err != nil {
		return nil, err
	}
	e.gallery = newGallery(o, e.data.Len(e.split), e.ranking())
	for _, c := range candidates {
		if err := e.judge(ctx, c); err != nil {
			return nil, err
		}
	}
	e.compare()
	e.result.Options, e.result.gallery = e.Options, e.gallery
	return e.result, nil
}

// choose settles which judges apply, once for all models.
func (e *evaluator) choose() error {
	e.judges = []judge{&pixelJudge{}}
	if _, channels := e.data.Channels(); channels == 3 {
		e.judges = append(e.judges, colourJudge{})
	}
	e.judges = append(e.judges, textureJudge{})
	return e.chooseLabels()
}

// chooseLabels judges outputs as labels where the targets are. Whether they are
// may be a guess, and then labels without a palette are none.
func (e *evaluator) chooseLabels() error {
	guessed := e.Palette == "" && e.Labels == dataset.LabelsAuto.String()
	if !e.targetLabels && (e.Palette == "" || e.inputLabels) {
		return nil
	}
	p, err := e.paletteFor(targetOf)
	if err != nil && guessed {
		e.note(fmt.Sprintf("outputs are not judged as labels: %v", err))
		return nil
	}
	if err != nil {
		return err
	}
	c, err := newClasses(p, e.Ignore)
	if err != nil {
		return err
	}
	e.judges = append(e.judges, &labelJudge{c, e.InventedPixels})
	return nil
}

// ranking is the measure that tells the best pictures from the worst.
func (e *evaluator) ranking() Key {
	for _, j := range e.judges {
		if _, ok := j.(*labelJudge); ok {
			return PixelAccuracy
		}
	}
	return SSIM
}

// tallies are empty sums for a model.
func (e *evaluator) tallies() []*tally {
	tallies := make([]*tally, len(e.judges))
	for i, j := range e.judges {
		tallies[i] = &tally{judge: j}
	}
	return tallies
}

// judge judges one model.
func (e *evaluator) judge(ctx context.Context, c candidate) (err error) {
	t, err := c.translator(e.Options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	m := Model{Name: c.name, Path: c.path, Step: c.training.Step, Values: map[Key]Value{}}
	tallies := e.tallies()
	n := e.data.Len(e.split)
	bootstrap := newBootstrap(e.Seed, e.Resamples, n)
	for i := range n {
		weights := bootstrap.draw()
		pair, err := e.data.Sample(e.split, i, e.Size)
		if err != nil {
			if !e.SkipBad {
				return err
			}
			e.skip(e.data.Names(e.split)[i], err.Error())
			continue
		}
		made, err := t.Picture(ctx, pair.Input)
		if err != nil {
			return fmt.Errorf("evaluate %s: %s: %w", c.name, pair.Name, err)
		}
		s := &sample{name: pair.Name, input: pair.Input, target: pair.Target, made: imgio.Quantise(made)}
		p := Picture{Name: s.name, Values: map[Key]float64{}}
		if err := e.measure(ctx, s, tallies, weights, p.Values); err != nil {
			return fmt.Errorf("evaluate %s: %s: %w", c.name, pair.Name, err)
		}
		m.Pictures = append(m.Pictures, p)
		e.gallery.show(len(e.result.Models), i, s, p)
		e.listen(Event{Stage: Judging, Model: c.name, Done: i + 1, Total: n})
	}
	if len(m.Pictures) == 0 {
		return fmt.Errorf("evaluate %s: none of the %d pairs in %s could be read", c.name, n, e.Data)
	}
	e.finish(m, tallies)
	return nil
}

// measure adds one picture to all tallies and notes its own values.
func (e *evaluator) measure(ctx context.Context, s *sample, tallies []*tally, weights []int, values map[Key]float64) error {
	for _, t := range tallies {
		own, err := t.add(ctx, s, weights)
		if err != nil {
			return err
		}
		for k, m := range t.measures() {
			if finite(own[k]) {
				values[m.Key] = own[k]
			}
		}
	}
	return nil
}

// finish turns sums into values and adds the model to the result.
func (e *evaluator) finish(m Model, tallies []*tally) {
	e.result.Data.Pairs = len(m.Pictures)
	replicates := make([][]float64, e.Resamples)
	var measures []Measure
	for _, t := range tallies {
		first := len(measures)
		measures = append(measures, t.measures()...)
		for b := range replicates {
			replicates[b] = append(replicates[b], t.value(t.resampled[b])...)
		}
		for k, v := range t.value(t.sums) {
			if finite(v) {
				m.Values[measures[first+k].Key] = e.bounded(v, column(replicates, first+k))
			}
		}
		if x, ok := t.judge.(exhibitor); ok {
			x.exhibit(t.sums, &m)
		}
	}
	e.result.Measures = measures
	e.result.Models = append(e.result.Models, m)
	e.replicates = append(e.replicates, replicates)
}

// bounded is a value with its interval. A single picture says nothing about how
// pictures differ.
func (e *evaluator) bounded(v float64, replicates []float64) Value {
	low, high, ok := interval(replicates, e.Confidence)
	if !ok || e.result.Data.Pairs < 2 {
		return Value{Value: v}
	}
	return Value{v, &low, &high}
}

func column(rows [][]float64, k int) []float64 {
	out := make([]float64, len(rows))
	for i, row := range rows {
		out[i] = row[k]
	}
	return out
}

// compare takes the paired differences of all models to the first.
func (e *evaluator) compare() {
	first := e.result.Models[0]
	for i, m := range e.result.Models[1:] {
		d := Difference{Model: m.Name, Than: first.Name, Values: map[Key]Value{}}
		for k, measure := range e.result.Measures {
			v, ok := m.Values[measure.Key]
			u, both := first.Values[measure.Key]
			if !ok || !both {
				continue
			}
			paired := column(e.replicates[i+1], k)
			for b := range paired {
				paired[b] -= e.replicates[0][b][k]
			}
			d.Values[measure.Key] = e.bounded(v.Value-u.Value, paired)
		}
		e.result.Differences = append(e.result.Differences, d)
	}
}

package eval

import (
	"context"
	"errors"
	"fmt"

	"easel/internal/data/dataset"
)

// Event is progress or a warning.
type Event struct {
	// Stage is "check" for Done of Total checked pairs, "judge" for Done of Total pictures
	// of Model, or "warning" for a Text.
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

// evaluator is a running evaluation.
type evaluator struct {
	Options
	notify func(Event)
	data   *dataset.Dataset
	split  dataset.Split
	result *Evaluation
	judges []judge
	scorer *scorer // nil if none is given
	// perceptual is nil if no weights are given.
	perceptual *perceptualJudge
	features   []*features
	// inputLabels and targetLabels say which sides are labels.
	inputLabels, targetLabels bool
	// replicates are the values of the bootstrap samples, by model, sample and measure.
	replicates [][][]float64
	gallery    gallery
	// parts, if there are any, have been measured before.
	parts *parts
}

// Evaluate judges models on the pairs of a split and reports to notify, which may be nil.
// Options, data or models that cannot be used fail before the first picture.
func Evaluate(ctx context.Context, o Options, notify func(Event)) (made *Evaluation, err error) {
	err = set(ctx, o, notify, func(e *evaluator, all []candidate) error {
		made, err = e.evaluate(ctx, all)
		return err
	})
	return made, err
}

// set calls do with an evaluator that is ready to judge candidates.
func set(ctx context.Context, o Options, notify func(Event), do func(*evaluator, []candidate) error) (err error) {
	if notify == nil {
		notify = func(Event) {}
	}
	if err := o.Validate(); err != nil {
		return err
	}
	e := &evaluator{Options: o, notify: notify, result: &Evaluation{Version: version}}
	candidates, err := describeAll(o.Models)
	if err != nil {
		return err
	}
	if err := e.agree(candidates); err != nil {
		return err
	}
	if err := e.open(ctx, candidates[0]); err != nil {
		return err
	}
	if e.Scorer != "" {
		if e.scorer, err = e.openScorer(); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, e.scorer.translator.Close()) }()
	}
	if e.Perceptual != "" {
		if e.perceptual, err = e.openPerceptual(); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, e.perceptual.close()) }()
	}
	defer func() { err = errors.Join(err, e.closeFeatures()) }()
	if err := e.openAllFeatures(); err != nil {
		return err
	}
	if err := e.choose(); err != nil {
		return err
	}
	e.gallery = newGallery(o, e.data.Len(e.split), e.ranking())
	return do(e, candidates)
}

// evaluate judges all candidates.
func (e *evaluator) evaluate(ctx context.Context, candidates []candidate) (*Evaluation, error) {
	if e.scorer != nil {
		if err := e.judgeTargets(ctx); err != nil {
			return nil, err
		}
	}
	for number, c := range candidates {
		if err := c.subject(e, number, func(s *subject) error { return e.judge(ctx, s) }); err != nil {
			return nil, err
		}
	}
	e.compare()
	e.result.Options, e.result.gallery = e.Options, e.gallery
	return e.result, nil
}

// judge judges one model.
func (e *evaluator) judge(ctx context.Context, s *subject) (err error) {
	if names := e.data.Among(s.contents, e.split); len(names) > 0 {
		e.note(fmt.Sprintf("%s was trained on %d of the %d pairs, so its values say little about new pictures: %s",
			s.Name, len(names), e.data.Len(e.split), abridged(names)))
	}
	m := s.Model
	sums, distributions := tallies(s.judges), e.distributions()
	err = e.each(ctx, s, &m, func(i int, one *sample, a additions, p Picture) {
		e.gallery.show(s.number, i, one, p)
		for k, d := range distributions {
			d.add(a.Features[k].Made, a.Features[k].Target)
		}
	}, sums)
	if err == nil {
		err = e.gallery.complete(s.number, func(x *sample) (*sample, error) { return e.sample(ctx, s, x.index) })
	}
	if err != nil {
		return err
	}
	measures, replicates := e.finish(&m, sums)
	more, err := e.distances(&m, distributions)
	if err != nil {
		return err
	}
	e.result.Measures = append(measures, more...)
	e.result.Models = append(e.result.Models, m)
	e.replicates = append(e.replicates, replicates)
	return nil
}

// judgeTargets lets the scorer read the targets.
func (e *evaluator) judgeTargets(ctx context.Context) error {
	s := e.targets()
	m, sums := s.Model, tallies(s.judges)
	if err := e.each(ctx, s, &m, func(int, *sample, additions, Picture) {}, sums); err != nil {
		return err
	}
	e.finish(&m, sums)
	e.result.Targets = &m
	return nil
}

// each visits the pairs: it adds each to the sums, records its values in the model and
// passes it on.
func (e *evaluator) each(ctx context.Context, s *subject, m *Model, next func(int, *sample, additions, Picture), sums []*tally) error {
	n := e.data.Len(e.split)
	bootstrap := newBootstrap(e.Seed, e.Resamples, n)
	for i := range n {
		if err := ctx.Err(); err != nil {
			return err
		}
		weights := bootstrap.draw()
		one, a, err := e.take(ctx, s, i)
		if e.SkipBad && errors.As(err, new(unreadable)) {
			e.skip(e.data.Names(e.split)[i], err.Error())
			continue
		}
		if err != nil {
			return err
		}
		p := Picture{Name: one.name, Values: map[Key]float64{}}
		for k, t := range sums {
			own := t.add(a.Sums[k], weights)
			for k, m := range t.measures() {
				if finite(own[k]) {
					p.Values[m.Key] = own[k]
				}
			}
		}
		m.Pictures = append(m.Pictures, p)
		next(i, one, a, p)
		e.notify(Event{Stage: Judging, Model: m.Name, Done: i + 1, Total: n})
	}
	if len(m.Pictures) == 0 {
		return fmt.Errorf("evaluate %s: none of the %d pairs in %s could be read", m.Name, n, e.Data)
	}
	return nil
}

// take returns a picture and its additions: measured now, or from the parts of an
// evaluation.
func (e *evaluator) take(ctx context.Context, s *subject, i int) (*sample, additions, error) {
	if e.parts == nil {
		return e.measure(ctx, s, i)
	}
	a, err := e.parts.take(s, i)
	if err != nil {
		return nil, additions{}, err
	}
	if e.gallery.wants(i) {
		one, err := e.sample(ctx, s, i)
		return one, a, err
	}
	return &sample{index: i, name: a.Name}, a, nil
}

// finish computes a model's values from the sums. It returns the measures and the values of
// each bootstrap sample.
func (e *evaluator) finish(m *Model, sums []*tally) (measures []Measure, replicates [][]float64) {
	e.result.Data.Pairs = len(m.Pictures)
	m.Values = map[Key]Value{}
	replicates = make([][]float64, e.Resamples)
	for _, t := range sums {
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
			x.exhibit(t.sums, m)
		}
	}
	return measures, replicates
}

// distributions returns empty ones for a model.
func (e *evaluator) distributions() []*distribution {
	all := make([]*distribution, len(e.features))
	for i, f := range e.features {
		all[i] = newDistribution(f, e.data.Len(e.split))
	}
	return all
}

// distances adds a model's distances to it and returns their measures.
func (e *evaluator) distances(m *Model, distributions []*distribution) ([]Measure, error) {
	var measures []Measure
	for _, d := range distributions {
		distance, err := d.distance()
		if err != nil {
			return nil, err
		}
		m.Distances = append(m.Distances, distance)
		m.Values[FrechetKey(distance.Features)] = Value{Value: distance.Frechet}
		m.Values[KernelKey(distance.Features)] = Value{Value: distance.Kernel}
		measures = append(measures, distance.measures()...)
		if len(e.result.Models) == 0 {
			e.note(distance.note())
		}
	}
	return measures, nil
}

// bounded is a value with its interval. A single picture has none: it says nothing about
// how pictures differ.
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

// compare computes the paired differences of all models from the first.
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
			d.Values[measure.Key] = e.bounded(v.Value-u.Value, e.paired(i+1, k))
		}
		e.result.Differences = append(e.result.Differences, d)
	}
}

// paired returns the differences of a model's replicates of measure k from the first
// model's; distances have none.
func (e *evaluator) paired(model, k int) []float64 {
	if e.Resamples == 0 || k >= len(e.replicates[0][0]) {
		return nil
	}
	paired := column(e.replicates[model], k)
	for b := range paired {
		paired[b] -= e.replicates[0][b][k]
	}
	return paired
}

package study

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"easel/internal/base/option"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Thresholds of exclusions.
const (
	hastyMS    = 200 // faster answers are considered careless
	frameSlack = 1.5 // frames by which an exposure may deviate
)

// Analysis says how to analyze the answers. Begin with DefaultAnalysis.
type Analysis struct {
	// Resamples is the number of samples of each bootstrap.
	Resamples int `json:"resamples"`
	// Confidence of the intervals, such as 0.95.
	Confidence float64 `json:"confidence"`
	// Seed of the bootstraps.
	Seed uint64 `json:"seed"`
}

// Declared returns the options with their limits, in the order of help.
func (a *Analysis) Declared() option.List {
	return option.Of(a, option.Group("Analysis",
		option.Int(&a.Resamples, "resamples", "samples of each bootstrap", 1, math.MaxInt),
		option.Number(&a.Confidence, "confidence", "confidence of the intervals", option.Between(0, 1)),
		option.Seed(&a.Seed, "seed", "seed of the bootstraps").ByAll(),
	))
}

// DefaultAnalysis has the authors' 10,000 resamples, and 95 % intervals.
func DefaultAnalysis() Analysis { return Analysis{Resamples: 10_000, Confidence: 0.95} }

// Report is the result of a study.
type Report struct {
	// All counts every scored trial of finished sessions; Kept counts only those without a
	// reason for exclusion.
	All  Findings `json:"all"`
	Kept Findings `json:"kept"`
	// Unfinished sessions count in neither.
	Unfinished int          `json:"unfinished_sessions"`
	Excluded   Exclusions   `json:"excluded_trials"`
	People     []Individual `json:"participants"`
}

// Exclusions counts trials by the reason for which Kept excludes them. A trial may have
// several.
type Exclusions struct {
	Hasty    int `json:"answered_within_200_ms"`
	Hidden   int `json:"page_out_of_sight"`
	Exposure int `json:"exposure_off_by_more_than_a_frame"`
	Any      int `json:"any"`
}

// Findings are the rates of all algorithms.
type Findings struct {
	Algorithms []Rate `json:"algorithms"`
	// Better is the probability, by the bootstrap over participants and trials, that the
	// row's algorithm fools more often than the column's; ties count half.
	Better [][]Value `json:"better"`
}

// Value is a number that may be missing: NaN, which JSON writes as null.
type Value float64

// MarshalJSON writes the number, or null.
func (v Value) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(v)) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(v))
}

// Rate says how often an algorithm fools people.
type Rate struct {
	Name         string `json:"name"`
	Participants int    `json:"participants"`
	Trials       int    `json:"trials"`
	// Fooled is the fraction of trials in which the fake was taken for the real picture,
	// from 0 to 1; missing without trials.
	Fooled Value `json:"fooled"`
	// Mean and Deviation come from the bootstrap over participants and, within each, over
	// trials; the authors' tool prints Deviation as ±. Interval has the percentiles of that
	// bootstrap.
	Mean      Value    `json:"bootstrap_mean"`
	Deviation Value    `json:"bootstrap_deviation"`
	Interval  [2]Value `json:"interval"`
	// PictureInterval comes from a bootstrap over pictures, which includes the variance
	// between pictures.
	PictureInterval [2]Value `json:"picture_interval"`
}

// Individual is one participant who finished.
type Individual struct {
	Algorithm string     `json:"algorithm"`
	Trials    int        `json:"trials"`
	Fooled    int        `json:"fooled"`
	Interval  [2]float64 `json:"interval"` // exact, by Clopper & Pearson 1934
	Left      float64    `json:"left"`     // share of answers "left": a bias if far from 0.5
	LeftP     float64    `json:"left_p"`   // exact two-sided binomial test of 0.5
}

// outcome is a scored trial as the analysis sees it.
type outcome struct {
	pair    int
	fooled  bool
	exclude bool
}

// person is a participant's outcomes.
type person struct {
	algorithm int
	outcomes  []outcome
}

// Analyze reads a study's folder and returns its results.
func Analyze(dir string, how Analysis) (*Report, error) {
	if err := how.Declared().Check(); err != nil {
		return nil, fmt.Errorf("study analysis: %w", err)
	}
	plan, err := readPlan(dir)
	if err != nil {
		return nil, err
	}
	sessions, err := readSessions(dir, plan)
	if err != nil {
		return nil, err
	}
	return analyze(plan, sessions, how), nil
}

func analyze(p *Plan, sessions []*session, how Analysis) *Report {
	r := &Report{}
	var people []person
	for _, s := range sessions {
		if len(s.answers) < len(s.trials) {
			r.Unfinished++
			continue
		}
		one := person{algorithm: s.header.Algorithm}
		for i := p.Practice; i < len(s.trials); i++ {
			one.outcomes = append(one.outcomes, outcome{s.trials[i].Pair, !s.correct(i), r.Excluded.count(s.answers[i], p)})
		}
		people = append(people, one)
		r.People = append(r.People, individual(p, s, one, how))
	}
	r.All = findings(p, people, how)
	r.Kept = findings(p, kept(people), how)
	return r
}

// count records the reasons for excluding an answer, and reports whether there is one.
func (e *Exclusions) count(a Answer, p *Plan) bool {
	slack := frameSlack * cmp.Or(a.FrameMS, 1000.0/60)
	off := math.Abs(a.LeftMS-float64(p.ExposureMS)) > slack || math.Abs(a.RightMS-float64(p.ExposureMS)) > slack
	hasty := a.ResponseMS < hastyMS
	if hasty {
		e.Hasty++
	}
	if a.Hidden {
		e.Hidden++
	}
	if off {
		e.Exposure++
	}
	any := hasty || a.Hidden || off
	if any {
		e.Any++
	}
	return any
}

func kept(people []person) []person {
	var out []person
	for _, one := range people {
		rest := slices.DeleteFunc(slices.Clone(one.outcomes), func(o outcome) bool { return o.exclude })
		if len(rest) > 0 {
			out = append(out, person{one.algorithm, rest})
		}
	}
	return out
}

func individual(p *Plan, s *session, one person, how Analysis) Individual {
	n, fooled, left := len(one.outcomes), 0, 0
	for i, o := range one.outcomes {
		if o.fooled {
			fooled++
		}
		if s.answers[p.Practice+i].Fake == Left {
			left++
		}
	}
	return Individual{
		Algorithm: p.Algorithms[one.algorithm].Name, Trials: n, Fooled: fooled,
		Interval: clopperPearson(fooled, n, how.Confidence),
		Left:     float64(left) / float64(n), LeftP: fairCoin(left, n),
	}
}

// clopperPearson returns the exact interval of a binomial proportion.
func clopperPearson(k, n int, confidence float64) [2]float64 {
	tail := (1 - confidence) / 2
	interval := [2]float64{0, 1}
	if k > 0 {
		interval[0] = distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(tail)
	}
	if k < n {
		interval[1] = distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(1 - tail)
	}
	return interval
}

// fairCoin returns the two-sided p of k heads in n throws of a fair coin.
func fairCoin(k, n int) float64 {
	return min(1, 2*distuv.Binomial{N: float64(n), P: 0.5}.CDF(float64(min(k, n-k))))
}

// findings computes the rates and their bootstraps.
func findings(p *Plan, people []person, how Analysis) Findings {
	n := len(p.Algorithms)
	f := Findings{Algorithms: make([]Rate, n), Better: make([][]Value, n)}
	byAlgorithm := make([][]person, n)
	for _, one := range people {
		byAlgorithm[one.algorithm] = append(byAlgorithm[one.algorithm], one)
	}
	samples := make([][]float64, n)
	for i, a := range p.Algorithms {
		group := byAlgorithm[i]
		r := rand.New(rand.NewPCG(how.Seed, uint64(i))) // #nosec G404 -- statistics
		samples[i] = resamplePeople(r, group, how.Resamples)
		rate := Rate{Name: a.Name, Participants: len(group), Fooled: Value(share(group))}
		for _, one := range group {
			rate.Trials += len(one.outcomes)
		}
		mean, deviation := stat.PopMeanStdDev(samples[i], nil)
		rate.Mean, rate.Deviation = Value(mean), Value(deviation)
		rate.Interval = percentiles(samples[i], how.Confidence)
		rate.PictureInterval = percentiles(resamplePictures(r, group, len(p.Pairs), how.Resamples), how.Confidence)
		f.Algorithms[i] = rate
	}
	for i := range n {
		f.Better[i] = make([]Value, n)
		for j := range n {
			f.Better[i][j] = better(samples[i], samples[j])
		}
	}
	return f
}

func share(people []person) float64 {
	fooled, n := 0, 0
	for _, one := range people {
		for _, o := range one.outcomes {
			if n++; o.fooled {
				fooled++
			}
		}
	}
	return float64(fooled) / float64(n)
}

// resamplePeople is the authors' bootstrap: it draws participants with replacement, and
// from each as many trials as they had, with replacement.
func resamplePeople(r *rand.Rand, people []person, resamples int) []float64 {
	if len(people) == 0 {
		return nil
	}
	out := make([]float64, resamples)
	for i := range out {
		fooled, n := 0, 0
		for range people {
			outcomes := people[r.IntN(len(people))].outcomes
			for range outcomes {
				if outcomes[r.IntN(len(outcomes))].fooled {
					fooled++
				}
			}
			n += len(outcomes)
		}
		out[i] = float64(fooled) / float64(n)
	}
	return out
}

// resamplePictures draws pictures with replacement, each with all its trials.
func resamplePictures(r *rand.Rand, people []person, pairs, resamples int) []float64 {
	fooled, n := make([]int, pairs), make([]int, pairs)
	for _, one := range people {
		for _, o := range one.outcomes {
			if n[o.pair]++; o.fooled {
				fooled[o.pair]++
			}
		}
	}
	var shown []int
	for i := range pairs {
		if n[i] > 0 {
			shown = append(shown, i)
		}
	}
	if len(shown) == 0 {
		return nil
	}
	out := make([]float64, resamples)
	for i := range out {
		k, all := 0, 0
		for range shown {
			j := shown[r.IntN(len(shown))]
			k, all = k+fooled[j], all+n[j]
		}
		out[i] = float64(k) / float64(all)
	}
	return out
}

// percentiles returns the bounds of the middle part of samples; NaN without any.
func percentiles(samples []float64, confidence float64) [2]Value {
	if len(samples) == 0 {
		return [2]Value{Value(math.NaN()), Value(math.NaN())}
	}
	sorted := slices.Sorted(slices.Values(samples))
	tail := (1 - confidence) / 2
	return [2]Value{Value(stat.Quantile(tail, stat.LinInterp, sorted, nil)), Value(stat.Quantile(1-tail, stat.LinInterp, sorted, nil))}
}

// better returns the fraction of samples in which a exceeds b; ties count half.
func better(a, b []float64) Value {
	if len(a) == 0 || len(b) == 0 {
		return Value(math.NaN())
	}
	sum := 0.0
	for i := range a {
		switch {
		case a[i] > b[i]:
			sum++
		case a[i] == b[i]:
			sum += 0.5
		}
	}
	return Value(sum / float64(len(a)))
}

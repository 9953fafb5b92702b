package experiment

import (
	"context"
	"fmt"
	"math"
	"path/filepath"

	"easel/internal/file/imgio"
	"easel/internal/work/eval"
)

// judging says how to judge a model; the zero value is the paper's way.
type judging struct {
	// size to judge pairs at; 0 is the model's own.
	size int
	// noNoise switches the noise off.
	noNoise bool
	// samples is how many outputs for one input to compare with each other; 0 is none.
	samples int
	// vgg compares outputs and targets by layers of VGG-19, too, if the setting has it.
	vgg bool
}

// name is its part of a job's name.
func (j judging) name() string {
	name := ""
	if j.size > 0 {
		name += fmt.Sprintf("-at%d", j.size)
	}
	if j.noNoise {
		name += "-still"
	}
	if j.samples > 0 {
		name += fmt.Sprintf("-%dsamples", j.samples)
	}
	return name
}

// judgmentKey holds everything that a model's values depend on.
type judgmentKey struct {
	Run    any    `json:"run"`
	Scorer any    `json:"scorer,omitempty"`
	Split  string `json:"split"`
	Size   int    `json:"size"`
	Still  bool   `json:"still"`
	// Samples is omitted if it is 0.
	Samples int `json:"samples,omitempty"`
	// Layers and the hash of the network that they are of.
	Layers []string `json:"layers,omitempty"`
	VGG    string   `json:"vgg,omitempty"`
}

// shownPairs is how many pairs are shown of each model.
const shownPairs = 5

// judge is the job of judging the model of a run.
func (s Setting) judge(run Job, scorer *Job, j judging) Job {
	key := judgmentKey{Run: run.Config, Split: string(s.Source.Split), Size: j.size, Still: j.noNoise, Samples: j.samples}
	needs := []Job{run}
	if scorer != nil {
		key.Scorer = scorer.Config
		needs = append(needs, *scorer)
	}
	if j.vgg && s.VGG != nil {
		key.Layers, key.VGG = distanceLayers(), s.VGG.Contents
	}
	return Job{
		Kind: "scores", Name: run.Name + j.name(), Config: key, Needs: needs,
		Do: func(ctx context.Context, p Place) error { return s.doJudge(ctx, p, run, scorer, j) },
	}
}

func (s Setting) doJudge(ctx context.Context, p Place, run Job, scorer *Job, j judging) error {
	o := eval.Default()
	o.Models, o.Data, o.Split, o.Labels = []string{p.Folder(run)}, s.Data, string(s.Source.Split), s.Source.Labels.String()
	o.SkipBad, o.Threads, o.Size, o.NoNoise, o.Samples, o.Rows = s.SkipBad, s.Threads, j.size, j.noNoise, j.samples, shownPairs
	o.Backend = s.Backend
	if scorer != nil {
		o.Scorer = p.Folder(*scorer)
	}
	if j.vgg && s.VGG != nil {
		o.Features, o.Perceptual = s.VGG.features(), s.VGG.Path
	}
	passes := 1 // over the pairs: a scorer reads the truth first
	if scorer != nil {
		passes = 2
	}
	done := 0
	e, err := eval.Evaluate(ctx, o, func(e eval.Event) {
		if e.Stage == eval.Judging {
			done++
			p.Notify(Progress{Done: done, Total: passes * e.Total})
		}
	})
	if err != nil {
		return err
	}
	for i, row := range e.Shown() {
		if row.Made[0] == nil {
			return fmt.Errorf("no picture is named %s", row.Name)
		}
		for name, picture := range map[string]*imgio.Picture{inputPicture: row.Input, targetPicture: row.Target, madePicture: row.Made[0]} {
			if err := imgio.Write(picturePath(p.Dir, i, name), picture); err != nil {
				return err
			}
		}
	}
	return e.Write(p.Dir)
}

// The pictures of a pair that a judgement keeps.
const (
	inputPicture  = "input"
	targetPicture = "target"
	madePicture   = "made"
)

func picturePath(dir string, pair int, name string) string {
	return filepath.Join(dir, fmt.Sprintf("pair%d-%s.png", pair+1, name))
}

// values are a judgement's measures, by key, and truth the scorer's measures of the real
// pictures, if there is a scorer.
func values(dir string) (found, truth map[string]eval.Value, err error) {
	e, err := eval.Read(filepath.Join(dir, eval.JSONFile))
	if err != nil {
		return nil, nil, err
	}
	found, truth = map[string]eval.Value{}, map[string]eval.Value{}
	if e.Targets != nil {
		for key, v := range e.Targets.Values {
			truth[string(key)] = v
		}
	}
	m := e.Models[0]
	for key, v := range m.Values {
		found[string(key)] = v
	}
	if m.Histograms != nil && m.TargetHistograms != nil {
		for i, key := range spreadKeys() {
			found[key] = eval.Value{Value: deviation(m.Histograms[i+1]) / deviation(m.TargetHistograms[i+1])}
		}
	}
	return found, truth, nil
}

// deviation returns the standard deviation of a histogram, in bins.
func deviation(histogram []float64) float64 {
	sum, mean, square := 0.0, 0.0, 0.0
	for i, p := range histogram {
		sum += p
		mean += p * float64(i)
		square += p * float64(i) * float64(i)
	}
	mean /= sum
	return math.Sqrt(max(square/sum-mean*mean, 0))
}

// report makes the table of the arms.
func (c comparison) report(all []tried, folder func(Job) string) (Report, error) {
	t := Table{Title: c.title, Columns: c.columns, Paper: c.paper, Note: c.note}
	if t.Note == "" {
		t.Note = meaning(c.columns)
	}
	t.Note += " ± is half of the 95 % confidence interval, over seeds if there are several, and over the pictures that judge where a value is a mean over them."
	seeds := make([]map[string][]eval.Value, len(c.arms))
	for i := range seeds {
		seeds[i] = map[string][]eval.Value{}
	}
	var truth map[string]eval.Value
	for _, one := range all {
		found, real, err := values(folder(one.judgment))
		if err != nil {
			return Report{}, err
		}
		truth = real // the same for all: one scorer, the same pictures
		for key, v := range found {
			seeds[one.arm][key] = append(seeds[one.arm][key], v)
		}
	}
	for i, a := range c.arms {
		row := Row{Name: a.name, Cells: map[string]Cell{stepsKey: cellOf(eval.Value{Value: float64(c.steps(a.options))})}}
		for _, column := range c.columns {
			if list := seeds[i][column.Key]; len(list) > 0 {
				row.Cells[column.Key] = cellOf(list...)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if c.truth && len(truth) > 0 {
		row := Row{Name: rowTruth, Cells: map[string]Cell{}}
		for key, v := range truth {
			row.Cells[key] = cellOf(v)
		}
		t.Rows = append(t.Rows, row)
	}
	sheet, err := c.sheet(all[:len(c.arms)], folder)
	return Report{Tables: []Table{t}, Notes: c.notes, Sheets: []Sheet{sheet}}, err
}

// sheet shows the arms' pictures with the first seed.
func (c comparison) sheet(first []tried, folder func(Job) string) (Sheet, error) {
	s := Sheet{Title: "Pairs used for judging", Headings: []string{"input"}}
	for _, a := range c.arms {
		s.Headings = append(s.Headings, a.name)
	}
	s.Headings = append(s.Headings, "target")
	for i := range min(shownPairs, c.Source.Judged) {
		var row []*imgio.Picture
		add := func(t tried, name string) error {
			p, _, err := imgio.Read(picturePath(folder(t.judgment), i, name), imgio.ReadOptions{})
			row = append(row, p)
			return err
		}
		if err := add(first[0], inputPicture); err != nil {
			return s, err
		}
		for _, t := range first {
			if err := add(t, madePicture); err != nil {
				return s, err
			}
		}
		if err := add(first[0], targetPicture); err != nil {
			return s, err
		}
		s.Rows = append(s.Rows, row)
	}
	return s, nil
}

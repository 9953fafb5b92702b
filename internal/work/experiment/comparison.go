package experiment

import (
	"fmt"
	"slices"

	"easel/internal/work/train"
)

// arm is one row of a table: a model that is trained with every seed, and judged.
type arm struct {
	name    string
	options train.Options // with the first seed
	judging judging
}

// comparison is a table whose rows are models.
type comparison struct {
	Setting
	title   string
	arms    []arm
	columns []Column
	// truth adds a row with the scorer's measures of the real pictures.
	truth bool
	paper *Published
	note  string
	notes []string
}

// tried is an arm with one seed: the jobs of its training and of its judgement.
type tried struct {
	arm           int
	run, judgment Job
}

// plan makes the jobs of a comparison and its table.
func (c comparison) plan() (Plan, error) {
	var p Plan
	scorer := c.scorer()
	if scorer != nil {
		p.Jobs = append(p.Jobs, *scorer)
	}
	var all []tried
	for seed := range c.Scale.Seeds {
		for i, a := range c.arms {
			o := a.options
			o.Seed = c.Seed + uint64(seed)
			if err := valid(o); err != nil {
				return p, fmt.Errorf("%s: %w", a.name, err)
			}
			run := c.training(o)
			t := tried{i, run, c.judge(run, scorer, a.judging)}
			all = append(all, t)
			p.Jobs = append(p.Jobs, t.run, t.judgment)
		}
	}
	p.Report = func(folder func(Job) string) (Report, error) { return c.report(all, folder) }
	return p, nil
}

// scorer is the run of the network that reads labels in the outputs (§3.4), if a column
// needs it. The one with the first seed judges all models.
func (c comparison) scorer() *Job {
	if !slices.ContainsFunc(c.columns, func(column Column) bool { return slices.Contains(scoreKeys(), column.Key) }) {
		return nil
	}
	job := c.training(c.reading())
	return &job
}

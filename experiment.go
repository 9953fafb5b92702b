package easel

import (
	"context"

	"easel/internal/work/experiment"
)

// Experiments are the tables of Isola et al. 2017 that can be made anew.
func Experiments() []Experiment { return convert[[]Experiment](experiment.All()) }

// DefaultExperiments are the options of the small scale.
func DefaultExperiments() ExperimentOptions {
	return convert[ExperimentOptions](experiment.DefaultOptions())
}

// Validate reports the first option that no data could make right.
func (o ExperimentOptions) Validate() error { return public(convert[experiment.Options](o).Validate()) }

// Scales are how large experiments can be, the smallest first: half an hour on two
// cores for the paper's five tables, a night, or the paper's own protocol.
func Scales() []Scale { return convert[[]Scale](experiment.Scales()) }

// RunExperiments makes experiments, by name, one after the other and leaves runs and
// tables in a folder; what they share, and what is finished there, is not made again.
// Cancelling ctx saves; with o.Resume it goes on.
func RunExperiments(ctx context.Context, names []string, o ExperimentOptions, notify func(ExperimentEvent)) ([]ExperimentResult, error) {
	list, err := experiment.Find(experiment.All(), names...)
	if err != nil {
		return nil, err
	}
	made, err := experiment.Run(ctx, list, convert[experiment.Options](o), hearing[experiment.Event](notify))
	results := make([]ExperimentResult, len(made))
	for i, r := range made {
		results[i] = ExperimentResult{Experiment: r.Experiment, Text: r.Text(), Page: r.Page, Markdown: r.Markdown, JSON: r.JSON}
	}
	return results, public(err)
}

// ExperimentResult is a finished table and where its files are.
type ExperimentResult struct {
	// Experiment is its name, and Text the table for a terminal.
	Experiment, Text string
	// Page, Markdown and JSON are paths.
	Page, Markdown, JSON string
}

// ListExperiments says what experiments would do, by name, measures how long that
// takes on this machine, and returns also the time of all of them together, in
// seconds.
func ListExperiments(ctx context.Context, names []string, o ExperimentOptions, notify func(ExperimentEvent)) ([]ExperimentListing, float64, error) {
	list, err := experiment.Find(experiment.All(), names...)
	if err != nil {
		return nil, 0, err
	}
	listings, together, err := experiment.List(ctx, list, convert[experiment.Options](o), hearing[experiment.Event](notify))
	return convert[[]ExperimentListing](listings), together, public(err)
}

package easel

import (
	"context"

	"easel/internal/work/experiment"
)

// Experiments lists the tables of Isola et al. 2017 that can be reproduced.
func Experiments() []Experiment { return convert[[]Experiment](experiment.All()) }

// DefaultExperiments returns the options of the small scale.
func DefaultExperiments() ExperimentOptions {
	return convert[ExperimentOptions](experiment.DefaultOptions())
}

// Validate reports the first option that is invalid whatever the data.
func (o ExperimentOptions) Validate() error { return public(convert[experiment.Options](o).Validate()) }

// Scales lists the sizes of experiments: "small" takes half an hour on two cores for the
// paper's five tables, "medium" a night; "paper" is the paper's own protocol.
func Scales() []Scale { return convert[[]Scale](experiment.Scales()) }

// RunExperiments runs experiments, by name, one after the other, and writes runs and
// tables to a folder. Runs that they share, and those already finished in the folder, are
// not repeated. If ctx ends, progress is saved; continue with o.Resume.
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
	// Experiment is its name; Text is the table for a terminal.
	Experiment, Text string
	// Page, Markdown and JSON are paths.
	Page, Markdown, JSON string
}

// ListExperiments says what experiments would train, by name, and how many seconds that
// takes on this machine, which it measures. It also returns the time of all of them
// together.
func ListExperiments(ctx context.Context, names []string, o ExperimentOptions, notify func(ExperimentEvent)) ([]ExperimentListing, float64, error) {
	list, err := experiment.Find(experiment.All(), names...)
	if err != nil {
		return nil, 0, err
	}
	listings, together, err := experiment.List(ctx, list, convert[experiment.Options](o), hearing[experiment.Event](notify))
	return convert[[]ExperimentListing](listings), together, public(err)
}

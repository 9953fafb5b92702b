package easel

import (
	"context"

	"easel/internal/work/experiment"
)

// Experiment is a table or figure of a paper that can be made anew.
type Experiment = experiment.Experiment

// ExperimentOptions are the data, the folder for the results, and the scale of
// a run of experiments. Begin with DefaultExperiments.
type ExperimentOptions = experiment.Options

// ExperimentEvent is progress over all the runs that experiments need.
type ExperimentEvent = experiment.Event

// ExperimentResult is a report and where its files are.
type ExperimentResult = experiment.Result

// ExperimentListing says what an experiment would do and how long that takes.
type ExperimentListing = experiment.Listing

// DefaultExperiments are the options of the small scale.
func DefaultExperiments() ExperimentOptions { return experiment.DefaultOptions() }

// Experiments are all that there are.
func Experiments() []Experiment { return experiment.All() }

// RunExperiments makes experiments one after the other and leaves runs and tables
// in a folder; what they share, and what is finished there, is not made again.
// Cancelling ctx saves; with o.Resume it goes on.
func RunExperiments(ctx context.Context, list []Experiment, o ExperimentOptions, listen func(ExperimentEvent)) ([]ExperimentResult, error) {
	return experiment.Run(ctx, list, o, listen)
}

// ListExperiments says what experiments would do, measures how long that takes on
// this machine, and returns also the time of all of them together.
func ListExperiments(ctx context.Context, list []Experiment, o ExperimentOptions, listen func(ExperimentEvent)) ([]ExperimentListing, float64, error) {
	return experiment.List(ctx, list, o, listen)
}

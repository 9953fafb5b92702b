package easel

import (
	"context"

	"easel/internal/work/train"
)

// TrainOptions are everything about a training run: the data, the network and
// its losses, the length, the run folder. Begin with TrainPreset, or with
// ResumeOptions to go on with a run.
type TrainOptions = train.Options

// TrainLength is the total length of a run, in epochs, steps or time.
type TrainLength = train.Length

// TrainEvent is something that happened in a run: a step with its losses, a
// validation, a checkpoint. Its Kind says which of its fields are set.
type TrainEvent = train.Event

// ErrInterrupted is what Train's error wraps when its context was cancelled
// after it had saved the run.
var ErrInterrupted = train.ErrInterrupted

// TrainPreset returns the options of a name: "paper", "pytorch", "best" or "laptop".
// Data and Out are left to be filled in.
func TrainPreset(name string) (TrainOptions, error) { return train.Preset(name) }

// ResumeOptions returns the options of a run folder, ready to be passed to Train
// to go on with it. Only its length and what does not touch its numbers may be
// changed.
func ResumeOptions(run string) (TrainOptions, error) { return train.ResumeOptions(run) }

// Train trains a model and leaves a run folder behind: configuration, log,
// checkpoints, the best model, samples and a report. Listen, which may be nil,
// hears everything that happens; it is called from one goroutine at a time and
// should return soon.
//
// Cancelling ctx saves the run and returns an error that wraps ErrInterrupted;
// trained on with ResumeOptions, the run has the bits of one that was never
// stopped.
func Train(ctx context.Context, o TrainOptions, listen func(TrainEvent)) error {
	return train.Train(ctx, o, listen)
}

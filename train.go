package easel

import (
	"context"
	"encoding/json"
	"time"

	"easel/internal/model/pix2pix"
	"easel/internal/work/train"
)

// Train trains a model and leaves a run folder behind: configuration, log,
// checkpoints, the best model, samples and a report. Notify, which may be nil,
// hears everything that happens; it is called from one goroutine at a time and
// should return soon.
//
// It fails before the first step for options (ErrOptions), data and folders that
// will not do. Cancelling ctx ends the step at hand, saves the run and returns an
// error that wraps ErrInterrupted. A run that goes on with ResumeOptions has the bits
// of one that was never stopped.
func Train(ctx context.Context, o TrainOptions, notify func(TrainEvent)) error {
	return public(train.Train(ctx, convert[train.Options](o), hearing[train.Event](notify)))
}

// TrainPreset returns the options of a name of TrainPresets: "paper", what Isola et
// al. 2017 write; "pytorch", what the authors' PyTorch port does otherwise; "best",
// what we would use; "laptop", "best" with pictures of 128×128 and half the width,
// which learns façades in less than two hours on two cores. Data and Out are left to
// be filled in; Length may be shortened.
func TrainPreset(name string) (TrainOptions, error) {
	o, err := train.Preset(name)
	return convert[TrainOptions](o), public(err)
}

// TrainPresets are the names that TrainPreset knows.
func TrainPresets() []string { return train.Presets() }

// ResumeOptions returns the options of a run folder, ready to be passed to Train
// to go on with it. Only its length, which is a total, and what does not touch its
// numbers may be changed.
func ResumeOptions(run string) (TrainOptions, error) {
	o, err := train.ResumeOptions(run)
	return convert[TrainOptions](o), err
}

// Validate reports the first option that no data could make right.
func (o TrainOptions) Validate() error { return public(convert[train.Options](o).Validate()) }

// Length is how long a run is in all, what was done before a resumption included:
// Epochs, Steps or Duration makes one. In JSON it is {"epochs": 200}, {"steps": 4000}
// or {"time_nanoseconds": 7200000000000}.
type Length struct{ length train.Length }

// Epochs is the length of n passes over the training pairs.
func Epochs(n int) Length { return Length{train.Length{Epochs: n}} }

// Steps is the length of n steps of TrainOptions.Batch pairs each.
func Steps(n int) Length { return Length{train.Length{Steps: n}} }

// Duration is the length of what can be done in a time; the learning rate's schedule
// is fitted to the steps that it turns out to be enough for.
func Duration(d time.Duration) Length { return Length{train.Length{Time: d}} }

// MarshalJSON implements json.Marshaler.
func (l Length) MarshalJSON() ([]byte, error) { return json.Marshal(l.length) }

// UnmarshalJSON implements json.Unmarshaler.
func (l *Length) UnmarshalJSON(text []byte) error { return l.length.UnmarshalJSON(text) }

// Objective is what the generator minimises: a pixel loss, an adversarial loss, or
// both, as {Pixel: L1, Adversarial: CGAN}, the paper's. Its text is "l1+cgan".
type Objective struct {
	Pixel       PixelLoss
	Adversarial AdversarialLoss
}

// ParseObjective reads what String writes, such as "l1+cgan".
func ParseObjective(text string) (Objective, error) {
	o, err := pix2pix.ParseObjective(text)
	return convert[Objective](o), err
}

// String is "l1+cgan".
func (o Objective) String() string { return o.below().String() }

// MarshalText implements encoding.TextMarshaler.
func (o Objective) MarshalText() ([]byte, error) { return o.below().MarshalText() }

// UnmarshalText implements encoding.TextUnmarshaler.
func (o *Objective) UnmarshalText(text []byte) error {
	below := o.below()
	err := below.UnmarshalText(text)
	*o = convert[Objective](below)
	return err
}

func (o Objective) below() pix2pix.Objective {
	return pix2pix.Objective{Pixel: pix2pix.PixelLoss(o.Pixel), Adversarial: pix2pix.AdversarialLoss(o.Adversarial)}
}

package easel

import (
	"context"
	"encoding/json"
	"time"

	"easel/internal/model/pix2pix"
	"easel/internal/work/train"
)

// Train trains a model and writes a run folder: configuration, log, checkpoints, the best
// model, samples and a report. Notify, which may be nil, gets all events; it is called from
// one goroutine at a time and should return quickly.
//
// Invalid options (ErrOptions), data and folders are errors before the first step. If ctx
// ends, Train finishes the step, saves the run and returns an error that wraps
// ErrInterrupted. A run that continues with ResumeOptions ends with the same bits as an
// uninterrupted one.
func Train(ctx context.Context, o TrainOptions, notify func(TrainEvent)) error {
	return public(train.Train(ctx, convert[train.Options](o), hearing[train.Event](notify)))
}

// TrainPreset returns a preset by its name: "paper" (as in Isola et al. 2017), "pytorch"
// (as the authors' PyTorch port), "best" (what we would use), or "laptop" ("best" with
// pictures of 128×128 and half the width, which learns façades in less than two hours on
// two cores). Set Data and Out; you may shorten Length.
func TrainPreset(name string) (TrainOptions, error) {
	o, err := train.Preset(name)
	return convert[TrainOptions](o), public(err)
}

// TrainPresets lists the names that TrainPreset knows.
func TrainPresets() []string { return train.Presets() }

// ResumeOptions returns the options of a run folder, for Train to continue it. You may
// change its length, which is a total, and options that do not affect its numbers.
func ResumeOptions(run string) (TrainOptions, error) {
	o, err := train.ResumeOptions(run)
	return convert[TrainOptions](o), err
}

// Validate reports the first option that is invalid whatever the data.
func (o TrainOptions) Validate() error { return public(convert[train.Options](o).Validate()) }

// Length is the total length of a run, including what was done before it was resumed. Make
// one with Epochs, Steps or Duration. In JSON it is {"epochs": 200}, {"steps": 4000} or
// {"time_nanoseconds": 7200000000000}.
type Length struct{ length train.Length }

// Epochs is n passes over the training pairs.
func Epochs(n int) Length { return Length{train.Length{Epochs: n}} }

// Steps is n steps, each on TrainOptions.Batch pairs.
func Steps(n int) Length { return Length{train.Length{Steps: n}} }

// Duration is as many steps as fit into d. The learning rate's schedule is fitted to them.
func Duration(d time.Duration) Length { return Length{train.Length{Time: d}} }

// MarshalJSON implements json.Marshaler.
func (l Length) MarshalJSON() ([]byte, error) { return json.Marshal(l.length) }

// UnmarshalJSON implements json.Unmarshaler.
func (l *Length) UnmarshalJSON(text []byte) error { return l.length.UnmarshalJSON(text) }

// Objective is what the generator minimises: a pixel loss, an adversarial loss, or both.
// The paper's is {Pixel: L1, Adversarial: CGAN}. As text that is "l1+cgan".
type Objective struct {
	Pixel       PixelLoss
	Adversarial AdversarialLoss
}

// ParseObjective reads an objective such as "l1+cgan".
func ParseObjective(text string) (Objective, error) {
	o, err := pix2pix.ParseObjective(text)
	return convert[Objective](o), err
}

// String returns text such as "l1+cgan".
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

package study

import (
	"errors"
	"fmt"
	"math"

	"easel/internal/base/option"
	"easel/internal/data/dataset"
	"easel/internal/engine/backend"
)

// Options say which study is made. Begin with [Default].
type Options struct {
	Models   []string      `json:"models"` // run folders and model files, an algorithm each
	Data     string        `json:"data"`   // folder of pairs
	Split    dataset.Split `json:"split"`
	Out      string        `json:"out"`      // folder for the study, which is made
	Pairs    int           `json:"pairs"`    // how many of the split's pairs; 0 is all
	Size     int           `json:"size"`     // side of the pictures in pixels; 0 is the first model's
	Practice int           `json:"practice"` // trials with feedback
	Scored   int           `json:"scored"`   // trials that count
	Exposure int           `json:"exposure"` // of each picture, in milliseconds
	Unpaired bool          `json:"unpaired"` // the real picture is of another pair than the fake
	Seed     uint64        `json:"seed"`     // of names, orders and the models' noise
	Backend  string        `json:"backend"`
	Threads  int           `json:"threads"` // 0 is one a core
}

// Default is the paper's protocol on the pairs held out for tests.
func Default() Options {
	return Options{Split: dataset.Test, Practice: 10, Scored: 40, Exposure: 1000, Backend: backend.Default}
}

// Event is progress: a picture made.
type Event struct {
	Done, Total int
	Name        string // of the pair
}

// Declared are the options with their limits, in the order of help.
func (o *Options) Declared() option.List {
	return option.Of(o, option.Group("Study",
		option.Texts(&o.Models, "model", "model to judge; again for each").As("RUN|FILE"),
		option.Text(&o.Data, "data", "folder of pairs").As("DIR"),
		option.Text(&o.Out, "out", "folder for the study").As("DIR"),
		option.Choice(&o.Split, "split", "which pairs", dataset.Train, dataset.Val, dataset.Test),
		option.Int(&o.Pairs, "pairs", "how many of the pairs, evenly spread", 0, math.MaxInt32).OrZero("all"),
		option.Int(&o.Size, "size", "side of the pictures, in pixels", 16, 4096).OrZero("the first model's"),
		option.Seed(&o.Seed, "seed", "seed of names, orders and noise").ByAll(),
		option.Text(&o.Backend, "backend", "what runs the networks").ByAll().Checked(func() error { return backend.Check(o.Backend) }),
		option.Int(&o.Threads, "threads", "threads to work with", 0, 1024).OrZero("one a core").ByAll(),
	), option.Group("Protocol",
		option.Int(&o.Practice, "practice", "trials with feedback, first", 0, maxTrials),
		option.Int(&o.Scored, "scored", "trials that count", 1, maxTrials),
		option.Int(&o.Exposure, "exposure", "how long each picture is shown, in milliseconds", 1, 60_000),
		option.Bool(&o.Unpaired, "unpaired", "show the real picture of another pair than the fake's"),
	))
}

// Validate reports the first option that cannot be.
func (o Options) Validate() error {
	if err := o.Declared().Check(); err != nil {
		return fmt.Errorf("study options: %w", err)
	}
	switch {
	case len(o.Models) == 0:
		return errors.New("study options: there is no model to judge")
	case o.Data == "":
		return errors.New("study options: no data folder is given")
	case o.Out == "":
		return errors.New("study options: no folder for the study is given")
	case o.Practice+o.Scored > maxTrials:
		return fmt.Errorf("study options: a session of %d trials is too long", o.Practice+o.Scored)
	}
	return nil
}

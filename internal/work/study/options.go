package study

import (
	"errors"
	"fmt"
	"math"

	"easel/internal/base/option"
	"easel/internal/data/dataset"
	"easel/internal/engine/backend"
)

// Options describe a study. Begin with [Default].
type Options struct {
	// Models are run folders and model files to judge.
	Models []string `json:"models"`
	// Data is the folder of pairs.
	Data string `json:"data"`
	// Split is the split to show.
	Split dataset.Split `json:"split"`
	// Out is the folder for the study; it must not exist.
	Out string `json:"out"`
	// Pairs is how many of the split's pairs to show.
	Pairs int `json:"pairs"`
	// Size is the side of the pictures, in pixels.
	Size int `json:"size"`
	// Practice is the number of trials with feedback, which come first and do not count;
	// Scored is the number of trials that count.
	Practice int `json:"practice"`
	Scored   int `json:"scored"`
	// Exposure is how long each picture is shown, in milliseconds.
	Exposure int `json:"exposure"`
	// Unpaired shows the real picture of a different pair than the fake's.
	Unpaired bool `json:"unpaired"`
	// Seed of names, orders and the models' noise.
	Seed uint64 `json:"seed"`
	// Backend is what runs the networks: cpu, or xla:NAME or xla:PATH for an XLA
	// plugin.
	Backend string `json:"backend"`
	// Threads to work with; 0 is one per core.
	Threads int `json:"threads"`
}

// Default is the paper's protocol on the pairs held out for testing.
func Default() Options {
	return Options{Split: dataset.Test, Practice: 10, Scored: 40, Exposure: 1000, Backend: backend.Default}
}

// Event is progress: a picture was made, Done of Total. Name is that of its pair.
type Event struct {
	Done  int    `json:"done"`
	Total int    `json:"total"`
	Name  string `json:"name"`
}

// Declared returns the options with their limits, in the order of help.
func (o *Options) Declared() option.List {
	return option.Of(o, option.Group("Study",
		option.Texts(&o.Models, "model", "model to judge; repeat for each").As("RUN|FILE"),
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
		option.Bool(&o.Unpaired, "unpaired", "show the real picture of a different pair than the fake's"),
	))
}

// Validate reports the first invalid option.
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

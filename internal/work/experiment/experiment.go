package experiment

import (
	"fmt"
	"strings"
)

// Experiment is a table or figure that can be reproduced.
type Experiment struct {
	// Name on the command line.
	Name string
	// Source says where in the paper it is.
	Source string
	// About says in one line what it compares.
	About string
	Needs Needs
	// Plan lists the work for a setting, without doing it. With the nominal setting of
	// [Nominal], it tells how long the experiment would take.
	Plan func(Setting) (Plan, error)
}

// Needs is the kind of data that an experiment needs.
type Needs int

const (
	// Pairs is a folder of pairs, as for training, with pairs to judge by.
	Pairs Needs = iota
	// LabelledPairs are pairs with label pictures on one side.
	LabelledPairs
	// Pictures is a folder that the experiment reads itself.
	Pictures
)

// String describes it for people.
func (n Needs) String() string {
	switch n {
	case LabelledPairs:
		return "pairs of labels and pictures"
	case Pictures:
		return "pictures"
	}
	return "pairs"
}

// Setting is the input of a plan.
type Setting struct {
	// Data is the folder.
	Data string
	// Source describes a folder of pairs; nil for Pictures.
	Source *Source
	Scale  Scale
	Seed   uint64
	// VGG is the network of perceptual losses and distances; nil if there is none.
	VGG     *VGG
	Backend string
	Threads int
	SkipBad bool
}

// Plan is the work of an experiment.
type Plan struct {
	// Jobs in order: a job may use the folders of earlier ones.
	Jobs []Job
	// Report makes the tables when all jobs are finished. Folder returns the folder of a
	// job's results.
	Report func(folder func(Job) string) (Report, error)
}

// All are the experiments on pairs.
func All() []Experiment {
	return []Experiment{Losses(), Generators(), Patches(), Colours(), Segmentation(), Resolution(), DataSize(), Noise(), Batch(), Recipe()}
}

// Find returns the experiments with the given names, in the order of the names.
func Find(list []Experiment, names ...string) ([]Experiment, error) {
	var found []Experiment
	for _, name := range names {
		e, err := find(list, name)
		if err != nil {
			return nil, err
		}
		found = append(found, e)
	}
	return found, nil
}

func find(list []Experiment, name string) (Experiment, error) {
	var names []string
	for _, e := range list {
		if e.Name == name {
			return e, nil
		}
		names = append(names, e.Name)
	}
	return Experiment{}, fmt.Errorf("unknown experiment %q: expected one of %s", name, strings.Join(names, ", "))
}

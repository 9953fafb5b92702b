package study

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"easel/internal/file/atomicfile"
)

// Names in a study's folder.
const (
	planFile       = "study.json"
	picturesFolder = "pictures"
	sessionsFolder = "sessions"
)

const planVersion = 1

// Plan describes a study, including the truth.
type Plan struct {
	Version    int         `json:"version"`
	Seed       uint64      `json:"seed"`
	Practice   int         `json:"practice"`    // trials with feedback, first
	Scored     int         `json:"scored"`      // trials that count
	ExposureMS int         `json:"exposure_ms"` // of each picture
	Size       int         `json:"size"`        // of the pictures, a side, in pixels
	Unpaired   bool        `json:"unpaired,omitempty"`
	Algorithms []Algorithm `json:"algorithms"`
	Pairs      []Pair      `json:"pairs"`
}

// Algorithm is a model under study.
type Algorithm struct {
	Name  string `json:"name"`
	Model string `json:"model"` // the file that made the pictures
	Step  int    `json:"step"`  // how many steps it was trained
}

// Pair is a real picture and each algorithm's output for the same input. Pictures are named
// without folder and extension.
type Pair struct {
	Name  string   `json:"name"` // in the data set
	Real  string   `json:"real"`
	Fakes []string `json:"fakes"` // by algorithm
}

// Trials is the length of a session.
func (p *Plan) Trials() int { return p.Practice + p.Scored }

// trial is what one trial shows.
type trial struct {
	Pair, RealPair int // whose fake, and whose real picture: another one if unpaired
	FakeLeft       bool
}

// trials returns those of a session. They depend on its seed alone.
func (p *Plan) trials(seed uint64) []trial {
	r := rand.New(rand.NewPCG(p.Seed, seed)) // #nosec G404 -- an order that can be drawn again
	list := make([]trial, p.Trials())
	var order []int
	for i := range list {
		if len(order) == 0 {
			order = r.Perm(len(p.Pairs))
		}
		list[i] = trial{Pair: order[0], RealPair: order[0], FakeLeft: r.IntN(2) == 0}
		order = order[1:]
		if p.Unpaired {
			list[i].RealPair = (list[i].Pair + 1 + r.IntN(len(p.Pairs)-1)) % len(p.Pairs)
		}
	}
	return list
}

func readPlan(dir string) (*Plan, error) {
	path := filepath.Join(dir, planFile)
	text, err := os.ReadFile(path) // #nosec G304 -- the folder is the user's choice
	if err != nil {
		return nil, fmt.Errorf("open study: %w", err)
	}
	p := &Plan{}
	if err := json.Unmarshal(text, p); err != nil {
		return nil, fmt.Errorf("open study: %s: %w", path, err)
	}
	if p.Version != planVersion {
		return nil, fmt.Errorf("open study: %s has version %d, but this version of easel reads %d", path, p.Version, planVersion)
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("open study: %s: %w", path, err)
	}
	return p, nil
}

func (p *Plan) check() error {
	switch {
	case p.Practice < 0 || p.Scored < 1 || p.ExposureMS < 1 || p.Trials() > maxTrials:
		return errors.New("the numbers of trials and the exposure must be positive")
	case len(p.Algorithms) == 0:
		return errors.New("no algorithm to judge")
	case len(p.Pairs) == 0, p.Unpaired && len(p.Pairs) < 2:
		return errors.New("there are too few pairs")
	}
	for _, pair := range p.Pairs {
		if len(pair.Fakes) != len(p.Algorithms) {
			return fmt.Errorf("pair %s has %d fakes for %d algorithms", pair.Name, len(pair.Fakes), len(p.Algorithms))
		}
	}
	return nil
}

func (p *Plan) write(dir string) error {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(filepath.Join(dir, planFile), append(text, '\n'))
}

// maxTrials limits a session: more is a typing error.
const maxTrials = 10_000

// now is when something happens, for the record only.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

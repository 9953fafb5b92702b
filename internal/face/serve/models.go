package serve

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"easel/internal/data/dataset"
	"easel/internal/data/palette"
	"easel/internal/model/feedforward"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// Model is what /v1/models says about a model.
type Model struct {
	ID string `json:"id"`
	// Kind is "translate", "labels" for a network that classifies pixels, or "style" for
	// one that paints in a style.
	Kind string `json:"kind"`
	// AnyStyle says that a style's picture has to be given.
	AnyStyle bool `json:"any_style,omitempty"`
	// ImageSize is the side of the pictures that it was trained on.
	ImageSize int `json:"image_size"`
	// Step is how long it was trained.
	Step int `json:"step"`
	// Noise says whether another seed gives another picture.
	Noise  bool `json:"noise"`
	Input  Side `json:"input"`
	Output Side `json:"output"`
	// Report says that there is a page about its training.
	Report bool `json:"report,omitempty"`
	// Error says why the model cannot be used; nothing else is known then.
	Error string `json:"error,omitempty"`
}

// Side is what the pictures on one side of a model's training pairs were.
type Side struct {
	Channels int `json:"channels"`
	// Kind is "labels" (areas of few flat colours), "edges" (thin dark lines on
	// white), "photographs", or "" where it is not known.
	Kind string `json:"kind"`
	// Palette are the colours of labels, the commonest first where they are inputs.
	Palette []Colour `json:"palette,omitempty"`
}

// Colour is a kind of area in label pictures.
type Colour struct {
	Colour string `json:"colour"` // #rrggbb
	Name   string `json:"name,omitempty"`
}

// kindLabels is the Kind of models that classify, and of sides of labels.
const kindLabels = "labels"

// kindStyle is the Kind of networks that paint in a style, and styleSize what a camera's
// picture for one should have: they take any size.
const (
	kindStyle = "style"
	styleSize = 512
)

// models are what can be translated with, by id.
type models struct {
	options Options
	mu      sync.Mutex
	list    []*model
	recent  []*model // those that were used, the latest first
}

// model is one of them, opened when it is first asked for.
type model struct {
	id, path string
	mu       sync.Mutex
	now      *loaded // nil before the first use
}

// keepLoaded is how many models keep their networks planned.
const keepLoaded = 2

func newModels(o Options) (*models, error) {
	m := &models{options: o}
	for _, path := range o.Models {
		if _, err := stored.Find(path); err != nil {
			return nil, err
		}
		m.add(path)
	}
	return m, nil
}

// add takes a model in under its name, or with a number if that is taken.
func (m *models) add(path string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	base := nameOf(path)
	id := base
	for n := 2; m.find(id) != nil; n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	m.list = append(m.list, &model{id: id, path: path})
}

// adopt takes in the run of a job, under the job's id, unless it is there already
// or has no model yet.
func (m *models) adopt(id, path string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.find(id) != nil {
		return
	}
	if _, err := stored.Find(path); err == nil {
		m.list = append(m.list, &model{id: id, path: path})
	}
}

// drop forgets a model.
func (m *models) drop(id string) {
	m.mu.Lock()
	gone := m.find(id)
	m.list = slices.DeleteFunc(m.list, func(one *model) bool { return one == gone })
	m.recent = slices.DeleteFunc(m.recent, func(one *model) bool { return one == gone })
	m.mu.Unlock()
	if gone != nil {
		gone.unload()
	}
}

// nameOf is the last part of a path without the ending, in characters that need
// no escape in a URL; of DIR/run, as demos have it, DIR.
func nameOf(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		path = full
	}
	if dir := filepath.Dir(path); filepath.Base(path) == "run" && dir != filepath.Dir(dir) {
		path = dir
	}
	name := strings.TrimSuffix(filepath.Base(path), ".safetensors")
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '-'
	}, name)
	if strings.Trim(name, ".-") == "" || name == "v1" {
		return "model"
	}
	return name
}

func (m *models) find(id string) *model {
	for _, one := range m.list {
		if one.id == id {
			return one
		}
	}
	return nil
}

// get returns the model of an id; with no id the only one that there is.
func (m *models) get(id string) (*model, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id == "" && len(m.list) == 1 {
		return m.list[0], nil
	}
	if found := m.find(id); found != nil {
		return found, nil
	}
	ids := make([]string, len(m.list))
	for i, one := range m.list {
		ids[i] = one.id
	}
	switch {
	case len(ids) == 0:
		return nil, failure(http.StatusNotFound, "no-model", "start the server with --model RUN|FILE", "there is no model")
	case id == "":
		return nil, failure(http.StatusBadRequest, "which-model", "there are "+strings.Join(ids, ", "), "there are %d models: say ?model=ID", len(ids))
	}
	return nil, failure(http.StatusNotFound, "no-model", "there are "+strings.Join(ids, ", "), "there is no model %q", id)
}

func (m *models) all() []*model {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]*model{}, m.list...)
}

func (m *models) close() error {
	var errs []error
	for _, one := range m.all() {
		one.mu.Lock()
		if one.now != nil {
			errs = append(errs, one.now.close())
			one.now = nil
		}
		one.mu.Unlock()
	}
	return errors.Join(errs...)
}

// about describes the model.
func (m *models) about(one *model) Model {
	l, release, err := one.use()
	if err != nil {
		return Model{ID: one.id, Error: err.Error()}
	}
	defer release()
	if l.style != nil {
		photographs := Side{Channels: feedforward.Channels, Kind: string(dataset.OfPhotographs)}
		return Model{ID: one.id, Kind: kindStyle, AnyStyle: l.style.Network.Any(), ImageSize: styleSize, Input: photographs, Output: photographs}
	}
	config := l.file.Config
	n := config.Network
	in, out := config.Channels()
	a := Model{
		ID: one.id, Kind: "translate", ImageSize: n.ImageSize, Step: l.file.Training.Step,
		Noise: n.Dropout != pix2pix.DropoutOff || n.NoiseChannels > 0,
		Input: side(in, config.Images.Inputs), Output: side(out, config.Images.Targets),
		Report: one.report() != "",
	}
	if labels := config.Labels; labels != nil {
		a.Kind, a.Output.Kind, a.Output.Palette = kindLabels, kindLabels, colours(labels.Classes)
	}
	return a
}

func side(channels int, s stored.Samples) Side {
	return Side{Channels: channels, Kind: s.Content, Palette: colours(s.Palette)}
}

func colours(classes []palette.Class) []Colour {
	var list []Colour
	for _, c := range classes {
		list = append(list, Colour{colour(c.Colour), c.Name})
	}
	return list
}

func colour(c [3]uint8) string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// use returns the newest state of a model to translate with, which stays open until
// release. Of the models that were used before only the latest keep their memory.
func (m *models) use(one *model) (l *loaded, release func(), err error) {
	m.mu.Lock()
	m.recent = append([]*model{one}, slices.DeleteFunc(m.recent, func(other *model) bool { return other == one })...)
	var old []*model
	if len(m.recent) > keepLoaded {
		old = m.recent[keepLoaded:]
		m.recent = m.recent[:keepLoaded:keepLoaded]
	}
	m.mu.Unlock()
	for _, other := range old {
		other.unload()
	}
	return one.use()
}

// use returns the newest state of the model, which stays open until release.
func (m *model) use() (l *loaded, release func(), err error) {
	file, err := stored.Find(m.path)
	if err != nil {
		return nil, nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.now == nil || m.now.path != file {
		next, err := load(file)
		if err != nil {
			return nil, nil, err
		}
		m.replace(next)
	}
	m.now.uses.Add(1)
	return m.now, m.now.uses.Done, nil
}

// replace puts another state in the place of the present one, which is closed once
// nobody uses it.
func (m *model) replace(next *loaded) {
	if old := m.now; old != nil {
		go func() { _ = old.close() }()
	}
	m.now = next
}

// unload gives the model's memory back.
func (m *model) unload() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.replace(nil)
}

package serve

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"easel/internal/data/palette"
	"easel/internal/model/stored"
	"easel/internal/work/translate"
)

// Model describes a model in /v1/models.
type Model struct {
	ID string `json:"id"`
	// Step is how many steps it was trained.
	Step int `json:"step"`
	translate.About
	// Report says whether there is a page about its training.
	Report bool `json:"report,omitempty"`
	// Example says whether there is an input to begin a drawing with.
	Example bool `json:"example,omitempty"`
	// Error says why the model cannot be used; all other fields are then unknown.
	Error string `json:"error,omitempty"`
}

// models are the available models, by id.
type models struct {
	options Options
	palette *palette.Palette // nil if none is given
	mu      sync.Mutex
	list    []*model
	recent  []*model // recently used, the latest first
}

// model is a single model, opened on first use.
type model struct {
	id, path string
	mu       sync.Mutex
	now      *loaded // nil before the first use
}

// keepLoaded is how many models keep their compiled networks.
const keepLoaded = 2

func newModels(o Options) (*models, error) {
	m := &models{options: o}
	if o.Palette != "" {
		var err error
		if m.palette, err = palette.Read(o.Palette); err != nil {
			return nil, err
		}
	}
	for _, path := range o.Models {
		if _, err := stored.Find(path); err != nil {
			return nil, err
		}
		m.add(path)
	}
	return m, nil
}

// add registers a model under its name, with a number appended if that is taken.
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

// adopt registers the run of a job under the job's id, unless it is registered already or
// has no model yet.
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

// nameOf returns the last part of an absolute path without its extension, in characters that need no
// escape in a URL. For DIR/run, as demos have it, it is DIR.
func nameOf(path string) string {
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

// get returns the model with an id; without an id, the only one there is.
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
		return nil, failure(http.StatusNotFound, "no-model", "start the server with --model RUN|FILE", "the server has no models")
	case id == "":
		return nil, failure(http.StatusBadRequest, "which-model", "there are "+strings.Join(ids, ", "), "there are %d models: choose one with ?model=ID", len(ids))
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

// cached returns how many bytes the models in use take: their networks with what these
// compute, and the files of their weights, which are mapped.
func (m *models) cached() (networks, weights int64) {
	for _, one := range m.all() {
		one.mu.Lock()
		if one.now != nil {
			networks += one.now.memory()
			weights += one.now.size
		}
		one.mu.Unlock()
	}
	return networks, weights
}

// about describes the model.
func (m *models) about(one *model) Model {
	l, release, err := one.use()
	if err != nil {
		return Model{ID: one.id, Error: err.Error()}
	}
	defer release()
	if l.style != nil {
		about := translate.DescribeStyle(l.style.Network)
		if l.style.Network.Learned() > 1 {
			for _, p := range l.style.Styles {
				about.Styles = append(about.Styles, p.Name)
			}
		}
		return Model{ID: one.id, About: about}
	}
	about := Model{ID: one.id, Step: l.file.Training.Step, About: translate.Describe(l.file.Config), Report: one.report() != ""}
	if m.palette != nil {
		about.Input.Give(m.palette)
	}
	about.Example = one.hasPairs() || isDrawn(about.Input.Palette)
	return about
}

// use returns the newest state of a model, which stays open until release. Only the most
// recently used models keep their memory.
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

// replace installs a new state. The old one is closed once nobody uses it.
func (m *model) replace(next *loaded) {
	if old := m.now; old != nil {
		go func() { _ = old.close() }()
	}
	m.now = next
}

// unload frees the model's memory.
func (m *model) unload() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.replace(nil)
}

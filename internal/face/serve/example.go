package serve

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"easel/internal/data/dataset"
	"easel/internal/data/facade"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
	"easel/internal/work/train"
	"easel/internal/work/translate"
)

// run returns the folder of the run that a model belongs to, or may belong to.
func (m *model) run() string {
	info, err := os.Stat(m.path)
	if err == nil && info.IsDir() {
		return m.path
	}
	folder := filepath.Dir(m.path)
	if filepath.Base(folder) == stored.CheckpointsFolder {
		folder = filepath.Dir(folder)
	}
	return folder
}

// training returns how the model was trained, if its run is still there.
func (m *model) training() (train.Options, error) { return train.ResumeOptions(m.run()) }

// hasPairs reports whether the folder that the model was trained on still exists.
func (m *model) hasPairs() bool {
	o, err := m.training()
	if err != nil {
		return false
	}
	info, err := os.Stat(o.Data)
	return err == nil && info.IsDir()
}

// showExample sends an input to begin a drawing with: from the pairs that the model was
// trained on, or drawn anew if its labels are those of easel's façades. Each ?n= is
// another.
func (s *Server) showExample(w http.ResponseWriter, r *http.Request) {
	memory := s.memory.reserve()
	defer memory.release()
	p, err := s.example(r, memory)
	if err != nil {
		fail(w, err)
		return
	}
	var b bytes.Buffer
	if err := imgio.EncodeFast(&b, imgio.PNG, p); err != nil {
		fail(w, failure(http.StatusNotFound, "no-example", "", "browsers cannot show the inputs of this model"))
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(b.Bytes())
}

func (s *Server) example(r *http.Request, memory *reservation) (*imgio.Picture, error) {
	m, err := s.models.get(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	n, err := strconv.ParseUint(firstOf(r.URL.Query().Get("n"), "0"), 10, 31)
	if err != nil {
		return nil, failure(http.StatusBadRequest, "query", "", "n: %v", err)
	}
	if err := s.rates.take(clientOf(r)); err != nil {
		return nil, err
	}
	p, err := s.trained(m, int(n), memory)
	var known *problem
	if err == nil || errors.As(err, &known) && known.Status == http.StatusTooManyRequests {
		return p, err
	}
	about := s.models.about(m)
	if about.Error == "" && isDrawn(about.Input.Palette) {
		labels, _ := facade.Generate(0, int(n), about.ImageSize)
		return labels, nil
	}
	return nil, failure(http.StatusNotFound, "no-example", "", "the pairs that %s was trained on are not here", m.id)
}

// trained returns the input of one of the model's own pairs.
func (s *Server) trained(m *model, n int, memory *reservation) (*imgio.Picture, error) {
	o, err := m.training()
	if err != nil {
		return nil, err
	}
	d, err := dataset.ParseDirection(o.Direction)
	if err != nil {
		return nil, err
	}
	return dataset.Example(o.Data, d, n, func(path string) (*imgio.Picture, error) { return s.readPicture(path, memory) })
}

// isDrawn reports whether labels are those of the façades that easel draws.
func isDrawn(labels []translate.Colour) bool {
	known := map[string]bool{}
	for _, c := range facade.Classes {
		known[translate.Hex(c.Colour)] = true
	}
	for _, c := range labels {
		if !known[c.Colour] {
			return false
		}
	}
	return len(labels) > 1
}

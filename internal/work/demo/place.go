package demo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/base/strictjson"
	"easel/internal/file/atomicfile"
	"easel/internal/work/train"
)

// recordName is the file that marks a folder as a demo's. It is written
// before anything else and removed after it.
const recordName = "demo.json"

// record holds a demo's options, and whether it was completed.
type record struct {
	Version  int           `json:"version"`
	Finished bool          `json:"finished"`
	Train    int           `json:"train"`
	Val      int           `json:"val"`
	Test     int           `json:"test"`
	Training train.Options `json:"training"`
}

const recordVersion = 1

// record leaves out what does not affect the numbers.
func (s *session) record() record {
	t := s.training
	t.Data, t.Backend, t.Threads = "", "", 0
	return record{Version: recordVersion, Train: s.Pairs, Val: validation, Test: s.HeldOut, Training: t}
}

func (r record) text() ([]byte, error) {
	text, err := json.MarshalIndent(r, "", "  ")
	return append(text, '\n'), err
}

func (s *session) recordPath() string { return filepath.Join(s.Out, recordName) }

// save writes the record.
func (s *session) save(finished bool) error {
	r := s.record()
	r.Finished = finished
	text, err := r.text()
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(s.recordPath(), text)
}

// before reads the record of an earlier demo, or returns nil where nothing shows
// that there is one.
func (s *session) before() (*record, error) {
	text, err := os.ReadFile(s.recordPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r := &record{}
	if strictjson.Decode(text, r) != nil || r.Version != recordVersion {
		return nil, nil
	}
	return r, nil
}

// settle makes the folder ready for the demo: it continues an interrupted one,
// replaces an earlier one by force, and touches nothing that a record does not
// show to be a demo's.
func (s *session) settle() error {
	before, err := s.before()
	if err != nil {
		return err
	}
	if before == nil {
		for _, path := range []string{s.recordPath(), s.training.Data, s.training.Out, s.page(), s.picture()} {
			if _, err := os.Lstat(path); err == nil {
				return hint.New(fmt.Errorf("%s is in the way: nothing shows that a demo wrote it, so it is left as it is", path),
					"choose another folder with {out}")
			}
		}
		return s.save(false)
	}
	if path, err := s.foreign(*before); err != nil || path != "" {
		if err == nil {
			err = hint.New(fmt.Errorf("%s is not part of the demo, but would be trained on", path), "move it away, or choose another folder with {out}")
		}
		return err
	}
	if s.Force {
		if err := s.remove(*before); err != nil {
			return fmt.Errorf("remove the earlier demo: %w", err)
		}
		return s.save(false)
	}
	if before.Finished && !s.own {
		return hint.New(fmt.Errorf("%s already holds a demo", s.Out), "replace it with {force}, or choose another folder with {out}")
	}
	return s.same(*before)
}

// same refuses to continue a demo with other options.
func (s *session) same(before record) error {
	before.Finished = false
	was, err := before.text()
	if err != nil {
		return err
	}
	is, err := s.record().text()
	if err == nil && !bytes.Equal(was, is) {
		err = hint.New(fmt.Errorf("%s holds a demo with other options", s.Out),
			"continue with the same options, start again with {force}, or choose another folder with {out}")
	}
	return err
}

// paths of a demo's pairs, in order.
func (s *session) paths(r record) []string {
	var paths []string
	for _, part := range []struct {
		split string
		n     int
	}{{"train", r.Train}, {"val", r.Val}, {"test", r.Test}} {
		for range part.n {
			paths = append(paths, filepath.Join(s.training.Data, part.split, fmt.Sprintf("%04d.png", len(paths))))
		}
	}
	return paths
}

// foreign returns something in the folder of the pairs that is not one of them.
func (s *session) foreign(r record) (found string, err error) {
	ours := map[string]bool{}
	for _, path := range s.paths(r) {
		ours[path] = true
	}
	err = filepath.WalkDir(s.training.Data, func(path string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case !e.IsDir() && !ours[path] && !strings.HasPrefix(e.Name(), "."):
			found = path
			return fs.SkipAll
		}
		return nil
	})
	return found, err
}

// remove removes what a demo has written, file by file, and then the folders that
// are empty.
func (s *session) remove(r record) error {
	if err := train.Remove(s.training.Out); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	paths := append(s.paths(r), s.page(), s.picture())
	for _, path := range append(paths, s.recordPath()) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, split := range []string{"train", "val", "test", ""} {
		_ = os.Remove(filepath.Join(s.training.Data, split)) // if it is empty
	}
	return nil
}

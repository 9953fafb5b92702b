package experiment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"easel/internal/base/strictjson"
	"easel/internal/file/atomicfile"
	"easel/internal/work/train"
)

// Job is a piece of work whose result is a folder.
type Job struct {
	// Kind is "runs" or "scores": the folder in Options.Out that holds jobs of this kind.
	// Name is for people, and the first part of the name of the job's folder.
	Kind, Name string
	// Config is everything that the result depends on, as JSON. The second part
	// of the folder's name is a hash of it.
	Config any
	// Needs are earlier jobs whose results it uses.
	Needs []Job
	// Seconds estimates the remaining time; dir is the job's folder, which need not exist.
	Seconds func(m *Meter, dir string) (float64, error)
	// Do does the job, or continues it if an earlier run was interrupted.
	Do func(ctx context.Context, p Place) error
}

// Place is where a job runs.
type Place struct {
	// Dir is the job's own folder, which exists.
	Dir string
	// Folder returns the folder with the result of an earlier job.
	Folder func(Job) string
	// Notify reports progress, from one goroutine.
	Notify func(Progress)
}

// Progress is the progress of a job.
type Progress struct {
	Done, Total int
	// SecondsLeft of this job, if known.
	SecondsLeft float64
	// Training is the event of a training run, if any.
	Training *train.Event
}

// doneFile marks a job as finished. It is written last.
const doneFile = "done.json"

// mark is the content of done.json.
type mark struct {
	Job     string          `json:"job"`
	Config  json.RawMessage `json:"config"`
	Seconds float64         `json:"seconds"`
}

// key is a hash of a job's configuration. In JSON, structs have their fields and maps their
// keys in a fixed order, so equal configurations have equal texts.
func (j Job) key() (string, error) {
	text, err := json.Marshal(j.Config)
	if err != nil {
		return "", fmt.Errorf("configuration of %s: %w", j.Name, err)
	}
	sum := sha256.Sum256(append([]byte(j.Kind+"\n"), text...))
	return hex.EncodeToString(sum[:6]), nil
}

// folder returns the folder of a job's result.
func (j Job) folder(out string) (string, error) {
	key, err := j.key()
	return filepath.Join(out, j.Kind, j.Name+"-"+key), err
}

// state says whether the job in a folder is missing, begun or finished.
type state int

const (
	absent state = iota
	begun
	finished
)

func stateOf(dir string) (state, error) {
	if _, err := os.Stat(filepath.Join(dir, doneFile)); err == nil {
		return finished, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return absent, err
	}
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return absent, nil
	}
	if err != nil || len(list) == 0 {
		return absent, err
	}
	return begun, nil
}

// finish marks a job as finished.
func (j Job) finish(dir string, took time.Duration) error {
	config, err := json.Marshal(j.Config)
	if err != nil {
		return err
	}
	return writeJSON(filepath.Join(dir, doneFile), mark{Job: j.Name, Config: config, Seconds: took.Seconds()})
}

// writeJSON writes a value as a file for people and programs.
func writeJSON(path string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return atomicfile.WriteBytes(path, append(text, '\n'))
}

// readJSON reads a file by writeJSON; unknown keys are an error.
func readJSON(path string, v any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := strictjson.Decode(text, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

package stored

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/base/strictjson"
	"easel/internal/file/safetensors"
)

// Kinds of file, for [Header.Kind].
const (
	KindModel      = "model"      // everything needed to run: weights and configuration
	KindCheckpoint = "checkpoint" // and to continue training: optimiser moments, step, seed
)

const (
	easelKey     = "easel" // key in the metadata
	modelFormat  = "easel-model"
	modelVersion = 1
)

// Header is the description in one of easel's files.
type Header struct {
	// Kind is KindModel, KindCheckpoint or KindStyle.
	Kind string
	// Config is a JSON object with everything needed to build the network and to convert
	// pictures to its numbers. This package does not interpret it; see
	// [Header.DecodeConfig].
	Config json.RawMessage
	// Training describes how the weights were trained.
	Training Training
}

// Training is the state of a training run. The JSON form is exact: floats and seeds are
// read back with the same bits.
type Training struct {
	Step         int                `json:"step"`               // optimiser steps done
	Epoch        int                `json:"epoch"`              // epochs completed
	LearningRate float64            `json:"learning_rate"`      // of the next step
	Seed         uint64             `json:"seed"`               // of weights, order, crops and dropout
	Seconds      float64            `json:"seconds,omitempty"`  // spent training, over all sittings
	Fingerprint  string             `json:"fingerprint"`        // of the data set trained on
	Contents     string             `json:"contents,omitempty"` // of the pairs trained on: dataset.Contents
	Metrics      map[string]float64 `json:"metrics,omitempty"`  // last validation, all finite
	State        json.RawMessage    `json:"state,omitempty"`    // anything else the training loop must find again
}

// document is the JSON form of a Header.
type document struct {
	Format   string          `json:"format"`
	Version  int             `json:"version"`
	Kind     string          `json:"kind"`
	Config   json.RawMessage `json:"config"`
	Training Training        `json:"training"`
}

// DecodeConfig decodes the configuration into a pointer to a struct. Keys that the struct
// lacks are errors.
func (h Header) DecodeConfig(into any) error {
	if err := strictjson.Decode(h.Config, into); err != nil {
		return fmt.Errorf("model configuration: %w", err)
	}
	return nil
}

func (h Header) check() error {
	if !slices.Contains([]string{KindModel, KindCheckpoint, KindStyle}, h.Kind) {
		return fmt.Errorf("unknown kind %q", h.Kind)
	}
	if config := bytes.TrimSpace(h.Config); len(config) == 0 || config[0] != '{' {
		return errors.New("the configuration is not a JSON object")
	}
	if h.Training.Step < 0 || h.Training.Epoch < 0 {
		return errors.New("the step or the epoch is negative")
	}
	for name, v := range h.Training.Metrics {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("metric %q is %v", name, v)
		}
	}
	return nil
}

// writeFile writes a model or a checkpoint, with the guarantees of
// [safetensors.Write].
func writeFile(path string, header Header, tensors []safetensors.Tensor, half bool) error {
	text, err := header.encode()
	if err != nil {
		return fmt.Errorf("write %s: header: %w", path, err)
	}
	metadata := map[string]string{easelKey: text}
	if half {
		return safetensors.WriteHalf(path, metadata, tensors)
	}
	return safetensors.Write(path, metadata, tensors)
}

func (h Header) encode() (string, error) {
	if err := h.check(); err != nil {
		return "", err
	}
	text, err := json.Marshal(document{modelFormat, modelVersion, h.Kind, h.Config, h.Training})
	return string(text), err
}

// modelHint says how to name a model.
const modelHint = "give a run folder of {run train}, or a .safetensors file that it wrote"

// ReadHeader reads the description of a model or checkpoint.
func ReadHeader(path string) (Header, error) {
	r, header, err := openFile(path)
	if err != nil {
		return Header{}, err
	}
	return header, r.Close()
}

// openFile opens a model or checkpoint. It fails, with a hint, if easel did not write the
// file, or a later version did.
func openFile(path string) (*safetensors.Reader, Header, error) {
	r, err := safetensors.Open(path)
	if errors.Is(err, safetensors.ErrOther) {
		return nil, Header{}, hint.New(fmt.Errorf("%s is not a model: it is %w", path, safetensors.ErrOther), modelHint)
	}
	if err != nil {
		return nil, Header{}, err
	}
	header, err := headerOf(path, r.Metadata())
	if err != nil {
		return nil, Header{}, errors.Join(err, r.Close())
	}
	return r, header, nil
}

// headerOf decodes a file's metadata.
func headerOf(path string, metadata map[string]string) (Header, error) {
	text, ok := metadata[easelKey]
	if !ok {
		return Header{}, hint.New(
			fmt.Errorf("%s: a safetensors file, but not one of easel's models", path),
			modelHint,
		)
	}
	header, err := decodeHeader([]byte(text))
	if err != nil {
		return Header{}, fmt.Errorf("%s: model header: %w", path, err)
	}
	return header, nil
}

func decodeHeader(text []byte) (Header, error) {
	// Check the version first: what a later version adds must be reported as such, and not
	// as an unknown key.
	var stamp struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal(text, &stamp); err != nil {
		return Header{}, err
	}
	if stamp.Format != modelFormat || stamp.Version < 1 {
		return Header{}, fmt.Errorf("unknown format %q, version %d", stamp.Format, stamp.Version)
	}
	if stamp.Version > modelVersion {
		return Header{}, hint.New(
			fmt.Errorf("written by a newer easel (format version %d, this one reads up to %d)", stamp.Version, modelVersion),
			"update easel, or write the model again with this one",
		)
	}
	var d document
	if err := strictjson.Decode(text, &d); err != nil {
		return Header{}, err
	}
	h := Header{d.Kind, d.Config, d.Training}
	return h, h.check()
}

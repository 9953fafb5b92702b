package stored

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"easel/internal/file/safetensors"
)

func exampleHeader() Header {
	return Header{
		Kind:   KindCheckpoint,
		Config: json.RawMessage(`{"generator":"unet","width":64}`),
		Training: Training{
			Step: 1000, Epoch: 2, LearningRate: 2e-4 / 3, Seed: math.MaxUint64 - 1, Seconds: 12.5,
			Fingerprint: "abc", Metrics: map[string]float64{"l1": 0.1, "psnr": 12},
			State: json.RawMessage(`{"k":[1,2]}`),
		},
	}
}

func exampleTensors() []safetensors.Tensor {
	return []safetensors.Tensor{{Name: "a", Shape: []int{2, 3}, Data: []float32{0, 1, 2, 3, 4, 5}}}
}

func TestModelRoundTrip(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "m.safetensors")
	want := exampleHeader()
	if err := writeFile(path, want, exampleTensors(), false); err != nil {
		t.Fatal(err)
	}
	got, err := ReadHeader(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	var config struct {
		Generator string
		Width     int
	}
	if err := got.DecodeConfig(&config); err != nil || config.Width != 64 {
		t.Fatalf("%+v, %v", config, err)
	}
	var fewer struct{ Generator string }
	if err := got.DecodeConfig(&fewer); err == nil {
		t.Fatal("an unknown key of the configuration passed")
	}
}

func TestWriteFileRefuses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "m.safetensors")
	for want, change := range map[string]func(*Header){
		"unknown kind": func(h *Header) { h.Kind = "" },
		"JSON object":  func(h *Header) { h.Config = nil },
		"is negative":  func(h *Header) { h.Training.Step = -1 },
		`"l1" is NaN`:  func(h *Header) { h.Training.Metrics["l1"] = math.NaN() },
		"NaN":          func(h *Header) { h.Training.LearningRate = math.NaN() },
	} {
		h := exampleHeader()
		change(&h)
		if err := writeFile(path, h, nil, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want …%s…", err, want)
		}
	}
}

func TestReadHeaderRefuses(t *testing.T) {
	t.Parallel()
	training := `"training":{"step":1,"epoch":0,"learning_rate":1,"seed":1,"fingerprint":""}`
	for name, c := range map[string]struct {
		metadata, want string
		hint           bool
	}{
		"foreign":          {"", "not one of easel's models", true},
		"newer":            {`{"format":"easel-model","version":2,"kind":"film","reels":3}`, "written by a newer easel", true},
		"other format":     {`{"format":"x","version":1}`, "unknown format", false},
		"no version":       {`{"format":"easel-model"}`, "version 0", false},
		"not JSON":         {`{`, "unexpected", false},
		"unknown key":      {`{"format":"easel-model","version":1,"kind":"model","config":{},"x":1}`, "unknown field", false},
		"unknown key deep": {`{"format":"easel-model","version":1,"kind":"model","config":{},"training":{"x":1}}`, "unknown field", false},
		"unknown kind":     {`{"format":"easel-model","version":1,"kind":"film","config":{},` + training + `}`, "unknown kind", false},
		"no config":        {`{"format":"easel-model","version":1,"kind":"model",` + training + `}`, "not a JSON object", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "m.safetensors")
			metadata := map[string]string{}
			if c.metadata != "" {
				metadata["easel"] = c.metadata
			}
			if err := safetensors.Write(path, metadata, exampleTensors()); err != nil {
				t.Fatal(err)
			}
			_, err := ReadHeader(path)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Fatalf("error %v, want …%s…", err, c.want)
			}
			var h interface{ Hint() string }
			if errors.As(err, &h) != c.hint {
				t.Errorf("hint: %v", h)
			}
		})
	}
	picture := filepath.Join(t.TempDir(), "p.jpg")
	if err := os.WriteFile(picture, []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	var h interface{ Hint() string }
	if _, err := ReadHeader(picture); err == nil || err.Error() != picture+" is not a model: it is not a safetensors file" ||
		!errors.As(err, &h) || !strings.Contains(h.Hint(), "easel train") {
		t.Errorf("a picture: %v", err)
	}
	if _, err := ReadHeader(t.TempDir()); err == nil {
		t.Error("read a folder")
	}
	if _, err := ReadHeader("none.safetensors"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

// The JSON of the header is part of the format: a change needs a new version.
func TestHeaderGolden(t *testing.T) {
	t.Parallel()
	const want = `{"format":"easel-model","version":1,"kind":"checkpoint",` +
		`"config":{"generator":"unet","width":64},` +
		`"training":{"step":1000,"epoch":2,"learning_rate":0.00006666666666666667,"seed":18446744073709551614,` +
		`"seconds":12.5,"fingerprint":"abc","metrics":{"l1":0.1,"psnr":12},"state":{"k":[1,2]}}}`
	got, err := exampleHeader().encode()
	if err != nil || got != want {
		t.Fatalf("%s, %v", got, err)
	}
}

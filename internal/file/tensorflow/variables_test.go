package tensorflow

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// writeVariables writes a manifest and a file of two numbers, 1 and 2.
func writeVariables(t *testing.T, manifest string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{"manifest.json": manifest, "two": "\x00\x00\x80\x3f\x00\x00\x00\x40"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "manifest.json")
}

func TestVariables(t *testing.T) {
	t.Parallel()
	v, err := OpenVariables(writeVariables(t, `{"Variable_1": {"filename": "two", "shape": [1, 2]}}`))
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	shape, data, err := v.Tensor("Variable_1")
	if err != nil || !slices.Equal(shape, []int{1, 2}) || !slices.Equal(data, []float32{1, 2}) {
		t.Errorf("%v %v %v", shape, data, err)
	}
}

func TestVariablesRefused(t *testing.T) {
	t.Parallel()
	for manifest, want := range map[string]string{
		`{"v": {"filename": "two", "shape": [3]}}`:        "has 8 bytes, expected 12",
		`{"v": {"filename": "three", "shape": [2]}}`:      "three",
		`{"v": {"filename": "../two", "shape": [2]}}`:     "escapes",
		`{"v": {"filename": ".", "shape": [2]}}`:          "not a regular file",
		`{"v": {"filename": "two", "shape": [-1]}}`:       "shape",
		`{"v": {"filename": "two", "shape": [1e9, 1e9]}}`: "number",
		`{}`: "no variables",
		`[]`: "array",
	} {
		path := writeVariables(t, manifest)
		_, err := OpenVariables(path)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %q", manifest, err, want)
		}
	}
}

func FuzzVariables(f *testing.F) {
	f.Add(`{"Variable": {"filename": "Variable", "shape": [2, 2]}}`)
	f.Add(`{"v": {"filename": "f", "shape": []}, "w": {"filename": "f", "shape": [4, 1]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		v := &Variables{&Layers{name: "x", weights: map[string]weight{}}}
		if v.parse([]byte(text), func(string) (int64, error) { return 16, nil }) != nil {
			return
		}
		for _, name := range v.Names() {
			if w := v.weights[name]; w.bytes() != 16 || w.offset != 0 {
				t.Fatalf("%s reaches beyond its file", name)
			}
		}
	})
}

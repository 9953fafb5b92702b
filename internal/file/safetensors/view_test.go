package safetensors

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A view has the tensor's values, and what is written to it stays out of the
// file and out of what others read.
func TestView(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "v.safetensors")
	large := make([]float32, 100_000)
	for i := range large {
		large[i] = float32(i)
	}
	if err := Write(path, nil, append(goldenTensors(), Tensor{"large", []int{10, 10_000}, large})); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range r.Names() {
		shape, view, err := r.View(name)
		if err != nil {
			t.Fatal(err)
		}
		wantShape, want, err := r.Tensor(name)
		if err != nil || !slices.Equal(shape, wantShape) || !slices.Equal(view, want) {
			t.Fatalf("%s: view %v differs from the tensor, %v", name, shape, err)
		}
		view[len(view)-1]++
		if _, again, err := r.Tensor(name); err != nil || !slices.Equal(again, want) {
			t.Fatalf("%s: writing to the view changed the tensor, %v", name, err)
		}
	}
	if _, _, err := r.View("none"); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("a view of nothing: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("writing to a view changed the file, %v", err)
	}
}

// What cannot be used in place is converted: other types, values between
// float32 boundaries, sources that are no files.
func TestViewConverts(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "v.safetensors")
	text := withHeader(`{"h":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"odd":{"dtype":"F32","shape":[1],"data_offsets":[2,6]},`+
		`"empty":{"dtype":"F32","shape":[0],"data_offsets":[6,6]}}`, "\x00\x3c\x00\x00\x80\xbf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	memory, err := readerOf(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*Reader{file, memory} {
		for name, want := range map[string][]float32{"h": {1}, "odd": {-1}, "empty": {}} {
			if _, got, err := r.View(name); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: got %v, %v", name, got, err)
			}
		}
	}
}

// A closed reader has no memory to show, and closing it again changes nothing.
func TestClosed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "v.safetensors")
	if err := Write(path, nil, goldenTensors()); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.View("b.weight"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, read := range []func(string) ([]int, []float32, error){r.View, r.Tensor} {
		if _, _, err := read("b.weight"); !errors.Is(err, os.ErrClosed) {
			t.Errorf("read from a closed file: %v", err)
		}
	}
}

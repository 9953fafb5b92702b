package stylize

import (
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/file/safetensors"
)

// FuzzCheckpoint: whatever stands in a checkpoint's state, reading it is an
// error that names the file or gives options that Validate can judge.
func FuzzCheckpoint(f *testing.F) {
	f.Add(`{"version":1,"options":{"content":"a"},"stage":-1,"numbers":{"pairs":1e99}}`)
	f.Add(`{"version":2}`)
	f.Add(`{"version":1,"unknown":0}`)
	f.Add(`[]`)
	path := filepath.Join(f.TempDir(), "state.safetensors")
	f.Fuzz(func(t *testing.T, text string) {
		tensors := []safetensors.Tensor{{Name: pictureTensor, Shape: []int{3}, Data: []float32{1, 2, 3}}, {Name: "optimizer", Shape: []int{1}, Data: []float32{1}}}
		if err := safetensors.Write(path, map[string]string{stateKey: text}, tensors); err != nil {
			t.Skip() // no UTF-8
		}
		c, err := readCheckpoint(path)
		if err != nil {
			if !strings.Contains(err.Error(), path) {
				t.Errorf("error %v does not name the file", err)
			}
			return
		}
		_ = c.Options.Validate()
	})
}
